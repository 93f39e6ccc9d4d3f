/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The value: a copy is equal, and each field on its own makes a difference.
 */
#include "host/host-device.h"

#define SET_TEXT(field, text) (g_free (field), (field) = g_strdup (text))
#define SET_LIST(field, text) (g_strfreev (field), (field) = g_strsplit (text, ",", -1))

static void
change (VbHostDevice *device, guint field)
{
  switch (field)
    {
    case 0:
      SET_TEXT (device->id, "pci_1");
      break;
    case 1:
      SET_TEXT (device->name, "Disk");
      break;
    case 2:
      SET_TEXT (device->vendor, "Vendor");
      break;
    case 3:
      SET_TEXT (device->product, "Product");
      break;
    case 4:
      device->vendor_id = 1;
      break;
    case 5:
      device->product_id = 1;
      break;
    case 6:
      SET_TEXT (device->sysfs_path, "/sys/devices/x");
      break;
    case 7:
      SET_TEXT (device->driver, "vfio-pci");
      break;
    case 8:
      device->safety = VB_SAFETY_WARN;
      break;
    case 9:
      SET_LIST (device->safety_reasons, "a,b");
      break;
    default:
      g_assert_not_reached ();
    }
}
#define N_FIELDS 10

static void
change_pci (VbHostDevice *device, guint field)
{
  VbPciDevice *pci = &device->pci;

  switch (field)
    {
    case 0:
      SET_TEXT (pci->address, "0000:00:01.0");
      break;
    case 1:
      pci->class_code = 0x020000;
      break;
    case 2:
      SET_TEXT (pci->class_name, "Ethernet controller");
      break;
    case 3:
      pci->iommu_group = 0;
      break;
    case 4:
      SET_LIST (pci->group, "a");
      break;
    case 5:
      pci->viable = TRUE;
      break;
    case 6:
      SET_LIST (pci->blockers, "a");
      break;
    case 7:
      SET_LIST (pci->reset_methods, "flr,bus");
      break;
    case 8:
      pci->boot_vga = TRUE;
      break;
    case 9:
      SET_TEXT (pci->physical_function, "a");
      break;
    case 10:
      SET_LIST (pci->virtual_functions, "a");
      break;
    default:
      g_assert_not_reached ();
    }
}
#define N_PCI_FIELDS 11

static void
change_usb (VbHostDevice *device, guint field)
{
  VbUsbDevice *usb = &device->usb;

  switch (field)
    {
    case 0:
      usb->bus_number = 1;
      break;
    case 1:
      usb->device_number = 1;
      break;
    case 2:
      SET_TEXT (usb->port, "1-2");
      break;
    case 3:
      SET_TEXT (usb->serial_number, "4711");
      break;
    case 4:
      usb->device_class = 9;
      break;
    case 5:
      SET_LIST (usb->interface_classes, "Hub");
      break;
    default:
      g_assert_not_reached ();
    }
}
#define N_USB_FIELDS 6

static void
assert_fields_matter (VbHostDeviceKind kind,
                      guint n_fields,
                      void (*set) (VbHostDevice *device, guint field))
{
  g_autoptr (VbHostDevice) empty = vb_host_device_new (kind);

  for (guint field = 0; field < n_fields; field++)
    {
      g_autoptr (VbHostDevice) changed = vb_host_device_new (kind);
      g_autoptr (VbHostDevice) copy = NULL;

      set (changed, field);
      copy = vb_host_device_copy (changed);
      g_assert_false (vb_host_device_equal (empty, changed));
      g_assert_true (vb_host_device_equal (copy, changed));
    }
}

static void
test_fields (void)
{
  assert_fields_matter (VB_HOST_DEVICE_PCI, N_FIELDS, change);
  assert_fields_matter (VB_HOST_DEVICE_USB, N_FIELDS, change);
  assert_fields_matter (VB_HOST_DEVICE_PCI, N_PCI_FIELDS, change_pci);
  assert_fields_matter (VB_HOST_DEVICE_USB, N_USB_FIELDS, change_usb);
}

static void
test_kinds (void)
{
  g_autoptr (VbHostDevice) pci = vb_host_device_new (VB_HOST_DEVICE_PCI);
  g_autoptr (VbHostDevice) usb = vb_host_device_new (VB_HOST_DEVICE_USB);

  g_assert_false (vb_host_device_equal (pci, usb));
  g_assert_cmpint (pci->pci.iommu_group, ==, -1);
  g_assert_cmpstr (vb_host_device_kind_to_string (pci->kind), ==, "pci");
  g_assert_cmpstr (vb_host_device_kind_to_string (usb->kind), ==, "usb");
}

/* Who has a copy changes it alone. */
static void
test_references (void)
{
  g_autoptr (VbHostDevice) device = vb_host_device_new (VB_HOST_DEVICE_PCI);
  g_autoptr (VbHostDevice) same = vb_host_device_ref (device);
  g_autoptr (VbHostDevice) copy = vb_host_device_copy (device);

  g_assert_true (same == device);
  change (copy, 1);
  g_assert_cmpstr (device->name, ==, "");
}

static void
test_safety (void)
{
  g_assert_cmpstr (vb_safety_to_string (VB_SAFETY_SAFE), ==, "safe");
  g_assert_cmpstr (vb_safety_to_string (VB_SAFETY_WARN), ==, "warn");
  g_assert_cmpstr (vb_safety_to_string (VB_SAFETY_FORBIDDEN), ==, "forbidden");
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/host-device/fields", test_fields);
  g_test_add_func ("/host-device/kinds", test_kinds);
  g_test_add_func ("/host-device/references", test_references);
  g_test_add_func ("/host-device/safety", test_safety);
  return g_test_run ();
}
