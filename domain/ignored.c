/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * What of a domain has no effect: the paths of all that was kept.
 */
#include <string.h>

#include "domain/device-class.h"
#include "domain/domain-parts.h"
#include "domain/text-hash.h"

static void
add_paths (GPtrArray *paths, const GPtrArray *list)
{
  for (guint i = 0; list != NULL && i < list->len; i++)
    {
      const VbKept *kept = g_ptr_array_index (list, i);

      if (!kept->is_namespace)
        g_ptr_array_add (paths, g_strdup (kept->path));
    }
}

char **
vb_domain_list_ignored (const VbDomain *domain)
{
  GPtrArray *paths = g_ptr_array_new ();

  for (guint i = 0; i < domain->devices->len; i++)
    add_paths (paths, ((const VbDevice *) g_ptr_array_index (domain->devices, i))->kept);
  vb_sysinfo_list_ignored (&domain->sysinfo, paths);
  add_paths (paths, domain->kept);
  g_ptr_array_add (paths, NULL);
  return (char **) g_ptr_array_free (paths, FALSE);
}

/* The name of a kept device's element (transfer full); %NULL for anything else. */
static char *
get_device_element (const VbKept *kept)
{
  const char *name = kept->text + 1;

  if (kept->is_attribute || !g_str_equal (kept->parent, "devices"))
    return NULL;
  return g_strndup (name, strcspn (name, " \t\r\n/>"));
}

static void
count (GHashTable *counts, const char *element)
{
  guint so_far = GPOINTER_TO_UINT (g_hash_table_lookup (counts, element));

  g_hash_table_insert (counts, g_strdup (element), GUINT_TO_POINTER (so_far + 1));
}

static GHashTable *
count_devices (const VbDomain *domain)
{
  GHashTable *counts = g_hash_table_new_full (vb_text_hash, g_str_equal, g_free, NULL);

  for (guint i = 0; i < domain->devices->len; i++)
    {
      const VbDevice *device = g_ptr_array_index (domain->devices, i);

      count (counts, vb_device_kind_to_string (device->kind));
    }
  for (guint i = 0; domain->kept != NULL && i < domain->kept->len; i++)
    {
      g_autofree char *element = get_device_element (g_ptr_array_index (domain->kept, i));

      if (element != NULL)
        count (counts, element);
    }
  return counts;
}

/* A second <devices> is kept, and then the first has a number. */
static const char *
get_devices_path (const VbDomain *domain)
{
  for (guint i = 0; domain->kept != NULL && i < domain->kept->len; i++)
    {
      const VbKept *kept = g_ptr_array_index (domain->kept, i);

      if (kept->parent[0] == '\0' && vb_kept_is_element (kept, "devices"))
        return "/domain/devices[1]";
    }
  return "/domain/devices";
}

/* Devices of one name are numbered only if there are several. */
typedef struct
{
  const char *devices_path;
  GHashTable *counts; /* (owned) (element-type utf8 guint) */
  GHashTable *so_far; /* (owned) (element-type utf8 guint) */
} Numbering;

static char *
make_device_path (Numbering *numbering, const char *element)
{
  count (numbering->so_far, element);
  if (GPOINTER_TO_UINT (g_hash_table_lookup (numbering->counts, element)) == 1)
    return g_strdup_printf ("%s/%s", numbering->devices_path, element);
  return g_strdup_printf ("%s/%s[%u]", numbering->devices_path, element,
                          GPOINTER_TO_UINT (g_hash_table_lookup (numbering->so_far, element)));
}

/* What follows "/domain/devices/disk[2]"; (nullable) */
static const char *
skip_device (const char *path)
{
  for (guint n_parts = 0; path != NULL && n_parts < 3; n_parts++)
    path = strchr (path + 1, '/');
  return path;
}

static void
move_below (GPtrArray *list, const char *device_path)
{
  for (guint i = 0; list != NULL && i < list->len; i++)
    {
      VbKept *kept = g_ptr_array_index (list, i);
      g_autofree char *old = g_steal_pointer (&kept->path);
      const char *rest = skip_device (old);

      if (rest != NULL)
        kept->path = g_strconcat (device_path, rest, NULL);
    }
}

static gboolean
has_kept (const VbDomain *domain)
{
  for (guint i = 0; i < domain->devices->len; i++)
    if (((const VbDevice *) g_ptr_array_index (domain->devices, i))->kept != NULL)
      return TRUE;
  return domain->kept != NULL;
}

void
vb_ignored_refresh_paths (VbDomain *domain)
{
  Numbering numbering = { .devices_path = get_devices_path (domain) };

  if (!has_kept (domain))
    return;
  numbering.counts = count_devices (domain);
  numbering.so_far = g_hash_table_new_full (vb_text_hash, g_str_equal, g_free, NULL);
  for (guint i = 0; i < domain->devices->len; i++)
    {
      VbDevice *device = g_ptr_array_index (domain->devices, i);
      g_autofree char *path =
          make_device_path (&numbering, vb_device_kind_to_string (device->kind));

      move_below (device->kept, path);
    }
  for (guint i = 0; domain->kept != NULL && i < domain->kept->len; i++)
    {
      VbKept *kept = g_ptr_array_index (domain->kept, i);
      g_autofree char *element = get_device_element (kept);

      if (element == NULL)
        continue;
      g_free (kept->path);
      kept->path = make_device_path (&numbering, element);
    }
  g_hash_table_unref (numbering.counts);
  g_hash_table_unref (numbering.so_far);
}
