/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Commands passed on to a real QEMU: what the service keeps of them, and what it does when QEMU
 * stands still or drops its monitor.
 */
#include "engine/execute.h"
#include "fixture.h"
#include "tests/fixtures/guard.h"
#include "qmp/qmp.h"

#include <signal.h>
#include <string.h>

/* (transfer full) (nullable) */
static char *
execute (Fixture *fixture, VbMachine *machine, const VbExecute *request, GError **error)
{
  g_autoptr (GAsyncResult) result = NULL;

  vb_engine_execute_async (fixture->engine, machine, request, NULL, fixture_got, &result);
  fixture_wait (&result);
  return vb_engine_execute_finish (fixture->engine, result, error);
}

static void
assert_executes (Fixture *fixture, VbMachine *machine, const char *command, const char *answer)
{
  VbExecute request = { .command = command, .arguments = "", .who = "alice", .unsafe = TRUE };
  g_autoptr (GError) error = NULL;
  g_autofree char *text = execute (fixture, machine, &request, &error);

  g_assert_no_error (error);
  g_assert_nonnull (strstr (text, answer));
}

static GError *
fail_to_execute (Fixture *fixture, VbMachine *machine, const VbExecute *request)
{
  GError *error = NULL;

  g_assert_null (execute (fixture, machine, request, &error));
  return error;
}

/* The next service knows; the next start does not. */
static void
test_tainted (Fixture *fixture, gconstpointer data)
{
  VbMachine *machine = fixture_start_small (fixture, NULL, NULL);
  const char *const expected[] = { "qmp:stop", "qmp:cont", NULL };

  assert_executes (fixture, machine, "query-status", "\"running\": true");
  g_assert_null (vb_machine_get_tainted (machine));
  assert_executes (fixture, machine, "stop", "{}");
  fixture_assert_state (machine, VB_STATE_PAUSED, VB_REASON_USER);
  assert_executes (fixture, machine, "cont", "{}");
  assert_executes (fixture, machine, "stop", "{}");
  g_assert_cmpstrv (vb_machine_get_tainted (machine), expected);
  fixture_close (fixture);
  fixture_open (fixture);
  machine = fixture_find (fixture, "a");
  fixture_wait_state (machine, VB_STATE_PAUSED, VB_REASON_USER);
  g_assert_cmpstrv (vb_machine_get_tainted (machine), expected);
  /* The monitor that the former service had takes the next one. */
  assert_executes (fixture, machine, "query-status", "\"running\": false");
  fixture_assert_ok (fixture_destroy (fixture, machine, 0));
  g_assert_null (vb_machine_get_tainted (machine));
  fixture_assert_ok (fixture_start (fixture, machine, TRUE));
  g_assert_null (vb_machine_get_tainted (machine));
}

static void
test_states (Fixture *fixture, gconstpointer data)
{
  VbMachine *machine = fixture_define_small (fixture, NULL, NULL);
  VbExecute request = { .command = "query-status", .arguments = "" };
  VbQmpSessionOptions options = { .control = FALSE };
  g_autoptr (GError) error = NULL;

  fixture_assert_error (fail_to_execute (fixture, machine, &request), VB_ENGINE_ERROR,
                        VB_ENGINE_ERROR_INVALID_STATE);
  g_assert_cmpint (vb_engine_open_qmp_session (fixture->engine, machine, &options, &error), ==, -1);
  g_assert_error (error, VB_ENGINE_ERROR, VB_ENGINE_ERROR_INVALID_STATE);
}

static void
test_cancelled (Fixture *fixture, gconstpointer data)
{
  VbMachine *machine = fixture_start_small (fixture, NULL, NULL);
  VbExecute request = { .command = "query-status", .arguments = "" };
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;
  int pid = vb_machine_get_pid (machine);

  g_assert_cmpint (kill (pid, SIGSTOP), ==, 0);
  vb_engine_execute_async (fixture->engine, machine, &request, cancellable, fixture_got, &result);
  g_cancellable_cancel (cancellable);
  fixture_wait (&result);
  g_assert_null (vb_engine_execute_finish (fixture->engine, result, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
  g_assert_cmpint (kill (pid, SIGCONT), ==, 0);
  assert_executes (fixture, machine, "query-status", "\"running\": true");
}

/* Only who waits for QEMU waits, until its deadline; then everything goes on. */
static void
test_stopped (Fixture *fixture, gconstpointer data)
{
  VbMachine *machine = fixture_start_small (fixture, NULL, NULL);
  VbExecute request = { .command = "query-status", .arguments = "", .timeout_ms = 20 };
  VbQmpSessionOptions options = { .control = FALSE };
  g_autoptr (QmpSession) session = NULL;
  g_autoptr (GAsyncResult) opened = NULL;
  g_autoptr (GAsyncResult) called = NULL;
  g_autoptr (QmpValue) status = NULL;
  g_autoptr (GError) error = NULL;
  int pid = vb_machine_get_pid (machine);

  assert_executes (fixture, machine, "query-status", "\"running\": true");
  g_assert_cmpint (kill (pid, SIGSTOP), ==, 0);
  /* More than QEMU holds at a time. */
  for (guint i = 0; i < 12; i++)
    fixture_assert_error (fail_to_execute (fixture, machine, &request), VB_QEMU_ERROR,
                          VB_QEMU_ERROR_TIMEOUT);
  session = qmp_session_new_for_fd (
      vb_engine_open_qmp_session (fixture->engine, machine, &options, NULL));
  qmp_session_open_async (session, 0, NULL, fixture_got, &opened);
  fixture_wait (&opened);
  g_assert_true (qmp_session_open_finish (session, opened, NULL));
  qmp_session_call_async (session, "query-status", NULL, 0, NULL, fixture_got, &called);
  g_assert_cmpint (kill (pid, SIGCONT), ==, 0);
  fixture_wait (&called);
  status = qmp_session_call_finish (session, called, &error);
  g_assert_no_error (error);
  g_assert_true (qmp_value_get_boolean (status, "running", FALSE));
  assert_executes (fixture, machine, "query-status", "\"running\": true");
}

/* Somebody cut the connection that all sessions use. */
static void
test_cut (Fixture *fixture, gconstpointer data)
{
  VbMachine *machine = fixture_start_small (fixture, NULL, NULL);
  VbExecute request = {
    .command = "yank",
    .arguments = "{\"instances\":[{\"type\":\"chardev\",\"id\":\"passthrough\"}]}",
  };

  fixture_assert_error (fail_to_execute (fixture, machine, &request), VB_ENGINE_ERROR,
                        VB_ENGINE_ERROR_INVALID_ARGUMENT);
  request.unsafe = TRUE;
  g_free (execute (fixture, machine, &request, NULL));
  assert_executes (fixture, machine, "query-status", "\"running\": true");
}

static int
run_tests (int argc, char **argv)
{
  fixture_init (&argc, &argv);
  fixture_test ("/execute/tainted", test_tainted);
  fixture_test ("/execute/states", test_states);
  fixture_test ("/execute/cancelled", test_cancelled);
  fixture_test ("/execute/stopped", test_stopped);
  fixture_test ("/execute/cut", test_cut);
  return g_test_run ();
}

int
main (int argc, char **argv)
{
  return guard_main (argc, argv, run_tests);
}
