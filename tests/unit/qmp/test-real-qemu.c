/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * A session with the real QEMU over a socket pair.
 */
#include "tests/unit/qmp/real-emulator.h"
#include "tests/unit/qmp/scripted-peer.h"

#include <string.h>
#include <unistd.h>

typedef struct
{
  GSubprocess *process; /* (owned) */
  QmpSession *session;  /* (owned) */
  guint n_closed;
  guint n_shutdowns;
} Fixture;

static void
on_closed (QmpSession *session, const GError *error, gpointer data)
{
  Fixture *fixture = data;

  g_assert_error (error, QMP_ERROR, QMP_ERROR_DISCONNECTED);
  fixture->n_closed++;
}

static void
on_shutdown (
    QmpSession *session, const char *name, QmpValue *data, gint64 timestamp_us, gpointer user_data)
{
  Fixture *fixture = user_data;

  g_assert_cmpstr (qmp_value_get_string (data, "reason"), ==, "host-qmp-quit");
  g_assert_cmpint (timestamp_us, >, 0);
  fixture->n_shutdowns++;
}

static void
set_up (Fixture *fixture, gconstpointer data)
{
  g_auto (Outcome) outcome = { 0 };
  int fd;

  fixture->process = real_emulator_start ("none", &fd);
  fixture->session = qmp_session_new_for_fd (fd);
  g_signal_connect (fixture->session, "closed", G_CALLBACK (on_closed), fixture);
  qmp_session_open_async (fixture->session, G_MAXUINT, NULL, on_opened, &outcome);
  wait_until (outcome.n_calls);
  g_assert_no_error (outcome.error);
}

static void
tear_down (Fixture *fixture, gconstpointer data)
{
  real_emulator_free (fixture->process);
  g_object_unref (fixture->session);
  run_ready_sources ();
}

static void
call (Fixture *fixture, const char *command, Outcome *outcome)
{
  qmp_session_call_async (fixture->session, command, NULL, G_MAXUINT, NULL, on_called, outcome);
  wait_until (outcome->n_calls);
}

static void
test_talks (Fixture *fixture, gconstpointer data)
{
  g_auto (Outcome) status = { 0 };
  g_auto (Outcome) unknown = { 0 };
  g_auto (Outcome) schema = { 0 };

  g_assert_true (qmp_value_has (qmp_session_get_greeting (fixture->session), "version"));
  call (fixture, "query-status", &status);
  g_assert_no_error (status.error);
  g_assert_cmpstr (qmp_value_get_string (status.value, "status"), ==, "prelaunch");

  call (fixture, "no-such-command", &unknown);
  g_assert_error (unknown.error, QMP_ERROR, QMP_ERROR_COMMAND_NOT_FOUND);
  g_assert_cmpstr (unknown.error->message, ==, "The command no-such-command has not been found");

  call (fixture, "query-qmp-schema", &schema);
  g_assert_no_error (schema.error);
  g_assert_cmpuint (qmp_value_get_length (schema.value), >, 500);
}

static void
test_numbers (Fixture *fixture, gconstpointer data)
{
  g_autoptr (QmpValue) arguments = qmp_value_new_object ();
  g_auto (Outcome) outcome = { 0 };
  g_autofree char *text = NULL;

  qmp_value_set_string (arguments, "typename", "virtio-blk-pci");
  qmp_session_call_async (fixture->session, "device-list-properties", arguments, G_MAXUINT, NULL,
                          on_called, &outcome);
  wait_until (outcome.n_calls);
  g_assert_no_error (outcome.error);
  text = qmp_value_to_string (outcome.value);
  g_assert_nonnull (strstr (text, "4294967295"));
}

static void
test_fd (Fixture *fixture, gconstpointer data)
{
  g_autoptr (QmpValue) arguments = qmp_value_new_object ();
  g_auto (Outcome) refused = { 0 };
  g_auto (Outcome) taken = { 0 };
  g_auto (Outcome) replaced = { 0 };
  g_auto (Outcome) closed = { 0 };

  qmp_value_set_string (arguments, "fdname", "spare");
  qmp_session_call_async (fixture->session, "getfd", arguments, G_MAXUINT, NULL, on_called,
                          &refused);
  qmp_session_call_full_async (fixture->session, "getfd", arguments, QMP_CALL_NONE, (int[]){ 0 }, 1,
                               G_MAXUINT, NULL, on_called, &taken);
  qmp_session_call_full_async (fixture->session, "getfd", arguments, QMP_CALL_NONE, (int[]){ 0 }, 1,
                               G_MAXUINT, NULL, on_called, &replaced);
  qmp_session_call_async (fixture->session, "closefd", arguments, G_MAXUINT, NULL, on_called,
                          &closed);
  wait_until (closed.n_calls);
  g_assert_error (refused.error, QMP_ERROR, QMP_ERROR_GENERIC);
  g_assert_no_error (taken.error);
  g_assert_no_error (replaced.error);
  g_assert_no_error (closed.error);
}

static void
test_quit (Fixture *fixture, gconstpointer data)
{
  g_auto (Outcome) outcome = { 0 };

  g_signal_connect (fixture->session, "event::SHUTDOWN", G_CALLBACK (on_shutdown), fixture);
  qmp_session_subscribe (fixture->session, "SHUTDOWN");
  call (fixture, "quit", &outcome);
  g_assert_no_error (outcome.error);
  wait_until (fixture->n_closed);
  g_assert_cmpuint (fixture->n_shutdowns, ==, 1);
  g_subprocess_wait (fixture->process, NULL, NULL);
  g_assert_cmpint (g_subprocess_get_exit_status (fixture->process), ==, 0);
}

static void
test_killed (Fixture *fixture, gconstpointer data)
{
  g_auto (Outcome) outcome = { 0 };

  /* Until it is gone, it may answer once more. */
  g_subprocess_force_exit (fixture->process);
  g_subprocess_wait (fixture->process, NULL, NULL);
  call (fixture, "query-status", &outcome);
  g_assert_error (outcome.error, QMP_ERROR, QMP_ERROR_DISCONNECTED);
  wait_until (fixture->n_closed);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add ("/qmp/real-qemu/talks", Fixture, NULL, set_up, test_talks, tear_down);
  g_test_add ("/qmp/real-qemu/numbers", Fixture, NULL, set_up, test_numbers, tear_down);
  g_test_add ("/qmp/real-qemu/fd", Fixture, NULL, set_up, test_fd, tear_down);
  g_test_add ("/qmp/real-qemu/quit", Fixture, NULL, set_up, test_quit, tear_down);
  g_test_add ("/qmp/real-qemu/killed", Fixture, NULL, set_up, test_killed, tear_down);
  return g_test_run ();
}
