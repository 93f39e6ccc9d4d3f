/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Finds things in the table: every list of it is sorted as strcmp() does.
 */
#include "qemu/device-table.h"

#include <stdlib.h>
#include <string.h>

/* Every row begins with its name. */
static int
compare_name (const void *name, const void *row)
{
  return strcmp (name, *(const char *const *) row);
}

const VbSchemaEntry *
vb_schema_find (VbSchemaKind kind, const char *name)
{
  const VbSchemaList *list = &vb_schema_lists[kind];

  return bsearch (name, list->entries, list->n_entries, sizeof *list->entries, compare_name);
}

const VbSchemaProperty *
vb_schema_find_property (const VbSchemaEntry *device, const char *name)
{
  const VbSchemaProperty *property = NULL;

  for (guint i = 0; device && !property && i < device->n_groups; i++)
    property = bsearch (name, device->groups[i].properties, device->groups[i].n_properties,
                        sizeof *property, compare_name);
  return property;
}

const char *
vb_schema_find_words (const char *name)
{
  const VbSchemaEnum *found =
      bsearch (name, vb_schema_enums, vb_schema_n_enums, sizeof *found, compare_name);

  return found ? found->words : NULL;
}
