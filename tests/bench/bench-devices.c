/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The inventory of host devices: reading a thousand of them beside reading one file of each, and how
 * soon an event is told of. Needs no service; the latter needs root.
 */
#include "tests/bench/bench.h"

#include <unistd.h>

#include "host/host-devices.h"
#include "host/host-udev.h"
#include "tests/fixtures/host-tree.h"

#define N_PCI_DEVICES 900
#define N_USB_DEVICES 100
#define N_ROUNDS 15
#define US_PER_MS 1000.0

static const guint percentiles[] = { 50, 99 };

static void
add_pci_device (HostTree *tree, guint number)
{
  g_autofree char *address =
      g_strdup_printf ("%04x:00:%02x.%u", number / 256, number / 8 % 32, number % 8);
  g_autofree char *id = g_strdup_printf ("8086:%04X", 0x1000 + number);
  g_autofree char *group = g_strdup_printf ("%u", number / 2);
  g_autofree char *reset = NULL;
  const char *path = host_tree_add_pci (tree, &(HostTreePci){ .address = address,
                                                              .id = id,
                                                              .class_code = 0x020000,
                                                              .driver = "e1000e",
                                                              .group = group });

  reset = g_build_filename (path, "reset_method", NULL);
  host_tree_put (tree, reset, "flr bus\n");
}

static void
add_usb_device (HostTree *tree, guint number)
{
  g_autofree char *name = g_strdup_printf ("%u-%u", number / 100 + 1, number % 100 + 1);
  const char *path = host_tree_add_usb (tree, &(HostTreeUsb){ .name = name,
                                                              .id = "781/5581/100",
                                                              .bus_number = number / 100 + 1,
                                                              .device_number = number % 100 + 1,
                                                              .manufacturer = "SanDisk\n",
                                                              .product = "Ultra\n",
                                                              .serial = "4C530001\n" });

  host_tree_add_usb_interface (tree, path, 0, "8/6/80", "usb-storage");
}

static HostTree *
make_tree (void)
{
  HostTree *tree = host_tree_new ();

  for (guint i = 0; i < N_PCI_DEVICES; i++)
    add_pci_device (tree, i);
  for (guint i = 0; i < N_USB_DEVICES; i++)
    add_usb_device (tree, i);
  return tree;
}

static void
on_loaded (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GError) error = NULL;

  if (!vb_host_devices_load_finish (VB_HOST_DEVICES (source), result, &error))
    g_error ("bench: %s", error->message);
  g_main_loop_quit (user_data);
}

/* (transfer full) */
static VbHostDevices *
load (const char *root)
{
  VbHostDevices *devices = vb_host_devices_new (root);
  g_autoptr (GMainLoop) loop = g_main_loop_new (NULL, FALSE);

  vb_host_devices_load_async (devices, NULL, on_loaded, loop);
  g_main_loop_run (loop);
  return devices;
}

static void
read_file (const char *root, const char *path)
{
  g_autofree char *file = g_strconcat (root, path, "/uevent", NULL);
  g_autofree char *text = NULL;
  g_autoptr (GError) error = NULL;

  if (!g_file_get_contents (file, &text, NULL, &error))
    g_error ("bench: %s", error->message);
}

static gint64
time_files (const char *root, GPtrArray *list)
{
  gint64 begin = g_get_monotonic_time ();

  for (guint i = 0; i < list->len; i++)
    read_file (root, ((const VbHostDevice *) list->pdata[i])->sysfs_path);
  return g_get_monotonic_time () - begin;
}

static void
measure_load (void)
{
  g_autoptr (HostTree) tree = make_tree ();
  g_autoptr (BenchSamples) samples = bench_samples_new ();
  g_autoptr (BenchSamples) floor = bench_samples_new ();

  for (guint round = 0; round < N_ROUNDS; round++)
    {
      gint64 begin = g_get_monotonic_time ();
      g_autoptr (VbHostDevices) devices = load (tree->root);
      g_autoptr (GPtrArray) list = NULL;

      bench_samples_add (samples, g_get_monotonic_time () - begin);
      list = vb_host_devices_list (devices);
      if (list->len != N_PCI_DEVICES + N_USB_DEVICES)
        g_error ("bench: %u devices were found", list->len);
      bench_samples_add (floor, time_files (tree->root, list));
    }
  bench_print_row (&(BenchRow){ .name = "1,000 host devices until read, p50",
                                .value = bench_samples_get_percentile (samples, 50) / US_PER_MS,
                                .unit = "ms",
                                .floor = bench_samples_get_percentile (floor, 50) / US_PER_MS,
                                .target = 100 });
}

/* Below a root of its own the inventory asks no database, so this comes on top. */
static void
measure_names (void)
{
  g_autoptr (BenchSamples) samples = bench_samples_new ();

  for (guint round = 0; round < N_ROUNDS; round++)
    {
      g_autoptr (VbHwdb) hwdb = vb_hwdb_new ();
      gint64 begin = g_get_monotonic_time ();

      for (guint i = 0; i < N_PCI_DEVICES + N_USB_DEVICES; i++)
        {
          g_autofree char *modalias =
              g_strdup_printf ("pci:v00008086d%08Xsv00001AF4sd00001100bc02sc00i00", 0x1000 + i);
          g_autofree char *vendor = NULL;
          g_autofree char *product = NULL;

          vb_hwdb_find (hwdb, modalias, &vendor, &product);
        }
      bench_samples_add (samples, g_get_monotonic_time () - begin);
    }
  bench_print_row (&(BenchRow){ .name = "names of 1,000 models of PCI devices, p50",
                                .value = bench_samples_get_percentile (samples, 50) / US_PER_MS,
                                .unit = "ms" });
}

/* The program prints a line for each event: "add\t1234" */
static void
print_events (const char *output, const char *action)
{
  g_auto (GStrv) lines = g_strsplit (output, "\n", -1);
  g_autoptr (BenchSamples) samples = bench_samples_new ();

  for (gsize i = 0; lines[i] != NULL; i++)
    {
      g_auto (GStrv) words = g_strsplit (lines[i], "\t", 2);

      if (g_strcmp0 (words[0], action) == 0)
        bench_samples_add (samples, g_ascii_strtoll (words[1], NULL, 10));
    }
  for (guint i = 0; i < G_N_ELEMENTS (percentiles); i++)
    {
      g_autofree char *name =
          g_strdup_printf ("udev's \"%s\" until told of, p%u", action, percentiles[i]);

      bench_print_row (
          &(BenchRow){ .name = name,
                       .value = bench_samples_get_percentile (samples, percentiles[i]) / US_PER_MS,
                       .unit = "ms",
                       .target = 100 });
    }
}

static void
measure_hotplug (void)
{
  const char *const argv[] = { MOCK_HOST, HOTPLUG_PROGRAM, NULL };
  g_autofree char *output = NULL;
  g_autoptr (GError) error = NULL;
  int status;

  if (geteuid () != 0)
    {
      g_print ("not root: the latency of events is left out\n");
      return;
    }
  if (!g_spawn_sync (NULL, (char **) argv, NULL, G_SPAWN_DEFAULT, NULL, NULL, &output, NULL,
                     &status, &error) ||
      !g_spawn_check_wait_status (status, &error))
    g_error ("bench: %s", error->message);
  print_events (output, "add");
  print_events (output, "remove");
}

void
bench_run_devices (void)
{
  measure_load ();
  measure_names ();
  measure_hotplug ();
}
