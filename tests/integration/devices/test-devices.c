/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The inventory follows udev: devices of a machine that umockdev shows come, go and change.
 */
#include "host/host-devices.h"

#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <unistd.h>

#include <umockdev.h>

#include "tests/fixtures/host-tree.h"

#define NIC "/sys/devices/pci0000:00/0000:00:03.0"
#define GPU "/sys/devices/pci0000:00/0000:00:04.0"
#define SOUND "/sys/devices/pci0000:00/0000:00:04.1"
#define CONTROLLER "/sys/devices/pci0000:00/0000:00:14.0"
#define HUB CONTROLLER "/usb1"
#define STICK HUB "/1-2"
#define N_FUNCTIONS 64
#define N_CYCLES 100

typedef struct
{
  UMockdevTestbed *testbed; /* (owned) */
  HostTree *tree;           /* (owned) in the testbed's folder */
  VbHostDevices *devices;   /* (owned) */
  GPtrArray *changes;       /* (owned) (element-type utf8): "+usb_001_004", "-…" and "~…" */
  gboolean loaded;
} Fixture;

/* The kernel takes a device apart before it is gone, which may be seen or not. */
static void
forget_parting (GPtrArray *changes, const char *id)
{
  while (changes->len > 0 && *(const char *) changes->pdata[changes->len - 1] == '~' &&
         g_str_equal ((const char *) changes->pdata[changes->len - 1] + 1, id))
    g_ptr_array_remove_index (changes, changes->len - 1);
}

static void
on_changed (VbHostDevices *devices, VbHostDevice *before, VbHostDevice *after, gpointer user_data)
{
  Fixture *fixture = user_data;
  const VbHostDevice *device = after != NULL ? after : before;
  char sign = before == NULL ? '+' : after == NULL ? '-' : '~';

  g_assert_true (vb_host_devices_find (devices, device->id) == after);
  if (after == NULL)
    forget_parting (fixture->changes, device->id);
  g_ptr_array_add (fixture->changes, g_strdup_printf ("%c%s", sign, device->id));
}

static void
on_loaded (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GError) error = NULL;

  vb_host_devices_load_finish (VB_HOST_DEVICES (source), result, &error);
  g_assert_no_error (error);
  ((Fixture *) user_data)->loaded = TRUE;
}

static void
begin_load (Fixture *fixture)
{
  vb_host_devices_load_async (fixture->devices, NULL, on_loaded, fixture);
}

static void
end_load (Fixture *fixture)
{
  while (!fixture->loaded)
    g_main_context_iteration (NULL, TRUE);
}

static void
add_pci (Fixture *fixture,
         const char *address,
         guint32 class_code,
         const char *driver,
         const char *group)
{
  host_tree_add_pci (fixture->tree, &(HostTreePci){ .address = address,
                                                    .id = "10DE:1B80",
                                                    .class_code = class_code,
                                                    .driver = driver,
                                                    .group = group });
}

/* A machine with a network card, a graphics card with sound, and an empty USB controller */
static void
set_up (Fixture *fixture, gconstpointer data)
{
  g_autofree char *root = NULL;

  fixture->testbed = umockdev_testbed_new ();
  root = umockdev_testbed_get_root_dir (fixture->testbed);
  fixture->tree = host_tree_new_in (root);
  fixture->changes = g_ptr_array_new_with_free_func (g_free);
  add_pci (fixture, "0000:00:03.0", 0x020000, "igb", "5");
  add_pci (fixture, "0000:00:04.0", 0x030200, "nouveau", "7");
  add_pci (fixture, "0000:00:04.1", 0x040300, "snd_hda_intel", "7");
  add_pci (fixture, "0000:00:14.0", 0x0c0330, "xhci_hcd", "8");
  host_tree_add_usb (fixture->tree, &(HostTreeUsb){ .parent = CONTROLLER,
                                                    .name = "usb1",
                                                    .id = "1d6b/2/601",
                                                    .bus_number = 1,
                                                    .device_number = 1,
                                                    .device_class = 9 });
  fixture->devices = vb_host_devices_new (NULL);
  g_signal_connect (fixture->devices, "changed", G_CALLBACK (on_changed), fixture);
}

static void
set_up_loaded (Fixture *fixture, gconstpointer data)
{
  set_up (fixture, data);
  begin_load (fixture);
  end_load (fixture);
}

/* A scan that still runs is the last to hold it. */
static void
drop_devices (Fixture *fixture)
{
  g_signal_handlers_disconnect_by_data (fixture->devices, fixture);
  g_object_add_weak_pointer (G_OBJECT (fixture->devices), (gpointer *) &fixture->devices);
  g_object_unref (fixture->devices);
  while (fixture->devices != NULL)
    g_main_context_iteration (NULL, TRUE);
}

static void
tear_down (Fixture *fixture, gconstpointer data)
{
  drop_devices (fixture);
  g_ptr_array_unref (fixture->changes);
  host_tree_free (fixture->tree);
  g_object_unref (fixture->testbed);
}

static void
tell (Fixture *fixture, const char *path, const char *action)
{
  umockdev_testbed_uevent (fixture->testbed, path, action);
}

/* umockdev ends the program where more are sent than a socket holds. */
static void
take_events (void)
{
  while (g_main_context_iteration (NULL, FALSE))
    continue;
}

static void
plug (Fixture *fixture, guint device_number)
{
  host_tree_add_usb (fixture->tree, &(HostTreeUsb){ .name = "1-2",
                                                    .id = "781/5581/100",
                                                    .bus_number = 1,
                                                    .device_number = device_number });
  host_tree_add_usb_interface (fixture->tree, STICK, 0, "8/6/80", "usb-storage");
  tell (fixture, STICK, "add");
  tell (fixture, STICK "/1-2:1.0", "add");
  tell (fixture, STICK, "bind");
}

/* The kernel tells it before the folders are gone. */
static void
unplug (Fixture *fixture)
{
  tell (fixture, STICK "/1-2:1.0", "remove");
  tell (fixture, STICK, "remove");
  host_tree_remove (fixture->tree, STICK);
  host_tree_remove (fixture->tree, "/sys/bus/usb/devices/1-2");
}

static void
wait_for_device (Fixture *fixture, const char *id, gboolean there)
{
  while ((vb_host_devices_find (fixture->devices, id) != NULL) != there)
    g_main_context_iteration (NULL, TRUE);
  take_events ();
}

static void
assert_devices (Fixture *fixture, const char *expected)
{
  g_autoptr (GPtrArray) list = vb_host_devices_list (fixture->devices);
  g_autoptr (GString) actual = g_string_new (NULL);

  for (guint i = 0; i < list->len; i++)
    g_string_append_printf (actual, "%s%s", i > 0 ? " " : "",
                            ((const VbHostDevice *) list->pdata[i])->id);
  g_assert_cmpstr (actual->str, ==, expected);
}

#define INITIAL "pci_0000_00_03_0 pci_0000_00_04_0 pci_0000_00_04_1 pci_0000_00_14_0 usb_001_001"

static void
assert_changes (Fixture *fixture, const char *expected)
{
  g_autoptr (GString) actual = g_string_new (NULL);

  for (guint i = 0; i < fixture->changes->len; i++)
    g_string_append_printf (actual, "%s%s", i > 0 ? " " : "", (char *) fixture->changes->pdata[i]);
  g_assert_cmpstr (actual->str, ==, expected);
  g_ptr_array_set_size (fixture->changes, 0);
}

static void
test_load (Fixture *fixture, gconstpointer data)
{
  const VbHostDevice *card = vb_host_devices_find (fixture->devices, "pci_0000_00_04_0");

  assert_devices (fixture, INITIAL);
  assert_changes (fixture, "");
  g_assert_cmpstr (card->vendor, ==, "NVIDIA Corporation");
  g_assert_cmpstr (card->driver, ==, "nouveau");
  g_assert_cmpstr (card->pci.blockers[0], ==, "pci_0000_00_04_1");
}

/* In between the kernel may tell of the stick when it is not whole yet. */
static void
test_plug (Fixture *fixture, gconstpointer data)
{
  const VbHostDevice *stick;

  plug (fixture, 4);
  wait_for_device (fixture, "usb_001_004", TRUE);
  stick = vb_host_devices_find (fixture->devices, "usb_001_004");
  g_assert_cmpstr (stick->usb.port, ==, "1-2");
  g_assert_cmpstr (stick->driver, ==, "usb-storage");
  assert_devices (fixture, INITIAL " usb_001_004");
  assert_changes (fixture, "+usb_001_004");

  unplug (fixture);
  wait_for_device (fixture, "usb_001_004", FALSE);
  assert_devices (fixture, INITIAL);
  assert_changes (fixture, "-usb_001_004");
}

/* Both functions of the graphics card are told of: what one is bound to decides on the other. */
static void
test_bind (Fixture *fixture, gconstpointer data)
{
  host_tree_bind_pci (fixture->tree, "0000:00:04.1", NULL);
  tell (fixture, SOUND, "unbind");
  while (fixture->changes->len < 2)
    g_main_context_iteration (NULL, TRUE);
  assert_changes (fixture, "~pci_0000_00_04_0 ~pci_0000_00_04_1");
  g_assert_true (vb_host_devices_find (fixture->devices, "pci_0000_00_04_0")->pci.viable);
  g_assert_cmpstr (vb_host_devices_find (fixture->devices, "pci_0000_00_04_1")->driver, ==, "");

  host_tree_bind_pci (fixture->tree, "0000:00:04.1", "vfio-pci");
  tell (fixture, SOUND, "bind");
  while (fixture->changes->len < 1)
    g_main_context_iteration (NULL, TRUE);
  assert_changes (fixture, "~pci_0000_00_04_1");

  host_tree_bind_pci (fixture->tree, "0000:00:04.0", "vfio-pci");
  tell (fixture, GPU, "bind");
  while (fixture->changes->len < 2)
    g_main_context_iteration (NULL, TRUE);
  assert_changes (fixture, "~pci_0000_00_04_0 ~pci_0000_00_04_1");
  g_assert_true (vb_host_devices_find (fixture->devices, "pci_0000_00_04_1")->pci.viable);
}

/* An event without a difference is not passed on. */
static void
test_no_difference (Fixture *fixture, gconstpointer data)
{
  tell (fixture, NIC, "change");
  tell (fixture, GPU, "bind");
  tell (fixture, HUB, "change");
  plug (fixture, 4);
  wait_for_device (fixture, "usb_001_004", TRUE);
  assert_changes (fixture, "+usb_001_004");
}

/* Another stick in the same socket, and nobody has looked in between */
static void
test_replug (Fixture *fixture, gconstpointer data)
{
  plug (fixture, 4);
  wait_for_device (fixture, "usb_001_004", TRUE);
  unplug (fixture);
  plug (fixture, 5);
  wait_for_device (fixture, "usb_001_005", TRUE);
  assert_devices (fixture, INITIAL " usb_001_005");
  assert_changes (fixture, "+usb_001_004 -usb_001_004 +usb_001_005");
}

static void
test_during_load (Fixture *fixture, gconstpointer data)
{
  begin_load (fixture);
  plug (fixture, 4);
  host_tree_bind_pci (fixture->tree, "0000:00:03.0", "vfio-pci");
  tell (fixture, NIC, "bind");
  tell (fixture, SOUND, "remove");
  host_tree_remove (fixture->tree, SOUND);
  host_tree_remove (fixture->tree, "/sys/bus/pci/devices/0000:00:04.1");
  end_load (fixture);
  wait_for_device (fixture, "usb_001_004", TRUE);
  wait_for_device (fixture, "pci_0000_00_04_1", FALSE);
  while (!g_str_equal (vb_host_devices_find (fixture->devices, "pci_0000_00_03_0")->driver,
                       "vfio-pci"))
    g_main_context_iteration (NULL, TRUE);
  assert_devices (fixture, "pci_0000_00_03_0 pci_0000_00_04_0 pci_0000_00_14_0 usb_001_001 "
                           "usb_001_004");
}

static void
test_cycles (Fixture *fixture, gconstpointer data)
{
  for (guint cycle = 0; cycle < N_CYCLES; cycle++)
    {
      g_autofree char *id = g_strdup_printf ("usb_001_%03u", cycle + 2);
      g_autofree char *changes = g_strdup_printf ("+%s -%s", id, id);

      plug (fixture, cycle + 2);
      wait_for_device (fixture, id, TRUE);
      unplug (fixture);
      wait_for_device (fixture, id, FALSE);
      assert_changes (fixture, changes);
    }
  assert_devices (fixture, INITIAL);
}

/* Too fast to be followed, which takes nothing away from how it ends */
static void
test_fast_cycles (Fixture *fixture, gconstpointer data)
{
  gint n_there = 0;

  for (guint cycle = 0; cycle < N_CYCLES; cycle++)
    {
      plug (fixture, cycle + 2);
      unplug (fixture);
      take_events ();
    }
  plug (fixture, 2);
  wait_for_device (fixture, "usb_001_002", TRUE);
  unplug (fixture);
  wait_for_device (fixture, "usb_001_002", FALSE);
  assert_devices (fixture, INITIAL);
  for (guint i = 0; i < fixture->changes->len; i++)
    {
      char sign = *(const char *) fixture->changes->pdata[i];

      n_there += sign == '+' ? 1 : sign == '-' ? -1 : 0;
    }
  g_assert_cmpint (n_there, ==, 0);
}

static char *
make_function_address (guint number)
{
  return g_strdup_printf ("0000:00:%02x.%u", 0x18 + number / 8, number % 8);
}

/* "add" is sent before the kernel links the two functions, "change" after it. */
static void
add_function (Fixture *fixture, guint number)
{
  g_autofree char *address = make_function_address (number);
  g_autofree char *group = g_strdup_printf ("%u", 100 + number);
  HostTreePci function = {
    .address = address, .id = "8086:10ED", .class_code = 0x020000, .group = group
  };
  const char *path = host_tree_add_pci (fixture->tree, &function);

  tell (fixture, path, "add");
  function.physical_function = "0000:00:03.0";
  host_tree_add_pci (fixture->tree, &function);
  tell (fixture, path, "change");
}

static void
remove_function (Fixture *fixture, guint number)
{
  g_autofree char *address = make_function_address (number);
  g_autofree char *path = g_build_filename ("/sys/devices/pci0000:00", address, NULL);

  tell (fixture, path, "remove");
  host_tree_remove (fixture->tree, path);
}

static guint
count_functions (Fixture *fixture)
{
  const VbHostDevice *nic = vb_host_devices_find (fixture->devices, "pci_0000_00_03_0");

  return g_strv_length (nic->pci.virtual_functions);
}

static void
test_virtual_functions (Fixture *fixture, gconstpointer data)
{
  const VbHostDevice *first;

  for (guint i = 0; i < N_FUNCTIONS; i++)
    {
      add_function (fixture, i);
      take_events ();
    }
  while (count_functions (fixture) < N_FUNCTIONS)
    g_main_context_iteration (NULL, TRUE);
  first = vb_host_devices_find (fixture->devices, "pci_0000_00_18_0");
  g_assert_cmpstr (first->pci.physical_function, ==, "pci_0000_00_03_0");
  g_assert_cmpint (first->pci.iommu_group, ==, 100);
  g_assert_true (first->pci.viable);

  for (guint i = 0; i < N_FUNCTIONS; i++)
    {
      remove_function (fixture, i);
      take_events ();
    }
  while (count_functions (fixture) > 0)
    g_main_context_iteration (NULL, TRUE);
  assert_devices (fixture, INITIAL);
}

/* A stick that shows itself as a mouse as well: udev tells of the input, and not of the stick. */
static void
test_usage (Fixture *fixture, gconstpointer data)
{
  const char *input = STICK "/1-2:1.0/0003:0781:5581.0001/input/input9999";
  const VbHostDevice *stick;

  plug (fixture, 4);
  wait_for_device (fixture, "usb_001_004", TRUE);
  assert_changes (fixture, "+usb_001_004");
  host_tree_put (fixture->tree,
                 STICK "/1-2:1.0/0003:0781:5581.0001/input/input9999/capabilities/rel", "3\n");
  host_tree_put (fixture->tree, STICK "/1-2:1.0/0003:0781:5581.0001/input/input9999/uevent", "");
  host_tree_link (fixture->tree, STICK "/1-2:1.0/0003:0781:5581.0001/input/input9999/subsystem",
                  "../../../../../../../../../class/input");
  host_tree_link (fixture->tree, "/sys/class/input/input9999",
                  "../../devices/pci0000:00/0000:00:14.0/usb1/1-2/1-2:1.0/"
                  "0003:0781:5581.0001/input/input9999");
  tell (fixture, input, "add");
  while (fixture->changes->len < 3)
    g_main_context_iteration (NULL, TRUE);
  assert_changes (fixture, "~pci_0000_00_14_0 ~usb_001_001 ~usb_001_004");
  stick = vb_host_devices_find (fixture->devices, "usb_001_004");
  g_assert_cmpint (stick->safety, ==, VB_SAFETY_WARN);
  g_assert_cmpstr (stick->safety_reasons[0], ==, "mouse of this seat");

  host_tree_remove (fixture->tree, "/sys/class/input/input9999");
  tell (fixture, input, "remove");
  unplug (fixture);
  wait_for_device (fixture, "usb_001_004", FALSE);
  while (vb_host_devices_find (fixture->devices, "pci_0000_00_14_0")->safety != VB_SAFETY_SAFE)
    g_main_context_iteration (NULL, TRUE);
  assert_devices (fixture, INITIAL);
}

static void
wait_for_safety (Fixture *fixture, const char *id, VbSafety safety)
{
  while (vb_host_devices_find (fixture->devices, id)->safety != safety)
    g_main_context_iteration (NULL, TRUE);
}

/* A disk with the number of a file system in memory, which this namespace alone sees */
static void
put_disk_of (Fixture *fixture, const char *folder)
{
  g_autofree char *number = NULL;
  struct stat status;

  g_assert_no_errno (stat (folder, &status));
  number = g_strdup_printf ("%u:%u\n", major (status.st_dev), minor (status.st_dev));
  host_tree_put (fixture->tree, CONTROLLER "/block/sda/dev", number);
  host_tree_link (fixture->tree, "/sys/class/block/sda",
                  "../../devices/pci0000:00/0000:00:14.0/block/sda");
}

/* The kernel tells of mounts, and udev tells nothing. */
static void
test_mounts (Fixture *fixture, gconstpointer data)
{
  g_autofree char *folder = g_strconcat (fixture->tree->root, "/mounted", NULL);

  g_assert_no_errno (mkdir (folder, 0700));
  g_assert_no_errno (mount ("none", folder, "tmpfs", 0, NULL));
  put_disk_of (fixture, folder);
  g_assert_no_errno (mount (folder, folder, NULL, MS_BIND, NULL));
  wait_for_safety (fixture, "pci_0000_00_14_0", VB_SAFETY_FORBIDDEN);
  g_assert_no_errno (umount (folder));
  g_assert_no_errno (umount (folder));
  wait_for_safety (fixture, "pci_0000_00_14_0", VB_SAFETY_SAFE);
}

/* Without the library, or where it is gone for a moment, this would act on real devices. */
static gboolean
is_mocked (void)
{
  const char *preload = g_getenv ("LD_PRELOAD");

  return preload != NULL && strstr (preload, "libumockdev-preload") != NULL &&
         access ("/sys", W_OK) != 0;
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  if (!is_mocked ())
    {
      g_printerr ("to be run by mock-host.sh: this is the real /sys\n");
      return 1;
    }
  g_test_add ("/devices/load", Fixture, NULL, set_up_loaded, test_load, tear_down);
  g_test_add ("/devices/plug", Fixture, NULL, set_up_loaded, test_plug, tear_down);
  g_test_add ("/devices/bind", Fixture, NULL, set_up_loaded, test_bind, tear_down);
  g_test_add ("/devices/no-difference", Fixture, NULL, set_up_loaded, test_no_difference,
              tear_down);
  g_test_add ("/devices/replug", Fixture, NULL, set_up_loaded, test_replug, tear_down);
  g_test_add ("/devices/during-load", Fixture, NULL, set_up, test_during_load, tear_down);
  g_test_add ("/devices/cycles", Fixture, NULL, set_up_loaded, test_cycles, tear_down);
  g_test_add ("/devices/fast-cycles", Fixture, NULL, set_up_loaded, test_fast_cycles, tear_down);
  g_test_add ("/devices/virtual-functions", Fixture, NULL, set_up_loaded, test_virtual_functions,
              tear_down);
  g_test_add ("/devices/usage", Fixture, NULL, set_up_loaded, test_usage, tear_down);
  g_test_add ("/devices/mounts", Fixture, NULL, set_up_loaded, test_mounts, tear_down);
  return g_test_run ();
}
