/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Starting a minimal guest against a bare exec of the same command line, destroying it, and how fast
 * the death of a QEMU is told. One hung QEMU, and what others feel of it.
 */
#include "tests/bench/bench.h"
#include "tests/fixtures/sandbox.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

#define N_STARTS 21
#define IMAGE_SUFFIX ".raw"
#define IMAGE_BYTES (64 * 1024 * 1024)
#define N_HUNG_CALLS 2000

static GVariant *
get_property (Bench *bench, const char *path, const char *name)
{
  g_autoptr (GVariant) reply = bench_call (bench, path, "org.freedesktop.DBus.Properties", "Get",
                                           g_variant_new ("(ss)", "org.virtbus1.Domain", name));
  GVariant *value;

  g_variant_get (reply, "(v)", &value);
  return value;
}

static guint32
get_pid (Bench *bench, const char *path)
{
  g_autoptr (GVariant) pid = get_property (bench, path, "Pid");

  sandbox_assert ((int) g_variant_get_uint32 (pid));
  return g_variant_get_uint32 (pid);
}

/* A command line to be run again, bare: the numbers of its descriptors, and what each was. */
typedef struct
{
  char **argv;       /* (owned) */
  GArray *fds;       /* (owned) (element-type int) numbers that @argv mentions */
  GArray *own;       /* (owned) (element-type int) what each gets: a socket that listens, an image,
                        or a /dev/null to write to */
  char *socket_path; /* (owned) of the monitor's socket */
} BareCommand;

static char **
read_command_line (guint32 pid)
{
  g_autofree char *path = g_strdup_printf ("/proc/%u/cmdline", pid);
  g_autoptr (GPtrArray) argv = g_ptr_array_new ();
  g_autofree char *text = NULL;
  gsize length;

  if (!g_file_get_contents (path, &text, &length, NULL))
    g_error ("bench: %s cannot be read", path);
  for (const char *word = text; word < text + length; word += strlen (word) + 1)
    g_ptr_array_add (argv, g_strdup (word));
  g_ptr_array_add (argv, NULL);
  return (char **) g_ptr_array_free (g_steal_pointer (&argv), FALSE);
}

/* Above every number that a command line mentions, so that dup2() never overwrites it. */
static int
move_out_of_the_way (int fd)
{
  int moved = fcntl (fd, F_DUPFD_CLOEXEC, 200);

  close (fd);
  return moved;
}

static int
listen_at (const char *path)
{
  struct sockaddr_un address = { .sun_family = AF_UNIX };
  int fd = socket (AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);

  g_strlcpy (address.sun_path, path, sizeof address.sun_path);
  unlink (path);
  if (bind (fd, (struct sockaddr *) &address, sizeof address) != 0 || listen (fd, 8) != 0)
    g_error ("bench: %s: %s", path, g_strerror (errno));
  return move_out_of_the_way (fd);
}

/* The image that a set of descriptors is of; the log of the monitor is another's. */
static int
open_image (const char *word)
{
  const char *path = strstr (word, ",opaque=");
  int fd = path != NULL && g_str_has_suffix (path, IMAGE_SUFFIX)
               ? open (path + strlen (",opaque="), O_RDWR)
               : open ("/dev/null", O_WRONLY);

  return move_out_of_the_way (fd);
}

/* There are two kinds: sockets of monitors, and files. No two monitors may have one socket: each
 * accepts what has come for any. */
static int
open_own (BareCommand *command, const char *word)
{
  g_autofree char *unused = g_strconcat (command->socket_path, ".unused", NULL);

  if (g_str_has_prefix (word, "socket,id=monitor,"))
    return listen_at (command->socket_path);
  if (g_str_has_prefix (word, "socket,"))
    return listen_at (unused);
  return open_image (word);
}

static void
collect_descriptors (BareCommand *command)
{
  g_autoptr (GRegex) number = g_regex_new ("\\bfd=([0-9]+)", 0, 0, NULL);

  for (char **word = command->argv; *word != NULL; word++)
    {
      g_autoptr (GMatchInfo) match = NULL;

      if (g_regex_match (number, *word, 0, &match))
        {
          g_autofree char *text = g_match_info_fetch (match, 1);
          int fd = atoi (text);
          int own = open_own (command, *word);

          g_array_append_val (command->fds, fd);
          g_array_append_val (command->own, own);
        }
    }
}

static BareCommand *
bare_command_new (Bench *bench, guint32 pid)
{
  BareCommand *command = g_new0 (BareCommand, 1);

  command->argv = read_command_line (pid);
  command->fds = g_array_new (FALSE, FALSE, sizeof (int));
  command->own = g_array_new (FALSE, FALSE, sizeof (int));
  command->socket_path = g_build_filename (bench->root, "bare.sock", NULL);
  collect_descriptors (command);
  return command;
}

static void
bare_command_free (BareCommand *command)
{
  for (guint i = 0; i < command->own->len; i++)
    close (g_array_index (command->own, int, i));
  g_strfreev (command->argv);
  g_array_unref (command->fds);
  g_array_unref (command->own);
  g_free (command->socket_path);
  g_free (command);
}

G_DEFINE_AUTOPTR_CLEANUP_FUNC (BareCommand, bare_command_free)

/* A file is opened anew: QEMU's lock on an image is of the opened file, not of the process, and would
 * stay with the benchmark. That fails for a socket, which has none. */
static void
give_descriptors (const BareCommand *command)
{
  for (guint i = 0; i < command->fds->len; i++)
    {
      int own = g_array_index (command->own, int, i);
      g_autofree char *link = g_strdup_printf ("/proc/self/fd/%d", own);
      int anew = open (link, (fcntl (own, F_GETFL) & O_ACCMODE) | O_CLOEXEC);

      dup2 (anew >= 0 ? move_out_of_the_way (anew) : own, g_array_index (command->fds, int, i));
    }
}

/* QEMU says there which terminals it made. */
static void
silence_output (void)
{
  dup2 (open ("/dev/null", O_WRONLY | O_CLOEXEC), STDOUT_FILENO);
}

static void
await_reply (int monitor, const char *wanted)
{
  char reply[65536];
  gsize length = 0;

  while (TRUE)
    {
      gssize n_read = read (monitor, reply + length, sizeof reply - 1 - length);

      if (n_read <= 0)
        g_error ("bench: the bare QEMU does not answer");
      length += n_read;
      reply[length] = '\0';
      if (strstr (reply, wanted) != NULL)
        return;
    }
}

static void
send_text (int monitor, const char *text)
{
  if (write (monitor, text, strlen (text)) < 0)
    g_error ("bench: the bare QEMU takes no command");
}

static gint64
time_bare_start (BareCommand *command)
{
  struct sockaddr_un address = { .sun_family = AF_UNIX };
  const struct timeval patience = { .tv_sec = 10 };
  gint64 begin = g_get_monotonic_time ();
  gint64 duration_us;
  pid_t pid = fork ();
  int monitor;

  if (pid == 0)
    {
      /* A benchmark that fails leaves nothing behind that holds its output open. */
      prctl (PR_SET_PDEATHSIG, SIGKILL);
      give_descriptors (command);
      silence_output ();
      execv (command->argv[0], command->argv);
      _exit (127);
    }
  monitor = socket (AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
  setsockopt (monitor, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
  g_strlcpy (address.sun_path, command->socket_path, sizeof address.sun_path);
  if (connect (monitor, (struct sockaddr *) &address, sizeof address) != 0)
    g_error ("bench: %s: %s", command->socket_path, g_strerror (errno));
  await_reply (monitor, "\"QMP\"");
  send_text (monitor, "{\"execute\":\"qmp_capabilities\",\"id\":1}"
                      "{\"execute\":\"cont\",\"id\":\"go\"}\n");
  await_reply (monitor, "\"id\": \"go\"");
  duration_us = g_get_monotonic_time () - begin;

  kill (pid, SIGKILL);
  waitpid (pid, NULL, 0);
  close (monitor);
  return duration_us;
}

typedef struct
{
  GMainLoop *loop; /* (owned) */
  gint64 told_us;
} Death;

static void
on_properties_changed (GDBusConnection *connection,
                       const char *sender,
                       const char *path,
                       const char *interface_name,
                       const char *signal_name,
                       GVariant *parameters,
                       gpointer user_data)
{
  Death *death = user_data;
  g_autoptr (GVariant) changed = g_variant_get_child_value (parameters, 1);
  const char *state;

  if (g_variant_lookup (changed, "State", "&s", &state) && g_str_equal (state, "shutoff"))
    {
      death->told_us = g_get_monotonic_time ();
      g_main_loop_quit (death->loop);
    }
}

static gint64
time_death (Bench *bench, const char *path)
{
  g_autoptr (GMainLoop) loop = g_main_loop_new (NULL, FALSE);
  Death death = { .loop = loop };
  guint watch =
      g_dbus_connection_signal_subscribe (bench->bus, "org.virtbus1",
                                          "org.freedesktop.DBus.Properties", "PropertiesChanged",
                                          path, "org.virtbus1.Domain", G_DBUS_SIGNAL_FLAGS_NONE,
                                          on_properties_changed, &death, NULL);
  gint64 begin;

  bench_call_domain (bench, path, "Start");
  guint32 pid = get_pid (bench, path);
  begin = g_get_monotonic_time ();
  kill (pid, SIGKILL);
  g_main_loop_run (loop);
  g_dbus_connection_signal_unsubscribe (bench->bus, watch);
  return death.told_us - begin;
}

static gint64
time_call (Bench *bench, const char *path, const char *method)
{
  gint64 begin = g_get_monotonic_time ();

  bench_call_domain (bench, path, method);
  return g_get_monotonic_time () - begin;
}

/* (transfer full): path of an empty image */
static char *
make_image (Bench *bench, const char *name)
{
  g_autofree char *file = g_strconcat (name, IMAGE_SUFFIX, NULL);
  char *path = g_build_filename (bench->root, file, NULL);
  int fd = open (path, O_WRONLY | O_CREAT | O_CLOEXEC, 0600);

  if (fd < 0 || ftruncate (fd, IMAGE_BYTES) != 0)
    g_error ("bench: %s: %s", path, g_strerror (errno));
  close (fd);
  return path;
}

static const char furnished_xml[] =
    "<disk type='file'><driver name='qemu' type='raw'/><source file='%s'/>"
    "<target dev='vda' bus='virtio'/></disk>"
    "<disk type='file'><driver name='qemu' type='raw'/><source file='%s'/>"
    "<target dev='sda' bus='scsi'/></disk>"
    "<interface type='user'><model type='virtio'/></interface><serial type='pty'/>"
    "<input type='tablet' bus='usb'/><graphics type='vnc' port='-1' autoport='yes'/>"
    "<sound model='ich6'/><watchdog model='i6300esb'/>";

/* What the service runs for this guest. */
static BareCommand *
capture_command (Bench *bench, const char *path)
{
  BareCommand *command;

  bench_call_domain (bench, path, "Start");
  command = bare_command_new (bench, get_pid (bench, path));
  bench_call_domain (bench, path, "Destroy");
  return command;
}

/* Two disks and six other devices, and what they sit on. */
static void
measure_furnished_start (Bench *bench)
{
  g_autofree char *system = make_image (bench, "system");
  g_autofree char *data = make_image (bench, "data");
  g_autofree char *devices = g_strdup_printf (furnished_xml, system, data);
  g_autofree char *path = bench_define_devices (bench, "furnished", devices);
  g_autoptr (BenchSamples) starts = bench_samples_new ();
  g_autoptr (BenchSamples) bare = bench_samples_new ();
  g_autoptr (BareCommand) command = capture_command (bench, path);

  for (guint i = 0; i < N_STARTS; i++)
    {
      bench_samples_add (bare, time_bare_start (command));
      bench_samples_add (starts, time_call (bench, path, "Start"));
      bench_call_domain (bench, path, "Destroy");
    }
  bench_print_row (&(BenchRow){ .name = "Start, two disks and six devices, against the same",
                                .value = bench_samples_get_percentile (starts, 50) / 1e3,
                                .unit = "ms",
                                .floor = bench_samples_get_percentile (bare, 50) / 1e3,
                                .target = 1.5,
                                .target_is_ratio = TRUE });
}

static void
measure_minimal_start (Bench *bench)
{
  g_autofree char *path = bench_define (bench, "minimal", FALSE);
  g_autoptr (BenchSamples) starts = bench_samples_new ();
  g_autoptr (BenchSamples) bare = bench_samples_new ();
  g_autoptr (BenchSamples) destroys = bench_samples_new ();
  g_autoptr (BenchSamples) deaths = bench_samples_new ();
  g_autoptr (BareCommand) command = capture_command (bench, path);

  for (guint i = 0; i < N_STARTS; i++)
    {
      bench_samples_add (bare, time_bare_start (command));
      bench_samples_add (starts, time_call (bench, path, "Start"));
      bench_samples_add (destroys, time_call (bench, path, "Destroy"));
      bench_samples_add (deaths, time_death (bench, path));
    }

  bench_print_row (&(BenchRow){ .name = "Start, minimal guest, against bare exec-to-cont",
                                .value = bench_samples_get_percentile (starts, 50) / 1e3,
                                .unit = "ms",
                                .floor = bench_samples_get_percentile (bare, 50) / 1e3,
                                .target = 1.3,
                                .target_is_ratio = TRUE });
  bench_print_row (&(BenchRow){ .name = "Destroy",
                                .value = bench_samples_get_percentile (destroys, 50) / 1e3,
                                .unit = "ms",
                                .target = 15 });
  bench_print_row (&(BenchRow){ .name = "kill -9 of QEMU to PropertiesChanged",
                                .value = bench_samples_get_percentile (deaths, 50) / 1e3,
                                .unit = "ms",
                                .target = 10 });
}

void
bench_run_start (Bench *bench)
{
  measure_minimal_start (bench);
  measure_furnished_start (bench);
}

/* Two methods that are called in turn */
typedef struct
{
  const char *first;
  const char *second;
} CallPair;

static double
measure_calls (Bench *bench, const char *path, const CallPair *pair)
{
  g_autoptr (BenchSamples) samples = bench_samples_new ();

  for (guint i = 0; i < N_HUNG_CALLS; i++)
    bench_samples_add (samples, time_call (bench, path, i % 2 == 0 ? pair->first : pair->second));
  return bench_samples_get_percentile (samples, 99) / 1e3;
}

void
bench_run_hung (Bench *bench)
{
  static const CallPair stopping = { "Suspend", "Resume" };
  static const CallPair reading = { "GetXml", "GetXml" };
  g_autofree char *hung = bench_define (bench, "hung", FALSE);
  g_autofree char *other = bench_define (bench, "other", FALSE);
  GVariantBuilder options = G_VARIANT_BUILDER_INIT (G_VARIANT_TYPE_VARDICT);
  double floor_ms;

  bench_call_domain (bench, hung, "Start");
  bench_call_domain (bench, other, "Start");
  floor_ms = measure_calls (bench, other, &stopping);

  /* A call that waits for the hung one is under way all the while. */
  kill (get_pid (bench, hung), SIGSTOP);
  g_dbus_connection_call (bench->bus, "org.virtbus1", hung, "org.virtbus1.Domain", "Suspend",
                          g_variant_new ("(a{sv})", &options), NULL, G_DBUS_CALL_FLAGS_NONE, 60000,
                          NULL, NULL, NULL);
  bench_print_row (&(BenchRow){ .name = "Suspend and Resume beside a hung QEMU, p99",
                                .value = measure_calls (bench, other, &stopping),
                                .unit = "ms",
                                .floor = floor_ms,
                                .target = 1.2,
                                .target_is_ratio = TRUE });
  bench_print_row (&(BenchRow){ .name = "GetXml beside a hung QEMU, p99",
                                .value = measure_calls (bench, other, &reading),
                                .unit = "ms",
                                .target = 5 });
  bench_call_domain (bench, hung, "Destroy");
  bench_call_domain (bench, other, "Destroy");
}
