/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * That a real QEMU has each device where the definition says, and has it there again after a device
 * came and the machine was started anew.
 */
#include "control.h"

#include "qemu/argv.h"

#include "tests/fixtures/guard.h"

#include <string.h>

#define CARD "<interface type='user'/>"

/* Devices of every sort on PCI and below it. */
static const char many_devices[] =
    "<disk device='cdrom'><target dev='hda'/></disk>"
    "<disk device='cdrom'><target dev='hdd'/></disk>"
    "<disk device='cdrom'><target dev='sda'/></disk>"
    "<disk device='cdrom'><target dev='sdh'/></disk>"
    "<disk device='cdrom'><target dev='sdb' bus='sata'/></disk>"
    "<disk device='floppy'><target dev='fda'/></disk>"
    "<controller type='scsi' index='2' model='virtio-scsi'/>"
    "<controller type='scsi' index='3' model='lsisas1068'/>"
    "<controller type='scsi' index='4' model='vmpvscsi'/>"
    "<controller type='virtio-serial' index='1' ports='4' vectors='2'/>"
    "<controller type='usb' index='1'/>"
    "<controller type='ccid' index='0'/>"
    "<interface type='user'><model type='virtio'/></interface>"
    "<interface type='user'><model type='e1000'/></interface>"
    "<interface type='user'><model type='ne2k_isa'/></interface>"
    "<interface type='user'/>"
    "<console type='null'><target type='virtio'/></console>"
    "<console type='null'><target type='virtio'/>"
    "<address type='virtio-serial' controller='1' port='3'/></console>"
    "<input type='mouse' bus='usb'/><input type='mouse' bus='usb'/><input type='mouse' bus='usb'/>"
    "<input type='mouse' bus='usb'/><input type='mouse' bus='usb'/><input type='mouse' bus='usb'/>"
    "<input type='mouse' bus='usb'/><input type='mouse' bus='usb'/><input type='mouse' bus='usb'/>"
    "<input type='tablet'><address type='usb' bus='1' port='2'/></input>"
    "<graphics type='vnc'/>"
    "<video><model type='vga'/></video>"
    "<video><model type='qxl'/></video>";

/* (transfer full) (element-type utf8 utf8): what QEMU has by id, as an address is written */
static GHashTable *
list_pci (QmpSession *control)
{
  GHashTable *places = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
  g_autoptr (QmpValue) buses = control_ask (control, "query-pci", NULL);
  g_autoptr (QmpValue) bus = qmp_value_get_element (buses, 0);
  g_autoptr (QmpValue) devices = qmp_value_get (bus, "devices");

  for (guint i = 0; i < qmp_value_get_length (devices); i++)
    {
      g_autoptr (QmpValue) device = qmp_value_get_element (devices, i);
      VbAddress address = {
        .type = VB_ADDRESS_PCI,
        .bus = (guint8) qmp_value_get_uint (device, "bus", 0xff),
        .slot = (guint8) qmp_value_get_uint (device, "slot", 0xff),
        .function = (guint8) qmp_value_get_uint (device, "function", 0xff),
      };
      g_hash_table_insert (places, g_strdup (qmp_value_get_string (device, "qdev_id")),
                           vb_address_to_string (&address));
    }
  return places;
}

static void
assert_slots (QmpSession *control, const VbDomain *domain)
{
  g_autoptr (GHashTable) places = list_pci (control);
  guint n_checked = 0;

  for (guint i = 0; i < domain->devices->len; i++)
    {
      const VbDevice *device = g_ptr_array_index (domain->devices, i);
      g_autofree char *expected = vb_address_to_string (&device->address);
      if (vb_device_get_address_type (device) != VB_ADDRESS_PCI ||
          !vb_argv_has_device (domain, device))
        continue;
      g_assert_cmpstr (g_hash_table_lookup (places, device->alias), ==, expected);
      n_checked++;
    }
  g_assert_cmpuint (n_checked, >=, 10);
}

static void
assert_usb_ports (QmpSession *control, const VbDomain *domain)
{
  for (guint i = 0; i < domain->devices->len; i++)
    {
      const VbDevice *device = g_ptr_array_index (domain->devices, i);
      g_autofree char *port = vb_address_get_usb_port (&device->address);
      g_autofree char *arguments =
          g_strdup_printf ("{\"path\": \"/machine/peripheral/%s\", \"property\": \"port\"}",
                           device->alias);
      g_autofree char *expected = g_strdup_printf ("\"%s\"", port);
      g_autofree char *text = NULL;
      g_autoptr (QmpValue) value = NULL;
      if (vb_device_get_address_type (device) != VB_ADDRESS_USB)
        continue;
      value = control_ask (control, "qom-get", arguments);
      text = qmp_value_to_string (value);
      g_assert_cmpstr (text, ==, expected);
    }
}

static void
assert_property (QmpSession *control, const char *alias, const char *property, guint64 expected)
{
  g_autofree char *arguments =
      g_strdup_printf ("{\"path\": \"/machine/peripheral/%s\", \"property\": \"%s\"}", alias,
                       property);
  g_autoptr (QmpValue) value = control_ask (control, "qom-get", arguments);
  g_autofree char *text = qmp_value_to_string (value);
  g_autofree char *expected_text = g_strdup_printf ("%" G_GUINT64_FORMAT, expected);

  g_assert_cmpstr (text, ==, expected_text);
}

static void
assert_parent (QmpSession *control, const char *alias, const char *suffix)
{
  g_autofree char *arguments =
      g_strdup_printf ("{\"path\": \"/machine/peripheral/%s\", \"property\": \"parent_bus\"}",
                       alias);
  g_autoptr (QmpValue) value = control_ask (control, "qom-get", arguments);
  g_autofree char *text = qmp_value_to_string (value);

  g_test_message ("%s on %s", alias, text);
  g_assert_nonnull (strstr (text, suffix));
}

static void
assert_units (QmpSession *control)
{
  assert_property (control, "sdh", "scsi-id", 0);
  assert_parent (control, "sdh", "/scsi1/scsi1.0");
  assert_parent (control, "sdb", "/sata0/sata0.1");
  assert_property (control, "console0", "nr", 0);
  assert_parent (control, "console0", "/virtio-serial0.0");
  assert_property (control, "console1", "nr", 3);
  assert_parent (control, "console1", "/virtio-serial1.0");
  assert_property (control, "virtio-serial1", "max_ports", 4);
  assert_property (control, "virtio-serial1", "vectors", 2);
  assert_parent (control, "input0", "/usb0/usb0.0");
  assert_parent (control, "input9", "/usb1/usb1.0");
}

/* The machine stands before its first instruction, where the firmware has changed nothing. */
static void
assert_started (Machine *machine, const VbDomain *domain)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (QmpSession) control = NULL;

  g_assert_true (vb_qemu_check (&machine->settings, domain, NULL, NULL, &error));
  machine_use (machine, vb_domain_copy (domain));
  machine_launch (machine, &error);
  g_assert_no_error (error);
  control = control_open (machine, VB_QEMU_MONITOR_PASSTHROUGH);
  assert_slots (control, domain);
  assert_usb_ports (control, domain);
  assert_units (control);
  machine_end (machine);
}

static void
assert_stays (const VbDomain *before, const VbDomain *after)
{
  for (guint i = 0; i < before->devices->len; i++)
    {
      const VbDevice *device = g_ptr_array_index (before->devices, i);
      const VbDevice *same = vb_domain_find_device (after, device->alias);
      g_assert_true (vb_address_equal (&device->address, &same->address));
    }
}

static void
test_many (Machine *machine, gconstpointer data)
{
  const char *board = data;
  g_autoptr (VbDomain) first = machine_domain_on (board, "", many_devices, NULL);
  g_autofree char *more =
      g_strconcat (many_devices, CARD CARD "<controller type='sata' index='1'/>", NULL);
  g_autoptr (VbDomain) second = NULL;

  assert_started (machine, first);
  assert_started (machine, first);
  second = machine_domain_on (board, "", more, first);
  g_assert_cmpuint (second->devices->len, ==, first->devices->len + 3);
  assert_stays (first, second);
  assert_started (machine, second);
}

/* As many as there is room for. */
static void
test_full (Machine *machine, gconstpointer data)
{
  const char *board = data;
  GString *devices = g_string_new ("<memballoon model='none'/>");
  g_autoptr (VbDomain) domain = NULL;
  g_autoptr (GError) error = NULL;
  g_autoptr (QmpSession) control = NULL;

  for (guint i = 0; i < 29; i++)
    g_string_append (devices, CARD);
  domain = machine_domain_on (board, "", devices->str, NULL);
  g_string_free (devices, TRUE);
  machine_use (machine, vb_domain_copy (domain));
  machine_launch (machine, &error);
  g_assert_no_error (error);
  control = control_open (machine, VB_QEMU_MONITOR_PASSTHROUGH);
  assert_slots (control, domain);
}

static int
run (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  machine_test ("/places/many/pc", test_many, "pc");
  machine_test ("/places/many/q35", test_many, "q35");
  machine_test ("/places/full/pc", test_full, "pc");
  machine_test ("/places/full/q35", test_full, "q35");
  return g_test_run ();
}

int
main (int argc, char **argv)
{
  return guard_main (argc, argv, run);
}
