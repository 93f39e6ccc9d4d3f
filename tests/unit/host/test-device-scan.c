/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * What a scan looks at, and what becomes of the inventory by it.
 */
#include "host/device-scan.h"
#include "host/host-udev.h"

#include "tests/fixtures/host-tree.h"

#define NIC "/sys/devices/pci0000:00/0000:00:03.0"
#define STICK "/sys/devices/pci0000:00/0000:00:14.0/usb1/1-2"

typedef struct
{
  HostTree *tree;         /* (owned) */
  VbDeviceReader *reader; /* (owned) */
  GHashTable *devices;    /* (owned) */
} Fixture;

static void
set_up (Fixture *fixture, gconstpointer data)
{
  fixture->tree = host_tree_new ();
  fixture->reader = vb_device_reader_new (fixture->tree->root);
  fixture->devices = vb_device_table_new ();
}

static void
tear_down (Fixture *fixture, gconstpointer data)
{
  g_hash_table_unref (fixture->devices);
  vb_device_reader_free (fixture->reader);
  host_tree_free (fixture->tree);
}

/* @scan: (transfer full) */
static void
run (Fixture *fixture, VbDeviceScan *scan)
{
  scan->reader = fixture->reader;
  scan->before = g_steal_pointer (&fixture->devices);
  vb_device_scan_run (scan);
  fixture->devices = g_steal_pointer (&scan->after);
  scan->reader = NULL;
  vb_device_scan_free (scan);
}

static void
run_everything (Fixture *fixture)
{
  VbDeviceScan *scan = vb_device_scan_new ();

  scan->everything = TRUE;
  scan->usage_changed = TRUE;
  run (fixture, scan);
}

static void
run_path (Fixture *fixture, const char *path, guint gone)
{
  VbDeviceScan *scan = vb_device_scan_new ();

  vb_device_scan_add (scan, path, gone);
  run (fixture, scan);
}

static void
assert_devices (Fixture *fixture, const char *expected)
{
  g_autoptr (GList) ids =
      g_list_sort (g_hash_table_get_keys (fixture->devices), (GCompareFunc) g_strcmp0);
  g_autoptr (GString) actual = g_string_new (NULL);

  for (GList *id = ids; id != NULL; id = id->next)
    g_string_append_printf (actual, "%s%s", actual->len > 0 ? " " : "", (char *) id->data);
  g_assert_cmpstr (actual->str, ==, expected);
}

static void
add_nic (Fixture *fixture, const char *driver)
{
  host_tree_add_pci (fixture->tree, &(HostTreePci){ .address = "0000:00:03.0",
                                                    .id = "8086:10D3",
                                                    .class_code = 0x020000,
                                                    .driver = driver,
                                                    .group = "5" });
}

static void
add_stick (Fixture *fixture, guint device_number)
{
  host_tree_add_usb (fixture->tree, &(HostTreeUsb){ .name = "1-2",
                                                    .id = "781/5581/100",
                                                    .bus_number = 1,
                                                    .device_number = device_number });
  host_tree_add_usb_interface (fixture->tree, STICK, 0, "8/6/80", NULL);
}

/* Interfaces and links that lead elsewhere are no devices. */
static void
test_everything (Fixture *fixture, gconstpointer data)
{
  run_everything (fixture);
  assert_devices (fixture, "");

  add_nic (fixture, "e1000e");
  add_stick (fixture, 4);
  host_tree_link (fixture->tree, "/sys/bus/usb/devices/1-2:1.0",
                  "../../../devices/pci0000:00/0000:00:14.0/usb1/1-2/1-2:1.0");
  host_tree_link (fixture->tree, "/sys/bus/pci/devices/0000:00:09.0", "/etc");
  host_tree_link (fixture->tree, "/sys/bus/pci/devices/0000:00:0a.0",
                  "../../../devices/pci0000:00/0000:00:0a.0");
  run_everything (fixture);
  assert_devices (fixture, "pci_0000_00_03_0 usb_001_004");

  host_tree_remove (fixture->tree, NIC);
  host_tree_remove (fixture->tree, "/sys/bus/pci/devices/0000:00:03.0");
  run_everything (fixture);
  assert_devices (fixture, "usb_001_004");
}

static void
test_path (Fixture *fixture, gconstpointer data)
{
  const VbHostDevice *nic;

  run_everything (fixture);
  add_nic (fixture, "e1000e");
  add_stick (fixture, 4);
  run_path (fixture, NIC, 0);
  assert_devices (fixture, "pci_0000_00_03_0");

  host_tree_bind_pci (fixture->tree, "0000:00:03.0", "vfio-pci");
  run_path (fixture, NIC, 0);
  nic = g_hash_table_lookup (fixture->devices, "pci_0000_00_03_0");
  g_assert_cmpstr (nic->driver, ==, "vfio-pci");
  g_assert_cmpstr (nic->pci.group[0], ==, nic->id);

  host_tree_remove (fixture->tree, NIC);
  run_path (fixture, NIC, 0);
  assert_devices (fixture, "");
}

/* The kernel tells that a device goes before its folder does. */
static void
test_went (Fixture *fixture, gconstpointer data)
{
  VbDeviceScan *scan = vb_device_scan_new ();

  add_nic (fixture, NULL);
  run_everything (fixture);
  run_path (fixture, NIC, VB_UDEV_NO_NUMBER);
  assert_devices (fixture, "");

  scan->everything = TRUE;
  vb_device_scan_add (scan, NIC, VB_UDEV_NO_NUMBER);
  run (fixture, scan);
  assert_devices (fixture, "");
}

/* Of several events of one device the last one counts. */
static void
test_last_counts (Fixture *fixture, gconstpointer data)
{
  VbDeviceScan *scan = vb_device_scan_new ();

  run_everything (fixture);
  g_assert_true (vb_device_scan_is_empty (scan));
  add_nic (fixture, NULL);
  vb_device_scan_add (scan, NIC, 0);
  vb_device_scan_add (scan, NIC, VB_UDEV_NO_NUMBER);
  vb_device_scan_add (scan, NIC, 0);
  g_assert_false (vb_device_scan_is_empty (scan));
  g_assert_cmpuint (g_hash_table_size (scan->paths), ==, 1);
  run (fixture, scan);
  assert_devices (fixture, "pci_0000_00_03_0");
}

/* A stick that was plugged in again is another object at the same place. */
static void
test_replugged (Fixture *fixture, gconstpointer data)
{
  add_stick (fixture, 4);
  run_everything (fixture);
  add_stick (fixture, 5);
  run_path (fixture, STICK, 0);
  assert_devices (fixture, "usb_001_005");
}

/* The end of the former stick is heard of when the next has been seen already. */
static void
test_gone_before (Fixture *fixture, gconstpointer data)
{
  add_stick (fixture, 5);
  run_everything (fixture);
  run_path (fixture, STICK, 4);
  assert_devices (fixture, "usb_001_005");
  run_path (fixture, STICK, 5);
  assert_devices (fixture, "");
}

/* What is only judged anew is not read anew. */
static void
test_usage (Fixture *fixture, gconstpointer data)
{
  VbDeviceScan *scan = vb_device_scan_new ();
  const VbHostDevice *stick, *same;

  add_stick (fixture, 4);
  run_everything (fixture);
  stick = g_hash_table_lookup (fixture->devices, "usb_001_004");
  g_assert_cmpint (stick->safety, ==, VB_SAFETY_SAFE);

  host_tree_put (fixture->tree, STICK "/1-2:1.0/host6/block/sda/dev", "8:0\n");
  host_tree_put (fixture->tree, STICK "/1-2:1.0/host6/block/sda/uevent",
                 "MAJOR=8\nMINOR=0\nDEVNAME=sda\nDEVTYPE=disk\n");
  host_tree_link (fixture->tree, "/sys/class/block/sda",
                  "../../devices/pci0000:00/0000:00:14.0/usb1/1-2/1-2:1.0/host6/block/sda");
  host_tree_put (fixture->tree, "/proc/self/mountinfo",
                 "29 1 8:0 / / rw,relatime shared:1 - ext4 /dev/sda rw\n");
  host_tree_put (fixture->tree, STICK "/uevent", "");
  scan->usage_changed = TRUE;
  g_assert_false (vb_device_scan_is_empty (scan));
  run (fixture, scan);
  stick = g_hash_table_lookup (fixture->devices, "usb_001_004");
  g_assert_nonnull (stick);
  g_assert_cmpint (stick->safety, ==, VB_SAFETY_FORBIDDEN);
  g_assert_cmpuint (g_strv_length (stick->safety_reasons), ==, 1);

  scan = vb_device_scan_new ();
  scan->usage_changed = TRUE;
  run (fixture, scan);
  same = g_hash_table_lookup (fixture->devices, "usb_001_004");
  g_assert_true (same == stick);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add ("/device-scan/everything", Fixture, NULL, set_up, test_everything, tear_down);
  g_test_add ("/device-scan/path", Fixture, NULL, set_up, test_path, tear_down);
  g_test_add ("/device-scan/went", Fixture, NULL, set_up, test_went, tear_down);
  g_test_add ("/device-scan/last-counts", Fixture, NULL, set_up, test_last_counts, tear_down);
  g_test_add ("/device-scan/replugged", Fixture, NULL, set_up, test_replugged, tear_down);
  g_test_add ("/device-scan/gone-before", Fixture, NULL, set_up, test_gone_before, tear_down);
  g_test_add ("/device-scan/usage", Fixture, NULL, set_up, test_usage, tear_down);
  return g_test_run ();
}
