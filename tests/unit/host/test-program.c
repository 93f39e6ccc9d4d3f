/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * What becomes of programs that are run for a guest: those that end well, badly, never.
 */
#include "host/program.h"

#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "host/host-error.h"

#define PATIENCE_MS 120000

static GError *
run_script (const char *script, guint timeout_ms, int fd, GCancellable *cancellable)
{
  const char *argv[] = { "/bin/sh", "-c", script, NULL };
  GError *error = NULL;
  gboolean ended_well =
      vb_program_run (&(VbProgram){ argv, fd, NULL, timeout_ms }, cancellable, &error);

  g_assert_cmpint (ended_well, ==, error == NULL);
  return error;
}

static void
assert_refused (GError *error, const char *message)
{
  g_assert_error (error, VB_HOST_ERROR, VB_HOST_ERROR_RESOURCE);
  if (!g_pattern_match_simple (message, error->message))
    g_error ("not \"%s\", but \"%s\"", message, error->message);
  g_error_free (error);
}

static void
test_ends_well (void)
{
  g_assert_no_error (run_script ("echo hello; exit 0", PATIENCE_MS, -1, NULL));
}

static void
test_ends_badly (void)
{
  assert_refused (run_script ("echo first; echo no such bridge >&2; exit 3", PATIENCE_MS, -1, NULL),
                  "'/bin/sh' ended with status 3: first?no such bridge");
  assert_refused (run_script ("exit 1", PATIENCE_MS, -1, NULL), "'/bin/sh' ended with status 1");
  assert_refused (run_script ("kill -9 $$", PATIENCE_MS, -1, NULL),
                  "'/bin/sh' was ended by signal 9");
}

static void
test_says_much (void)
{
  GError *error = run_script ("seq 100000; exit 1", PATIENCE_MS, -1, NULL);

  g_assert_cmpuint (strlen (error->message), <, 1000);
  assert_refused (error, "'/bin/sh' ended with status 1: *100000");
}

static void
test_hangs (void)
{
  /* With a child that would hold the output open. */
  assert_refused (run_script ("echo waiting; sleep 1000 & sleep 1000", 1000, -1, NULL),
                  "'/bin/sh' did not end within 1 s, and was killed*");
}

static gpointer
cancel (gpointer cancellable)
{
  g_cancellable_cancel (cancellable);
  return NULL;
}

static void
test_cancelled (void)
{
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  GThread *thread = g_thread_new ("cancel", cancel, cancellable);
  g_autoptr (GError) error = run_script ("sleep 1000", PATIENCE_MS, -1, cancellable);

  g_thread_join (thread);
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
}

static void
test_is_not_there (void)
{
  const char *argv[] = { "/nonexistent/program", NULL };
  GError *error = NULL;

  g_assert_false (vb_program_run (&(VbProgram){ argv, -1, NULL, PATIENCE_MS }, NULL, &error));
  assert_refused (error, "'/nonexistent/program' cannot be run: *No such file*");
}

static void
test_surroundings (void)
{
  int ends[2];

  g_setenv ("VB_SECRET", "sesame", TRUE);
  g_assert_cmpint (socketpair (AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends), ==, 0);
  g_assert_no_error (run_script ("test -z \"$VB_SECRET\" && test -n \"$PATH\" && echo -n x >&3 && "
                                 "test $(ls /proc/self/fd | wc -l) -le 5",
                                 PATIENCE_MS, ends[1], NULL));
  close (ends[0]);
  close (ends[1]);
}

static void
test_user (void)
{
  const char *argv[] = { "/bin/sh", "-c", "test $(id -u) != 0 && test $(id -g) != 0", NULL };
  const char *nobody[] = { "/bin/true", NULL };
  GError *error = NULL;

  g_assert_true (vb_program_run (&(VbProgram){ argv, -1, "nobody", PATIENCE_MS }, NULL, &error));
  g_assert_no_error (error);
  if (geteuid () != 0)
    return;
  g_assert_false (
      vb_program_run (&(VbProgram){ nobody, -1, "no-such-user", PATIENCE_MS }, NULL, &error));
  assert_refused (error, "the host has no user 'no-such-user'");
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/program/ends-well", test_ends_well);
  g_test_add_func ("/program/ends-badly", test_ends_badly);
  g_test_add_func ("/program/says-much", test_says_much);
  g_test_add_func ("/program/hangs", test_hangs);
  g_test_add_func ("/program/cancelled", test_cancelled);
  g_test_add_func ("/program/is-not-there", test_is_not_there);
  g_test_add_func ("/program/surroundings", test_surroundings);
  g_test_add_func ("/program/user", test_user);
  return g_test_run ();
}
