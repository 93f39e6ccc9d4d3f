/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Names of classes, and what stands for a class that has none.
 */
#include "host/device-class.h"

static void
test_pci (void)
{
  g_assert_cmpstr (vb_pci_class_get_name (0x020000), ==, "Ethernet controller");
  g_assert_cmpstr (vb_pci_class_get_name (0x030000), ==, "VGA compatible controller");
  g_assert_cmpstr (vb_pci_class_get_name (0x0c0330), ==, "USB controller");
  g_assert_cmpstr (vb_pci_class_get_name (0x060400), ==, "PCI bridge");
  g_assert_cmpstr (vb_pci_class_get_name (0x020000 | 0x7700), ==, "Network controller");
  g_assert_cmpstr (vb_pci_class_get_name (0x120000), ==, "Processing accelerators");
  g_assert_cmpstr (vb_pci_class_get_name (0x770000), ==, "PCI device");
  g_assert_cmpstr (vb_pci_class_get_name (0xff0000), ==, "PCI device");
}

static void
test_usb (void)
{
  g_assert_cmpstr (vb_usb_class_get_name (0x03), ==, "Human Interface Device");
  g_assert_cmpstr (vb_usb_class_get_name (0x08), ==, "Mass Storage");
  g_assert_cmpstr (vb_usb_class_get_name (0x09), ==, "Hub");
  g_assert_cmpstr (vb_usb_class_get_name (0xff), ==, "Vendor Specific Class");
  g_assert_cmpstr (vb_usb_class_get_name (0x77), ==, "Unknown class");
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/device-class/pci", test_pci);
  g_test_add_func ("/device-class/usb", test_usb);
  return g_test_run ();
}
