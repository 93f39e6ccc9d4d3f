/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * What goes wrong between the service and QEMU, played by a scripted QEMU: each failure of a start
 * has its own error, and leaves nothing behind.
 */
#include "machine-fixture.h"

#include "tests/fixtures/guard.h"

#include <signal.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <glib/gstdio.h>

/* The fake QEMU under a name of its own in the machine's folder, beside its script. */
static VbDomain *
scripted_domain (Machine *machine, const char *script, const char *devices)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *program = machine_path (machine, "qemu");
  g_autofree char *script_path = g_strconcat (program, ".script", NULL);
  g_autofree char *all = g_strdup_printf ("<emulator>%s</emulator>%s", program, devices);

  g_unlink (program);
  g_assert_cmpint (symlink (FAKE_QEMU, program), ==, 0);
  g_file_set_contents (script_path, script, -1, &error);
  g_assert_no_error (error);
  return machine_domain ("", all);
}

typedef struct
{
  const char *name;
  const char *script;
  int code;
  const char *message; /* pattern */
  VbEnd end;
  guint timeout_ms; /* 0: long */
} StartCase;

static const StartCase start_cases[] = {
  { "/failures/start/exits-before-greeting", "start exit 3 cannot set up guest memory",
    VB_QEMU_ERROR_EMULATOR,
    "QEMU ended before its monitor greeted (exit status 3): cannot set up guest memory",
    VB_END_CRASH, 0 },
  { "/failures/start/exits-silently", "start exit 0", VB_QEMU_ERROR_EMULATOR,
    "QEMU ended before its monitor greeted (exit status 0)", VB_END_CRASH, 0 },
  { "/failures/start/dies-before-greeting", "start die", VB_QEMU_ERROR_EMULATOR,
    "QEMU ended before its monitor greeted (killed by signal 9)", VB_END_CRASH, 0 },
  { "/failures/start/exits-instead-of-capabilities", "qmp_capabilities exit 1 no luck",
    VB_QEMU_ERROR_EMULATOR, "QEMU ended before its guest could run (exit status 1): no luck",
    VB_END_CRASH, 0 },
  { "/failures/start/exits-during-hand-over", "query-chardev exit 1 no luck",
    VB_QEMU_ERROR_EMULATOR, "QEMU ended before its guest could run (exit status 1): no luck",
    VB_END_CRASH, 0 },
  { "/failures/start/hangs-before-greeting", "start hang", VB_QEMU_ERROR_TIMEOUT,
    "QEMU's monitor did not greet within 200 ms", VB_END_CRASH, 200 },
  { "/failures/start/hangs-at-capabilities", "qmp_capabilities hang", VB_QEMU_ERROR_TIMEOUT,
    "QEMU's monitor did not * within 200 ms", VB_END_CRASH, 200 },
  { "/failures/start/hangs-during-hand-over", "query-chardev hang", VB_QEMU_ERROR_TIMEOUT,
    "QEMU* did not *", VB_END_CRASH, 200 },
  { "/failures/start/garbage-for-greeting", "greeting garbage", VB_QEMU_ERROR_EMULATOR,
    "QEMU's monitor does not speak its protocol: *", VB_END_CRASH, 0 },
  { "/failures/start/garbage-for-capabilities", "qmp_capabilities garbage", VB_QEMU_ERROR_EMULATOR,
    "QEMU's monitor does not speak its protocol: *", VB_END_CRASH, 0 },
  { "/failures/start/garbage-during-hand-over", "query-chardev garbage", VB_QEMU_ERROR_EMULATOR,
    "*'query-chardev'*", VB_END_CRASH, 0 },
  { "/failures/start/closes-monitor", "greeting close", VB_QEMU_ERROR_EMULATOR,
    "QEMU closed its monitor before its monitor greeted, and was killed*", VB_END_CRASH, 0 },
  { "/failures/start/refuses-command", "query-chardev error no such thing", VB_QEMU_ERROR_EMULATOR,
    "QEMU refused 'query-chardev': no such thing", VB_END_CRASH, 0 },
};

static void
assert_nothing_left (Machine *machine)
{
  g_autoptr (GDir) dir = g_dir_open (machine->runtime_dir, 0, NULL);
  g_assert_cmpstr (g_dir_read_name (dir), ==, NULL);
  g_assert_cmpint (vb_qemu_instance_get_pid (machine->instance), ==, 0);
  /* No child is left: neither running nor unreaped. */
  g_assert_cmpint (waitpid (-1, NULL, WNOHANG), ==, -1);
}

static void
assert_message (const GError *error, const char *pattern)
{
  g_test_message ("%s", error->message);
  if (!g_pattern_match_simple (pattern, error->message))
    g_error ("\"%s\" does not match \"%s\"", error->message, pattern);
}

static void
test_start (Machine *machine, gconstpointer data)
{
  const StartCase *test = data;
  g_autoptr (GError) error = NULL;
  if (test->timeout_ms != 0)
    machine->settings.start_timeout_ms = test->timeout_ms;
  machine_use (machine, scripted_domain (machine, test->script, "<serial type='pty'/>"));
  g_assert_false (machine_launch (machine, &error));
  g_assert_error (error, VB_QEMU_ERROR, test->code);
  assert_message (error, test->message);
  g_assert_cmpuint (machine->n_exited, ==, 1);
  g_assert_cmpint (machine->end, ==, test->end);
  assert_nothing_left (machine);
}

typedef struct
{
  const char *name;
  const char *script;
  int code;
  const char *message; /* pattern */
  gboolean exits;
} ContCase;

static const ContCase cont_cases[] = {
  { "/failures/cont/exits", "cont exit 1 no luck", VB_QEMU_ERROR_EMULATOR,
    "QEMU ended before it answered 'cont' (exit status 1): no luck", TRUE },
  { "/failures/cont/dies", "cont die", VB_QEMU_ERROR_EMULATOR,
    "QEMU ended before it answered 'cont' (killed by signal 9)", TRUE },
  { "/failures/cont/hangs", "cont hang", VB_QEMU_ERROR_TIMEOUT,
    "QEMU did not answer 'cont' in time*", FALSE },
  { "/failures/cont/refuses", "cont error Resetting the Virtual Machine is required",
    VB_QEMU_ERROR_EMULATOR, "QEMU refused 'cont': Resetting the Virtual Machine is required",
    FALSE },
  { "/failures/cont/garbage", "cont garbage", VB_QEMU_ERROR_EMULATOR,
    "QEMU closed its monitor before it answered 'cont'", FALSE },
  { "/failures/cont/closes-monitor", "cont close", VB_QEMU_ERROR_EMULATOR,
    "QEMU closed its monitor before it answered 'cont'", FALSE },
};

static void
test_cont (Machine *machine, gconstpointer data)
{
  const ContCase *test = data;
  g_autoptr (GError) error = NULL;
  machine_use (machine, scripted_domain (machine, test->script, ""));
  machine_launch (machine, &error);
  g_assert_no_error (error);
  /* Long enough for a greeting, which it holds for as well, on a busy machine. */
  machine->settings.start_timeout_ms = 3000;
  if (test->code == VB_QEMU_ERROR_TIMEOUT)
    {
      /* The deadline is the instance's own: a new one has it from the start. */
      machine_end (machine);
      machine->n_exited = 0;
      machine_use (machine, scripted_domain (machine, test->script, ""));
      machine_launch (machine, &error);
      g_assert_no_error (error);
    }
  g_assert_false (machine_command (machine, VB_QEMU_CONT, &error));
  g_assert_error (error, VB_QEMU_ERROR, test->code);
  assert_message (error, test->message);
  if (test->exits)
    {
      g_assert_cmpuint (machine->n_exited, ==, 1);
      g_assert_cmpint (machine->end, ==, VB_END_CRASH);
    }
  else
    {
      /* It lives, however badly, until it is ended. */
      machine->settings.quit_timeout_ms = 100;
      g_assert_cmpint (vb_qemu_instance_get_pid (machine->instance), >, 0);
      kill (vb_qemu_instance_get_pid (machine->instance), SIGKILL);
      machine_end (machine);
      g_assert_cmpint (machine->end, ==, VB_END_HOST_REQUEST);
    }
  assert_nothing_left (machine);
}

/* A monitor that closes while the guest runs says nothing about the guest: it is tried again. */
static void
test_lost_monitor (Machine *machine, gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  machine_run (machine, scripted_domain (machine, "stop close", ""));
  g_assert_false (machine_command (machine, VB_QEMU_STOP, &error));
  g_assert_error (error, VB_QEMU_ERROR, VB_QEMU_ERROR_EMULATOR);
  g_clear_error (&error);
  g_assert_cmpuint (machine->n_exited, ==, 0);
  g_assert_false (machine_command (machine, VB_QEMU_STOP, &error));
  g_assert_error (error, VB_QEMU_ERROR, VB_QEMU_ERROR_TIMEOUT);
  machine_end (machine);
  g_assert_cmpint (machine->end, ==, VB_END_HOST_REQUEST);
  g_assert_cmpint (WTERMSIG (machine->wait_status), ==, SIGTERM);
}

/* The event and the end of the process race; the event is never lost. */
static void
test_last_event (Machine *machine, gconstpointer data)
{
  for (guint i = 0; i < 20; i++)
    {
      machine->n_exited = 0;
      machine_run (machine, scripted_domain (machine,
                                             "system_powerdown event SHUTDOWN "
                                             "{\"guest\": true, \"reason\": \"guest-shutdown\"}",
                                             ""));
      machine_command (machine, VB_QEMU_POWERDOWN, NULL);
      machine_wait_for_exit (machine);
      g_assert_cmpint (machine->end, ==, VB_END_GUEST_SHUTDOWN);
    }
}

static const char *const event_script =
    "system_powerdown event WATCHDOG {\"action\": \"pause\"}\n"
    "system_powerdown event BLOCK_IO_ERROR {\"device\": \"\", \"node-name\": \"disk-vda\", "
    "\"operation\": \"write\", \"action\": \"stop\", \"nospace\": true, \"reason\": \"x\"}\n"
    "system_powerdown event RTC_CHANGE {\"offset\": -78, \"qom-path\": \"/x\"}\n"
    "system_powerdown event BALLOON_CHANGE {\"actual\": 16777216}\n"
    "system_powerdown event BLOCK_IO_ERROR\n"
    "system_powerdown event UNHEARD_OF\n";

static void
on_event_details (VbQemuInstance *instance, const char *kind, GVariant *details, gpointer data)
{
  const char *text = NULL;
  gint64 offset = 0;
  guint64 kib = 0;
  if (g_str_equal (kind, "watchdog"))
    {
      g_variant_lookup (details, "action", "&s", &text);
      g_assert_cmpstr (text, ==, "pause");
    }
  else if (g_str_equal (kind, "io-error"))
    {
      g_variant_lookup (details, "device", "&s", &text);
      g_assert_cmpstr (text, !=, "");
      g_variant_lookup (details, "path", "&s", &text);
      g_assert_true (g_str_has_suffix (text, "/disk.img"));
      g_variant_lookup (details, "reason", "&s", &text);
      g_assert_cmpstr (text, ==, "no space left");
    }
  else if (g_str_equal (kind, "rtc-change"))
    {
      g_variant_lookup (details, "offset", "x", &offset);
      g_assert_cmpint (offset, ==, -78);
    }
  else if (g_str_equal (kind, "balloon"))
    {
      g_variant_lookup (details, "kib", "t", &kib);
      g_assert_cmpuint (kib, ==, 16384);
    }
}

static void
test_events (Machine *machine, gconstpointer data)
{
  g_autofree char *image = machine_image (machine, "disk.img", GUEST_HALT);
  g_autofree char *disk = machine_disk_xml (image, "vda", "virtio", "");
  machine_run (machine, scripted_domain (machine, event_script, disk));
  g_signal_connect (machine->instance, "event", G_CALLBACK (on_event_details), NULL);
  g_assert_true (machine_command (machine, VB_QEMU_POWERDOWN, NULL));
  g_assert_true (machine_heard (machine, "event watchdog"));
  g_assert_cmpuint (machine_count (machine, "event io-error"), ==, 1);
  g_assert_true (machine_heard (machine, "event rtc-change"));
  g_assert_true (machine_heard (machine, "event balloon"));
  g_assert_true (machine_heard (machine, "event powerdown-requested"));
  g_assert_cmpuint (machine->memory_kib, ==, 16384);
}

/* The recorder does not grow without bound while somebody reads. */
static void
test_bounded_record (Machine *machine, gconstpointer data)
{
  g_autofree char *log = g_build_filename (machine->runtime_dir, "monitor.log", NULL);
  g_autofree char *filler = g_strnfill (8000, 'x');
  g_autofree char *script =
      g_strdup_printf ("system_powerdown event UNHEARD_OF {\"x\": \"%s\"}", filler);
  GStatBuf status;
  machine_run (machine, scripted_domain (machine, script, ""));
  for (guint i = 0; i < 20; i++)
    g_assert_true (machine_command (machine, VB_QEMU_POWERDOWN, NULL));
  g_assert_cmpint (g_stat (log, &status), ==, 0);
  g_assert_cmpint (status.st_size, <, 64 * 1024 + 2 * 8000);
}

typedef struct
{
  const char *name;
  const char *devices; /* %s: the machine's folder */
  const char *kernel;  /* the same; empty: none */
  const char *message; /* pattern */
} HostCase;

/* The address of a socket holds 107 bytes. */
#define TEN "0123456789"
#define LONG_NAME TEN TEN TEN TEN TEN TEN TEN TEN TEN TEN TEN TEN

static const HostCase host_cases[] = {
  { "/failures/host/emulator-missing", "<emulator>%s/none</emulator>", "",
    "emulator '*/none': No such file or directory; *" },
  { "/failures/host/emulator-not-executable", "<emulator>%s/plain</emulator>", "",
    "emulator '*/plain' is not executable; *" },
  { "/failures/host/emulator-no-program", "<emulator>%s/rubbish</emulator>", "",
    "emulator '*/rubbish' cannot be run: *; install it anew or correct <emulator>" },
  { "/failures/host/disk-missing",
    "<disk type='file'><source file='%s/none.img'/><target dev='vda'/></disk>", "",
    "disk 'vda': cannot open '*/none.img': No such file or directory; create it or correct "
    "<source file>" },
  { "/failures/host/disk-is-folder",
    "<disk type='file'><source file='%s/run'/><target dev='vda'/><readonly/></disk>", "",
    "disk 'vda': '*/run' is no regular file*" },
  { "/failures/host/disk-is-no-device",
    "<disk type='block'><source dev='%s/plain'/><target dev='vda'/></disk>", "",
    "disk 'vda': '*/plain' is no block device; use type='file' for a file" },
  { "/failures/host/serial-folder-missing",
    "<serial type='file'><source path='%s/none/out'/></serial>", "",
    "serial '*': cannot write to '*/none/out': No such file or directory; *" },
  { "/failures/host/serial-nobody-listens",
    "<serial type='unix'><source mode='connect' path='%s/none'/></serial>", "",
    "serial '*': cannot connect to '*/none': No such file or directory; start *" },
  { "/failures/host/serial-path-taken",
    "<serial type='unix'><source mode='bind' path='%s/plain'/></serial>", "",
    "serial '*': cannot listen on '*/plain': Address already in use; *" },
  { "/failures/host/vnc-bad-address",
    "<graphics type='vnc' autoport='yes' listen='198.51.100.1'/><!-- %s -->", "",
    "graphics '*': cannot listen on port 5900 of 198.51.100.1: *" },
  { "/failures/host/serial-path-too-long",
    "<serial type='unix'><source mode='bind' path='%s/" LONG_NAME "'/></serial>", "",
    "serial '*': cannot listen on '*': File name too long; choose a shorter path" },
  { "/failures/host/serial-fifo-without-reader",
    "<serial type='file'><source path='%s/fifo'/></serial>", "",
    "serial '*': cannot write to '*/fifo': *; start the program that reads it first" },
  { "/failures/host/serial-no-port", "<serial type='dev'><source path='%s/none'/></serial>", "",
    "serial '*': cannot open '*/none': No such file or directory; connect it or correct the path" },
  { "/failures/host/serial-is-file", "<serial type='dev'><source path='%s/plain'/></serial>", "",
    "serial '*': '*/plain' is no character device; use type='file' for a file" },
  { "/failures/host/parallel-is-no-port",
    "<parallel type='dev'><source path='/dev/null'/></parallel><!-- %s -->", "",
    "parallel '*': '/dev/null' is no parallel port of the host, such as /dev/parport0" },
  { "/failures/host/pipe-missing", "<parallel type='pipe'><source path='%s/none'/></parallel>", "",
    "parallel '*': cannot open '*/none': No such file or directory; create it by mkfifo, or "
    "correct the path" },
  { "/failures/host/pipe-is-file",
    "<channel type='pipe'><source path='%s/plain'/><target type='virtio'/></channel>", "",
    "channel '*': '*/plain' is no FIFO; create one by mkfifo" },
  { "/failures/host/smartcard-nobody-listens",
    "<smartcard mode='passthrough' type='unix'><source mode='connect' path='%s/none'/></smartcard>",
    "", "smartcard '*': cannot connect to '*/none': No such file or directory; start *" },
  { "/failures/host/socket-before",
    "<channel type='unix'><target type='virtio'/></channel><channel type='unix'><source "
    "mode='bind' path='%s/run/other.sock'/><target type='virtio'/></channel><channel "
    "type='pipe'><source path='/none/none'/><target type='virtio'/></channel>",
    "", "channel '2': cannot open '/none/none': No such file or directory; *" },
  { "/failures/host/disk-is-fifo",
    "<disk type='file'><source file='%s/fifo'/><target dev='vda'/></disk>", "",
    "disk 'vda': '*/fifo' is no regular file*" },
  { "/failures/host/kernel-missing", "<!-- %s -->", "%s/none",
    "kernel: cannot open '*/none': No such file or directory; create it or correct the path" },
  { "/failures/host/kernel-is-fifo", "<!-- %s -->", "%s/fifo",
    "kernel: '*/fifo' is no regular file; correct the path" },
};

static void
test_host (Machine *machine, gconstpointer data)
{
  const HostCase *test = data;
  g_autoptr (GError) error = NULL;
  g_autoptr (GString) devices = g_string_new (test->devices);
  g_autoptr (GString) kernel = g_string_new (test->kernel);
  g_autofree char *plain = machine_path (machine, "plain");
  g_autofree char *fifo = machine_path (machine, "fifo");
  g_autofree char *rubbish = machine_path (machine, "rubbish");
  g_autoptr (VbDomain) domain = NULL;
  VbDomain *changed;

  g_file_set_contents (plain, "x", -1, NULL);
  g_chmod (plain, 0600);
  g_file_set_contents_full (rubbish, "#!/none/none\n", -1, G_FILE_SET_CONTENTS_NONE, 0700, NULL);
  g_assert_cmpint (mkfifo (fifo, 0600), ==, 0);
  g_string_replace (devices, "%s", machine->dir, 0);
  g_string_replace (kernel, "%s", machine->dir, 0);
  domain = machine_domain ("", devices->str);
  changed = vb_domain_copy (domain);
  if (kernel->len > 0)
    changed->os.kernel = g_strdup (kernel->str);
  machine_use (machine, changed);
  g_assert_false (machine_launch (machine, &error));
  g_assert_error (error, VB_QEMU_ERROR, VB_QEMU_ERROR_HOST_RESOURCE);
  assert_message (error, test->message);
  g_assert_cmpuint (machine->n_exited, ==, 0);
  assert_nothing_left (machine);
}

/* Nobody reads it, so that to open it for writing could take for ever. */
static void
test_log_is_fifo (Machine *machine, gconstpointer data)
{
  g_autoptr (GError) error = NULL;

  g_assert_cmpint (mkfifo (machine->log_path, 0600), ==, 0);
  machine_use (machine, machine_domain ("", ""));
  g_assert_false (machine_launch (machine, &error));
  g_assert_error (error, VB_QEMU_ERROR, VB_QEMU_ERROR_HOST_RESOURCE);
  assert_message (error, "cannot write to the log '*': *; let the service's user write *");
  assert_nothing_left (machine);
}

static void
test_log_is_device (Machine *machine, gconstpointer data)
{
  g_autoptr (GError) error = NULL;

  g_assert_cmpint (symlink ("/dev/null", machine->log_path), ==, 0);
  machine_use (machine, machine_domain ("", ""));
  g_assert_false (machine_launch (machine, &error));
  g_assert_error (error, VB_QEMU_ERROR, VB_QEMU_ERROR_HOST_RESOURCE);
  assert_message (error, "the log '*' is no regular file; remove it");
  assert_nothing_left (machine);
}

/* A port that is taken is told; autoport takes the next. */
static void
test_port_taken (Machine *machine, gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GSocketListener) listener = g_socket_listener_new ();
  guint16 taken = g_socket_listener_add_any_inet_port (listener, NULL, &error);
  g_autofree char *devices = NULL;
  g_assert_no_error (error);
  g_assert_cmpuint (taken, >, 5900);
  devices = g_strdup_printf ("<graphics type='vnc' port='%u'/>", taken);
  machine_use (machine, machine_domain ("", devices));
  g_assert_false (machine_launch (machine, &error));
  g_assert_error (error, VB_QEMU_ERROR, VB_QEMU_ERROR_HOST_RESOURCE);
  assert_message (error, "graphics '*': cannot listen on port *in use*");
}

/* The program is on record before it runs, with the words of an earlier start kept out of its own. */
static void
test_last_words_are_its_own (Machine *machine, gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  machine_use (machine, scripted_domain (machine, "start exit 1 first", ""));
  g_assert_false (machine_launch (machine, &error));
  g_clear_error (&error);
  machine_use (machine, scripted_domain (machine, "start exit 1 second", ""));
  g_assert_false (machine_launch (machine, &error));
  g_assert_null (strstr (error->message, "first"));
  g_assert_true (g_str_has_suffix (error->message, ": second"));
}

static int
run (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  for (guint i = 0; i < G_N_ELEMENTS (start_cases); i++)
    machine_test (start_cases[i].name, test_start, &start_cases[i]);
  for (guint i = 0; i < G_N_ELEMENTS (cont_cases); i++)
    machine_test (cont_cases[i].name, test_cont, &cont_cases[i]);
  for (guint i = 0; i < G_N_ELEMENTS (host_cases); i++)
    machine_test (host_cases[i].name, test_host, &host_cases[i]);
  machine_test ("/failures/log-is-fifo", test_log_is_fifo, NULL);
  machine_test ("/failures/log-is-device", test_log_is_device, NULL);
  machine_test ("/failures/port-taken", test_port_taken, NULL);
  machine_test ("/failures/lost-monitor", test_lost_monitor, NULL);
  machine_test ("/failures/last-event", test_last_event, NULL);
  machine_test ("/failures/last-words-are-its-own", test_last_words_are_its_own, NULL);
  machine_test ("/failures/events", test_events, NULL);
  machine_test ("/failures/bounded-record", test_bounded_record, NULL);
  return g_test_run ();
}

int
main (int argc, char **argv)
{
  return guard_main (argc, argv, run);
}
