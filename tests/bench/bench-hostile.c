/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * What a client that misuses its session costs the service's own commands to the same QEMU: the time
 * that a change of the balloon's target takes, which is one command on the service's own monitor.
 */
#include "tests/bench/bench.h"

#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#define N_CALLS 600
#define MEMORY_KIB 32768
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

/* A guest with a balloon. (transfer full): its path */
static char *
define (Bench *bench)
{
  static const char xml[] = "<domain type='qemu'><name>hostile</name><memory>32768</memory>"
                            "<os><type arch='x86_64' machine='pc'>hvm</type></os>"
                            "<devices><memballoon model='virtio'/></devices></domain>";
  GVariantBuilder options = G_VARIANT_BUILDER_INIT (G_VARIANT_TYPE_VARDICT);
  g_autoptr (GVariant) reply =
      bench_call (bench, BENCH_ROOT_PATH, "org.virtbus1.Manager", "DefineDomain",
                  g_variant_new ("(sa{sv})", xml, &options));
  char *path;

  g_variant_get (reply, "(o)", &path);
  return path;
}

static void
set_memory (Bench *bench, const char *path, guint64 kib)
{
  g_autoptr (GVariant) arguments =
      g_variant_ref_sink (g_variant_new_parsed ("(%t, {'live': <true>})", kib));
  g_autoptr (GVariant) reply =
      bench_call (bench, path, "org.virtbus1.Domain", "SetMemory", arguments);
}

static double
measure_ms (Bench *bench, const char *path)
{
  g_autoptr (BenchSamples) samples = bench_samples_new ();

  for (guint i = 0; i < N_CALLS; i++)
    {
      gint64 begin = g_get_monotonic_time ();

      set_memory (bench, path, MEMORY_KIB - 1024 * (i % 2));
      bench_samples_add (samples, g_get_monotonic_time () - begin);
    }
  return bench_samples_get_percentile (samples, 99) / 1e3;
}

void
bench_run_hostile (Bench *bench, const char *hostile_program)
{
  g_autofree char *path = define (bench);
  double quiet_ms;

  bench_call_domain (bench, path, "Start");
  quiet_ms = measure_ms (bench, path);
  for (guint i = 0; i < G_N_ELEMENTS (ways); i++)
    {
      g_autofree char *name = g_strdup_printf ("SetMemory beside %s, p99", ways[i]);
      GPid pid = run_hostile (bench, hostile_program, ways[i], path);

      bench_print_row (&(BenchRow){ .name = name,
                                    .value = measure_ms (bench, path),
                                    .unit = "ms",
                                    .floor = quiet_ms,
                                    .target = quiet_ms + MAX_DELAY_MS });
      kill (pid, SIGKILL);
      waitpid (pid, NULL, 0);
    }
  bench_call_domain (bench, path, "Destroy");
}
