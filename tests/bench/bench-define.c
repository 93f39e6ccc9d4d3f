/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Defining many domains, the first screen over them, memory per domain, and a restart with them.
 */
#include "tests/bench/bench.h"
#include "tests/bench/echo.h"

#include <errno.h>
#include <fcntl.h>
#include <glib/gstdio.h>
#include <string.h>
#include <unistd.h>

#define N_FLOOR_WRITES 300
#define N_UNDER_WAY 8

/* What a definition costs that is only made durable: write, fsync, rename, fsync of the folder. */
static gint64
write_durably (const char *folder, int folder_fd, guint number, const char *text, gsize length)
{
  g_autofree char *name = g_strdup_printf ("%s/floor-%u", folder, number);
  g_autofree char *temporary = g_strdup_printf ("%s.tmp", name);
  gint64 begin = g_get_monotonic_time ();
  int fd = open (temporary, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);

  if (fd < 0 || write (fd, text, length) != (gssize) length || fsync (fd) != 0 || close (fd) != 0 ||
      rename (temporary, name) != 0 || fsync (folder_fd) != 0)
    g_error ("bench: %s: %s", name, g_strerror (errno));
  return g_get_monotonic_time () - begin;
}

static double
measure_floor_rate (const char *folder)
{
  g_autoptr (BenchSamples) samples = bench_samples_new ();
  g_autofree char *text = g_strnfill (2000, 'x');
  int folder_fd = open (folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);

  for (guint i = 0; i < N_FLOOR_WRITES; i++)
    bench_samples_add (samples, write_durably (folder, folder_fd, i, text, strlen (text)));
  for (guint i = 0; i < N_FLOOR_WRITES; i++)
    {
      g_autofree char *name = g_strdup_printf ("%s/floor-%u", folder, i);

      g_unlink (name);
    }
  close (folder_fd);
  return 1e6 / bench_samples_get_percentile (samples, 50);
}

static double
define_range (Bench *bench, guint from, guint to)
{
  g_autoptr (BenchSamples) samples = bench_samples_new ();

  for (guint i = from; i < to; i++)
    {
      g_autofree char *name = g_strdup_printf ("guest-%u", i);
      gint64 begin = g_get_monotonic_time ();
      g_autofree char *path = bench_define (bench, name, TRUE);

      bench_samples_add (samples, g_get_monotonic_time () - begin);
    }
  return 1e6 / bench_samples_get_percentile (samples, 50);
}

static GVariant *
read_first_screen (Bench *bench)
{
  return bench_call (bench, BENCH_ROOT_PATH, "org.freedesktop.DBus.ObjectManager",
                     "GetManagedObjects", NULL);
}

typedef struct
{
  GMainLoop *loop; /* (owned) */
  Bench *bench;
  guint next;
  guint end;
  guint n_under_way;
} Pipeline;

static void on_defined (GObject *source, GAsyncResult *result, gpointer user_data);

static void
define_next (Pipeline *pipeline)
{
  g_autofree char *name = g_strdup_printf ("guest-%u", pipeline->next++);

  pipeline->n_under_way++;
  g_dbus_connection_call (pipeline->bench->bus, "org.virtbus1", BENCH_ROOT_PATH,
                          "org.virtbus1.Manager", "DefineDomain", bench_definition_new (name, TRUE),
                          NULL, G_DBUS_CALL_FLAGS_NONE, 60000, NULL, on_defined, pipeline);
}

static void
on_defined (GObject *source, GAsyncResult *result, gpointer user_data)
{
  Pipeline *pipeline = user_data;
  g_autoptr (GError) error = NULL;
  g_autoptr (GVariant) reply =
      g_dbus_connection_call_finish (G_DBUS_CONNECTION (source), result, &error);

  if (reply == NULL)
    g_error ("bench: DefineDomain: %s", error->message);
  pipeline->n_under_way--;
  if (pipeline->next < pipeline->end)
    define_next (pipeline);
  else if (pipeline->n_under_way == 0)
    g_main_loop_quit (pipeline->loop);
}

/* Several calls under way, as a client has them that does not wait for each. */
static double
define_pipelined (Bench *bench, guint from, guint to)
{
  g_autoptr (GMainLoop) loop = g_main_loop_new (NULL, FALSE);
  Pipeline pipeline = { .loop = loop, .bench = bench, .next = from, .end = to };
  gint64 begin = g_get_monotonic_time ();

  for (guint i = 0; i < MIN (N_UNDER_WAY, to - from); i++)
    define_next (&pipeline);
  g_main_loop_run (loop);
  return (to - from) * 1e6 / (g_get_monotonic_time () - begin);
}

/* The floor is the same reply, prepared, from a bare GDBus object: interleaved with the real one. */
static void
measure_first_screen (Bench *bench, guint n_domains, double target_ms)
{
  g_autoptr (BenchSamples) samples = bench_samples_new ();
  g_autoptr (BenchSamples) floor = bench_samples_new ();
  g_autofree char *name = g_strdup_printf ("first screen, %u domains", n_domains);
  g_autofree char *first_name = g_strdup_printf ("%s, first time", name);
  guint n_runs = n_domains > 1000 ? 5 : 11;
  gint64 begin = g_get_monotonic_time ();
  g_autoptr (GVariant) screen = read_first_screen (bench);
  double first_ms = (g_get_monotonic_time () - begin) / 1e3;
  g_autoptr (GVariant) objects = g_variant_get_child_value (screen, 0);
  g_autoptr (BenchEcho) echo = bench_echo_new (bench->address, screen);

  g_assert_cmpuint (g_variant_n_children (objects), >=, n_domains);
  for (guint i = 0; i < n_runs; i++)
    {
      bench_samples_add (floor, bench_echo_time (echo, bench->bus));
      begin = g_get_monotonic_time ();
      g_autoptr (GVariant) reply = read_first_screen (bench);
      bench_samples_add (samples, g_get_monotonic_time () - begin);
    }
  bench_print_row (&(BenchRow){ .name = first_name, .value = first_ms, .unit = "ms" });
  bench_print_row (&(BenchRow){ .name = name,
                                .value = bench_samples_get_percentile (samples, 50) / 1e3,
                                .unit = "ms",
                                .floor = bench_samples_get_percentile (floor, 50) / 1e3,
                                .target = target_ms });
}

static double
measure_restart (Bench *bench)
{
  g_autoptr (BenchSamples) samples = bench_samples_new ();

  for (guint i = 0; i < 7; i++)
    {
      bench_stop_service (bench);
      bench_samples_add (samples, bench_start_service (bench));
    }
  return bench_samples_get_percentile (samples, 50) / 1e3;
}

void
bench_run_define (Bench *bench, guint n_domains)
{
  guint64 empty_kib = bench_get_service_rss_kib (bench);
  g_autofree char *folder = g_build_filename (bench->state_dir, "domains", NULL);
  double floor_rate = measure_floor_rate (folder);
  double empty_restart_ms = measure_restart (bench);
  double first_rate, last_rate;

  bench_print_row (&(BenchRow){
      .name = "RSS, empty", .value = empty_kib / 1024.0, .unit = "MiB", .target = 15 });

  first_rate = define_range (bench, 0, n_domains / 10);
  bench_print_row (&(BenchRow){ .name = "define, one call at a time, first 10 %",
                                .value = first_rate,
                                .unit = "per s",
                                .floor = floor_rate,
                                .target = 0.4,
                                .target_is_ratio = TRUE,
                                .more_is_better = TRUE });
  measure_first_screen (bench, n_domains / 10, n_domains == 10000 ? 130 : 0);
  if (n_domains == 10000)
    {
      bench_print_row (&(BenchRow){ .name = "RSS, 1,000 defined",
                                    .value = bench_get_service_rss_kib (bench) / 1024.0,
                                    .unit = "MiB" });
      bench_print_row (&(BenchRow){ .name = "restart with 1,000 defined, to the first answer",
                                    .value = measure_restart (bench),
                                    .unit = "ms",
                                    .floor = empty_restart_ms,
                                    .target = 100 });
    }

  bench_print_row (
      &(BenchRow){ .name = "define, 8 calls under way",
                   .value = define_pipelined (bench, n_domains / 10, n_domains - n_domains / 10),
                   .unit = "per s",
                   .floor = floor_rate,
                   .target = 0.4,
                   .target_is_ratio = TRUE,
                   .more_is_better = TRUE });
  last_rate = define_range (bench, n_domains - n_domains / 10, n_domains);
  bench_print_row (&(BenchRow){ .name = "define, one call at a time, last 10 %, to the first",
                                .value = last_rate,
                                .unit = "per s",
                                .floor = first_rate,
                                .target = 0.8,
                                .target_is_ratio = TRUE,
                                .more_is_better = TRUE });
  measure_first_screen (bench, n_domains, n_domains == 10000 ? 1400 : 0);

  double grown_kib = (double) bench_get_service_rss_kib (bench) - empty_kib;
  bench_print_row (&(BenchRow){ .name = "RSS, all defined, after a first screen",
                                .value = (grown_kib + empty_kib) / 1024.0,
                                .unit = "MiB" });
  bench_print_row (&(BenchRow){ .name = "RSS growth per defined domain",
                                .value = grown_kib / n_domains,
                                .unit = "KiB",
                                .target = n_domains == 10000 ? 8 : 0 });
}
