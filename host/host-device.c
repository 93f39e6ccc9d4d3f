/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * A host device as a value that is shared by reference, also between threads. Decides what makes two
 * of them equal; knows nothing of where the facts come from.
 */
#include "host/host-device.h"

#include <string.h>

VbHostDevice *
vb_host_device_new (VbHostDeviceKind kind)
{
  VbHostDevice *device = g_new0 (VbHostDevice, 1);

  g_atomic_ref_count_init (&device->ref_count);
  device->kind = kind;
  device->id = g_strdup ("");
  device->name = g_strdup ("");
  device->vendor = g_strdup ("");
  device->product = g_strdup ("");
  device->sysfs_path = g_strdup ("");
  device->driver = g_strdup ("");
  device->safety_reasons = g_new0 (char *, 1);
  if (kind == VB_HOST_DEVICE_PCI)
    device->pci = (VbPciDevice){
      .address = g_strdup (""),
      .class_name = g_strdup (""),
      .iommu_group = -1,
      .group = g_new0 (char *, 1),
      .blockers = g_new0 (char *, 1),
      .reset_methods = g_new0 (char *, 1),
      .physical_function = g_strdup (""),
      .virtual_functions = g_new0 (char *, 1),
    };
  else
    device->usb = (VbUsbDevice){
      .port = g_strdup (""),
      .serial_number = g_strdup (""),
      .interface_classes = g_new0 (char *, 1),
    };
  return device;
}

static void
copy_pci (VbPciDevice *copy, const VbPciDevice *pci)
{
  *copy = *pci;
  copy->address = g_strdup (pci->address);
  copy->class_name = g_strdup (pci->class_name);
  copy->group = g_strdupv (pci->group);
  copy->blockers = g_strdupv (pci->blockers);
  copy->reset_methods = g_strdupv (pci->reset_methods);
  copy->physical_function = g_strdup (pci->physical_function);
  copy->virtual_functions = g_strdupv (pci->virtual_functions);
}

static void
copy_usb (VbUsbDevice *copy, const VbUsbDevice *usb)
{
  *copy = *usb;
  copy->port = g_strdup (usb->port);
  copy->serial_number = g_strdup (usb->serial_number);
  copy->interface_classes = g_strdupv (usb->interface_classes);
}

VbHostDevice *
vb_host_device_copy (const VbHostDevice *device)
{
  VbHostDevice *copy = g_memdup2 (device, sizeof *device);

  g_atomic_ref_count_init (&copy->ref_count);
  copy->id = g_strdup (device->id);
  copy->name = g_strdup (device->name);
  copy->vendor = g_strdup (device->vendor);
  copy->product = g_strdup (device->product);
  copy->sysfs_path = g_strdup (device->sysfs_path);
  copy->driver = g_strdup (device->driver);
  copy->safety_reasons = g_strdupv (device->safety_reasons);
  if (device->kind == VB_HOST_DEVICE_PCI)
    copy_pci (&copy->pci, &device->pci);
  else
    copy_usb (&copy->usb, &device->usb);
  return copy;
}

VbHostDevice *
vb_host_device_ref (VbHostDevice *device)
{
  g_atomic_ref_count_inc (&device->ref_count);
  return device;
}

static void
clear_pci (VbPciDevice *pci)
{
  g_free (pci->address);
  g_free (pci->class_name);
  g_strfreev (pci->group);
  g_strfreev (pci->blockers);
  g_strfreev (pci->reset_methods);
  g_free (pci->physical_function);
  g_strfreev (pci->virtual_functions);
}

static void
clear_usb (VbUsbDevice *usb)
{
  g_free (usb->port);
  g_free (usb->serial_number);
  g_strfreev (usb->interface_classes);
}

void
vb_host_device_unref (VbHostDevice *device)
{
  if (!g_atomic_ref_count_dec (&device->ref_count))
    return;
  if (device->kind == VB_HOST_DEVICE_PCI)
    clear_pci (&device->pci);
  else
    clear_usb (&device->usb);
  g_free (device->id);
  g_free (device->name);
  g_free (device->vendor);
  g_free (device->product);
  g_free (device->sysfs_path);
  g_free (device->driver);
  g_strfreev (device->safety_reasons);
  g_free (device);
}

static gboolean
are_equal (char **a, char **b)
{
  return g_strv_equal ((const char *const *) a, (const char *const *) b);
}

static gboolean
are_pci_equal (const VbPciDevice *a, const VbPciDevice *b)
{
  return g_str_equal (a->address, b->address) && a->class_code == b->class_code &&
         g_str_equal (a->class_name, b->class_name) && a->iommu_group == b->iommu_group &&
         are_equal (a->group, b->group) && a->viable == b->viable &&
         are_equal (a->blockers, b->blockers) && are_equal (a->reset_methods, b->reset_methods) &&
         a->boot_vga == b->boot_vga && g_str_equal (a->physical_function, b->physical_function) &&
         are_equal (a->virtual_functions, b->virtual_functions);
}

static gboolean
are_usb_equal (const VbUsbDevice *a, const VbUsbDevice *b)
{
  return a->bus_number == b->bus_number && a->device_number == b->device_number &&
         g_str_equal (a->port, b->port) && g_str_equal (a->serial_number, b->serial_number) &&
         a->device_class == b->device_class &&
         are_equal (a->interface_classes, b->interface_classes);
}

gboolean
vb_host_device_equal (const VbHostDevice *a, const VbHostDevice *b)
{
  return a->kind == b->kind && g_str_equal (a->id, b->id) && g_str_equal (a->name, b->name) &&
         g_str_equal (a->vendor, b->vendor) && g_str_equal (a->product, b->product) &&
         a->vendor_id == b->vendor_id && a->product_id == b->product_id &&
         g_str_equal (a->sysfs_path, b->sysfs_path) && g_str_equal (a->driver, b->driver) &&
         a->safety == b->safety && are_equal (a->safety_reasons, b->safety_reasons) &&
         (a->kind == VB_HOST_DEVICE_PCI ? are_pci_equal (&a->pci, &b->pci)
                                        : are_usb_equal (&a->usb, &b->usb));
}

void
vb_host_device_take_text (char **field, char *text)
{
  g_free (*field);
  *field = text;
}

void
vb_host_device_take_list (char ***field, char **list)
{
  g_strfreev (*field);
  *field = list;
}

/* Many a product repeats its maker: "SanDisk", "SanDisk Ultra" */
static gboolean
begins_with_vendor (const char *product, const char *vendor)
{
  return g_ascii_strncasecmp (product, vendor, strlen (vendor)) == 0;
}

void
vb_host_device_set_name (VbHostDevice *device, const char *what)
{
  g_autofree char *product =
      *device->product != '\0'
          ? g_strdup (device->product)
          : g_strdup_printf ("%s %04x:%04x", what, device->vendor_id, device->product_id);

  vb_host_device_take_text (&device->name,
                            *device->vendor == '\0' || begins_with_vendor (product, device->vendor)
                                ? g_steal_pointer (&product)
                                : g_strconcat (device->vendor, " ", product, NULL));
}

const char *
vb_safety_to_string (VbSafety safety)
{
  static const char *const names[] = {
    [VB_SAFETY_SAFE] = "safe",
    [VB_SAFETY_WARN] = "warn",
    [VB_SAFETY_FORBIDDEN] = "forbidden",
  };
  return names[safety];
}

const char *
vb_host_device_kind_to_string (VbHostDeviceKind kind)
{
  static const char *const names[] = {
    [VB_HOST_DEVICE_PCI] = "pci",
    [VB_HOST_DEVICE_USB] = "usb",
  };
  return names[kind];
}
