/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * bench VIRTBUSD HOSTILE [N_DOMAINS] [--only PART]…: prints every measurement next to its floor of the
 * same run. Ends with 0 whether targets are reached or not: a machine may be noisy, and a person judges
 * the table.
 */
#include "tests/bench/bench.h"

#include <stdlib.h>

typedef struct
{
  const char *service_program;
  const char *hostile_program;
  guint n_domains;
  Bench *bench; /* (owned) (nullable) shared by the parts that need no service of their own */
} Run;

static void
run_domain (Run *run)
{
  bench_run_domain (DESKTOP_XML);
}

static void
run_probe (Run *run)
{
  bench_run_probe ();
}

static void
run_define (Run *run)
{
  g_autoptr (Bench) bench = bench_new (run->service_program);

  bench_start_service (bench);
  bench_run_define (bench, run->n_domains);
  bench_stop_service (bench);
}

/* A service that knows a handful of domains */
static Bench *
get_bench (Run *run)
{
  if (run->bench == NULL)
    {
      run->bench = bench_new (run->service_program);
      bench_start_service (run->bench);
    }
  return run->bench;
}

static void
run_latency (Run *run)
{
  bench_run_latency (get_bench (run));
}

static void
run_start (Run *run)
{
  bench_run_start (get_bench (run));
}

static void
run_hung (Run *run)
{
  bench_run_hung (get_bench (run));
}

static void
run_qmp (Run *run)
{
  bench_run_qmp (get_bench (run));
}

static void
run_hostile (Run *run)
{
  bench_run_hostile (get_bench (run), run->hostile_program);
}

static const struct
{
  const char *name;
  void (*run) (Run *run);
} parts[] = {
  { "domain", run_domain },   { "probe", run_probe },     { "define", run_define },
  { "latency", run_latency }, { "start", run_start },     { "hung", run_hung },
  { "qmp", run_qmp },         { "hostile", run_hostile },
};

static gboolean
is_part (const char *name)
{
  for (guint i = 0; i < G_N_ELEMENTS (parts); i++)
    if (g_str_equal (parts[i].name, name))
      return TRUE;
  return FALSE;
}

static gboolean
are_parts (char **names)
{
  for (guint i = 0; names != NULL && names[i] != NULL; i++)
    if (!is_part (names[i]))
      return FALSE;
  return TRUE;
}

int
main (int argc, char **argv)
{
  g_auto (GStrv) only = NULL;
  const GOptionEntry options[] = {
    { "only", 0, 0, G_OPTION_ARG_STRING_ARRAY, &only,
      "Run this part alone: domain, probe, define, latency, start, hung, qmp or hostile", "PART" },
    { NULL },
  };
  g_autoptr (GOptionContext) context = g_option_context_new ("VIRTBUSD HOSTILE [N_DOMAINS ≥ 100]");
  g_autoptr (GError) error = NULL;
  Run run = { .n_domains = 10000 };

  g_option_context_add_main_entries (context, options, NULL);
  if (!g_option_context_parse (context, &argc, &argv, &error) || !are_parts (only) || argc < 3 ||
      (argc > 3 && atoi (argv[3]) < 100))
    {
      g_autofree char *help = g_option_context_get_help (context, TRUE, NULL);

      g_printerr ("%s", help);
      return 2;
    }
  run.service_program = argv[1];
  run.hostile_program = argv[2];
  if (argc > 3)
    run.n_domains = (guint) atoi (argv[3]);

  bench_print_header ();
  for (guint i = 0; i < G_N_ELEMENTS (parts); i++)
    if (only == NULL || g_strv_contains ((const char *const *) only, parts[i].name))
      parts[i].run (&run);
  g_clear_pointer (&run.bench, bench_free);

  g_print ("%u targets missed\n", bench_get_n_missed ());
  return 0;
}
