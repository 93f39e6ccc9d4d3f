/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Recorded machines: each folder of cases/ must give the devices that its expected.txt tells, below
 * the lines on what machine it is. With VB_GOLDEN_UPDATE set, the files are written anew: read what
 * changed before you commit it.
 */
#include "host/host-devices.h"
#include "tests/fixtures/recorded-host.h"

#include <string.h>

#include <glib/gstdio.h>

static void
add_list (GString *text, const char *title, char *const *items)
{
  g_autofree char *list = g_strjoinv (", ", (char **) items);
  if (*list != '\0')
    g_string_append_printf (text, "    %s: %s\n", title, list);
}

static void
add_text (GString *text, const char *title, const char *value)
{
  if (*value != '\0')
    g_string_append_printf (text, "    %s: %s\n", title, value);
}

static void
add_pci (GString *text, const VbPciDevice *pci)
{
  g_string_append_printf (text, "    class: %06x %s\n", pci->class_code, pci->class_name);
  if (pci->iommu_group >= 0)
    g_string_append_printf (text, "    group: %d, %s\n", pci->iommu_group,
                            pci->viable ? "viable" : "not viable");
  add_list (text, "members", pci->group);
  add_list (text, "blockers", pci->blockers);
  add_list (text, "reset", pci->reset_methods);
  add_text (text, "physical function", pci->physical_function);
  add_list (text, "virtual functions", pci->virtual_functions);
}

static void
add_usb (GString *text, const VbUsbDevice *usb)
{
  add_text (text, "port", usb->port);
  add_text (text, "serial number", usb->serial_number);
  add_list (text, "interfaces", usb->interface_classes);
}

static void
add_device (GString *text, const VbHostDevice *device)
{
  g_string_append_printf (text, "%s: %s (%04x:%04x)\n", device->id, device->name, device->vendor_id,
                          device->product_id);
  add_text (text, "driver", device->driver);
  if (device->kind == VB_HOST_DEVICE_PCI)
    add_pci (text, &device->pci);
  else
    add_usb (text, &device->usb);
  g_string_append_printf (text, "    %s\n", vb_safety_to_string (device->safety));
  for (guint i = 0; device->safety_reasons[i] != NULL; i++)
    g_string_append_printf (text, "        %s\n", device->safety_reasons[i]);
}

static void
on_loaded (GObject *source, GAsyncResult *result, gpointer user_data)
{
  gboolean *is_loaded = user_data;
  g_autoptr (GError) error = NULL;
  g_assert_true (vb_host_devices_load_finish (VB_HOST_DEVICES (source), result, &error));
  g_assert_no_error (error);
  *is_loaded = TRUE;
}

/* (transfer full) */
static char *
describe_devices (const char *root)
{
  g_autoptr (VbHostDevices) devices = vb_host_devices_new (root);
  g_autoptr (GPtrArray) list = NULL;
  GString *text = g_string_new (NULL);
  gboolean is_loaded = FALSE;

  vb_host_devices_load_async (devices, NULL, on_loaded, &is_loaded);
  while (!is_loaded)
    g_main_context_iteration (NULL, TRUE);
  list = vb_host_devices_list (devices);
  for (guint i = 0; i < list->len; i++)
    {
      g_string_append_c (text, '\n');
      add_device (text, list->pdata[i]);
    }
  return g_string_free (text, FALSE);
}

/* (transfer full): the lines of @expected that begin with "#" */
static char *
take_headline (const char *expected)
{
  const char *end = expected;
  while (*end == '#')
    end = strchr (end, '\n') + 1;
  return g_strndup (expected, (gsize) (end - expected));
}

static void
print_difference (const char *path, const char *text)
{
  g_autofree char *found = g_build_filename (g_get_tmp_dir (), "virtbus-found-XXXXXX", NULL);
  g_autofree char *difference = NULL;
  const char *const argv[] = { "diff", "-u", path, found, NULL };
  int fd = g_mkstemp (found);
  g_assert_cmpint (fd, >=, 0);
  g_close (fd, NULL);
  g_assert_true (g_file_set_contents (found, text, -1, NULL));
  g_assert_true (g_spawn_sync (NULL, (char **) argv, NULL, G_SPAWN_SEARCH_PATH, NULL, NULL,
                               &difference, NULL, NULL, NULL));
  g_unlink (found);
  g_printerr ("%s", difference);
}

static void
test_case (gconstpointer data)
{
  const char *folder = data;
  g_autofree char *path = g_build_filename (folder, "expected.txt", NULL);
  g_autofree char *expected = NULL;
  g_autofree char *headline = NULL;
  g_autofree char *devices = NULL;
  g_autofree char *text = NULL;
  g_autoptr (HostTree) tree = host_tree_new ();

  g_assert_true (g_file_get_contents (path, &expected, NULL, NULL));
  headline = take_headline (expected);
  recorded_host_load (tree, folder);
  devices = describe_devices (tree->root);
  text = g_strconcat (headline, devices, NULL);
  if (g_getenv ("VB_GOLDEN_UPDATE") != NULL)
    g_assert_true (g_file_set_contents (path, text, -1, NULL));
  else if (!g_str_equal (text, expected))
    {
      print_difference (path, text);
      g_test_fail_printf ("%s is not what was found", path);
    }
}

int
main (int argc, char **argv)
{
  g_autofree char *cases = NULL;
  g_autoptr (GDir) dir = NULL;
  const char *name;

  g_test_init (&argc, &argv, NULL);
  cases = g_test_build_filename (G_TEST_DIST, "cases", NULL);
  dir = g_dir_open (cases, 0, NULL);
  g_assert_nonnull (dir);
  while ((name = g_dir_read_name (dir)) != NULL)
    {
      g_autofree char *test_path = g_strconcat ("/hosts/", name, NULL);
      g_test_add_data_func_full (test_path, g_build_filename (cases, name, NULL), test_case,
                                 g_free);
    }
  return g_test_run ();
}
