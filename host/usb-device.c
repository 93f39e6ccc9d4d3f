/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * A USB device, hubs among them, from its folder in sysfs (Documentation/ABI/stable/sysfs-bus-usb in
 * Linux). Decides which attribute is which field; the interfaces are told as part of their device.
 */
#include "host/usb-device.h"

#include "host/device-class.h"

#include <stdio.h>
#include <string.h>

/* A root hub is no piece of hardware that could be plugged in somewhere. */
#define ROOT_HUB_PREFIX "usb"

static gboolean
read_numbers (VbHostDevice *device, const char *uevent)
{
  g_autofree char *product = vb_sysfs_find_value (uevent, "PRODUCT");
  g_autofree char *type = vb_sysfs_find_value (uevent, "TYPE");
  g_autofree char *bus = vb_sysfs_find_value (uevent, "BUSNUM");
  g_autofree char *number = vb_sysfs_find_value (uevent, "DEVNUM");
  guint vendor_id, product_id, device_class;

  if (product == NULL || sscanf (product, "%4x/%4x/", &vendor_id, &product_id) != 2)
    return FALSE;
  if (bus == NULL || sscanf (bus, "%3u", &device->usb.bus_number) != 1 || number == NULL ||
      sscanf (number, "%3u", &device->usb.device_number) != 1)
    return FALSE;
  device->vendor_id = (guint16) vendor_id;
  device->product_id = (guint16) product_id;
  if (type != NULL && sscanf (type, "%3u/", &device_class) == 1)
    device->usb.device_class = (guint8) device_class;
  return TRUE;
}

/* As lsusb does it: the database, which knows what a maker calls his product, and of what it does
 * not know the device's own words. */
static void
read_names (VbHostDevice *device, const VbSysfs *sysfs, VbHwdb *hwdb, const char *path)
{
  g_autofree char *modalias =
      g_strdup_printf ("usb:v%04Xp%04X", device->vendor_id, device->product_id);
  char *vendor, *product;

  vb_hwdb_find (hwdb, modalias, &vendor, &product);
  if (*vendor == '\0')
    vb_host_device_take_text (&vendor, vb_sysfs_read_text (sysfs, path, "manufacturer"));
  if (*product == '\0')
    vb_host_device_take_text (&product, vb_sysfs_read_text (sysfs, path, "product"));
  vb_host_device_take_text (&device->vendor, vendor);
  vb_host_device_take_text (&device->product, product);
  vb_host_device_set_name (device, "USB device");
}

static void
read_port (VbHostDevice *device, const char *name)
{
  if (!g_str_has_prefix (name, ROOT_HUB_PREFIX))
    vb_host_device_take_text (&device->usb.port, g_strdup (name));
}

static void
add_once (GPtrArray *texts, char *text /* (transfer full) */)
{
  if (g_ptr_array_find_with_equal_func (texts, text, g_str_equal, NULL))
    g_free (text);
  else
    g_ptr_array_add (texts, text);
}

/* The class is that of the uevent's "INTERFACE=8/6/80". */
static void
read_interface (const VbSysfs *sysfs, const char *path, GPtrArray *classes, GPtrArray *drivers)
{
  g_autofree char *uevent = vb_sysfs_read (sysfs, path, "uevent");
  g_autofree char *codes = uevent != NULL ? vb_sysfs_find_value (uevent, "INTERFACE") : NULL;
  char *driver = vb_sysfs_read_link (sysfs, path, "driver");
  guint code;

  if (codes != NULL && sscanf (codes, "%3u/", &code) == 1)
    add_once (classes, g_strdup (vb_usb_class_get_name ((guint8) code)));
  if (driver != NULL)
    add_once (drivers, driver);
}

static gint
compare_texts (gconstpointer a, gconstpointer b)
{
  return strcmp (*(const char *const *) a, *(const char *const *) b);
}

/* An interface is the folder "1-2:1.0" in that of the device "1-2"; those of a root hub, "usb1", are
 * named after port 0: "1-0:1.0". */
static void
read_interfaces (VbHostDevice *device, const VbSysfs *sysfs, const char *path)
{
  g_auto (GStrv) names = vb_sysfs_list (sysfs, path);
  GPtrArray *classes = g_ptr_array_new ();
  g_autoptr (GPtrArray) drivers = g_ptr_array_new_with_free_func (g_free);

  for (gsize i = 0; names[i] != NULL; i++)
    if (strchr (names[i], ':') != NULL)
      {
        g_autofree char *interface_path = g_build_filename (path, names[i], NULL);

        read_interface (sysfs, interface_path, classes, drivers);
      }
  g_ptr_array_sort (classes, compare_texts);
  g_ptr_array_add (classes, NULL);
  g_ptr_array_add (drivers, NULL);
  vb_host_device_take_list (&device->usb.interface_classes,
                            (char **) g_ptr_array_free (classes, FALSE));
  vb_host_device_take_text (&device->driver, g_strjoinv (", ", (char **) drivers->pdata));
}

VbHostDevice *
vb_usb_device_read (const VbSysfs *sysfs, VbHwdb *hwdb, const char *path)
{
  g_autoptr (VbHostDevice) device = vb_host_device_new (VB_HOST_DEVICE_USB);
  g_autofree char *name = g_path_get_basename (path);
  g_autofree char *uevent = vb_sysfs_read (sysfs, path, "uevent");

  if (uevent == NULL || !read_numbers (device, uevent))
    return NULL;
  vb_host_device_take_text (&device->id, g_strdup_printf ("usb_%03u_%03u", device->usb.bus_number,
                                                          device->usb.device_number));
  vb_host_device_take_text (&device->sysfs_path, g_strdup (path));
  vb_host_device_take_text (&device->usb.serial_number, vb_sysfs_read_text (sysfs, path, "serial"));
  read_names (device, sysfs, hwdb, path);
  read_port (device, name);
  read_interfaces (device, sysfs, path);
  return g_steal_pointer (&device);
}
