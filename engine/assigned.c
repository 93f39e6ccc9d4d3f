/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * In the notes each is a group of its own: [hostdev hostdev0].
 */
#include "engine/assigned.h"

#include <string.h>

#define GROUP_PREFIX "hostdev "

static void
assigned_free (gpointer data)
{
  VbAssigned *assigned = data;

  g_free (assigned->alias);
  g_free (assigned->id);
  g_free (assigned->node);
  g_free (assigned);
}

GPtrArray *
vb_assigned_list_new (void)
{
  return g_ptr_array_new_with_free_func (assigned_free);
}

void
vb_assigned_list_add (
    GPtrArray *list, const char *alias, const char *id, const char *node, const VbNodeOwner *owner)
{
  VbAssigned *assigned = g_new0 (VbAssigned, 1);

  assigned->alias = g_strdup (alias);
  assigned->id = g_strdup (id);
  assigned->node = g_strdup (node);
  if (node != NULL)
    assigned->owner = *owner;
  g_ptr_array_add (list, assigned);
}

void
vb_assigned_list_save (const GPtrArray *list, GKeyFile *notes)
{
  for (guint i = 0; i < list->len; i++)
    {
      const VbAssigned *assigned = g_ptr_array_index (list, i);
      g_autofree char *group = g_strconcat (GROUP_PREFIX, assigned->alias, NULL);

      g_key_file_set_string (notes, group, "device", assigned->id);
      if (assigned->node == NULL)
        continue;
      g_key_file_set_string (notes, group, "node", assigned->node);
      g_key_file_set_uint64 (notes, group, "uid", assigned->owner.uid);
      g_key_file_set_uint64 (notes, group, "gid", assigned->owner.gid);
    }
}

void
vb_assigned_list_load (GPtrArray *list, GKeyFile *notes)
{
  g_auto (GStrv) groups = g_key_file_get_groups (notes, NULL);

  for (char **group = groups; *group != NULL; group++)
    {
      g_autofree char *id = g_key_file_get_string (notes, *group, "device", NULL);
      g_autofree char *node = g_key_file_get_string (notes, *group, "node", NULL);
      VbNodeOwner owner = { (guint) g_key_file_get_uint64 (notes, *group, "uid", NULL),
                            (guint) g_key_file_get_uint64 (notes, *group, "gid", NULL) };

      if (g_str_has_prefix (*group, GROUP_PREFIX) && id != NULL)
        vb_assigned_list_add (list, *group + strlen (GROUP_PREFIX), id, node, &owner);
    }
}
