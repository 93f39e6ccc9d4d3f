/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * A USB device from its folder in sysfs, whole and with parts that are missing, wrong or hostile.
 */
#include "host/usb-device.h"

#include "sysfs-fixture.h"

#define STICK "/sys/devices/pci0000:00/0000:00:14.0/usb1/1-2"

static void
test_whole (SysfsFixture *fixture, gconstpointer data)
{
  g_autoptr (VbHostDevice) device = NULL;

  host_tree_add_usb (fixture->tree, &(HostTreeUsb){ .name = "1-2",
                                                    .id = "781/5581/100",
                                                    .bus_number = 1,
                                                    .device_number = 4,
                                                    .manufacturer = "SanDisk\n",
                                                    .product = "Ultra\n",
                                                    .serial = "4C530001\n" });
  host_tree_add_usb_interface (fixture->tree, STICK, 0, "8/6/80", "usb-storage");
  device = vb_usb_device_read (fixture->sysfs, NULL, STICK);

  g_assert_nonnull (device);
  g_assert_cmpint (device->kind, ==, VB_HOST_DEVICE_USB);
  g_assert_cmpstr (device->id, ==, "usb_001_004");
  g_assert_cmpstr (device->name, ==, "SanDisk Ultra");
  g_assert_cmpstr (device->vendor, ==, "SanDisk");
  g_assert_cmpstr (device->product, ==, "Ultra");
  g_assert_cmphex (device->vendor_id, ==, 0x0781);
  g_assert_cmphex (device->product_id, ==, 0x5581);
  g_assert_cmpstr (device->sysfs_path, ==, STICK);
  g_assert_cmpstr (device->driver, ==, "usb-storage");
  g_assert_cmpuint (device->usb.bus_number, ==, 1);
  g_assert_cmpuint (device->usb.device_number, ==, 4);
  g_assert_cmpstr (device->usb.port, ==, "1-2");
  g_assert_cmpstr (device->usb.serial_number, ==, "4C530001");
  g_assert_cmpuint (device->usb.device_class, ==, 0);
  assert_words (device->usb.interface_classes, ", ", "Mass Storage");
}

/* A headset: sound, its control, and keys; the folder of an endpoint is no interface. */
static void
test_interfaces (SysfsFixture *fixture, gconstpointer data)
{
  g_autoptr (VbHostDevice) device = NULL;

  host_tree_add_usb (fixture->tree,
                     &(HostTreeUsb){
                         .name = "1-2", .id = "46d/a44/100", .bus_number = 1, .device_number = 5 });
  host_tree_add_usb_interface (fixture->tree, STICK, 0, "3/0/0", "usbhid");
  host_tree_add_usb_interface (fixture->tree, STICK, 1, "1/1/0", "snd-usb-audio");
  host_tree_add_usb_interface (fixture->tree, STICK, 2, "1/2/0", "snd-usb-audio");
  host_tree_add_usb_interface (fixture->tree, STICK, 3, "255/0/0", NULL);
  host_tree_put (fixture->tree, STICK "/ep_00/type", "Control\n");
  device = vb_usb_device_read (fixture->sysfs, NULL, STICK);

  assert_words (device->usb.interface_classes, ", ",
                "Audio, Human Interface Device, Vendor Specific Class");
  g_assert_cmpstr (device->driver, ==, "usbhid, snd-usb-audio");
}

static void
test_root_hub (SysfsFixture *fixture, gconstpointer data)
{
  const char *hub = "/sys/devices/pci0000:00/0000:00:14.0/usb1";
  g_autoptr (VbHostDevice) device = NULL;

  host_tree_add_usb (fixture->tree,
                     &(HostTreeUsb){ .parent = "/sys/devices/pci0000:00/0000:00:14.0",
                                     .name = "usb1",
                                     .id = "1d6b/2/601",
                                     .bus_number = 1,
                                     .device_number = 1,
                                     .device_class = 9,
                                     .manufacturer = "Linux 6.1.0 xhci-hcd\n",
                                     .product = "xHCI Host Controller\n" });
  host_tree_put (fixture->tree, "/sys/devices/pci0000:00/0000:00:14.0/usb1/1-0:1.0/uevent",
                 "INTERFACE=9/0/1\n");
  device = vb_usb_device_read (fixture->sysfs, NULL, hub);

  g_assert_cmpstr (device->id, ==, "usb_001_001");
  g_assert_cmpstr (device->name, ==, "Linux 6.1.0 xhci-hcd xHCI Host Controller");
  g_assert_cmpstr (device->usb.port, ==, "");
  g_assert_cmpuint (device->usb.device_class, ==, 9);
  assert_words (device->usb.interface_classes, ", ", "Hub");
}

static const struct
{
  const char *manufacturer; /* (nullable) */
  const char *product;      /* (nullable) */
  const char *name;
} names[] = {
  { "Kingston", "DataTraveler", "Kingston DataTraveler" },
  { "SanDisk", "SanDisk Ultra", "SanDisk Ultra" },
  { "SANDISK", "SanDisk Ultra", "SanDisk Ultra" },
  { "Kingston", NULL, "Kingston USB device 0951:1666" },
  { "", "DataTraveler", "DataTraveler" },
  { NULL, NULL, "USB device 0951:1666" },
  { " \n", "\x1b\x07", "USB device 0951:1666" },
};

static void
test_names (SysfsFixture *fixture, gconstpointer data)
{
  for (guint i = 0; i < G_N_ELEMENTS (names); i++)
    {
      g_autoptr (VbHostDevice) device = NULL;

      host_tree_remove (fixture->tree, "/sys");
      host_tree_add_usb (fixture->tree, &(HostTreeUsb){ .name = "1-2",
                                                        .id = "951/1666/110",
                                                        .bus_number = 1,
                                                        .device_number = 2,
                                                        .manufacturer = names[i].manufacturer,
                                                        .product = names[i].product });
      device = vb_usb_device_read (fixture->sysfs, NULL, STICK);
      g_assert_cmpstr (device->name, ==, names[i].name);
    }
}

/* The database goes first: what a device says of itself is often less, as here. */
static void
test_database (SysfsFixture *fixture, gconstpointer data)
{
  g_autoptr (VbHwdb) hwdb = vb_hwdb_new ();
  g_autoptr (VbHostDevice) device = NULL;

  host_tree_add_usb (fixture->tree, &(HostTreeUsb){ .name = "1-2",
                                                    .id = "46d/c52b/1201",
                                                    .bus_number = 1,
                                                    .device_number = 2,
                                                    .manufacturer = "Logitech",
                                                    .product = "USB Receiver" });
  device = vb_usb_device_read (fixture->sysfs, hwdb, STICK);

  g_assert_cmpstr (device->vendor, ==, "Logitech, Inc.");
  g_assert_cmpstr (device->product, ==, "Unifying Receiver");
}

static void
test_no_device (SysfsFixture *fixture, gconstpointer data)
{
  static const char *const uevents[] = {
    "",
    "PRODUCT=781/5581/100\n",
    "PRODUCT=781/5581/100\nBUSNUM=001\n",
    "PRODUCT=781\nBUSNUM=001\nDEVNUM=002\n",
    "PRODUCT=781/5581/100\nBUSNUM=x\nDEVNUM=002\n",
    "PRODUCT=781/5581/100\nBUSNUM=001\nDEVNUM=\n",
    "BUSNUM=001\nDEVNUM=002\n",
  };

  g_assert_null (vb_usb_device_read (fixture->sysfs, NULL, STICK));
  for (guint i = 0; i < G_N_ELEMENTS (uevents); i++)
    {
      host_tree_put (fixture->tree, STICK "/uevent", uevents[i]);
      g_assert_null (vb_usb_device_read (fixture->sysfs, NULL, STICK));
    }
}

/* Control characters, not UTF-8, far too long */
static void
test_hostile (SysfsFixture *fixture, gconstpointer data)
{
  g_autofree char *serial = g_strnfill (4096, '\xff');
  g_autoptr (VbHostDevice) device = NULL;

  host_tree_add_usb (fixture->tree, &(HostTreeUsb){ .name = "1-2",
                                                    .id = "951/1666/110",
                                                    .bus_number = 1,
                                                    .device_number = 2,
                                                    .manufacturer = "\x1b[2J\nDRIVER=vfio-pci",
                                                    .product = "a\xff\xfe"
                                                               "b\xe2\x80\xae\x01",
                                                    .serial = serial });
  device = vb_usb_device_read (fixture->sysfs, NULL, STICK);

  g_assert_cmpstr (device->vendor, ==, "[2J DRIVER=vfio-pci");
  g_assert_cmpstr (device->product, ==,
                   "a\xef\xbf\xbd\xef\xbf\xbd"
                   "b");
  g_assert_true (g_utf8_validate (device->name, -1, NULL));
  g_assert_cmpint (g_utf8_strlen (device->usb.serial_number, -1), ==, 200);
  g_assert_cmpstr (device->driver, ==, "");
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add ("/usb-device/whole", SysfsFixture, NULL, sysfs_fixture_set_up, test_whole,
              sysfs_fixture_tear_down);
  g_test_add ("/usb-device/interfaces", SysfsFixture, NULL, sysfs_fixture_set_up, test_interfaces,
              sysfs_fixture_tear_down);
  g_test_add ("/usb-device/root-hub", SysfsFixture, NULL, sysfs_fixture_set_up, test_root_hub,
              sysfs_fixture_tear_down);
  g_test_add ("/usb-device/names", SysfsFixture, NULL, sysfs_fixture_set_up, test_names,
              sysfs_fixture_tear_down);
  g_test_add ("/usb-device/database", SysfsFixture, NULL, sysfs_fixture_set_up, test_database,
              sysfs_fixture_tear_down);
  g_test_add ("/usb-device/no-device", SysfsFixture, NULL, sysfs_fixture_set_up, test_no_device,
              sysfs_fixture_tear_down);
  g_test_add ("/usb-device/hostile", SysfsFixture, NULL, sysfs_fixture_set_up, test_hostile,
              sysfs_fixture_tear_down);
  return g_test_run ();
}
