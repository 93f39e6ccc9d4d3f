/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Decides which devices are read again, and which only judged again. Relations among them are found
 * in memory, so that an event about one device costs the reading of one.
 */
#include "host/device-scan.h"

#include "host/host-udev.h"
#include "host/pci-relations.h"

GHashTable *
vb_device_table_new (void)
{
  return g_hash_table_new_full (g_str_hash, g_str_equal, g_free,
                                (GDestroyNotify) vb_host_device_unref);
}

/* @device: (transfer full) */
static void
put_device (GHashTable *table, VbHostDevice *device)
{
  g_hash_table_replace (table, g_strdup (device->id), device);
}

VbDeviceScan *
vb_device_scan_new (void)
{
  VbDeviceScan *scan = g_new0 (VbDeviceScan, 1);

  scan->paths = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  return scan;
}

void
vb_device_scan_free (VbDeviceScan *scan)
{
  g_hash_table_unref (scan->paths);
  g_clear_pointer (&scan->reader, vb_device_reader_free);
  g_clear_pointer (&scan->before, g_hash_table_unref);
  g_clear_pointer (&scan->after, g_hash_table_unref);
  g_free (scan);
}

void
vb_device_scan_add (VbDeviceScan *scan, const char *path, guint gone)
{
  g_hash_table_replace (scan->paths, g_strdup (path), GUINT_TO_POINTER (gone));
}

gboolean
vb_device_scan_is_empty (const VbDeviceScan *scan)
{
  return !scan->everything && !scan->usage_changed && g_hash_table_size (scan->paths) == 0;
}

static void
add_unless_told (VbDeviceScan *scan, const char *path)
{
  if (!g_hash_table_contains (scan->paths, path))
    vb_device_scan_add (scan, path, 0);
}

static void
add_everything (VbDeviceScan *scan)
{
  g_autoptr (GPtrArray) paths = vb_device_reader_list (scan->reader);
  GHashTableIter iter;
  gpointer device;

  for (guint i = 0; i < paths->len; i++)
    add_unless_told (scan, paths->pdata[i]);
  g_hash_table_iter_init (&iter, scan->before);
  while (g_hash_table_iter_next (&iter, NULL, &device))
    add_unless_told (scan, ((VbHostDevice *) device)->sysfs_path);
}

static void
keep_others (VbDeviceScan *scan)
{
  GHashTableIter iter;
  gpointer value;

  g_hash_table_iter_init (&iter, scan->before);
  while (g_hash_table_iter_next (&iter, NULL, &value))
    {
      VbHostDevice *device = value;

      if (!g_hash_table_contains (scan->paths, device->sysfs_path))
        put_device (scan->after, vb_host_device_ref (device));
    }
}

/* The folder of what went may be there for a moment yet, or have another in it already. */
static void
read_path (VbDeviceScan *scan, const char *path, guint gone)
{
  VbHostDevice *device =
      gone == VB_UDEV_NO_NUMBER ? NULL : vb_device_reader_read (scan->reader, path);

  if (device == NULL)
    return;
  if (gone != 0 && device->usb.device_number == gone)
    vb_host_device_unref (device);
  else
    put_device (scan->after, device);
}

static void
read_paths (VbDeviceScan *scan)
{
  GHashTableIter iter;
  gpointer path, gone;

  g_hash_table_iter_init (&iter, scan->paths);
  while (g_hash_table_iter_next (&iter, &path, &gone))
    read_path (scan, path, GPOINTER_TO_UINT (gone));
}

/* Unless the machine's usage changed, those that are as they were are used as they were. */
static void
judge (VbDeviceScan *scan)
{
  GHashTableIter iter;
  gpointer id, device;

  g_hash_table_iter_init (&iter, scan->after);
  while (g_hash_table_iter_next (&iter, &id, &device))
    {
      gboolean same = g_hash_table_lookup (scan->before, id) == device;
      VbHostDevice *judged =
          same && !scan->usage_changed ? NULL : vb_device_reader_judge (scan->reader, device);

      if (judged != NULL)
        g_hash_table_iter_replace (&iter, judged);
    }
}

void
vb_device_scan_run (VbDeviceScan *scan)
{
  scan->after = vb_device_table_new ();
  if (scan->usage_changed)
    vb_device_reader_refresh_usage (scan->reader);
  if (scan->everything)
    add_everything (scan);
  keep_others (scan);
  read_paths (scan);
  vb_pci_relations_update (scan->after);
  judge (scan);
}
