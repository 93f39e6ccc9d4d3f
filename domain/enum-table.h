/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The words of an enumeration as the XML spells them: one table per enumeration serves parsing,
 * formatting and the list of known words in a message.
 */
#pragma once

#include <glib.h>

typedef struct
{
  const char *const *words; /* indexed by the enumeration's value; %NULL-terminated */
  const char *noun;         /* "disk bus": for "… is not a disk bus; known: …" */
} VbEnumTable;

/* "yes" or "no" where leaving both out means something else. */
typedef enum
{
  VB_SWITCH_DEFAULT, /* not written */
  VB_SWITCH_NO,
  VB_SWITCH_YES
} VbSwitch;

extern const VbEnumTable vb_switch_table; /* value 0 is spelled "default" */

const char *vb_enum_to_string (const VbEnumTable *table, int value);
/* -1 where @word is not known */
int vb_enum_from_string (const VbEnumTable *table, const char *word);
/* (transfer full): "ide, fdc, scsi" */
char *vb_enum_list_words (const VbEnumTable *table);
