/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Asking each installed emulator, beside the same program that is asked the same and not listened to;
 * and what is known of it read back from the disk. Needs no service.
 */
#include "tests/bench/bench.h"

#include <errno.h>
#include <signal.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <glib/gstdio.h>

#include "qemu/facts-cache.h"
#include "qemu/probe-process.h"
#include "qemu/probe-questions.h"

#define FOLDER "/usr/bin"
#define PREFIX "qemu-system-"
#define N_ROUNDS 9
#define N_LOADS 51
#define TIMEOUT_MS 60000

/* Returns once so many lines were read. */
static void
read_lines (int fd, guint n_lines, const char *path)
{
  char bytes[64 * 1024];

  while (n_lines > 0)
    {
      gssize n = read (fd, bytes, sizeof bytes);

      if (n <= 0)
        g_error ("bench: %s: %s", path, n < 0 ? g_strerror (errno) : "ended too early");
      for (gssize i = 0; i < n && n_lines > 0; i++)
        n_lines -= bytes[i] == '\n';
    }
}

static guint
count_lines (const char *text)
{
  guint n = 0;

  for (; *text; text++)
    n += *text == '\n';
  return n;
}

/* Microseconds from the exec to the last answer. */
static gint64
time_floor (const VbProbeConfig *config)
{
  g_autoptr (VbProbeQuestions) questions = vb_probe_questions_new (NULL);
  g_auto (GStrv) argv = vb_probe_process_make_argv (config);
  const char *text = vb_probe_questions_get_text (questions);
  gsize length = strlen (text);
  gint64 begin, duration_us;
  int fds[2];
  pid_t pid;

  if (socketpair (AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, fds) < 0 ||
      write (fds[0], text, length) != (gssize) length)
    g_error ("bench: socket: %s", g_strerror (errno));
  begin = g_get_monotonic_time ();
  pid = vfork ();
  if (pid == 0)
    {
      dup2 (fds[1], VB_PROBE_MONITOR_FD);
      execv (argv[0], argv);
      _exit (127);
    }
  close (fds[1]);
  read_lines (fds[0], 1 + count_lines (text), config->path);
  duration_us = g_get_monotonic_time () - begin;
  kill (pid, SIGKILL);
  waitpid (pid, NULL, 0);
  close (fds[0]);
  return duration_us;
}

static void
on_result (GObject *source, GAsyncResult *result, gpointer user_data)
{
  *(GAsyncResult **) user_data = g_object_ref (result);
}

static GAsyncResult *
wait_for (GAsyncResult **result)
{
  while (!*result)
    g_main_context_iteration (NULL, TRUE);
  return *result;
}

/* (transfer full): facts, after microseconds from the exec on */
static VbEmulatorFacts *
time_probe (const VbProbeConfig *config, BenchSamples *samples)
{
  g_autoptr (GAsyncResult) result = NULL;
  gint64 begin = g_get_monotonic_time ();
  VbEmulatorFacts *facts;

  vb_probe_async (config, NULL, on_result, &result);
  facts = vb_probe_finish (wait_for (&result), NULL, NULL);
  bench_samples_add (samples, g_get_monotonic_time () - begin);
  if (vb_emulator_facts_get_error (facts))
    g_error ("bench: %s", vb_emulator_facts_get_error (facts));
  /* The next one shall not wait for the end of this one. */
  while (waitid (P_ALL, 0, &(siginfo_t){ 0 }, WEXITED | WNOHANG | WNOWAIT) == 0)
    g_main_context_iteration (NULL, TRUE);
  return facts;
}

static void
save (const char *folder, VbFactsKey *key, VbEmulatorFacts *facts)
{
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;

  vb_facts_cache_save_async (folder, key, NULL, facts, on_result, &result);
  if (!vb_facts_cache_save_finish (wait_for (&result), &error))
    g_error ("bench: %s", error->message);
}

static void
time_load (const char *folder, const char *path, BenchSamples *samples)
{
  gint64 begin = g_get_monotonic_time ();
  g_autoptr (VbFactsKey) key = vb_facts_key_new (path, FALSE);
  g_autoptr (VbEmulatorFacts) facts = vb_facts_cache_load (folder, key, NULL);

  bench_samples_add (samples, g_get_monotonic_time () - begin);
  if (!facts)
    g_error ("bench: %s: not found again in %s", path, folder);
}

static void
measure_load (const char *folder, const char *path, const char *name, VbEmulatorFacts *facts)
{
  g_autoptr (BenchSamples) loads = bench_samples_new ();
  g_autoptr (VbFactsKey) key = vb_facts_key_new (path, FALSE);
  g_autofree char *row_name = g_strdup_printf ("%s: from the cache", name);

  save (folder, key, facts);
  for (guint i = 0; i < N_LOADS; i++)
    time_load (folder, path, loads);
  bench_print_row (&(BenchRow){ .name = row_name,
                                .value = bench_samples_get_percentile (loads, 50) / 1e3,
                                .unit = "ms",
                                .target = 5 });
}

static void
measure (const char *folder, const char *name)
{
  g_autoptr (BenchSamples) floor = bench_samples_new ();
  g_autoptr (BenchSamples) probes = bench_samples_new ();
  g_autoptr (VbEmulatorFacts) facts = NULL;
  g_autofree char *path = g_build_filename (FOLDER, name, NULL);
  g_autofree char *row_name = g_strdup_printf ("%s: asked", name);
  const VbProbeConfig config = { path, FALSE, -1, -1, TIMEOUT_MS };

  for (guint i = 0; i < N_ROUNDS; i++)
    {
      bench_samples_add (floor, time_floor (&config));
      g_clear_pointer (&facts, vb_emulator_facts_unref);
      facts = time_probe (&config, probes);
    }
  bench_print_row (&(BenchRow){ .name = row_name,
                                .value = bench_samples_get_percentile (probes, 50) / 1e3,
                                .unit = "ms",
                                .floor = bench_samples_get_percentile (floor, 50) / 1e3,
                                .target = 250 });
  measure_load (folder, path, name, facts);
}

static void
remove_folder (const char *path)
{
  g_autoptr (GDir) folder = g_dir_open (path, 0, NULL);
  const char *name;

  while ((name = g_dir_read_name (folder)))
    {
      g_autofree char *file = g_build_filename (path, name, NULL);

      g_unlink (file);
    }
  g_rmdir (path);
}

void
bench_run_probe (void)
{
  g_autofree char *cache = g_dir_make_tmp ("virtbus-bench-XXXXXX", NULL);
  g_autoptr (GDir) folder = g_dir_open (FOLDER, 0, NULL);
  const char *name;

  while ((name = g_dir_read_name (folder)))
    if (g_str_has_prefix (name, PREFIX))
      measure (cache, name);
  remove_folder (cache);
}
