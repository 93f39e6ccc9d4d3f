/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The texts of cgroups(7) and proc(5).
 */
#include "host/cgroup-place.h"

#include "host/host-error.h"

#include <string.h>

#define NAME_PREFIX "virtbus-"
#define UUID_LENGTH 36
#define DELETED_SUFFIX " (deleted)"

/* Fields of a line of mountinfo, from 0. */
enum
{
  FIELD_ROOT = 3,
  FIELD_MOUNT_POINT = 4,
  FIELD_OPTIONAL = 6, /* any number of them, then: */
};
#define SEPARATOR "-"

typedef struct
{
  char *root;        /* (owned): the group that is seen at: */
  char *mount_point; /* (owned) */
} Mount;

static void
mount_clear (Mount *mount)
{
  g_clear_pointer (&mount->root, g_free);
  g_clear_pointer (&mount->mount_point, g_free);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Mount, mount_clear)

static gboolean
parse_mount (const char *line, Mount *mount)
{
  g_auto (GStrv) fields = g_strsplit (line, " ", -1);
  guint n_fields = g_strv_length (fields);
  guint separator = FIELD_OPTIONAL;

  while (separator < n_fields && !g_str_equal (fields[separator], SEPARATOR))
    separator++;
  if (separator + 1 >= n_fields || !g_str_equal (fields[separator + 1], "cgroup2"))
    return FALSE;
  /* Blanks and their like are octal there. */
  mount->root = g_strcompress (fields[FIELD_ROOT]);
  mount->mount_point = g_strcompress (fields[FIELD_MOUNT_POINT]);
  return TRUE;
}

/* (nullable): what of @path lies below @root, from its slash on; "" for @root itself */
static const char *
get_below (const char *path, const char *root)
{
  gsize length = g_str_equal (root, "/") ? 0 : strlen (root);

  if (strncmp (path, root, length) != 0 || (path[length] != '/' && path[length] != '\0'))
    return NULL;
  return g_str_equal (path + length, "/") ? "" : path + length;
}

/* (transfer full) (nullable): the group of cgroup v2 in @membership */
static char *
find_group (const char *membership)
{
  g_auto (GStrv) lines = g_strsplit (membership, "\n", -1);

  for (guint i = 0; lines[i] != NULL; i++)
    if (g_str_has_prefix (lines[i], "0::/"))
      return g_strdup (lines[i] + strlen ("0::"));
  return NULL;
}

/* A group outside of what the process may see begins with "/..". */
static gboolean
is_plain (const char *group)
{
  g_auto (GStrv) parts = g_strsplit (group, "/", -1);

  return !g_strv_contains ((const char *const *) parts, "..") &&
         !g_str_has_suffix (group, DELETED_SUFFIX);
}

char *
vb_cgroup_place_find (const char *mountinfo, const char *membership, GError **error)
{
  g_auto (GStrv) lines = g_strsplit (mountinfo, "\n", -1);
  g_autofree char *group = find_group (membership);

  if (group != NULL && !is_plain (group))
    {
      g_set_error (error, VB_HOST_ERROR, VB_HOST_ERROR_ABSENT,
                   "the control group '%s' cannot be reached from here", group);
      return NULL;
    }
  for (guint i = 0; group != NULL && lines[i] != NULL; i++)
    {
      g_auto (Mount) mount = { NULL, NULL };
      const char *below;

      if (!parse_mount (lines[i], &mount) || !is_plain (mount.root))
        continue;
      below = get_below (group, mount.root);
      if (below != NULL && g_path_is_absolute (mount.mount_point))
        return g_strconcat (mount.mount_point, below, NULL);
    }
  g_set_error_literal (
      error, VB_HOST_ERROR, VB_HOST_ERROR_ABSENT,
      "this host does not show cgroup v2; mount it at /sys/fs/cgroup, or boot with "
      "systemd.unified_cgroup_hierarchy=1");
  return NULL;
}

gboolean
vb_cgroup_place_is_v1 (const char *membership, const char *controller)
{
  g_auto (GStrv) lines = g_strsplit (membership, "\n", -1);

  for (guint i = 0; lines[i] != NULL; i++)
    {
      g_auto (GStrv) fields = g_strsplit (lines[i], ":", 3);
      g_auto (GStrv) controllers = NULL;

      if (g_strv_length (fields) != 3)
        continue;
      controllers = g_strsplit (fields[1], ",", -1);
      if (g_strv_contains ((const char *const *) controllers, controller))
        return TRUE;
    }
  return FALSE;
}

char *
vb_cgroup_place_find_tree (const char *own_folder)
{
  g_autofree char *name = g_path_get_basename (own_folder);

  return g_str_equal (name, VB_CGROUP_LEAF) ? g_path_get_dirname (own_folder)
                                            : g_strdup (own_folder);
}

gboolean
vb_cgroup_words_have (const char *text, const char *word)
{
  g_auto (GStrv) words = g_strsplit_set (text, " \n", -1);

  return g_strv_contains ((const char *const *) words, word);
}

gboolean
vb_cgroup_name_is_ours (const char *name)
{
  g_autofree char *uuid = NULL;

  if (!g_str_has_prefix (name, NAME_PREFIX))
    return FALSE;
  uuid = g_strndup (name + strlen (NAME_PREFIX), UUID_LENGTH);
  return g_uuid_string_is_valid (uuid);
}
