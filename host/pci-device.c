/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * A PCI device from its folder in sysfs (Documentation/ABI/testing/sysfs-bus-pci in Linux). Decides
 * which attribute is which field; nothing here wakes a device that sleeps.
 */
#include "host/pci-device.h"

#include "host/device-class.h"

#include <stdio.h>
#include <string.h>

#define DISPLAY_CLASS 0x03

/* (transfer full): "pci_0000_00_1f_2" */
static char *
make_id (const char *address)
{
  return g_strdelimit (g_strconcat ("pci_", address, NULL), ":.", '_');
}

/* An id is an element of a path on the bus: it takes no other characters. */
static gboolean
is_address (const char *name)
{
  return *name != '\0' && strspn (name, "0123456789abcdef:.") == strlen (name);
}

static gboolean
read_ids (VbHostDevice *device, const char *uevent)
{
  g_autofree char *ids = vb_sysfs_find_value (uevent, "PCI_ID");
  g_autofree char *class_code = vb_sysfs_find_value (uevent, "PCI_CLASS");
  guint vendor_id, product_id, code;

  if (ids == NULL || sscanf (ids, "%4x:%4x", &vendor_id, &product_id) != 2)
    return FALSE;
  device->vendor_id = (guint16) vendor_id;
  device->product_id = (guint16) product_id;
  if (class_code != NULL && sscanf (class_code, "%6x", &code) == 1)
    device->pci.class_code = code;
  vb_host_device_take_text (&device->pci.class_name,
                            g_strdup (vb_pci_class_get_name (device->pci.class_code)));
  return TRUE;
}

static void
read_names (VbHostDevice *device, VbHwdb *hwdb, const char *uevent)
{
  g_autofree char *modalias = vb_sysfs_find_value (uevent, "MODALIAS");
  char *vendor, *product;

  vb_hwdb_find (hwdb, modalias != NULL ? modalias : "", &vendor, &product);
  vb_host_device_take_text (&device->vendor, vendor);
  vb_host_device_take_text (&device->product, product);
  vb_host_device_set_name (device, device->pci.class_name);
}

static void
read_driver (VbHostDevice *device, const VbSysfs *sysfs, const char *path)
{
  char *driver = vb_sysfs_read_link (sysfs, path, "driver");

  if (driver != NULL)
    vb_host_device_take_text (&device->driver, driver);
}

static void
read_group (VbPciDevice *pci, const VbSysfs *sysfs, const char *path)
{
  g_autofree char *name = vb_sysfs_read_link (sysfs, path, "iommu_group");
  guint64 group;

  if (name != NULL && g_ascii_string_to_unsigned (name, 10, 0, G_MAXINT, &group, NULL))
    pci->iommu_group = (gint) group;
}

/* There is no such attribute before Linux 5.15. */
static void
read_reset_methods (VbPciDevice *pci, const VbSysfs *sysfs, const char *path)
{
  g_autofree char *methods = vb_sysfs_read_text (sysfs, path, "reset_method");

  if (*methods != '\0')
    vb_host_device_take_list (&pci->reset_methods, g_strsplit (methods, " ", -1));
}

static void
read_physical_function (VbPciDevice *pci, const VbSysfs *sysfs, const char *path)
{
  g_autofree char *address = vb_sysfs_read_link (sysfs, path, "physfn");

  if (address != NULL && is_address (address))
    vb_host_device_take_text (&pci->physical_function, make_id (address));
}

static void
read_boot_vga (VbPciDevice *pci, const VbSysfs *sysfs, const char *path)
{
  guint64 boot_vga = 0;

  if (pci->class_code >> 16 == DISPLAY_CLASS)
    vb_sysfs_read_number (sysfs, path, "boot_vga", 10, &boot_vga);
  pci->boot_vga = boot_vga == 1;
}

VbHostDevice *
vb_pci_device_read (const VbSysfs *sysfs, VbHwdb *hwdb, const char *path)
{
  g_autoptr (VbHostDevice) device = vb_host_device_new (VB_HOST_DEVICE_PCI);
  g_autofree char *address = g_path_get_basename (path);
  g_autofree char *uevent = vb_sysfs_read (sysfs, path, "uevent");

  if (uevent == NULL || !is_address (address) || !read_ids (device, uevent))
    return NULL;
  vb_host_device_take_text (&device->id, make_id (address));
  vb_host_device_take_text (&device->sysfs_path, g_strdup (path));
  vb_host_device_take_text (&device->pci.address, g_steal_pointer (&address));
  read_names (device, hwdb, uevent);
  read_driver (device, sysfs, path);
  read_group (&device->pci, sysfs, path);
  read_reset_methods (&device->pci, sysfs, path);
  read_physical_function (&device->pci, sysfs, path);
  read_boot_vga (&device->pci, sysfs, path);
  return g_steal_pointer (&device);
}
