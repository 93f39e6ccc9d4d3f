/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The life of one kept element or attribute. What is kept, and where it is written again, is the
 * reader's and the writer's business.
 */
#include "domain/kept.h"

#include <string.h>

#include "domain/secret.h"

VbKept *
vb_kept_copy (const VbKept *kept)
{
  VbKept *copy;

  if (kept == NULL)
    return NULL;
  copy = g_memdup2 (kept, sizeof *kept);
  copy->parent = g_strdup (kept->parent);
  copy->text = g_strdup (kept->text);
  copy->secret = vb_secret_copy (kept->secret);
  copy->path = g_strdup (kept->path);
  return copy;
}

void
vb_kept_free (VbKept *kept)
{
  g_free (kept->parent);
  g_free (kept->text);
  vb_secret_free (kept->secret);
  g_free (kept->path);
  g_free (kept);
}

gboolean
vb_kept_is_element (const VbKept *kept, const char *name)
{
  gsize length = strlen (name);

  return !kept->is_attribute && kept->text[0] == '<' &&
         strncmp (kept->text + 1, name, length) == 0 &&
         strchr (" \t\r\n/>", kept->text[1 + length]) != NULL;
}

GPtrArray *
vb_kept_list_copy (const GPtrArray *list)
{
  GPtrArray *copy;

  if (list == NULL)
    return NULL;
  copy = g_ptr_array_new_full (list->len, (GDestroyNotify) vb_kept_free);
  for (guint i = 0; i < list->len; i++)
    g_ptr_array_add (copy, vb_kept_copy (g_ptr_array_index (list, i)));
  return copy;
}
