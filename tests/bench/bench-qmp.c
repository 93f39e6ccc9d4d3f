/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * One small command to QEMU on every way there is, each beside the bare system calls that it is made
 * of: the library, a session through the service, and the service's method Execute.
 */
#include "tests/bench/bench.h"

#include <errno.h>
#include <signal.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <gio/gunixfdlist.h>
#include <glib-unix.h>

#include "qmp/qmp.h"

#define N_ROUNDS 3000
#define N_WARM_UP_ROUNDS 300
#define COMMAND "query-status"
#define QMP_INTERFACE "org.virtbus1.Qmp"

typedef struct
{
  const char *name;
  void (*call) (gpointer data);
  gpointer data;
  BenchSamples *samples; /* (owned) */
} Way;

static void
write_all (int fd, const char *text)
{
  gsize n_bytes = strlen (text);

  if (write (fd, text, n_bytes) != (gssize) n_bytes)
    g_error ("bench: a monitor takes no command: %s", g_strerror (errno));
}

/* Reads until the line's end. */
static void
read_line (int fd)
{
  char bytes[4096];
  gssize n_bytes = 1;

  for (bytes[0] = '\0'; n_bytes > 0 && bytes[n_bytes - 1] != '\n';)
    n_bytes = read (fd, bytes, sizeof bytes);
  if (n_bytes <= 0)
    g_error ("bench: a monitor does not answer: %s", g_strerror (errno));
}

static void
open_bare (int fd)
{
  read_line (fd);
  write_all (fd, "{\"execute\":\"qmp_capabilities\"}\n");
  read_line (fd);
}

static void
call_bare (gpointer data)
{
  int fd = GPOINTER_TO_INT (data);

  write_all (fd, "{\"execute\":\"" COMMAND "\",\"id\":1}\n");
  read_line (fd);
}

/* The same from GLib's main loop, and nothing else: what is left of a library that does nothing. */
static gboolean
on_readable (int fd, GIOCondition condition, gpointer data)
{
  gboolean *is_there = data;

  read_line (fd);
  *is_there = TRUE;
  return G_SOURCE_CONTINUE;
}

static void
call_main_loop (gpointer data)
{
  int fd = GPOINTER_TO_INT (data);
  static gboolean is_there;
  static guint watch;

  if (watch == 0)
    watch = g_unix_fd_add (fd, G_IO_IN, on_readable, &is_there);
  is_there = FALSE;
  write_all (fd, "{\"execute\":\"" COMMAND "\",\"id\":1}\n");
  while (!is_there)
    g_main_context_iteration (NULL, TRUE);
}

static void
call_library (gpointer data)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (QmpValue) reply = qmp_session_call_sync (data, COMMAND, NULL, 0, NULL, &error);

  if (!reply)
    g_error ("bench: " COMMAND ": %s", error->message);
}

static void
on_result (GObject *source, GAsyncResult *result, gpointer data)
{
  GAsyncResult **slot = data;

  *slot = g_object_ref (result);
}

static void
call_library_async (gpointer data)
{
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (QmpValue) reply = NULL;

  qmp_session_call_async (data, COMMAND, NULL, 0, NULL, on_result, &result);
  while (!result)
    g_main_context_iteration (NULL, TRUE);
  reply = qmp_session_call_finish (data, result, NULL);
  if (!reply)
    g_error ("bench: " COMMAND " failed");
}

static void
die_with_parent (gpointer data)
{
  prctl (PR_SET_PDEATHSIG, SIGKILL);
}

/* A QEMU with two monitors on socket pairs. @fds: (out): our ends */
static GSubprocess *
run_emulator (int fds[2])
{
  g_autoptr (GSubprocessLauncher) launcher = g_subprocess_launcher_new (G_SUBPROCESS_FLAGS_NONE);
  g_autoptr (GError) error = NULL;
  GSubprocess *process;

  for (int i = 0; i < 2; i++)
    {
      int pair[2];
      if (socketpair (AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pair) != 0)
        g_error ("bench: socketpair: %s", g_strerror (errno));
      fds[i] = pair[0];
      g_subprocess_launcher_take_fd (launcher, pair[1], 3 + i);
    }
  g_subprocess_launcher_set_child_setup (launcher, die_with_parent, NULL, NULL);
  process =
      g_subprocess_launcher_spawn (launcher, &error, "qemu-system-x86_64", "-M", "none", "-S",
                                   "-nodefaults", "-display", "none", "-chardev",
                                   "socket,id=a,fd=3", "-mon", "chardev=a,mode=control", "-chardev",
                                   "socket,id=b,fd=4", "-mon", "chardev=b,mode=control", NULL);
  if (!process)
    g_error ("bench: %s", error->message);
  return process;
}

/* Interleaved, so that a noisy moment hits every way alike. */
static void
run_ways (Way *ways, guint n_ways)
{
  for (guint i = 0; i < n_ways; i++)
    ways[i].samples = bench_samples_new ();
  for (guint round = 0; round < N_WARM_UP_ROUNDS + N_ROUNDS; round++)
    for (guint i = 0; i < n_ways; i++)
      {
        gint64 begin = g_get_monotonic_time ();

        ways[i].call (ways[i].data);
        if (round >= N_WARM_UP_ROUNDS)
          bench_samples_add (ways[i].samples, g_get_monotonic_time () - begin);
      }
}

static double
median (const Way *way)
{
  return bench_samples_get_percentile (way->samples, 50);
}

static void
print_way (const Way *way, double floor, double target)
{
  bench_print_row (&(BenchRow){ .name = way->name,
                                .value = median (way),
                                .unit = "µs",
                                .floor = floor,
                                .target = target,
                                .target_is_ratio = TRUE });
}

static void
clear_ways (Way *ways, guint n_ways)
{
  for (guint i = 0; i < n_ways; i++)
    bench_samples_free (ways[i].samples);
}

/* A floor, and what is measured against it */
static void
run_pair (Way pair[2], double target)
{
  run_ways (pair, 2);
  print_way (&pair[0], 0, 0);
  print_way (&pair[1], median (&pair[0]), target);
  clear_ways (pair, 2);
}

static void
run_library (void)
{
  int fds[2];
  g_autoptr (GSubprocess) process = run_emulator (fds);
  g_autoptr (QmpSession) session = qmp_session_new_for_fd (fds[1]);
  g_autoptr (GError) error = NULL;
  /* A blocking call wakes the main context, which the next call of the other way would pay for. */
  Way looping[] = {
    { COMMAND ": bare C, p50", call_bare, GINT_TO_POINTER (fds[0]) },
    { COMMAND ": libqmp, from a main loop", call_library_async, session },
  };
  Way bare_loop[] = {
    { COMMAND ": bare C once more, p50", call_bare, GINT_TO_POINTER (fds[0]) },
    { COMMAND ": GLib's main loop alone", call_main_loop, GINT_TO_POINTER (fds[0]) },
  };
  Way blocking[] = {
    { COMMAND ": bare C again, p50", call_bare, GINT_TO_POINTER (fds[0]) },
    { COMMAND ": libqmp, blocking", call_library, session },
  };

  open_bare (fds[0]);
  if (!qmp_session_open_sync (session, 0, NULL, &error))
    g_error ("bench: %s", error->message);
  run_pair (looping, 1.1);
  run_pair (blocking, 0);
  run_pair (bare_loop, 0);
  close (fds[0]);
  g_subprocess_force_exit (process);
  g_subprocess_wait (process, NULL, NULL);
}

static int
connect_to (const char *path)
{
  struct sockaddr_un address = { .sun_family = AF_UNIX };
  int fd = socket (AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);

  g_strlcpy (address.sun_path, path, sizeof address.sun_path);
  if (connect (fd, (struct sockaddr *) &address, sizeof address) != 0)
    g_error ("bench: %s: %s", path, g_strerror (errno));
  return fd;
}

static int
open_brokered (Bench *bench, const char *path)
{
  GVariantBuilder options = G_VARIANT_BUILDER_INIT (G_VARIANT_TYPE_VARDICT);
  g_autoptr (GUnixFDList) fds = NULL;
  g_autoptr (GError) error = NULL;
  g_autoptr (GVariant) reply =
      g_dbus_connection_call_with_unix_fd_list_sync (bench->bus, "org.virtbus1", path,
                                                     QMP_INTERFACE, "OpenSession",
                                                     g_variant_new ("(a{sv})", &options),
                                                     G_VARIANT_TYPE ("(h)"), G_DBUS_CALL_FLAGS_NONE,
                                                     -1, NULL, &fds, NULL, &error);

  if (!reply)
    g_error ("bench: OpenSession: %s", error->message);
  return g_unix_fd_list_get (fds, 0, NULL);
}

typedef struct
{
  Bench *bench;
  const char *path;
} Domain;

static void
call_ping (gpointer data)
{
  const Domain *domain = data;
  g_autoptr (GVariant) reply =
      bench_call (domain->bench, domain->path, "org.freedesktop.DBus.Peer", "Ping", NULL);
}

static void
call_execute (gpointer data)
{
  const Domain *domain = data;
  GVariantBuilder options = G_VARIANT_BUILDER_INIT (G_VARIANT_TYPE_VARDICT);
  g_autoptr (GVariant) reply = bench_call (domain->bench, domain->path, QMP_INTERFACE, "Execute",
                                           g_variant_new ("(ssa{sv})", COMMAND, "", &options));
}

static void
run_passthrough (Bench *bench)
{
  g_autofree char *path = bench_define (bench, "passthrough", FALSE);
  g_autofree char *spare_path = NULL;
  g_autofree char *uuid = g_strdelimit (g_strdup (strrchr (path, '/') + 2), "_", '-');
  Domain domain = { bench, path };
  int spare, brokered;

  bench_call_domain (bench, path, "Start");
  spare_path = g_build_filename (bench->root, "run", uuid, "spare.sock", NULL);
  spare = connect_to (spare_path);
  brokered = open_brokered (bench, path);
  open_bare (spare);
  open_bare (brokered);

  Way ways[] = {
    { COMMAND ": spare monitor, p50", call_bare, GINT_TO_POINTER (spare) },
    { COMMAND ": session through the service", call_bare, GINT_TO_POINTER (brokered) },
    { "Ping, p50", call_ping, &domain },
    { COMMAND ": Execute", call_execute, &domain },
  };
  run_ways (ways, G_N_ELEMENTS (ways));
  print_way (&ways[0], 0, 0);
  print_way (&ways[1], median (&ways[0]), 1.15);
  print_way (&ways[3], median (&ways[0]) + median (&ways[2]), 2);
  clear_ways (ways, G_N_ELEMENTS (ways));
  close (spare);
  close (brokered);
  bench_call_domain (bench, path, "Destroy");
}

void
bench_run_qmp (Bench *bench)
{
  run_library ();
  run_passthrough (bench);
}
