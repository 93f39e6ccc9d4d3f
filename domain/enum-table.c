/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Looking words up in an enumeration's table. The tables stand with their elements.
 */
#include "domain/enum-table.h"

static const char *const switch_words[] = { "default", "no", "yes", NULL };

const VbEnumTable vb_switch_table = { switch_words, "flag" };

const char *
vb_enum_to_string (const VbEnumTable *table, int value)
{
  g_return_val_if_fail (value >= 0 && value < (int) g_strv_length ((char **) table->words), NULL);
  return table->words[value];
}

int
vb_enum_from_string (const VbEnumTable *table, const char *word)
{
  for (int i = 0; table->words[i] != NULL; i++)
    if (g_str_equal (table->words[i], word))
      return i;
  return -1;
}

char *
vb_enum_list_words (const VbEnumTable *table)
{
  return g_strjoinv (", ", (char **) table->words);
}
