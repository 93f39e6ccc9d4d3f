/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Where objects are: how UUIDs, kinds and names become object paths. Knows no objects.
 */
#include "objects/path.h"

#include <string.h>

/* A path's element may hold letters, digits and `_` only; `_` itself begins an escape. */
static void
append_escaped (GString *path, const char *name)
{
  for (const char *byte = name; *byte != '\0'; byte++)
    if (g_ascii_isalnum (*byte))
      g_string_append_c (path, *byte);
    else
      g_string_append_printf (path, "_%02x", (guchar) *byte);
}

static void
append_device_node (GString *path, const VbDevice *device)
{
  g_string_append (path, vb_device_kind_to_string (device->kind));
  g_string_append_c (path, '_');
  append_escaped (path, vb_device_get_name (device));
}

char *
vb_path_for_domain (const char *uuid)
{
  char *path = g_strconcat (VB_PATH_DOMAINS "/_", uuid, NULL);

  return g_strdelimit (path, "-", '_');
}

char *
vb_path_device_node (const VbDevice *device)
{
  GString *node = g_string_sized_new (32);

  append_device_node (node, device);
  return g_string_free (node, FALSE);
}

char *
vb_path_for_device (const char *domain_path, const VbDevice *device)
{
  GString *path = g_string_sized_new (96);

  g_string_append (path, domain_path);
  g_string_append_c (path, '/');
  append_device_node (path, device);
  return g_string_free (path, FALSE);
}

/* The underscore of "x86_64" stays: no architecture is mistaken for another one. */
char *
vb_path_capability_set_node (VbOsType os_type, const char *arch)
{
  char *node = g_strdup_printf ("%s_%s", arch, vb_enum_to_string (&vb_os_type_table, os_type));

  return g_strcanon (node, G_CSET_A_2_Z G_CSET_a_2_z G_CSET_DIGITS, '_');
}

char *
vb_path_for_capability_set (VbOsType os_type, const char *arch)
{
  g_autofree char *node = vb_path_capability_set_node (os_type, arch);

  return g_strconcat (VB_PATH_CAPABILITIES "/", node, NULL);
}

char *
vb_path_for_host_device (const char *id)
{
  return *id != '\0' ? g_strconcat (VB_PATH_HOST_DEVICES "/", id, NULL) : g_strdup (VB_PATH_NONE);
}

const char *
vb_path_find_child (const char *path, guint depth)
{
  while (path != NULL && depth-- > 0)
    path = strchr (path + 1, '/');
  return path != NULL ? path + 1 : NULL;
}
