/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * What the live domain is after somebody else sent QEMU commands: devices that came and went, media,
 * state. The guests stand before their first instruction, so that they have no say.
 */
#include "control.h"

#include "tests/fixtures/guard.h"

#include <signal.h>
#include <string.h>

#define TABLET "{\"driver\": \"usb-tablet\", \"id\": \"tab\", \"bus\": \"usb0.0\"}"
#define CARD "{\"driver\": \"virtio-net-pci\", \"id\": \"card\", \"mac\": \"52:54:00:AB:cd:ef\"}"
#define USB "<controller type='usb' index='0'/>"

static VbDomain *
live (Machine *machine)
{
  return vb_qemu_instance_get_domain (machine->instance);
}

static const VbDevice *
find (Machine *machine, const char *alias)
{
  return vb_domain_find_device (live (machine), alias);
}

/* What the next service would read. */
static void
assert_reads_back (Machine *machine)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (VbDomain) read = NULL;
  g_autofree char *xml = vb_domain_format (live (machine), VB_FORMAT_LIVE | VB_FORMAT_SECURE);
  g_autofree char *again = NULL;
  read = vb_domain_parse (xml, strlen (xml), TRUE, NULL, &error);
  g_assert_no_error (error);
  again = vb_domain_format (read, VB_FORMAT_LIVE | VB_FORMAT_SECURE);
  g_assert_cmpstr (again, ==, xml);
}

static void
refresh (Machine *machine)
{
  g_autoptr (GError) error = NULL;
  machine_refresh (machine, &error);
  g_assert_no_error (error);
  assert_reads_back (machine);
}

/* (transfer full): somebody else's session with a machine that stands */
static QmpSession *
launch (Machine *machine, VbDomain *domain)
{
  g_autoptr (GError) error = NULL;
  machine_use (machine, domain);
  machine_launch (machine, &error);
  g_assert_no_error (error);
  return control_open (machine, VB_QEMU_MONITOR_PASSTHROUGH);
}

static VbDomain *
domain_on (const char *board, const char *devices)
{
  return machine_domain_on (board, "", devices, NULL);
}

static void
add_node (QmpSession *control, const char *name, const char *path)
{
  g_autofree char *arguments =
      g_strdup_printf ("{\"driver\": \"raw\", \"node-name\": \"%s\", \"file\": {\"driver\": "
                       "\"file\", \"filename\": \"%s\"}}",
                       name, path);
  control_tell (control, "blockdev-add", arguments);
}

/* Nothing that the service has put there itself is taken for gone or new. */
static void
test_no_change (Machine *machine, gconstpointer data)
{
  g_autofree char *image = machine_image (machine, "a, b.img", GUEST_HALT);
  g_autofree char *devices = g_strdup_printf (
      "<disk type='file'><source file='%s'/><target dev='vda' bus='virtio'/><readonly/></disk>"
      "<disk type='file' device='cdrom'><source file='%s'/><target dev='hdc' bus='ide'/></disk>"
      "<disk type='file' device='cdrom'><target dev='sda' bus='scsi'/></disk>"
      "<disk type='file' device='cdrom'><target dev='sdb' bus='sata'/></disk>"
      "<disk type='file' device='floppy'><target dev='fda' bus='fdc'/></disk>"
      "<interface type='user'/><interface type='user'><model type='virtio'/></interface>"
      "<serial type='null'/><serial type='pty'/><console type='pty'><target "
      "type='virtio'/></console>"
      "<input type='tablet' bus='usb'/><input type='mouse' bus='ps2'/>"
      "<graphics type='vnc' autoport='yes'/>"
      "<video><model type='qxl' heads='2'/></video><video><model type='qxl'/></video>",
      image, image);
  g_autoptr (QmpSession) control = launch (machine, domain_on (data, devices));
  g_autoptr (VbDomain) before = vb_domain_ref (live (machine));

  refresh (machine);
  g_assert_true (live (machine) == before);
  g_assert_false (machine_heard (machine, "domain"));
  g_assert_true (machine_heard (machine, "memory"));
  g_assert_cmpuint (machine->memory_kib, ==, 32768);
  qmp_session_close (control);
}

static void
test_plug (Machine *machine, gconstpointer data)
{
  g_autofree char *boot = machine_image (machine, "boot.img", GUEST_HALT);
  g_autofree char *more = machine_image (machine, "more.img", GUEST_HALT);
  g_autofree char *disk = machine_disk_xml (boot, "vda", "virtio", "");
  g_autofree char *devices =
      g_strdup_printf ("%s" USB "<controller type='scsi' index='0' model='virtio-scsi'/>"
                       "<memballoon model='none'/>",
                       disk);
  g_autoptr (QmpSession) control = launch (machine, domain_on ("pc", devices));
  const VbInterface *card;
  const VbDisk *found;
  g_autofree char *address = NULL;
  guint n_devices = live (machine)->devices->len;

  add_node (control, "more", more);
  control_tell (control, "blockdev-add", "{\"driver\": \"null-co\", \"node-name\": \"nothing\"}");
  control_tell (control, "device_add", TABLET);
  control_tell (control, "device_add", CARD);
  control_tell (control, "device_add",
                "{\"driver\": \"virtio-blk-pci\", \"id\": \"extra\", \"drive\": \"more\", "
                "\"serial\": \"S 1\", \"addr\": \"0x10\"}");
  control_tell (control, "device_add",
                "{\"driver\": \"scsi-hd\", \"id\": \"scsi-disk\", \"drive\": \"nothing\", "
                "\"bus\": \"scsi0.0\", \"scsi-id\": 5}");
  control_tell (control, "device_add", "{\"driver\": \"virtio-balloon-pci\", \"id\": \"air\"}");
  control_tell (control, "device_add", "{\"driver\": \"nec-usb-xhci\", \"id\": \"fast\"}");
  control_tell (control, "device_add", "{\"driver\": \"virtio-rng-pci\", \"id\": \"dice\"}");
  control_tell (control, "device_add", "{\"driver\": \"usb-kbd\", \"bus\": \"fast.0\"}");
  refresh (machine);

  g_assert_cmpuint (machine_count (machine, "domain"), ==, 1);
  /* six came, and the mark of no balloon went */
  g_assert_cmpuint (live (machine)->devices->len, ==, n_devices + 5);
  g_assert_null (find (machine, "dice"));
  g_assert_cmpint (((const VbInput *) find (machine, "tab"))->type, ==, VB_INPUT_TABLET);
  card = (const VbInterface *) find (machine, "card");
  g_assert_cmpstr (card->mac, ==, "52:54:00:ab:cd:ef");
  g_assert_cmpstr (card->model, ==, "virtio");
  g_assert_cmpint (card->base.address.type, ==, VB_ADDRESS_PCI);
  found = (const VbDisk *) find (machine, "extra");
  address = vb_address_to_string (&found->base.address);
  g_assert_cmpstr (address, ==, "pci:0000:00:10.0");
  g_assert_cmpstr (found->target, ==, "vdb");
  g_assert_cmpstr (found->source, ==, more);
  g_assert_cmpstr (found->format, ==, "raw");
  g_assert_cmpstr (found->serial, ==, "S 1");
  g_assert_false (found->read_only);
  found = (const VbDisk *) find (machine, "scsi-disk");
  g_assert_cmpstr (found->target, ==, "sda");
  g_assert_null (found->source);
  g_assert_cmpuint (found->base.address.unit, ==, 5);
  g_assert_cmpint (((const VbMemballoon *) find (machine, "air"))->model, ==, VB_MEMBALLOON_VIRTIO);
  g_assert_cmpint (((const VbController *) find (machine, "fast"))->index, ==, 1);

  /* Once known, they are no news. */
  refresh (machine);
  g_assert_cmpuint (machine_count (machine, "domain"), ==, 1);
  qmp_session_close (control);
}

static void
test_plug_usb_disk (Machine *machine, gconstpointer data)
{
  g_autofree char *image = machine_image (machine, "stick.img", GUEST_HALT);
  g_autoptr (QmpSession) control = launch (machine, domain_on ("q35", USB));
  const VbDisk *stick;

  add_node (control, "stick-node", image);
  control_tell (control, "device_add",
                "{\"driver\": \"usb-storage\", \"id\": \"stick\", \"bus\": \"usb0.0\", "
                "\"drive\": \"stick-node\"}");
  refresh (machine);
  stick = (const VbDisk *) find (machine, "stick");
  g_assert_cmpint (stick->bus, ==, VB_DISK_BUS_USB);
  g_assert_cmpstr (stick->target, ==, "sda");
  g_assert_cmpstr (stick->source, ==, image);
  qmp_session_close (control);
}

/* A device that QEMU takes and that the domain cannot hold is none. */
static void
test_no_place (Machine *machine, gconstpointer data)
{
  g_autoptr (QmpSession) control = launch (machine, domain_on ("pc", USB));
  g_autofree char *name = g_strnfill (65, 'x');
  g_autofree char *arguments =
      g_strdup_printf ("{\"driver\": \"usb-mouse\", \"id\": \"%s\", \"bus\": \"usb0.0\"}", name);

  control_tell (control, "device_add", arguments);
  control_tell (control, "device_add", TABLET);
  refresh (machine);
  g_assert_null (find (machine, name));
  g_assert_nonnull (find (machine, "tab"));
  qmp_session_close (control);
}

static void
test_unplug (Machine *machine, gconstpointer data)
{
  gboolean is_first_seen = GPOINTER_TO_INT (data);
  g_autoptr (QmpSession) control =
      launch (machine, domain_on ("pc", USB "<input type='tablet' bus='usb'/>"));

  control_tell (control, "device_add", CARD);
  refresh (machine);
  g_assert_nonnull (find (machine, "card"));
  g_assert_nonnull (find (machine, "input0"));
  control_tell (control, "device_del", "{\"id\": \"input0\"}");
  /* A PCI device waits for its guest, or for a reset. */
  control_tell (control, "device_del", "{\"id\": \"card\"}");
  control_tell (control, "system_reset", NULL);
  if (is_first_seen)
    refresh (machine);
  machine_wait_for (machine, "event device-removed input0");
  machine_wait_for (machine, "event device-removed card");
  refresh (machine);
  g_assert_null (find (machine, "input0"));
  g_assert_null (find (machine, "card"));
  g_assert_cmpuint (machine_count (machine, "event device-removed input0"), ==, 1);
  g_assert_cmpuint (machine_count (machine, "event device-removed card"), ==, 1);
  g_assert_cmpuint (machine_count (machine, "domain"), ==, 3);
  qmp_session_close (control);
}

/* That the old device is gone is told when the new one has its id. */
static void
test_replace (Machine *machine, gconstpointer data)
{
  g_autoptr (QmpSession) control = launch (machine, domain_on ("pc", USB));

  control_tell (control, "device_add", TABLET);
  refresh (machine);
  control_tell (control, "device_del", "{\"id\": \"tab\"}");
  control_tell (control, "device_add",
                "{\"driver\": \"usb-mouse\", \"id\": \"tab\", \"bus\": \"usb0.0\"}");
  refresh (machine);
  machine_wait_for (machine, "event device-removed tab");
  while (find (machine, "tab") == NULL)
    g_main_context_iteration (NULL, TRUE);
  g_assert_cmpint (((const VbInput *) find (machine, "tab"))->type, ==, VB_INPUT_MOUSE);
  assert_reads_back (machine);
  qmp_session_close (control);
}

/* QEMU's id may be the alias of what is no device of QEMU's. */
static void
test_taken_alias (Machine *machine, gconstpointer data)
{
  g_autoptr (QmpSession) control =
      launch (machine, domain_on ("pc", USB "<graphics type='vnc' autoport='yes'/>"));

  g_assert_cmpint (((const VbInput *) find (machine, "input0"))->bus, ==, VB_INPUT_BUS_PS2);
  control_tell (control, "device_add",
                "{\"driver\": \"usb-tablet\", \"id\": \"input0\", \"bus\": \"usb0.0\"}");
  refresh (machine);
  control_tell (control, "device_del", "{\"id\": \"input0\"}");
  control_tell (control, "device_add", TABLET);
  control_tell (control, "device_del", "{\"id\": \"tab\"}");
  refresh (machine);
  g_assert_cmpint (((const VbInput *) find (machine, "input0"))->bus, ==, VB_INPUT_BUS_PS2);
  qmp_session_close (control);
}

static void
test_media (Machine *machine, gconstpointer data)
{
  g_autofree char *old = machine_image (machine, "old.img", GUEST_HALT);
  g_autofree char *other = machine_image (machine, "new.img", GUEST_HALT);
  g_autofree char *devices = g_strdup_printf (
      "<disk type='file' device='cdrom'><source file='%s'/><target dev='hdc' bus='ide'/></disk>"
      "<disk type='file' device='floppy'><source file='%s'/><target dev='fda' bus='fdc'/></disk>",
      old, other);
  g_autoptr (QmpSession) control = launch (machine, domain_on ("pc", devices));
  g_autofree char *arguments =
      g_strdup_printf ("{\"id\": \"hdc\", \"filename\": \"%s\", \"format\": \"raw\"}", other);

  control_tell (control, "eject", "{\"id\": \"fda\", \"force\": true}");
  control_tell (control, "blockdev-change-medium", arguments);
  refresh (machine);
  g_assert_null (((const VbDisk *) find (machine, "fda"))->source);
  g_assert_cmpstr (((const VbDisk *) find (machine, "hdc"))->source, ==, other);
  g_assert_true (((const VbDisk *) find (machine, "hdc"))->read_only);
  g_assert_cmpuint (machine_count (machine, "domain"), ==, 1);

  /* What the service has opened itself is told by its path, whatever QEMU calls it. */
  control_tell (control, "blockdev-open-tray", "{\"id\": \"hdc\"}");
  control_tell (control, "blockdev-remove-medium", "{\"id\": \"hdc\"}");
  control_tell (control, "blockdev-insert-medium",
                "{\"id\": \"hdc\", \"node-name\": \"disk-hdc\"}");
  refresh (machine);
  g_assert_cmpstr (((const VbDisk *) find (machine, "hdc"))->source, ==, old);
  qmp_session_close (control);
}

static void
test_state (Machine *machine, gconstpointer data)
{
  g_autoptr (QmpSession) control = NULL;
  machine_run (machine, machine_guest_domain (machine, GUEST_HALT, ""));
  control = control_open (machine, VB_QEMU_MONITOR_PASSTHROUGH);
  control_tell (control, "stop", NULL);
  refresh (machine);
  g_assert_true (machine_heard (machine, "state paused user"));
  control_tell (control, "cont", NULL);
  refresh (machine);
  g_assert_true (machine_heard (machine, "state running user"));
  g_assert_cmpuint (machine_count (machine, "state paused user"), ==, 1);
  qmp_session_close (control);
}

/* A QEMU that stands does not answer; once it goes on, it does. */
static void
test_stopped_qemu (Machine *machine, gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (QmpSession) control = NULL;
  int pid;

  machine->settings.command_timeout_ms = 300;
  machine_run (machine, machine_domain ("", USB));
  pid = vb_qemu_instance_get_pid (machine->instance);
  control = control_open (machine, VB_QEMU_MONITOR_PASSTHROUGH);
  control_tell (control, "device_add", TABLET);
  g_assert_cmpint (kill (pid, SIGSTOP), ==, 0);
  g_assert_false (machine_refresh (machine, &error));
  g_assert_error (error, VB_QEMU_ERROR, VB_QEMU_ERROR_TIMEOUT);
  g_assert_null (find (machine, "tab"));
  g_assert_cmpint (kill (pid, SIGCONT), ==, 0);
  do
    g_clear_error (&error);
  while (!machine_refresh (machine, &error) &&
         g_error_matches (error, VB_QEMU_ERROR, VB_QEMU_ERROR_TIMEOUT));
  g_assert_no_error (error);
  g_assert_nonnull (find (machine, "tab"));
  qmp_session_close (control);
}

static void
on_refreshed (GObject *source, GAsyncResult *result, gpointer user_data)
{
  GError **error = user_data;
  if (vb_qemu_instance_refresh_finish (VB_QEMU_INSTANCE (source), result, error))
    *error = g_error_new_literal (G_IO_ERROR, G_IO_ERROR_EXISTS, "it has succeeded");
}

static void
test_cancel (Machine *machine, gconstpointer data)
{
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  g_autoptr (GError) error = NULL;
  machine_run (machine, machine_domain ("", ""));
  vb_qemu_instance_refresh_async (machine->instance, cancellable, on_refreshed, &error);
  g_cancellable_cancel (cancellable);
  while (error == NULL)
    g_main_context_iteration (NULL, TRUE);
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
  refresh (machine);
}

/* Two at once find the same, and tell it once. */
static void
test_twice (Machine *machine, gconstpointer data)
{
  g_autoptr (QmpSession) control = launch (machine, domain_on ("pc", USB));
  g_autoptr (GError) first = NULL;
  g_autoptr (GError) second = NULL;
  control_tell (control, "device_add", TABLET);
  vb_qemu_instance_refresh_async (machine->instance, NULL, on_refreshed, &first);
  vb_qemu_instance_refresh_async (machine->instance, NULL, on_refreshed, &second);
  while (first == NULL || second == NULL)
    g_main_context_iteration (NULL, TRUE);
  g_assert_error (first, G_IO_ERROR, G_IO_ERROR_EXISTS);
  g_assert_error (second, G_IO_ERROR, G_IO_ERROR_EXISTS);
  g_assert_cmpuint (machine_count (machine, "domain"), ==, 1);
  qmp_session_close (control);
}

static void
test_end (Machine *machine, gconstpointer data)
{
  g_autoptr (GError) early = NULL;
  g_autoptr (GError) late = NULL;
  g_autoptr (GError) error = NULL;
  g_autoptr (QmpSession) control = launch (machine, domain_on ("pc", USB));

  control_tell (control, "device_add", TABLET);
  qmp_session_close (control);
  vb_qemu_instance_refresh_async (machine->instance, NULL, on_refreshed, &early);
  vb_qemu_instance_end_async (machine->instance, NULL, NULL);
  vb_qemu_instance_refresh_async (machine->instance, NULL, on_refreshed, &late);
  machine_wait_for_exit (machine);
  while (early == NULL || late == NULL)
    g_main_context_iteration (NULL, TRUE);
  g_assert_error (early, VB_QEMU_ERROR, VB_QEMU_ERROR_EMULATOR);
  g_assert_error (late, VB_QEMU_ERROR, VB_QEMU_ERROR_EMULATOR);
  g_assert_false (machine_heard (machine, "domain"));
  g_assert_cmpstr (g_ptr_array_index (machine->heard, machine->heard->len - 1), ==, "exited");
  g_assert_false (machine_refresh (machine, &error));
  g_assert_error (error, VB_QEMU_ERROR, VB_QEMU_ERROR_EMULATOR);
}

static int
run (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  machine_test ("/refresh/no-change/pc", test_no_change, "pc");
  machine_test ("/refresh/no-change/q35", test_no_change, "q35");
  machine_test ("/refresh/plug", test_plug, NULL);
  machine_test ("/refresh/plug-usb-disk", test_plug_usb_disk, NULL);
  machine_test ("/refresh/no-place", test_no_place, NULL);
  machine_test ("/refresh/unplug/by-event", test_unplug, GINT_TO_POINTER (FALSE));
  machine_test ("/refresh/unplug/by-refresh", test_unplug, GINT_TO_POINTER (TRUE));
  machine_test ("/refresh/replace", test_replace, NULL);
  machine_test ("/refresh/taken-alias", test_taken_alias, NULL);
  machine_test ("/refresh/media", test_media, NULL);
  machine_test ("/refresh/state", test_state, NULL);
  machine_test ("/refresh/stopped-qemu", test_stopped_qemu, NULL);
  machine_test ("/refresh/cancel", test_cancel, NULL);
  machine_test ("/refresh/twice", test_twice, NULL);
  machine_test ("/refresh/end", test_end, NULL);
  return g_test_run ();
}

int
main (int argc, char **argv)
{
  return guard_main (argc, argv, run);
}
