/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * A QEMU that the session executes: that it talks, why it ended, and that nothing is left of it.
 */
#include "tests/unit/qmp/scripted-peer.h"

#include <errno.h>
#include <signal.h>
#include <string.h>
#include <sys/wait.h>

#define QEMU "qemu-system-x86_64"
#define QUIET_QEMU QEMU, "-M", "none", "-S", "-nodefaults", "-display", "none"

typedef struct
{
  guint n_calls;
  gboolean has_ended;
  int status;
  GError *error; /* (owned) (nullable) */
} Waited;

static void
waited_clear (Waited *waited)
{
  g_clear_error (&waited->error);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Waited, waited_clear)

static void
on_waited (GObject *source, GAsyncResult *result, gpointer data)
{
  Waited *waited = data;

  waited->n_calls++;
  waited->has_ended =
      qmp_session_wait_finish (QMP_SESSION (source), result, &waited->status, &waited->error);
}

/* (transfer full) */
static QmpSession *
run (const char *const *argv)
{
  g_autoptr (GError) error = NULL;
  QmpSession *session = qmp_session_new_for_exec (argv, &error);

  g_assert_no_error (error);
  g_assert_cmpint (qmp_session_get_pid (session), >, 0);
  return session;
}

/* (transfer full): a program that the shell runs with the monitor as descriptor 3 */
static QmpSession *
run_script (const char *script)
{
  return run ((const char *[]){ "sh", "-c", script, NULL });
}

static void
open_session (QmpSession *session, Outcome *outcome)
{
  qmp_session_open_async (session, G_MAXUINT, NULL, on_opened, outcome);
  wait_until (outcome->n_calls);
}

static gboolean
is_child (int pid)
{
  siginfo_t info;

  return waitid (P_PID, (id_t) pid, &info, WEXITED | WNOHANG | WNOWAIT) == 0;
}

static void
test_talks (void)
{
  g_autoptr (QmpSession) session = run ((const char *[]){ QUIET_QEMU, NULL });
  g_auto (Outcome) opened = { 0 };
  g_auto (Outcome) quit = { 0 };
  g_auto (Waited) waited = { 0 };
  g_auto (Waited) again = { 0 };
  int pid = qmp_session_get_pid (session);

  open_session (session, &opened);
  g_assert_no_error (opened.error);
  qmp_session_wait_async (session, G_MAXUINT, NULL, on_waited, &waited);
  qmp_session_call_async (session, "quit", NULL, G_MAXUINT, NULL, on_called, &quit);
  wait_until (quit.n_calls && waited.n_calls);
  g_assert_no_error (quit.error);
  g_assert_no_error (waited.error);
  g_assert_true (waited.has_ended);
  g_assert_cmpint (waited.status, ==, 0);
  g_assert_cmpint (qmp_session_get_pid (session), ==, 0);
  g_assert_false (is_child (pid));

  qmp_session_wait_async (session, 0, NULL, on_waited, &again);
  g_assert_cmpuint (again.n_calls, ==, 0);
  wait_until (again.n_calls);
  g_assert_true (again.has_ended);
}

static void
test_blocks (void)
{
  g_autoptr (QmpSession) session = run ((const char *[]){ QUIET_QEMU, NULL });
  g_autoptr (GError) error = NULL;
  g_autoptr (QmpValue) reply = NULL;
  int status = -1;

  g_assert_false (qmp_session_wait_sync (session, 1, NULL, NULL, &error));
  g_assert_error (error, QMP_ERROR, QMP_ERROR_TIMEOUT);
  g_clear_error (&error);
  g_assert_true (qmp_session_open_sync (session, G_MAXUINT, NULL, &error));
  g_assert_no_error (error);
  reply = qmp_session_call_sync (session, "quit", NULL, G_MAXUINT, NULL, &error);
  g_assert_no_error (error);
  g_assert_true (qmp_session_wait_sync (session, G_MAXUINT, NULL, &status, &error));
  g_assert_cmpint (status, ==, 0);
  g_assert_true (qmp_session_wait_sync (session, 0, NULL, NULL, &error));
}

/* The end of a child, and what opening its session says of it. */
static void
assert_explained (QmpSession *made, const char *end, const char *words)
{
  g_autoptr (QmpSession) session = made;
  g_auto (Outcome) opened = { 0 };
  int pid = qmp_session_get_pid (session);

  open_session (session, &opened);
  outcome_assert_fails (&opened, QMP_ERROR_EMULATOR);
  g_assert_nonnull (strstr (opened.error->message, end));
  g_assert_nonnull (strstr (opened.error->message, words));
  g_assert_cmpint (qmp_session_get_pid (session), ==, 0);
  g_assert_false (is_child (pid));
}

static void
test_explains_end_of_qemu (void)
{
  /* Before the greeting, and after it: QEMU greets before it makes the devices. */
  assert_explained (run ((const char *[]){ QUIET_QEMU, "-no-such-option", NULL }),
                    "'" QEMU "' ended with exit status 1: ", "-no-such-option: invalid option");
  assert_explained (run ((const char *[]){ QUIET_QEMU, "-device", "no-such-device", NULL }),
                    "'" QEMU "' ended with exit status 1: ",
                    "'no-such-device' is not a valid device model name");
}

static void
test_explains_end (void)
{
  assert_explained (run_script ("exit 3"), "'sh' ended with exit status 3", "3");
  assert_explained (run_script ("echo Oh >&2; kill -SEGV $$"), "was ended by signal 11: ", "Oh");
  assert_explained (run_script ("printf 'a\\377b' >&2; exit 1"),
                    "exit status 1: ", "a\357\277\275b");
}

/* A blocking call takes the process with it into its own context. */
static void
test_explains_end_of_blocking_open (void)
{
  g_autoptr (QmpSession) session = run_script ("echo last >&2; echo words >&2; exit 4");
  g_autoptr (GError) error = NULL;

  g_assert_false (qmp_session_open_sync (session, G_MAXUINT, NULL, &error));
  g_assert_error (error, QMP_ERROR, QMP_ERROR_EMULATOR);
  g_assert_cmpstr (error->message, ==, "'sh' ended with exit status 4: last\nwords");
}

/* What a chatty process says last is not in the memory, but the rest neither grows nor harms it. */
static void
test_bounds_words (void)
{
  assert_explained (run_script ("yes words | head -c 1000000 >&2; exit 5"),
                    "exit status 5: ", "words\nwords");
}

/* The end was noticed before the session was opened, and before its descriptor said so. */
static void
test_ended_before_open (void)
{
  g_autoptr (QmpSession) session = run_script ("exit 6");
  g_autoptr (GError) error = NULL;
  g_auto (Outcome) opened = { 0 };

  g_assert_true (qmp_session_wait_sync (session, G_MAXUINT, NULL, NULL, &error));
  open_session (session, &opened);
  outcome_assert_fails (&opened, QMP_ERROR_EMULATOR);
  g_assert_nonnull (strstr (opened.error->message, "exit status 6"));
}

/* It has hung up and lives on: while it is given time to end, the session can be given up. */
static void
test_hangs_up (void)
{
  g_autoptr (QmpSession) session = run_script ("exec 3>&-; kill -STOP $$");
  g_autoptr (GError) error = NULL;

  g_assert_false (qmp_session_open_sync (session, 300, NULL, &error));
  g_assert_error (error, QMP_ERROR, QMP_ERROR_TIMEOUT);
  g_assert_cmpint (qmp_session_get_pid (session), >, 0);
}

static void
test_hangs_up_for_good (void)
{
  g_autoptr (QmpSession) session = run_script ("exec 3>&-; kill -STOP $$");
  g_auto (Outcome) opened = { 0 };

  open_session (session, &opened);
  outcome_assert_fails (&opened, QMP_ERROR_EMULATOR);
  g_assert_nonnull (strstr (opened.error->message, "goes on"));
}

static void
test_cannot_run (void)
{
  g_autoptr (GError) error = NULL;

  g_assert_null (qmp_session_new_for_exec ((const char *[]){ "no-such-qemu", "-S", NULL }, &error));
  g_assert_error (error, QMP_ERROR, QMP_ERROR_EMULATOR);
  g_assert_nonnull (strstr (error->message, "no-such-qemu"));
}

/* Only the three standard descriptors and the monitor, no signal held back, nothing to read. */
static void
test_child_set_up (void)
{
  sigset_t set;
  sigset_t before;

  sigemptyset (&set);
  sigaddset (&set, SIGTERM);
  sigprocmask (SIG_BLOCK, &set, &before);
  assert_explained (run_script ("cat; echo $(ls /proc/$$/fd) >&2; kill $$"),
                    "was ended by signal 15: ", ": 0 1 2 3");
  sigprocmask (SIG_SETMASK, &before, NULL);
}

static void
test_wait_fails (void)
{
  g_autoptr (QmpSession) session = run_script ("kill -STOP $$");
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  g_auto (Waited) late = { 0 };
  g_auto (Waited) cancelled = { 0 };
  g_auto (Waited) cancelled_before = { 0 };
  int pid = qmp_session_get_pid (session);

  qmp_session_wait_async (session, 1, NULL, on_waited, &late);
  qmp_session_wait_async (session, G_MAXUINT, cancellable, on_waited, &cancelled);
  wait_until (late.n_calls);
  g_assert_error (late.error, QMP_ERROR, QMP_ERROR_TIMEOUT);
  g_cancellable_cancel (cancellable);
  wait_until (cancelled.n_calls);
  g_assert_error (cancelled.error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
  qmp_session_wait_async (session, G_MAXUINT, cancellable, on_waited, &cancelled_before);
  wait_until (cancelled_before.n_calls);
  g_assert_error (cancelled_before.error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
  g_assert_true (is_child (pid));
}

static void
test_no_process (void)
{
  int fd;
  g_autoptr (ScriptedPeer) peer = scripted_peer_new (&fd);
  g_autoptr (QmpSession) session = qmp_session_new_for_fd (fd);
  g_autoptr (GError) error = NULL;

  g_assert_cmpint (qmp_session_get_pid (session), ==, 0);
  g_assert_false (qmp_session_wait_sync (session, 0, NULL, NULL, &error));
  g_assert_error (error, QMP_ERROR, QMP_ERROR_UNSUPPORTED);
}

/* Somebody else in the program waits for any child. */
static void
test_status_taken (void)
{
  g_autoptr (QmpSession) session = run_script ("exit 7");
  g_autoptr (GError) error = NULL;
  int pid = qmp_session_get_pid (session);

  g_assert_cmpint (waitpid (pid, NULL, 0), ==, pid);
  g_assert_false (qmp_session_wait_sync (session, G_MAXUINT, NULL, NULL, &error));
  g_assert_error (error, QMP_ERROR, QMP_ERROR_EMULATOR);
  g_clear_error (&error);
  g_assert_false (qmp_session_open_sync (session, G_MAXUINT, NULL, &error));
  g_assert_error (error, QMP_ERROR, QMP_ERROR_EMULATOR);
  g_assert_cmpstr (error->message, ==, "'sh' ended");
}

/* Outside of a main loop nobody is kept waiting, and the process is gone when the function returns,
 * unless the machine is very slow. */
static void
test_freed (void)
{
  QmpSession *session = run ((const char *[]){ QUIET_QEMU, NULL });
  int pid = qmp_session_get_pid (session);

  g_object_unref (session);
  wait_until (!is_child (pid));
}

static gboolean
on_idle_free (gpointer data)
{
  QmpSession **session = data;

  g_clear_object (session);
  return G_SOURCE_REMOVE;
}

/* In a main loop, the loop does it when the process has ended. */
static void
test_freed_in_loop (void)
{
  QmpSession *session = run ((const char *[]){ QUIET_QEMU, NULL });
  int pid = qmp_session_get_pid (session);

  g_idle_add (on_idle_free, &session);
  wait_until (!is_child (pid));
  g_assert_null (session);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/qmp/real-qemu/exec-talks", test_talks);
  g_test_add_func ("/qmp/real-qemu/exec-blocks", test_blocks);
  g_test_add_func ("/qmp/real-qemu/exec-explains-end", test_explains_end_of_qemu);
  g_test_add_func ("/qmp/exec/explains-end", test_explains_end);
  g_test_add_func ("/qmp/exec/explains-end-of-blocking-open", test_explains_end_of_blocking_open);
  g_test_add_func ("/qmp/exec/bounds-words", test_bounds_words);
  g_test_add_func ("/qmp/exec/ended-before-open", test_ended_before_open);
  g_test_add_func ("/qmp/exec/hangs-up", test_hangs_up);
  g_test_add_func ("/qmp/exec/hangs-up-for-good", test_hangs_up_for_good);
  g_test_add_func ("/qmp/exec/cannot-run", test_cannot_run);
  g_test_add_func ("/qmp/exec/child-set-up", test_child_set_up);
  g_test_add_func ("/qmp/exec/wait-fails", test_wait_fails);
  g_test_add_func ("/qmp/exec/no-process", test_no_process);
  g_test_add_func ("/qmp/exec/status-taken", test_status_taken);
  g_test_add_func ("/qmp/real-qemu/exec-freed", test_freed);
  g_test_add_func ("/qmp/real-qemu/exec-freed-in-loop", test_freed_in_loop);
  return g_test_run ();
}
