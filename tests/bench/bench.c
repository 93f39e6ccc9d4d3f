/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * A private bus with a service on it, samples, and the table that is printed.
 */
#include "tests/bench/bench.h"

#include <errno.h>
#include <ftw.h>
#include <glib/gstdio.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

static guint n_missed;

static const char bus_config[] =
    "<!DOCTYPE busconfig PUBLIC '-//freedesktop//DTD D-Bus Bus Configuration 1.0//EN'\n"
    " 'http://www.freedesktop.org/standards/dbus/1.0/busconfig.dtd'>\n"
    "<busconfig><listen>unix:dir=%s</listen><auth>EXTERNAL</auth>\n"
    "<policy context='default'><allow send_destination='*' eavesdrop='false'/>\n"
    "<allow eavesdrop='false'/><allow own='*'/></policy></busconfig>\n";

static void G_GNUC_NORETURN
bench_fail (const char *what, const char *why)
{
  g_printerr ("bench: %s: %s\n", what, why);
  exit (1);
}

static void
die_with_parent (gpointer user_data)
{
  prctl (PR_SET_PDEATHSIG, SIGKILL);
}

static GPid
spawn (const char *const *argv, int *standard_output)
{
  g_autoptr (GError) error = NULL;
  GPid pid;

  if (!g_spawn_async_with_pipes (NULL, (char **) argv, NULL,
                                 G_SPAWN_DO_NOT_REAP_CHILD | G_SPAWN_SEARCH_PATH, die_with_parent,
                                 NULL, &pid, NULL, standard_output, NULL, &error))
    bench_fail (argv[0], error->message);
  return pid;
}

static char *
read_line (int fd)
{
  GString *line = g_string_new (NULL);
  char byte;

  while (read (fd, &byte, 1) == 1 && byte != '\n')
    g_string_append_c (line, byte);
  return g_string_free (line, FALSE);
}

static void
write_file (const char *path, const char *text)
{
  g_autoptr (GError) error = NULL;

  if (!g_file_set_contents (path, text, -1, &error))
    bench_fail (path, error->message);
}

Bench *
bench_new (const char *service_program)
{
  Bench *bench = g_new0 (Bench, 1);
  g_autoptr (GError) error = NULL;
  int output;

  bench->service_program = service_program;
  bench->root = g_dir_make_tmp ("virtbus-bench-XXXXXX", &error);
  if (bench->root == NULL)
    bench_fail ("temporary folder", error->message);
  bench->state_dir = g_build_filename (bench->root, "state", NULL);

  g_autofree char *config = g_strdup_printf (bus_config, bench->root);
  g_autofree char *bus_config_path = g_build_filename (bench->root, "bus.conf", NULL);
  write_file (bus_config_path, config);

  g_autofree char *logs = g_build_filename (bench->root, "log", NULL);
  g_autofree char *settings = g_strdup_printf ("[service]\nlog-dir=%s\n", logs);
  bench->config_path = g_build_filename (bench->root, "virtbus.conf", NULL);
  write_file (bench->config_path, settings);

  g_autofree char *config_option = g_strdup_printf ("--config-file=%s", bus_config_path);
  const char *argv[] = { "dbus-daemon", config_option, "--nofork", "--print-address", NULL };
  bench->bus_pid = spawn (argv, &output);
  bench->address = read_line (output);
  close (output);
  g_setenv ("DBUS_SESSION_BUS_ADDRESS", bench->address, TRUE);

  bench->bus =
      g_dbus_connection_new_for_address_sync (bench->address,
                                              G_DBUS_CONNECTION_FLAGS_AUTHENTICATION_CLIENT |
                                                  G_DBUS_CONNECTION_FLAGS_MESSAGE_BUS_CONNECTION,
                                              NULL, NULL, &error);
  if (bench->bus == NULL)
    bench_fail ("private bus", error->message);
  return bench;
}

static int
remove_entry (const char *path, const struct stat *status, int type, struct FTW *walk)
{
  return remove (path);
}

static void
end_process (GPid *pid, int signal_number)
{
  if (*pid == 0)
    return;
  kill (*pid, signal_number);
  waitpid (*pid, NULL, 0);
  *pid = 0;
}

void
bench_free (Bench *bench)
{
  bench_stop_service (bench);
  g_clear_object (&bench->bus);
  end_process (&bench->bus_pid, SIGTERM);
  nftw (bench->root, remove_entry, 16, FTW_DEPTH | FTW_PHYS);
  g_free (bench->root);
  g_free (bench->state_dir);
  g_free (bench->config_path);
  g_free (bench->address);
  g_free (bench);
}

typedef struct
{
  GMainLoop *loop; /* (owned) */
  Bench *bench;
} Arrival;

static void
on_name_appeared (GDBusConnection *bus, const char *name, const char *owner, gpointer user_data)
{
  Arrival *arrival = user_data;

  g_main_loop_quit (arrival->loop);
}

static gboolean
check_service (gpointer user_data)
{
  Arrival *arrival = user_data;

  if (waitpid (arrival->bench->service_pid, NULL, WNOHANG) != 0)
    bench_fail (arrival->bench->service_program, "ended before it owned its name");
  return G_SOURCE_CONTINUE;
}

static void
wait_for_first_answer (Bench *bench)
{
  Arrival arrival = { .loop = g_main_loop_new (NULL, FALSE), .bench = bench };
  guint check = g_timeout_add (500, check_service, &arrival);
  guint watch =
      g_bus_watch_name_on_connection (bench->bus, "org.virtbus1", G_BUS_NAME_WATCHER_FLAGS_NONE,
                                      on_name_appeared, NULL, &arrival, NULL);

  g_main_loop_run (arrival.loop);
  g_bus_unwatch_name (watch);
  g_source_remove (check);
  g_main_loop_unref (arrival.loop);

  g_autoptr (GVariant) answer =
      bench_call (bench, BENCH_ROOT_PATH, "org.freedesktop.DBus.Properties", "Get",
                  g_variant_new ("(ss)", "org.virtbus1.Manager", "Version"));
}

gint64
bench_start_service (Bench *bench)
{
  g_autofree char *runtime_dir = g_build_filename (bench->root, "run", NULL);
  const char *argv[] = { bench->service_program, "--session",   "--config",
                         bench->config_path,     "--state-dir", bench->state_dir,
                         "--runtime-dir",        runtime_dir,   NULL };
  gint64 begin = g_get_monotonic_time ();

  bench->service_pid = spawn (argv, NULL);
  wait_for_first_answer (bench);
  return g_get_monotonic_time () - begin;
}

void
bench_stop_service (Bench *bench)
{
  end_process (&bench->service_pid, SIGTERM);
}

guint64
bench_get_service_rss_kib (Bench *bench)
{
  g_autofree char *path = g_strdup_printf ("/proc/%d/status", bench->service_pid);
  g_autofree char *status = NULL;
  const char *line;

  if (!g_file_get_contents (path, &status, NULL, NULL) ||
      (line = strstr (status, "VmRSS:")) == NULL)
    bench_fail (path, "cannot be read");
  return g_ascii_strtoull (line + strlen ("VmRSS:"), NULL, 10);
}

GVariant *
bench_call (Bench *bench,
            const char *path,
            const char *interface_name,
            const char *method,
            GVariant *parameters)
{
  g_autoptr (GError) error = NULL;
  GVariant *reply =
      g_dbus_connection_call_sync (bench->bus, "org.virtbus1", path, interface_name, method,
                                   parameters, NULL, G_DBUS_CALL_FLAGS_NONE, 60000, NULL, &error);

  if (reply == NULL)
    bench_fail (method, error->message);
  return reply;
}

static const char devices_xml[] =
    "<disk type='file' device='disk'><source file='/var/lib/images/%1$s.raw'/>"
    "<target dev='vda' bus='virtio'/></disk>"
    "<disk type='file' device='disk'><source file='/var/lib/images/%1$s-data.raw'/>"
    "<target dev='vdb' bus='virtio'/></disk>"
    "<interface type='user'><model type='virtio'/></interface>"
    "<serial type='pty'/><graphics type='vnc' port='-1' autoport='yes'/>";

/* (transfer floating) */
static GVariant *
new_definition (const char *name, const char *devices)
{
  g_autofree char *xml = g_strdup_printf (
      "<domain type='qemu'><name>%s</name><memory>16384</memory><vcpu>1</vcpu>"
      "<os><type arch='x86_64' machine='pc'>hvm</type></os><features><acpi/></features>"
      "<devices>%s<memballoon model='none'/></devices></domain>",
      name, devices);
  GVariantBuilder options = G_VARIANT_BUILDER_INIT (G_VARIANT_TYPE_VARDICT);

  return g_variant_new ("(sa{sv})", xml, &options);
}

GVariant *
bench_definition_new (const char *name, gboolean emulated_devices)
{
  g_autofree char *devices = g_strdup_printf (devices_xml, name);

  return new_definition (name, emulated_devices ? devices : "");
}

/* @definition: (transfer floating) */
static char *
define (Bench *bench, GVariant *definition)
{
  g_autoptr (GVariant) reply =
      bench_call (bench, BENCH_ROOT_PATH, "org.virtbus1.Manager", "DefineDomain", definition);
  char *path;

  g_variant_get (reply, "(o)", &path);
  return path;
}

char *
bench_define (Bench *bench, const char *name, gboolean emulated_devices)
{
  return define (bench, bench_definition_new (name, emulated_devices));
}

char *
bench_define_devices (Bench *bench, const char *name, const char *devices)
{
  return define (bench, new_definition (name, devices));
}

BenchSamples *
bench_samples_new (void)
{
  BenchSamples *samples = g_new0 (BenchSamples, 1);

  samples->samples = g_array_new (FALSE, FALSE, sizeof (gint64));
  return samples;
}

void
bench_samples_free (BenchSamples *samples)
{
  g_array_unref (samples->samples);
  g_free (samples);
}

void
bench_samples_add (BenchSamples *samples, gint64 duration_us)
{
  g_array_append_val (samples->samples, duration_us);
}

static int
compare_durations (gconstpointer a, gconstpointer b)
{
  gint64 left = *(const gint64 *) a;
  gint64 right = *(const gint64 *) b;

  return (left > right) - (left < right);
}

double
bench_samples_get_percentile (BenchSamples *samples, double percentile)
{
  guint last = samples->samples->len - 1;

  g_array_sort (samples->samples, compare_durations);
  return g_array_index (samples->samples, gint64, (guint) (last * percentile / 100.0 + 0.5));
}

void
bench_print_header (void)
{
  g_print ("%-50s %10s %-9s %10s %7s  %s\n", "measurement", "value", "unit", "floor", "ratio",
           "target");
}

static gboolean
row_reaches_target (const BenchRow *row)
{
  double measured = row->floor > 0 && row->target_is_ratio ? row->value / row->floor : row->value;

  return row->more_is_better ? measured >= row->target : measured <= row->target;
}

void
bench_print_row (const BenchRow *row)
{
  g_autofree char *floor = row->floor > 0 ? g_strdup_printf ("%.4g", row->floor) : g_strdup ("");
  g_autofree char *ratio =
      row->floor > 0 ? g_strdup_printf ("%.2f", row->value / row->floor) : g_strdup ("");
  g_autofree char *target = g_strdup ("");

  if (row->target > 0)
    {
      gboolean reached = row_reaches_target (row);

      n_missed += !reached;
      g_free (target);
      target =
          g_strdup_printf ("%s %.4g%s  %s", row->more_is_better ? "≥" : "≤", row->target,
                           row->target_is_ratio ? " × floor" : "", reached ? "reached" : "MISSED");
    }
  g_print ("%-50s %10.4g %-9s %10s %7s  %s\n", row->name, row->value, row->unit, floor, ratio,
           target);
}

guint
bench_get_n_missed (void)
{
  return n_missed;
}

void
bench_call_domain (Bench *bench, const char *path, const char *method)
{
  GVariantBuilder options = G_VARIANT_BUILDER_INIT (G_VARIANT_TYPE_VARDICT);
  g_autoptr (GVariant) reply =
      bench_call (bench, path, "org.virtbus1.Domain", method, g_variant_new ("(a{sv})", &options));
}
