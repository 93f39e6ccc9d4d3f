/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * What a client that misuses its session costs the service's own commands to the same QEMU: the time
 * that a press of the power button takes, which is one command on the service's own monitor. The
 * guest sleeps and does not hear it. The floor is the same beside a program that only computes.
 */
#include "tests/bench/bench.h"

#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#define N_CALLS 600
#define SETTLING_MS 3000 /* until a guest without a system sleeps */
#define MAX_DELAY_MS 5

static const char *const ways[] = {
  "half-a-message", "0xff",          "long-line",  "nested",      "wide",
  "collisions",     "large-replies", "no-reading", "descriptors",
};

static GPid
run_hostile (Bench *bench, const char *program, const char *way, const char *path)
{
  const char *argv[] = { program, way, bench->address, path, NULL };
  g_autoptr (GError) error = NULL;
  GPid pid;

  if (!g_spawn_async (NULL, (char **) argv, NULL, G_SPAWN_DO_NOT_REAP_CHILD, NULL, NULL, &pid,
                      &error))
    g_error ("bench: %s", error->message);
  return pid;
}

static double
measure_ms (Bench *bench, const char *path)
{
  g_autoptr (BenchSamples) samples = bench_samples_new ();

  for (guint i = 0; i < N_CALLS; i++)
    {
      gint64 begin = g_get_monotonic_time ();

      bench_call_domain (bench, path, "Shutdown");
      bench_samples_add (samples, g_get_monotonic_time () - begin);
    }
  return bench_samples_get_percentile (samples, 99) / 1e3;
}

static double
measure_beside_ms (Bench *bench, const char *hostile_program, const char *way, const char *path)
{
  GPid pid = run_hostile (bench, hostile_program, way, path);
  double beside_ms = measure_ms (bench, path);

  kill (pid, SIGKILL);
  waitpid (pid, NULL, 0);
  g_spawn_close_pid (pid);
  return beside_ms;
}

void
bench_run_hostile (Bench *bench, const char *hostile_program)
{
  g_autofree char *path = bench_define (bench, "hostile", FALSE);
  double floor_ms;

  bench_call_domain (bench, path, "Start");
  g_usleep (SETTLING_MS * 1000);
  bench_print_row (&(BenchRow){
      .name = "Shutdown, nobody beside, p99", .value = measure_ms (bench, path), .unit = "ms" });
  /* Whoever keeps two processors busy slows everybody down: that is not the service's doing. */
  floor_ms = measure_beside_ms (bench, hostile_program, "computing", path);
  for (guint i = 0; i < G_N_ELEMENTS (ways); i++)
    {
      g_autofree char *name = g_strdup_printf ("Shutdown beside %s, p99", ways[i]);

      bench_print_row (
          &(BenchRow){ .name = name,
                       .value = measure_beside_ms (bench, hostile_program, ways[i], path),
                       .unit = "ms",
                       .floor = floor_ms,
                       .target = floor_ms + MAX_DELAY_MS });
    }
  bench_call_domain (bench, path, "Destroy");
}
