/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The inventory of a machine that a test shows in a folder. How it follows a real one is tested with
 * udev, among the integration tests.
 */
#include "host/host-devices.h"

#include "tests/fixtures/host-tree.h"

typedef struct
{
  HostTree *tree;         /* (owned) */
  VbHostDevices *devices; /* (owned) */
  GMainLoop *loop;        /* (owned) */
  GError *error;          /* (owned) (nullable) */
  guint n_changes;
} Fixture;

static void
on_changed (VbHostDevices *devices, VbHostDevice *before, VbHostDevice *after, gpointer user_data)
{
  ((Fixture *) user_data)->n_changes++;
}

static void
set_up (Fixture *fixture, gconstpointer data)
{
  fixture->tree = host_tree_new ();
  fixture->devices = vb_host_devices_new (fixture->tree->root);
  fixture->loop = g_main_loop_new (NULL, FALSE);
  g_signal_connect (fixture->devices, "changed", G_CALLBACK (on_changed), fixture);
}

static void
tear_down (Fixture *fixture, gconstpointer data)
{
  g_assert_finalize_object (fixture->devices);
  g_clear_error (&fixture->error);
  g_main_loop_unref (fixture->loop);
  host_tree_free (fixture->tree);
}

static void
on_loaded (GObject *source, GAsyncResult *result, gpointer user_data)
{
  Fixture *fixture = user_data;

  vb_host_devices_load_finish (VB_HOST_DEVICES (source), result, &fixture->error);
  g_main_loop_quit (fixture->loop);
}

static void
load (Fixture *fixture, GCancellable *cancellable)
{
  vb_host_devices_load_async (fixture->devices, cancellable, on_loaded, fixture);
  g_main_loop_run (fixture->loop);
}

static void
add_pci (Fixture *fixture, const char *address, const char *driver, const char *function_of)
{
  host_tree_add_pci (fixture->tree, &(HostTreePci){ .address = address,
                                                    .id = "8086:10D3",
                                                    .class_code = 0x020000,
                                                    .driver = driver,
                                                    .group = "5",
                                                    .physical_function = function_of });
}

static void
test_load (Fixture *fixture, gconstpointer data)
{
  static const char *const expected[] = { "pci_0000_00_03_0", "pci_0000_00_03_1", "usb_001_004" };
  g_autoptr (GPtrArray) list = NULL;
  const VbHostDevice *nic;

  add_pci (fixture, "0000:00:03.1", "igbvf", "0000:00:03.0");
  add_pci (fixture, "0000:00:03.0", "igb", NULL);
  host_tree_add_usb (fixture->tree, &(HostTreeUsb){ .name = "1-2",
                                                    .id = "781/5581/100",
                                                    .bus_number = 1,
                                                    .device_number = 4 });
  g_assert_null (vb_host_devices_find (fixture->devices, "usb_001_004"));
  load (fixture, NULL);
  g_assert_no_error (fixture->error);

  list = vb_host_devices_list (fixture->devices);
  g_assert_cmpuint (list->len, ==, G_N_ELEMENTS (expected));
  for (guint i = 0; i < list->len; i++)
    {
      const VbHostDevice *device = list->pdata[i];

      g_assert_cmpstr (device->id, ==, expected[i]);
      g_assert_true (vb_host_devices_find (fixture->devices, expected[i]) == device);
    }
  nic = list->pdata[0];
  g_assert_cmpstr (nic->pci.virtual_functions[0], ==, "pci_0000_00_03_1");
  g_assert_cmpstr (nic->pci.blockers[0], ==, "pci_0000_00_03_1");
  g_assert_null (vb_host_devices_find (fixture->devices, "usb_001_005"));
  g_assert_cmpuint (fixture->n_changes, ==, 0);
}

/* A container, say */
static void
test_no_buses (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GPtrArray) list = NULL;

  load (fixture, NULL);
  g_assert_no_error (fixture->error);
  list = vb_host_devices_list (fixture->devices);
  g_assert_cmpuint (list->len, ==, 0);
}

static void
test_cancel (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();

  add_pci (fixture, "0000:00:03.0", "igb", NULL);
  g_cancellable_cancel (cancellable);
  load (fixture, cancellable);
  g_assert_error (fixture->error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
  g_assert_null (vb_host_devices_find (fixture->devices, "pci_0000_00_03_0"));

  g_clear_error (&fixture->error);
  load (fixture, NULL);
  g_assert_no_error (fixture->error);
  g_assert_nonnull (vb_host_devices_find (fixture->devices, "pci_0000_00_03_0"));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add ("/host-devices/load", Fixture, NULL, set_up, test_load, tear_down);
  g_test_add ("/host-devices/no-buses", Fixture, NULL, set_up, test_no_buses, tear_down);
  g_test_add ("/host-devices/cancel", Fixture, NULL, set_up, test_cancel, tear_down);
  return g_test_run ();
}
