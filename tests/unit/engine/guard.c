/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The parent is a subreaper: whatever the tests started becomes its child when they are gone.
 */
#include "guard.h"

#include <glib.h>

#include <errno.h>
#include <ftw.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

static char folder[] = "/tmp/vb-engine-XXXXXX";
static pid_t child;

/* A run that takes too long is ended by its parent; what it left is still cleared away. */
static void
on_signal (int number)
{
  kill (child, SIGKILL);
}

static int
remove_entry (const char *path, const struct stat *info, int type, struct FTW *walk)
{
  return remove (path);
}

static void
kill_children (void)
{
  g_autofree char *path = g_strdup_printf ("/proc/self/task/%d/children", (int) getpid ());
  g_autofree char *text = NULL;
  g_auto (GStrv) pids = NULL;

  if (!g_file_get_contents (path, &text, NULL, NULL))
    return;
  pids = g_strsplit (g_strstrip (text), " ", -1);
  for (gsize i = 0; pids[i] != NULL; i++)
    if (*pids[i] != '\0')
      kill ((pid_t) g_ascii_strtoll (pids[i], NULL, 10), SIGKILL);
}

/* A child's children become ours when it is gone. */
static void
reap_all (void)
{
  do
    kill_children ();
  while (waitpid (-1, NULL, 0) > 0 || errno == EINTR);
}

const char *
guard_get_folder (void)
{
  return folder;
}

int
guard_main (int argc, char **argv, int (*run) (int argc, char **argv))
{
  int status = 0;

  if (prctl (PR_SET_CHILD_SUBREAPER, 1) < 0 || mkdtemp (folder) == NULL)
    {
      perror ("guard");
      return EXIT_FAILURE;
    }
  child = fork ();
  if (child == 0)
    {
      prctl (PR_SET_PDEATHSIG, SIGKILL);
      exit (run (argc, argv));
    }
  signal (SIGTERM, on_signal);
  signal (SIGINT, on_signal);
  while (waitpid (child, &status, 0) < 0 && errno == EINTR)
    continue;
  reap_all ();
  nftw (folder, remove_entry, 16, FTW_DEPTH | FTW_PHYS);
  if (WIFSIGNALED (status))
    fprintf (stderr, "the test was ended by signal %d\n", WTERMSIG (status));
  return WIFEXITED (status) ? WEXITSTATUS (status) : EXIT_FAILURE;
}
