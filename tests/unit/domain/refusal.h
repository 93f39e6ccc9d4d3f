/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * That a document is refused, and in which words.
 */
#pragma once

#include "domain/domain.h"

/* Where a case's part is put in a document that is good without it; lines count from its root. */
typedef enum
{
  REFUSAL_OF_TOP,    /* in line 3, beside the devices */
  REFUSAL_OF_DEVICES /* in line 5, among them */
} RefusalPlace;

typedef struct
{
  const char *name;
  const char *part;
  const char *message; /* the only error */
} RefusalCase;

/* Adds a test for each case. @prefix: of their paths; @cases: kept by the tests */
void refusal_add (const char *prefix, RefusalPlace place, const RefusalCase *cases, gsize n_cases);

/* @is_only: whether there is no other error in it */
void refusal_assert (const char *xml, int code, const char *message, gboolean is_only);
