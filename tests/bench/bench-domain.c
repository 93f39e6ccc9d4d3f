/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The domain XML: whether its parser stays linear, and what a usual document costs beside the tree that
 * libxml2 makes of it. Needs no service.
 */
#include "tests/bench/bench.h"

#include <string.h>

#include <libxml/parser.h>

#include "domain/domain.h"

#define N_FEW_DISKS 1000
#define N_MANY_DISKS 10000
#define N_DISK_ROUNDS 15
#define N_DESKTOP_ROUNDS 200
/* In one sample, which is in whole microseconds */
#define N_DESKTOP_REPEATS 25

/* (transfer full): of "vda", "vdb", … */
static char *
make_target (guint number)
{
  GString *target = g_string_new (NULL);

  for (guint rest = number + 1; rest > 0; rest = (rest - 1) / 26)
    g_string_prepend_c (target, (char) ('a' + (rest - 1) % 26));
  g_string_prepend (target, "vd");
  return g_string_free (target, FALSE);
}

/* (transfer full) */
static char *
make_disks (guint n_disks)
{
  GString *xml = g_string_new ("<domain type='kvm'><name>disks</name><memory>65536</memory>"
                               "<os><type arch='x86_64' machine='pc'>hvm</type></os><devices>\n");

  for (guint i = 0; i < n_disks; i++)
    {
      g_autofree char *target = make_target (i);

      g_string_append_printf (xml,
                              "    <disk type='file' device='disk'>\n"
                              "      <driver name='qemu' type='qcow2' cache='none'/>\n"
                              "      <source file='/var/lib/images/%u.qcow2'/>\n"
                              "      <target dev='%s' bus='virtio'/>\n"
                              "    </disk>\n",
                              i, target);
    }
  g_string_append (xml, "</devices></domain>\n");
  return g_string_free (xml, FALSE);
}

static VbDomain *
parse (const char *xml, gsize length)
{
  g_autoptr (VbDiagnostics) diagnostics = vb_diagnostics_new ();
  g_autoptr (GError) error = NULL;
  VbDomain *domain = vb_domain_parse (xml, length, FALSE, diagnostics, &error);

  if (domain == NULL)
    g_error ("bench: %s", error->message);
  return domain;
}

static gint64
time_parse (const char *xml)
{
  gsize length = strlen (xml);
  gint64 begin = g_get_monotonic_time ();
  g_autoptr (VbDomain) domain = parse (xml, length);

  return g_get_monotonic_time () - begin;
}

static void
measure_disks (void)
{
  g_autofree char *few = make_disks (N_FEW_DISKS);
  g_autofree char *many = make_disks (N_MANY_DISKS);
  g_autoptr (BenchSamples) few_samples = bench_samples_new ();
  g_autoptr (BenchSamples) many_samples = bench_samples_new ();

  /* Interleaved, ten of the few for one of the many, so that a noisy moment hits both alike. */
  for (guint round = 0; round < N_DISK_ROUNDS; round++)
    {
      for (guint i = 0; i < N_MANY_DISKS / N_FEW_DISKS; i++)
        bench_samples_add (few_samples, time_parse (few));
      bench_samples_add (many_samples, time_parse (many));
    }
  bench_print_row (&(BenchRow){ .name = "parse 10,000 disks, to 1,000 disks",
                                .value = bench_samples_get_percentile (many_samples, 50) / 1e3,
                                .unit = "ms",
                                .floor = bench_samples_get_percentile (few_samples, 50) / 1e3,
                                .target = 11,
                                .target_is_ratio = TRUE });
}

static void
parse_and_format (const char *xml, gsize length)
{
  g_autoptr (VbDomain) domain = parse (xml, length);
  g_autofree char *text = vb_domain_format (domain, VB_FORMAT_DEFINITION);
}

static void
parse_only (const char *xml, gsize length)
{
  g_autoptr (VbDomain) domain = parse (xml, length);
}

static void
read_tree (const char *xml, gsize length)
{
  xmlFreeDoc (xmlReadMemory (xml, (int) length, NULL, NULL, XML_PARSE_NONET));
}

static const struct
{
  const char *name;
  void (*run) (const char *xml, gsize length);
  double target_us;
} ways[] = {
  { "libxml2's xmlReadMemory of the desktop guest", read_tree, 0 },
  { "parse the desktop guest", parse_only, 0 },
  { "parse and format the desktop guest", parse_and_format, 200 },
};

static gint64
time_way (guint way, const char *xml, gsize length)
{
  gint64 begin = g_get_monotonic_time ();

  for (guint i = 0; i < N_DESKTOP_REPEATS; i++)
    ways[way].run (xml, length);
  return g_get_monotonic_time () - begin;
}

static void
measure_desktop (const char *path)
{
  BenchSamples *samples[G_N_ELEMENTS (ways)];
  g_autofree char *xml = NULL;
  g_autoptr (GError) error = NULL;
  double times_us[G_N_ELEMENTS (ways)];
  gsize length;

  if (!g_file_get_contents (path, &xml, &length, &error))
    g_error ("bench: %s", error->message);
  for (guint way = 0; way < G_N_ELEMENTS (ways); way++)
    samples[way] = bench_samples_new ();
  for (guint round = 0; round < N_DESKTOP_ROUNDS; round++)
    for (guint way = 0; way < G_N_ELEMENTS (ways); way++)
      bench_samples_add (samples[way], time_way (way, xml, length));
  for (guint way = 0; way < G_N_ELEMENTS (ways); way++)
    {
      times_us[way] = bench_samples_get_percentile (samples[way], 50) / N_DESKTOP_REPEATS;
      bench_print_row (&(BenchRow){ .name = ways[way].name,
                                    .value = times_us[way],
                                    .unit = "µs",
                                    .floor = way > 0 ? times_us[0] : 0,
                                    .target = ways[way].target_us });
    }
  for (guint way = 0; way < G_N_ELEMENTS (ways); way++)
    bench_samples_free (samples[way]);
}

void
bench_run_domain (const char *desktop_path)
{
  measure_disks ();
  measure_desktop (desktop_path);
}
