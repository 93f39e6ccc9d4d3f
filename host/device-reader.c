/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Where devices are found on the machine's buses, and who reads which.
 */
#include "host/device-reader.h"

#include "host/pci-device.h"
#include "host/usage.h"
#include "host/usb-device.h"

#include <string.h>

struct _VbDeviceReader
{
  char *root;         /* (owned) (nullable) */
  VbSysfs *sysfs;     /* (owned) */
  VbHwdb *hwdb;       /* (owned) (nullable) */
  VbHostUsage *usage; /* (owned) (nullable): not read yet */
};

VbDeviceReader *
vb_device_reader_new (const char *root)
{
  VbDeviceReader *reader = g_new0 (VbDeviceReader, 1);

  reader->root = g_strdup (root);
  reader->sysfs = vb_sysfs_new (root);
  reader->hwdb = root == NULL ? vb_hwdb_new () : NULL;
  return reader;
}

void
vb_device_reader_free (VbDeviceReader *reader)
{
  g_clear_pointer (&reader->usage, vb_host_usage_free);
  g_clear_pointer (&reader->hwdb, vb_hwdb_free);
  vb_sysfs_free (reader->sysfs);
  g_free (reader->root);
  g_free (reader);
}

/* "1-2.3" and "usb1", and of an interface "1-2:1.0"; a PCI device is "0000:00:1f.2". */
static gboolean
is_usb (const char *name)
{
  return strchr (name, '-') != NULL || g_str_has_prefix (name, "usb");
}

static gboolean
is_usb_interface (const char *name)
{
  return is_usb (name) && strchr (name, ':') != NULL;
}

GPtrArray *
vb_device_reader_list (VbDeviceReader *reader)
{
  static const char *const buses[] = { "/sys/bus/pci/devices", "/sys/bus/usb/devices" };
  GPtrArray *paths = g_ptr_array_new_with_free_func (g_free);

  for (guint bus = 0; bus < G_N_ELEMENTS (buses); bus++)
    {
      g_auto (GStrv) names = vb_sysfs_list (reader->sysfs, buses[bus]);

      for (gsize i = 0; names[i] != NULL; i++)
        {
          char *path = is_usb_interface (names[i])
                           ? NULL
                           : vb_sysfs_resolve (reader->sysfs, buses[bus], names[i]);

          if (path != NULL)
            g_ptr_array_add (paths, path);
        }
    }
  return paths;
}

VbHostDevice *
vb_device_reader_read (VbDeviceReader *reader, const char *path)
{
  g_autofree char *name = g_path_get_basename (path);

  return is_usb (name) ? vb_usb_device_read (reader->sysfs, reader->hwdb, path)
                       : vb_pci_device_read (reader->sysfs, reader->hwdb, path);
}

void
vb_device_reader_refresh_usage (VbDeviceReader *reader)
{
  g_clear_pointer (&reader->usage, vb_host_usage_free);
  reader->usage = vb_host_usage_read (reader->root);
}

VbHostDevice *
vb_device_reader_judge (VbDeviceReader *reader, const VbHostDevice *device)
{
  g_autoptr (VbHostDevice) judged = vb_host_device_copy (device);

  vb_host_usage_judge (reader->usage, reader->sysfs, judged);
  return vb_host_device_equal (device, judged) ? NULL : g_steal_pointer (&judged);
}
