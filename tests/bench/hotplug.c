/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * hotplug: plugs a stick in and out of a machine that umockdev shows. Prints for each event of udev how
 * soon the inventory of host devices has it: a line with what happened and the microseconds. To be run
 * by mock-host.sh.
 */
#include <unistd.h>

#include <umockdev.h>

#include "host/host-devices.h"
#include "tests/fixtures/host-tree.h"

#define STICK "/sys/devices/pci0000:00/0000:00:14.0/usb1/1-2"
#define ID "usb_001_002"
#define N_CYCLES 100
#define N_OTHERS 200

static UMockdevTestbed *testbed;
static HostTree *tree;
static VbHostDevices *devices;
static gboolean loaded;

static void
on_loaded (GObject *source, GAsyncResult *result, gpointer user_data)
{
  loaded = vb_host_devices_load_finish (VB_HOST_DEVICES (source), result, NULL);
}

static void
add_others (void)
{
  for (guint i = 0; i < N_OTHERS; i++)
    {
      g_autofree char *address = g_strdup_printf ("0000:00:%02x.%u", i / 8, i % 8);
      g_autofree char *group = g_strdup_printf ("%u", i);

      host_tree_add_pci (tree, &(HostTreePci){ .address = address,
                                               .id = "8086:10D3",
                                               .class_code = 0x020000,
                                               .driver = "e1000e",
                                               .group = group });
    }
}

static void
plug (void)
{
  host_tree_add_usb (tree, &(HostTreeUsb){ .name = "1-2",
                                           .id = "781/5581/100",
                                           .bus_number = 1,
                                           .device_number = 2,
                                           .manufacturer = "SanDisk\n",
                                           .product = "Ultra\n",
                                           .serial = "4C530001\n" });
}

static void
unplug (void)
{
  host_tree_remove (tree, STICK);
  host_tree_remove (tree, "/sys/bus/usb/devices/1-2");
}

static void
print_event (const char *action, gboolean there)
{
  gint64 begin = g_get_monotonic_time ();

  umockdev_testbed_uevent (testbed, STICK, action);
  while ((vb_host_devices_find (devices, ID) != NULL) != there)
    g_main_context_iteration (NULL, TRUE);
  g_print ("%s\t%" G_GINT64_FORMAT "\n", action, g_get_monotonic_time () - begin);
}

int
main (int argc, char **argv)
{
  const char *preload = g_getenv ("LD_PRELOAD");
  g_autofree char *root = NULL;

  if (preload == NULL || strstr (preload, "libumockdev-preload") == NULL ||
      access ("/sys", W_OK) == 0)
    {
      g_printerr ("to be run by mock-host.sh: this is the real /sys\n");
      return 1;
    }
  testbed = umockdev_testbed_new ();
  root = umockdev_testbed_get_root_dir (testbed);
  tree = host_tree_new_in (root);
  add_others ();
  devices = vb_host_devices_new (NULL);
  vb_host_devices_load_async (devices, NULL, on_loaded, NULL);
  while (!loaded)
    g_main_context_iteration (NULL, TRUE);
  for (guint i = 0; i < N_CYCLES; i++)
    {
      plug ();
      print_event ("add", TRUE);
      print_event ("remove", FALSE);
      unplug ();
    }
  g_object_unref (devices);
  host_tree_free (tree);
  g_object_unref (testbed);
  return 0;
}
