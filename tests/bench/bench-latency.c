/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Reading one property and all of them, against the bus's own Ping to the same service.
 */
#include "tests/bench/bench.h"

#define N_ROUNDS 3000
#define N_WARM_UP_ROUNDS 200

typedef struct
{
  const char *name;
  const char *interface_name;
  const char *method;
  const char *arguments; /* (nullable) GVariant text */
  double target;         /* of the p50 as a ratio to Ping's */
} Probe;

static const Probe probes[] = {
  { "Ping", "org.freedesktop.DBus.Peer", "Ping", NULL, 0 },
  { "Get", "org.freedesktop.DBus.Properties", "Get", "('org.virtbus1.Domain', 'State')", 1.3 },
  { "GetAll", "org.freedesktop.DBus.Properties", "GetAll", "('org.virtbus1.Domain',)", 0 },
};

static gint64
time_probe (Bench *bench, const char *path, const Probe *probe)
{
  g_autoptr (GVariant) parameters =
      probe->arguments != NULL ? g_variant_ref_sink (g_variant_new_parsed (probe->arguments))
                               : NULL;
  gint64 begin = g_get_monotonic_time ();
  g_autoptr (GVariant) reply =
      bench_call (bench, path, probe->interface_name, probe->method, parameters);

  return g_get_monotonic_time () - begin;
}

static void
print_percentile (const Probe *probe, BenchSamples *samples, BenchSamples *floor, double percentile)
{
  g_autofree char *name = g_strdup_printf ("%s, p%.0f", probe->name, percentile);
  gboolean has_target = probe->target > 0 && percentile == 50;

  bench_print_row (&(BenchRow){ .name = name,
                                .value = bench_samples_get_percentile (samples, percentile),
                                .unit = "µs",
                                .floor = bench_samples_get_percentile (floor, percentile),
                                .target = has_target ? probe->target : 0,
                                .target_is_ratio = TRUE });
}

void
bench_run_latency (Bench *bench)
{
  g_autofree char *path = bench_define (bench, "latency", TRUE);
  BenchSamples *samples[G_N_ELEMENTS (probes)];

  for (guint i = 0; i < G_N_ELEMENTS (probes); i++)
    samples[i] = bench_samples_new ();

  /* Interleaved, so that a noisy moment hits every probe alike. */
  for (guint round = 0; round < N_WARM_UP_ROUNDS + N_ROUNDS; round++)
    for (guint i = 0; i < G_N_ELEMENTS (probes); i++)
      {
        gint64 duration_us = time_probe (bench, path, &probes[i]);

        if (round >= N_WARM_UP_ROUNDS)
          bench_samples_add (samples[i], duration_us);
      }

  for (guint i = 0; i < G_N_ELEMENTS (probes); i++)
    {
      print_percentile (&probes[i], samples[i], samples[0], 50);
      print_percentile (&probes[i], samples[i], samples[0], 99);
    }
  for (guint i = 0; i < G_N_ELEMENTS (probes); i++)
    bench_samples_free (samples[i]);
}
