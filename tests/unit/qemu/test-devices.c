/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Every device of a domain in a real QEMU: that the machine has it, and what stands at its host
 * end.
 */
#include "machine-fixture.h"

#include "tests/fixtures/guard.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#define VNC_DEVICES "<graphics type='vnc' autoport='yes'%s/>"

typedef struct
{
  const char *name;
  const char *machine;
  const char *target;
  const char *bus;
  const char *controller; /* of the domain, XML */
} BusCase;

static const BusCase bus_cases[] = {
  { "/devices/bus/pc/ide", "pc", "hda", "ide", "" },
  { "/devices/bus/pc/ide-4", "pc", "hdd", "ide", "" },
  { "/devices/bus/pc/scsi", "pc", "sda", "scsi", "" },
  { "/devices/bus/pc/scsi-lsisas1068", "pc", "sdc", "scsi",
    "<controller type='scsi' index='0' model='lsisas1068'/>" },
  { "/devices/bus/pc/scsi-vmpvscsi", "pc", "sda", "scsi",
    "<controller type='scsi' index='0' model='vmpvscsi'/>" },
  { "/devices/bus/pc/scsi-virtio", "pc", "sdh", "scsi",
    "<controller type='scsi' index='0' model='virtio-scsi'/>"
    "<controller type='scsi' index='1' model='virtio-scsi'/>" },
  { "/devices/bus/pc/virtio", "pc", "vda", "virtio", "" },
  { "/devices/bus/pc/usb", "pc", "sda", "usb", "" },
  { "/devices/bus/pc/sata", "pc", "sdb", "sata", "" },
  { "/devices/bus/pc/fdc", "pc", "fda", "fdc", "" },
  { "/devices/bus/q35/ide", "q35", "hdd", "ide", "" },
  { "/devices/bus/q35/scsi", "q35", "sda", "scsi", "" },
  { "/devices/bus/q35/virtio", "q35", "vda", "virtio", "" },
  { "/devices/bus/q35/usb", "q35", "sda", "usb", "" },
  { "/devices/bus/q35/sata", "q35", "sdf", "sata", "" },
  { "/devices/bus/q35/fdc", "q35", "fdb", "fdc", "" },
};

/* The image is booted: the guest's power-off proves that the machine reads it from that bus. USB and
 * some SCSI adapters are not known to the firmware: there, that QEMU takes the device must do. */
static void
test_bus (Machine *machine, gconstpointer data)
{
  const BusCase *test = data;
  g_autofree char *image = machine_image (machine, "boot.img", GUEST_POWER_OFF);
  g_autofree char *devices = g_strdup_printf ("<disk type='file' device='%s'><source file='%s'/>"
                                              "<target dev='%s' bus='%s'/></disk>%s",
                                              g_str_equal (test->bus, "fdc") ? "floppy" : "disk",
                                              image, test->target, test->bus, test->controller);
  VbDomain *domain = machine_domain_on (test->machine, "", devices, NULL);
  if (g_str_equal (test->bus, "fdc"))
    domain->os.boot[0] = VB_BOOT_FLOPPY;
  machine_run (machine, domain);
  if (strstr (test->controller, "lsisas1068") == NULL)
    {
      machine_wait_for_exit (machine);
      g_assert_cmpint (machine->end, ==, VB_END_GUEST_SHUTDOWN);
    }
}

static void
test_every_device (Machine *machine, gconstpointer data)
{
  const char *board = data;
  g_autofree char *image = machine_image (machine, "boot.img", GUEST_HALT);
  g_autofree char *disk = machine_disk_xml (image, "vda", "virtio", "<readonly/>");
  g_autofree char *devices = g_strdup_printf (
      "%s<disk type='file' device='cdrom'><target dev='hdc' bus='ide'/></disk>"
      "<disk type='file' device='cdrom'><target dev='sda' bus='scsi'/></disk>"
      "<disk type='file' device='cdrom'><target dev='sdb' bus='sata'/></disk>"
      "<disk type='file' device='floppy'><target dev='fda' bus='fdc'/></disk>"
      "<interface type='user'/>"
      "<interface type='user'><model type='virtio'/><driver txmode='timer'/></interface>"
      "<interface type='user'><model type='e1000'/><address type='pci' domain='0' bus='0' "
      "slot='0x8' function='0'/></interface>"
      "<serial type='null'/><serial type='pty'/><serial type='vc'/>"
      "<parallel type='null'/><parallel type='pty'/><parallel type='vc'/>"
      "<console type='pty'><target type='virtio'/></console>"
      "<input type='tablet' bus='usb'/><input type='mouse' bus='ps2'/>"
      "<graphics type='vnc' autoport='yes' keymap='de'/>"
      "<video><model type='qxl' heads='2'/></video><video><model type='qxl'/></video>"
      "<sound model='es1370'/><sound model='sb16'/><sound model='pcspk'/><sound model='ich6'/>"
      "<sound model='ac97'><address type='pci' domain='0' bus='0' slot='0x9' function='0'/></sound>"
      "<watchdog model='%s'/>"
      "<memballoon model='virtio'/>",
      disk, g_str_equal (board, "q35") ? "i6300esb" : "ib700");
  machine_run (machine,
               machine_domain_on (board, "<currentMemory>16384</currentMemory>", devices, NULL));
  g_assert_cmpint (((VbGraphics *) machine_find_device (machine, VB_DEVICE_GRAPHICS))->port, >=,
                   5900);
}

static void
test_vnc_tcp (Machine *machine, gconstpointer data)
{
  g_autofree char *devices = g_strdup_printf (VNC_DEVICES, "");
  g_autoptr (GSocketClient) client = g_socket_client_new ();
  g_autoptr (GSocketConnection) connection = NULL;
  g_autoptr (GError) error = NULL;
  const VbGraphics *graphics;
  char banner[12];

  machine_run (machine, machine_domain ("", devices));
  graphics = (const VbGraphics *) machine_find_device (machine, VB_DEVICE_GRAPHICS);
  connection =
      g_socket_client_connect_to_host (client, "127.0.0.1", (guint16) graphics->port, NULL, &error);
  g_assert_no_error (error);
  g_input_stream_read_all (g_io_stream_get_input_stream (G_IO_STREAM (connection)), banner,
                           sizeof banner, NULL, NULL, &error);
  g_assert_no_error (error);
  g_assert_cmpint (memcmp (banner, "RFB 003.008\n", sizeof banner), ==, 0);
}

/* The security types that the server offers, after the client has named its version. */
static void
test_vnc_unix_password (Machine *machine, gconstpointer data)
{
  g_autofree char *path = machine_path (machine, "vnc.sock");
  g_autofree char *attributes =
      g_strdup_printf (" socket='%s' passwd='sesame' passwdValidTo='2036-04-09T15:51:00'", path);
  g_autofree char *devices = g_strdup_printf ("<graphics type='vnc'%s/>", attributes);
  g_autofree char *log = NULL;
  int fd;

  machine_run (machine, machine_domain ("", devices));
  fd = machine_connect_to (path);
  machine_assert_reads (fd, "RFB 003.008\n");
  g_assert_cmpint (write (fd, "RFB 003.008\n", 12), ==, 12);
  machine_assert_reads (fd, "\x01\x02"); /* one type: VNC authentication */
  close (fd);
  g_file_get_contents (machine->log_path, &log, NULL, NULL);
  g_assert_null (strstr (log, "sesame"));
  machine_end (machine);
  g_assert_false (g_file_test (path, G_FILE_TEST_EXISTS));
}

static void
on_memory_set (GObject *source, GAsyncResult *result, gpointer user_data)
{
  GError **error = user_data;
  if (vb_qemu_instance_command_finish (VB_QEMU_INSTANCE (source), result, error))
    *error = g_error_new_literal (G_IO_ERROR, G_IO_ERROR_EXISTS, "it has succeeded");
}

static void
test_balloon (Machine *machine, gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  machine_run (machine, machine_domain ("", "<memballoon model='none'/>"));
  vb_qemu_instance_set_memory_async (machine->instance, 16384, NULL, on_memory_set, &error);
  while (error == NULL)
    g_main_context_iteration (NULL, TRUE);
  g_assert_error (error, VB_QEMU_ERROR, VB_QEMU_ERROR_UNSUPPORTED);
  g_clear_error (&error);
  machine_end (machine);

  machine_run (machine, machine_domain ("", "<memballoon model='virtio'/>"));
  vb_qemu_instance_set_memory_async (machine->instance, 16384, NULL, on_memory_set, &error);
  while (error == NULL)
    g_main_context_iteration (NULL, TRUE);
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_EXISTS);
}

static VbDomain *
hanging_domain (Machine *machine, const char *action)
{
  g_autofree char *image = machine_image (machine, "boot.img", GUEST_HANG);
  g_autofree char *disk = machine_disk_xml (image, "vda", "virtio", "");
  g_autofree char *devices =
      g_strdup_printf ("%s<watchdog model='ib700' action='%s'/>", disk, action);
  return machine_domain ("", devices);
}

static void
test_watchdog_pause (Machine *machine, gconstpointer data)
{
  machine_run (machine, hanging_domain (machine, "pause"));
  machine_wait_for (machine, "state paused watchdog");
  g_assert_true (machine_heard (machine, "event watchdog"));
}

static void
test_watchdog_reset (Machine *machine, gconstpointer data)
{
  machine_run (machine, hanging_domain (machine, "reset"));
  machine_wait_for (machine, "event reset");
  g_assert_true (machine_heard (machine, "event watchdog"));
}

/* QEMU ends without the event that else tells of an end. */
static void
test_watchdog_power_off (Machine *machine, gconstpointer data)
{
  machine_run (machine, hanging_domain (machine, "poweroff"));
  machine_wait_for_exit (machine);
  g_assert_true (machine_heard (machine, "event watchdog"));
  g_assert_cmpint (machine->end, ==, VB_END_GUEST_SHUTDOWN);
}

static void
test_watchdog_none (Machine *machine, gconstpointer data)
{
  machine_run (machine, hanging_domain (machine, "none"));
  machine_wait_for (machine, "event watchdog");
  g_assert_false (machine_heard (machine, "state paused watchdog"));
}

static void
test_watchdog_shutdown (Machine *machine, gconstpointer data)
{
  machine_run (machine, hanging_domain (machine, "shutdown"));
  machine_wait_for (machine, "event powerdown-requested");
  g_assert_true (machine_heard (machine, "event watchdog"));
}

/* What another board is told to use in the place of what only a PC has. */
static const char *const arm_devices[] = {
  "<disk type='file'><source file='%s'/><target dev='vda' bus='virtio'/></disk>",
  "<disk type='file'><source file='%s'/><target dev='sda' bus='scsi'/></disk>",
  "<disk type='file'><source file='%s'/><target dev='sda' bus='sata'/></disk>",
  "<disk type='file'><source file='%s'/><target dev='sda' bus='usb'/></disk>",
  "<disk type='file' device='cdrom'><source file='%s'/><target dev='sda' bus='scsi'/></disk>",
  "<disk type='file' device='cdrom'><source file='%s'/><target dev='sda' bus='sata'/></disk>",
  "<console type='pty'><target type='virtio'/></console>",
  "<input type='mouse' bus='usb'/><input type='tablet'/>",
  "<interface type='user'/><sound model='es1370'/><sound model='ac97'/><sound model='ich6'/>",
  "<watchdog model='i6300esb'/>",
  "<graphics type='vnc'/><video><model type='vga'/></video>",
};

static void
test_arm (Machine *machine, gconstpointer data)
{
  g_autofree char *image = machine_image (machine, "a.img", GUEST_POWER_OFF);
  g_autoptr (GString) devices = g_string_new (data);
  g_autofree char *xml = NULL;
  g_autoptr (GError) error = NULL;
  VbDomain *domain;

  g_string_replace (devices, "%s", image, 0);
  xml = g_strdup_printf ("<domain type='qemu'><name>a</name><memory>65536</memory>"
                         "<uuid>6a5b8ba8-2a3f-4b0e-9a3c-0e6f1f6c7a11</uuid>"
                         "<os><type arch='aarch64' machine='virt'>hvm</type></os>"
                         "<devices>%s</devices></domain>",
                         devices->str);
  domain = vb_domain_parse (xml, strlen (xml), FALSE, NULL, &error);
  g_assert_no_error (error);
  vb_domain_complete (domain, NULL, NULL);
  machine_use (machine, domain);
  machine_launch (machine, &error);
  g_assert_no_error (error);
  machine_end (machine);
}

static int
run (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  for (guint i = 0; i < G_N_ELEMENTS (bus_cases); i++)
    machine_test (bus_cases[i].name, test_bus, &bus_cases[i]);
  machine_test ("/devices/every-device/pc", test_every_device, "pc");
  machine_test ("/devices/every-device/q35", test_every_device, "q35");
  machine_test ("/devices/watchdog/pause", test_watchdog_pause, NULL);
  machine_test ("/devices/watchdog/reset", test_watchdog_reset, NULL);
  machine_test ("/devices/watchdog/power-off", test_watchdog_power_off, NULL);
  machine_test ("/devices/watchdog/none", test_watchdog_none, NULL);
  machine_test ("/devices/watchdog/shutdown", test_watchdog_shutdown, NULL);
  machine_test ("/devices/vnc/tcp", test_vnc_tcp, NULL);
  machine_test ("/devices/vnc/unix-password", test_vnc_unix_password, NULL);
  machine_test ("/devices/balloon", test_balloon, NULL);
  for (guint i = 0; i < G_N_ELEMENTS (arm_devices); i++)
    {
      g_autofree char *path = g_strdup_printf ("/devices/arm/%u", i);

      machine_test (path, test_arm, arm_devices[i]);
    }
  return g_test_run ();
}

int
main (int argc, char **argv)
{
  return guard_main (argc, argv, run);
}
