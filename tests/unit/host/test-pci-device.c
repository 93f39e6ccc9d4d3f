/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * A PCI device from its folder in sysfs, whole and with parts that are missing or wrong.
 */
#include "host/pci-device.h"

#include "sysfs-fixture.h"

#define NIC "/sys/devices/pci0000:00/0000:00:03.0"

static void
test_whole (SysfsFixture *fixture, gconstpointer data)
{
  g_autoptr (VbHostDevice) device = NULL;

  host_tree_add_pci (fixture->tree, &(HostTreePci){ .address = "0000:00:03.0",
                                                    .id = "8086:10D3",
                                                    .class_code = 0x020000,
                                                    .driver = "e1000e",
                                                    .group = "5" });
  host_tree_put (fixture->tree, NIC "/reset_method", "flr bus\n");
  device = vb_pci_device_read (fixture->sysfs, NULL, NIC);

  g_assert_nonnull (device);
  g_assert_cmpint (device->kind, ==, VB_HOST_DEVICE_PCI);
  g_assert_cmpstr (device->id, ==, "pci_0000_00_03_0");
  g_assert_cmpstr (device->name, ==, "Ethernet controller 8086:10d3");
  g_assert_cmpstr (device->vendor, ==, "");
  g_assert_cmpstr (device->product, ==, "");
  g_assert_cmphex (device->vendor_id, ==, 0x8086);
  g_assert_cmphex (device->product_id, ==, 0x10d3);
  g_assert_cmpstr (device->sysfs_path, ==, NIC);
  g_assert_cmpstr (device->driver, ==, "e1000e");
  g_assert_cmpstr (device->pci.address, ==, "0000:00:03.0");
  g_assert_cmphex (device->pci.class_code, ==, 0x020000);
  g_assert_cmpstr (device->pci.class_name, ==, "Ethernet controller");
  g_assert_cmpint (device->pci.iommu_group, ==, 5);
  assert_words (device->pci.reset_methods, " ", "flr bus");
  g_assert_false (device->pci.boot_vga);
  g_assert_cmpstr (device->pci.physical_function, ==, "");
}

/* An old kernel, no IOMMU, no driver */
static void
test_bare (SysfsFixture *fixture, gconstpointer data)
{
  g_autoptr (VbHostDevice) device = NULL;

  host_tree_put (fixture->tree, NIC "/uevent", "PCI_ID=1AF4:1000\n");
  device = vb_pci_device_read (fixture->sysfs, NULL, NIC);

  g_assert_cmpstr (device->name, ==, "Non-VGA unclassified device 1af4:1000");
  g_assert_cmpstr (device->driver, ==, "");
  g_assert_cmpint (device->pci.iommu_group, ==, -1);
  assert_words (device->pci.reset_methods, " ", "");
}

static void
test_virtual_function (SysfsFixture *fixture, gconstpointer data)
{
  const char *path =
      host_tree_add_pci (fixture->tree, &(HostTreePci){ .address = "0000:00:03.1",
                                                        .id = "8086:10ED",
                                                        .class_code = 0x020000,
                                                        .physical_function = "0000:00:03.0" });
  g_autoptr (VbHostDevice) device = vb_pci_device_read (fixture->sysfs, NULL, path);

  g_assert_cmpstr (device->pci.physical_function, ==, "pci_0000_00_03_0");
}

static const struct
{
  guint32 class_code;
  const char *boot_vga;
  gboolean expected;
} displays[] = {
  { 0x030000, "1\n", TRUE }, { 0x030000, "0\n", FALSE }, { 0x030000, "yes\n", FALSE },
  { 0x030000, NULL, FALSE }, { 0x020000, "1\n", FALSE },
};

static void
test_boot_vga (SysfsFixture *fixture, gconstpointer data)
{
  for (guint i = 0; i < G_N_ELEMENTS (displays); i++)
    {
      g_autoptr (VbHostDevice) device = NULL;

      host_tree_remove (fixture->tree, "/sys");
      host_tree_add_pci (fixture->tree, &(HostTreePci){ .address = "0000:00:03.0",
                                                        .id = "10DE:1B80",
                                                        .class_code = displays[i].class_code });
      if (displays[i].boot_vga != NULL)
        host_tree_put (fixture->tree, NIC "/boot_vga", displays[i].boot_vga);
      device = vb_pci_device_read (fixture->sysfs, NULL, NIC);
      g_assert_cmpint (device->pci.boot_vga, ==, displays[i].expected);
    }
}

/* Behind Intel's VMD the domain has more digits. */
static void
test_long_address (SysfsFixture *fixture, gconstpointer data)
{
  g_autoptr (VbHostDevice) device = NULL;

  host_tree_put (fixture->tree, "/sys/devices/a/10000:e1:00.0/uevent", "PCI_ID=144D:A80A\n");
  device = vb_pci_device_read (fixture->sysfs, NULL, "/sys/devices/a/10000:e1:00.0");

  g_assert_cmpstr (device->id, ==, "pci_10000_e1_00_0");
}

static void
test_no_device (SysfsFixture *fixture, gconstpointer data)
{
  static const char *const uevents[] = { "", "PCI_CLASS=20000\n", "PCI_ID=\n", "PCI_ID=8086\n",
                                         "PCI_ID=intel:nic\n" };

  g_assert_null (vb_pci_device_read (fixture->sysfs, NULL, NIC));
  for (guint i = 0; i < G_N_ELEMENTS (uevents); i++)
    {
      host_tree_put (fixture->tree, NIC "/uevent", uevents[i]);
      g_assert_null (vb_pci_device_read (fixture->sysfs, NULL, NIC));
    }
  host_tree_put (fixture->tree, "/sys/devices/a/not an address/uevent", "PCI_ID=8086:10D3\n");
  g_assert_null (vb_pci_device_read (fixture->sysfs, NULL, "/sys/devices/a/not an address"));
}

/* What is wrong of a device that is there is as if it were missing. */
static void
test_wrong_parts (SysfsFixture *fixture, gconstpointer data)
{
  g_autoptr (VbHostDevice) device = NULL;

  host_tree_put (fixture->tree, NIC "/uevent", "PCI_ID=8086:10D3\nPCI_CLASS=nic\n");
  host_tree_put (fixture->tree, NIC "/driver", "e1000e");
  host_tree_link (fixture->tree, NIC "/iommu_group", "../five");
  host_tree_link (fixture->tree, NIC "/physfn", "../a b");
  host_tree_put (fixture->tree, NIC "/reset_method", "");
  device = vb_pci_device_read (fixture->sysfs, NULL, NIC);

  g_assert_cmphex (device->pci.class_code, ==, 0);
  g_assert_cmpstr (device->driver, ==, "");
  g_assert_cmpint (device->pci.iommu_group, ==, -1);
  g_assert_cmpstr (device->pci.physical_function, ==, "");
  assert_words (device->pci.reset_methods, " ", "");
}

/* The database that the package udev brings */
static void
test_names (SysfsFixture *fixture, gconstpointer data)
{
  g_autoptr (VbHwdb) hwdb = vb_hwdb_new ();
  g_autoptr (VbHostDevice) known = NULL;
  g_autoptr (VbHostDevice) vendor_known = NULL;

  host_tree_add_pci (fixture->tree, &(HostTreePci){ .address = "0000:00:03.0",
                                                    .id = "8086:10D3",
                                                    .class_code = 0x020000 });
  known = vb_pci_device_read (fixture->sysfs, hwdb, NIC);
  g_assert_cmpstr (known->vendor, ==, "Intel Corporation");
  g_assert_cmpstr (known->product, ==, "82574L Gigabit Network Connection");
  g_assert_cmpstr (known->name, ==, "Intel Corporation 82574L Gigabit Network Connection");

  host_tree_add_pci (fixture->tree, &(HostTreePci){ .address = "0000:00:03.0",
                                                    .id = "8086:0003",
                                                    .class_code = 0x020000 });
  vendor_known = vb_pci_device_read (fixture->sysfs, hwdb, NIC);
  g_assert_cmpstr (vendor_known->product, ==, "");
  g_assert_cmpstr (vendor_known->name, ==, "Intel Corporation Ethernet controller 8086:0003");
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add ("/pci-device/whole", SysfsFixture, NULL, sysfs_fixture_set_up, test_whole,
              sysfs_fixture_tear_down);
  g_test_add ("/pci-device/bare", SysfsFixture, NULL, sysfs_fixture_set_up, test_bare,
              sysfs_fixture_tear_down);
  g_test_add ("/pci-device/virtual-function", SysfsFixture, NULL, sysfs_fixture_set_up,
              test_virtual_function, sysfs_fixture_tear_down);
  g_test_add ("/pci-device/boot-vga", SysfsFixture, NULL, sysfs_fixture_set_up, test_boot_vga,
              sysfs_fixture_tear_down);
  g_test_add ("/pci-device/long-address", SysfsFixture, NULL, sysfs_fixture_set_up,
              test_long_address, sysfs_fixture_tear_down);
  g_test_add ("/pci-device/no-device", SysfsFixture, NULL, sysfs_fixture_set_up, test_no_device,
              sysfs_fixture_tear_down);
  g_test_add ("/pci-device/wrong-parts", SysfsFixture, NULL, sysfs_fixture_set_up, test_wrong_parts,
              sysfs_fixture_tear_down);
  g_test_add ("/pci-device/names", SysfsFixture, NULL, sysfs_fixture_set_up, test_names,
              sysfs_fixture_tear_down);
  return g_test_run ();
}
