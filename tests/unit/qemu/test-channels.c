/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Each type of a host's end on each device that can have it, in a real QEMU, which is another user's
 * where that can be; and channels whose sockets the service makes.
 */
#include "machine-fixture.h"

#include "tests/fixtures/guard.h"

#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define UNPRIVILEGED_ID 65534

/* What stands around a host's end. */
typedef struct
{
  const char *name;
  const char *head; /* before ` type=` */
  const char *tail; /* the guest's end, and the end of the element */
  VbDeviceKind kind;
} Carrier;

static const Carrier carriers[] = {
  { "serial", "<serial", "</serial>", VB_DEVICE_SERIAL },
  { "parallel", "<parallel", "</parallel>", VB_DEVICE_PARALLEL },
  { "console", "<console", "<target type='virtio'/></console>", VB_DEVICE_CONSOLE },
  { "channel", "<channel", "<target type='virtio' name='a, b'/></channel>", VB_DEVICE_CHANNEL },
  { "forward", "<channel", "<target type='guestfwd' address='10.0.2.1' port='4600'/></channel>",
    VB_DEVICE_CHANNEL },
  { "forward-of-card", "<interface type='user'/><channel",
    "<target type='guestfwd' address='10.0.2.1' port='4600'/></channel>", VB_DEVICE_CHANNEL },
  { "smartcard", "<smartcard mode='passthrough'", "</smartcard>", VB_DEVICE_SMARTCARD },
};

/* %s: the machine's folder, %t: a terminal, %a: an address that no other process uses */
static const char *const ends[] = {
  " type='null'>",
  " type='vc'>",
  " type='pty'>",
  " type='dev'><source path='%t'/>",
  " type='file'><source path='%s/output'/>",
  " type='pipe'><source path='%s/fifo'/>",
  " type='stdio'>",
  " type='udp'><source mode='connect' host='%a' service='9'/>",
  " type='tcp'><source mode='bind' host='%a' service='4560'/>",
  " type='tcp'><source mode='bind' host='%a' service='4560'/><protocol type='telnet'/>",
  " type='unix'><source mode='bind' path='%s/socket'/>",
};

static void
start_one (Machine *machine, const Carrier *carrier, const char *end, const char *terminal)
{
  g_autoptr (GString) devices = g_string_new (carrier->head);
  g_autofree char *address = g_strdup_printf ("127.%d.%d.%d", getpid () >> 14 & 0xff,
                                              getpid () >> 6 & 0xff, (getpid () & 0x3f) << 2 | 1);

  g_string_append_printf (devices, "%s%s", end, carrier->tail);
  g_string_replace (devices, "%s", machine->dir, 0);
  g_string_replace (devices, "%t", terminal, 0);
  g_string_replace (devices, "%a", address, 0);
  g_test_message ("%s", devices->str);
  machine_run (machine, machine_domain ("", devices->str));
}

static void
test_every_end (Machine *machine, gconstpointer data)
{
  const Carrier *carrier = data;
  g_autofree char *fifo = machine_path (machine, "fifo");
  int line = posix_openpt (O_RDWR | O_NOCTTY | O_CLOEXEC);

  g_assert_cmpint (unlockpt (line), ==, 0);
  g_assert_cmpint (mkfifo (fifo, 0600), ==, 0);
  if (geteuid () == 0)
    machine->settings.uid = machine->settings.gid = UNPRIVILEGED_ID;
  for (guint i = 0; i < G_N_ELEMENTS (ends); i++)
    {
      gboolean is_parallel_port =
          carrier->kind == VB_DEVICE_PARALLEL && strstr (ends[i], "type='dev'") != NULL;
      if (is_parallel_port)
        continue;
      start_one (machine, carrier, ends[i], ptsname (line));
      machine_end (machine);
    }
  close (line);
}

/* The terminal of each is known. */
static void
test_ptys (Machine *machine, gconstpointer data)
{
  static const VbDeviceKind kinds[] = { VB_DEVICE_CONSOLE, VB_DEVICE_CHANNEL };
  const VbSmartcard *card;

  machine_run (machine, machine_domain ("", "<console type='pty'><target type='virtio'/></console>"
                                            "<channel type='pty'><target type='virtio'/></channel>"
                                            "<smartcard mode='passthrough' type='pty'/>"));
  for (guint i = 0; i < G_N_ELEMENTS (kinds); i++)
    g_assert_true (g_str_has_prefix (
        ((const VbChardev *) machine_find_device (machine, kinds[i]))->source.path, "/dev/pts/"));
  card = (const VbSmartcard *) machine_find_device (machine, VB_DEVICE_SMARTCARD);
  g_assert_true (g_str_has_prefix (card->source.path, "/dev/pts/"));
}

/* One is made for a channel that names none, and goes with QEMU. */
static void
test_open_socket (Machine *machine, gconstpointer data)
{
  const VbChardev *channel;
  g_autofree char *path = NULL;

  machine_run (machine, machine_domain ("", "<channel type='unix'><target type='virtio' "
                                            "name='org.example'/></channel>"));
  channel = (const VbChardev *) machine_find_device (machine, VB_DEVICE_CHANNEL);
  path = g_build_filename (machine->runtime_dir, "channel0.sock", NULL);
  g_assert_cmpstr (channel->source.path, ==, path);
  close (machine_connect_to (path));
  kill (vb_qemu_instance_get_pid (machine->instance), SIGKILL);
  machine_wait_for_exit (machine);
  g_assert_false (g_file_test (path, G_FILE_TEST_EXISTS));
}

/* A card of the host's needs what this host has not; the words for that are QEMU's. */
static void
test_host_card (Machine *machine, gconstpointer data)
{
  g_autoptr (GError) error = NULL;

  machine_use (machine, machine_domain ("", data));
  if (machine_launch (machine, &error))
    return;
  g_assert_error (error, VB_QEMU_ERROR, VB_QEMU_ERROR_EMULATOR);
  g_test_message ("%s", error->message);
  g_assert_nonnull (strstr (error->message, "failed to initialize vcard"));
}

static int
run (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  for (guint i = 0; i < G_N_ELEMENTS (carriers); i++)
    {
      g_autofree char *path = g_strconcat ("/channels/every-end/", carriers[i].name, NULL);
      machine_test (path, test_every_end, &carriers[i]);
    }
  machine_test ("/channels/ptys", test_ptys, NULL);
  machine_test ("/channels/open-socket", test_open_socket, NULL);
  machine_test ("/channels/smartcard/host", test_host_card, "<smartcard mode='host'/>");
  machine_test ("/channels/smartcard/certificates", test_host_card,
                "<smartcard mode='host-certificates'><certificate>a</certificate>"
                "<certificate>b</certificate><certificate>c</certificate>"
                "<database>/none</database></smartcard>");
  return g_test_run ();
}

int
main (int argc, char **argv)
{
  return guard_main (argc, argv, run);
}
