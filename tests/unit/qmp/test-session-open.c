/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Opening a session: the greeting, the negotiation, and all that may stand in their place.
 */
#include "tests/unit/qmp/session-fixture.h"

#include <fcntl.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

/* Opening has failed: the session is closed for the same reason. */
static void
assert_open_fails (SessionFixture *fixture, Outcome *outcome, QmpError code)
{
  outcome_assert_fails (outcome, code);
  wait_until (fixture->n_closed);
  g_assert_cmpint (fixture->closed_code, ==, code);
  g_assert_false (qmp_session_is_open (fixture->session));
}

static void
test_greeting_in_single_bytes (SessionFixture *fixture, gconstpointer data)
{
  static const char greeting[] = PEER_GREETING;
  g_auto (Outcome) outcome = { 0 };
  g_autoptr (QmpValue) version = NULL;
  guint64 id;

  g_assert_null (qmp_session_get_greeting (fixture->session));
  qmp_session_open_async (fixture->session, 0, NULL, on_opened, &outcome);
  for (gsize i = 0; greeting[i]; i++)
    {
      scripted_peer_say_bytes (fixture->peer, greeting + i, 1);
      run_ready_sources ();
    }
  id = scripted_peer_hear_command (fixture->peer, "qmp_capabilities");
  g_assert_false (qmp_session_is_open (fixture->session));
  scripted_peer_say (fixture->peer, "{\"return\": {}, \"id\": %lu}\r\n", id);
  wait_until (outcome.n_calls);
  g_assert_no_error (outcome.error);
  g_assert_true (qmp_session_is_open (fixture->session));
  version = qmp_value_get (qmp_session_get_greeting (fixture->session), "version");
  g_assert_nonnull (version);
  session_fixture_assert_usable (fixture);
}

static void
test_garbage_before_greeting (SessionFixture *fixture, gconstpointer data)
{
  scripted_peer_say (fixture->peer, "qemu: warning: {odd} \"things\n\xff{\"cut\": [\n");
  scripted_peer_open (fixture->peer, fixture->session);
  session_fixture_assert_usable (fixture);
}

static void
test_endless_garbage (SessionFixture *fixture, gconstpointer data)
{
  g_auto (Outcome) outcome = { 0 };
  g_autofree char *garbage = g_strnfill (1024 * 1024, 'x');

  qmp_session_open_async (fixture->session, G_MAXUINT, NULL, on_opened, &outcome);
  scripted_peer_say_bytes (fixture->peer, garbage, strlen (garbage));
  assert_open_fails (fixture, &outcome, QMP_ERROR_PROTOCOL);
}

static void
test_no_greeting (SessionFixture *fixture, gconstpointer data)
{
  g_auto (Outcome) outcome = { 0 };

  qmp_session_open_async (fixture->session, 20, NULL, on_opened, &outcome);
  assert_open_fails (fixture, &outcome, QMP_ERROR_TIMEOUT);
  g_assert_cmpstr (outcome.error->message, ==,
                   "opening the session: no greeting from the monitor within 20 ms");
  wait_until (fixture->peer->at_end);
}

static void
test_no_negotiation (SessionFixture *fixture, gconstpointer data)
{
  g_auto (Outcome) outcome = { 0 };

  qmp_session_open_async (fixture->session, 20, NULL, on_opened, &outcome);
  scripted_peer_say (fixture->peer, PEER_GREETING);
  assert_open_fails (fixture, &outcome, QMP_ERROR_TIMEOUT);
  g_assert_cmpstr (outcome.error->message, ==,
                   "opening the session: no answer from the monitor within 20 ms");
}

static void
test_negotiation_refused (SessionFixture *fixture, gconstpointer data)
{
  g_auto (Outcome) outcome = { 0 };
  guint64 id;

  qmp_session_open_async (fixture->session, 0, NULL, on_opened, &outcome);
  scripted_peer_say (fixture->peer, PEER_GREETING);
  id = scripted_peer_hear_command (fixture->peer, "qmp_capabilities");
  scripted_peer_say (fixture->peer,
                     "{\"error\": {\"class\": \"CommandNotFound\", \"desc\": \"done already\"}, "
                     "\"id\": %lu}",
                     id);
  assert_open_fails (fixture, &outcome, QMP_ERROR_COMMAND_NOT_FOUND);
  g_assert_cmpstr (outcome.error->message, ==, "done already");
}

static void
test_not_a_greeting (SessionFixture *fixture, gconstpointer data)
{
  g_auto (Outcome) outcome = { 0 };

  qmp_session_open_async (fixture->session, 0, NULL, on_opened, &outcome);
  scripted_peer_say (fixture->peer, "%s", (const char *) data);
  assert_open_fails (fixture, &outcome, QMP_ERROR_PROTOCOL);
}

static void
test_end_before_greeting (SessionFixture *fixture, gconstpointer data)
{
  g_auto (Outcome) outcome = { 0 };

  qmp_session_open_async (fixture->session, 0, NULL, on_opened, &outcome);
  scripted_peer_say (fixture->peer, "%s", (const char *) data);
  scripted_peer_hang_up (fixture->peer);
  assert_open_fails (fixture, &outcome, QMP_ERROR_DISCONNECTED);
  g_assert_cmpstr (outcome.error->message, ==,
                   "the monitor closed the connection before its greeting");
}

static void
test_end_while_negotiating (SessionFixture *fixture, gconstpointer data)
{
  g_auto (Outcome) outcome = { 0 };

  qmp_session_open_async (fixture->session, 0, NULL, on_opened, &outcome);
  scripted_peer_say (fixture->peer, PEER_GREETING);
  scripted_peer_hear_command (fixture->peer, "qmp_capabilities");
  scripted_peer_hang_up (fixture->peer);
  assert_open_fails (fixture, &outcome, QMP_ERROR_DISCONNECTED);
}

/* The greeting is there, but nobody reads the answer to it. */
static void
test_end_behind_greeting (SessionFixture *fixture, gconstpointer data)
{
  g_auto (Outcome) outcome = { 0 };

  scripted_peer_say (fixture->peer, PEER_GREETING);
  scripted_peer_hang_up (fixture->peer);
  qmp_session_open_async (fixture->session, 0, NULL, on_opened, &outcome);
  assert_open_fails (fixture, &outcome, QMP_ERROR_DISCONNECTED);
}

static void
test_cancel_open (SessionFixture *fixture, gconstpointer data)
{
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  g_auto (Outcome) outcome = { 0 };

  qmp_session_open_async (fixture->session, 0, cancellable, on_opened, &outcome);
  g_cancellable_cancel (cancellable);
  wait_until (outcome.n_calls);
  g_assert_error (outcome.error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
  wait_until (fixture->n_closed);

  outcome_clear (&outcome);
  qmp_session_open_async (fixture->session, 0, cancellable, on_opened, &outcome);
  wait_until (outcome.n_calls);
  g_assert_error (outcome.error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
}

static void
test_used_in_wrong_state (SessionFixture *fixture, gconstpointer data)
{
  g_auto (Outcome) early = { 0 };
  g_auto (Outcome) twice = { 0 };

  session_fixture_call (fixture, "early", 0, &early);
  outcome_assert_fails (&early, QMP_ERROR_INVALID_ARGUMENT);
  scripted_peer_open (fixture->peer, fixture->session);
  qmp_session_open_async (fixture->session, 0, NULL, on_opened, &twice);
  outcome_assert_fails (&twice, QMP_ERROR_INVALID_ARGUMENT);
  session_fixture_assert_usable (fixture);
}

static void
test_not_a_socket (void)
{
  g_auto (Outcome) outcome = { 0 };
  int fd = open ("/dev/zero", O_RDWR | O_CLOEXEC);
  g_autoptr (QmpSession) session = qmp_session_new_for_fd (fd);

  qmp_session_open_async (session, 0, NULL, on_opened, &outcome);
  outcome_assert_fails (&outcome, QMP_ERROR_DISCONNECTED);
}

static gpointer
run_session_in_thread (gpointer data)
{
  g_autoptr (GMainContext) context = g_main_context_new ();
  g_auto (Outcome) outcome = { 0 };
  QmpSession *session;
  int fds[2];

  g_main_context_push_thread_default (context);
  g_assert_no_errno (socketpair (AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, fds));
  session = qmp_session_new_for_fd (fds[0]);
  qmp_session_open_async (session, 0, NULL, on_opened, &outcome);
  g_assert_cmpint (write (fds[1], PEER_GREETING, strlen (PEER_GREETING)), >, 0);
  g_assert_cmpint (write (fds[1], "{\"return\":{},\"id\":1}", 20), ==, 20);
  while (!outcome.n_calls)
    g_main_context_iteration (context, TRUE);
  g_assert_true (outcome.opened);
  g_object_unref (session);
  close (fds[1]);
  g_main_context_pop_thread_default (context);
  return NULL;
}

/* A session works in the context that it was made in, here another thread's. */
static void
test_other_context (void)
{
  g_thread_join (g_thread_new ("session", run_session_in_thread, NULL));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  session_fixture_add ("greeting-in-single-bytes", test_greeting_in_single_bytes, NULL);
  session_fixture_add ("garbage-before-greeting", test_garbage_before_greeting, NULL);
  session_fixture_add ("endless-garbage", test_endless_garbage, NULL);
  session_fixture_add ("no-greeting", test_no_greeting, NULL);
  session_fixture_add ("no-negotiation", test_no_negotiation, NULL);
  session_fixture_add ("negotiation-refused", test_negotiation_refused, NULL);
  session_fixture_add ("not-a-greeting/object", test_not_a_greeting, "{\"hello\": 1}");
  session_fixture_add ("not-a-greeting/reply", test_not_a_greeting, "{\"return\": {}, \"id\": 1}");
  session_fixture_add ("not-a-greeting/error", test_not_a_greeting, "{\"error\": {}}");
  session_fixture_add ("end-before-greeting/nothing", test_end_before_greeting, "");
  session_fixture_add ("end-before-greeting/half", test_end_before_greeting, "{\"QMP\": {\"ver");
  session_fixture_add ("end-before-greeting/garbage", test_end_before_greeting, "qemu: no\n");
  session_fixture_add ("end-before-greeting/event", test_end_before_greeting,
                       "{\"event\": \"STOP\"}");
  session_fixture_add ("end-while-negotiating", test_end_while_negotiating, NULL);
  session_fixture_add ("end-behind-greeting", test_end_behind_greeting, NULL);
  session_fixture_add ("cancel-open", test_cancel_open, NULL);
  session_fixture_add ("used-in-wrong-state", test_used_in_wrong_state, NULL);
  g_test_add_func ("/qmp/session/not-a-socket", test_not_a_socket);
  g_test_add_func ("/qmp/session/other-context", test_other_context);
  return g_test_run ();
}
