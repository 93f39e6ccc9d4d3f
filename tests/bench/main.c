/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * bench VIRTBUSD HOSTILE [N_DOMAINS]: prints every measurement next to its floor of the same run. Ends with
 * 0 whether targets are reached or not: a machine may be noisy, and a person judges the table.
 */
#include "tests/bench/bench.h"

#include <stdlib.h>

int
main (int argc, char **argv)
{
  guint n_domains = argc > 3 ? (guint) atoi (argv[3]) : 10000;
  g_autoptr (Bench) bench = NULL;

  if (argc < 3 || n_domains < 100)
    {
      g_printerr ("usage: bench VIRTBUSD HOSTILE [N_DOMAINS ≥ 100]\n");
      return 2;
    }
  bench = bench_new (argv[1]);
  bench_print_header ();
  bench_start_service (bench);
  bench_run_define (bench, n_domains);
  bench_stop_service (bench);

  /* The rest is measured on a service that knows a handful of domains. */
  g_clear_pointer (&bench, bench_free);
  bench = bench_new (argv[1]);
  bench_start_service (bench);
  bench_run_latency (bench);
  bench_run_start (bench);
  bench_run_hung (bench);
  bench_run_qmp (bench);
  bench_run_hostile (bench, argv[2]);

  g_print ("%u targets missed\n", bench_get_n_missed ());
  return 0;
}
