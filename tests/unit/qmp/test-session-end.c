/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The end of an open session: by the peer, by its owner, and by its last reference.
 */
#include "tests/unit/qmp/session-fixture.h"

#include <sys/socket.h>

static void
test_end_while_open (SessionFixture *fixture, gconstpointer data)
{
  g_auto (Outcome) answered = { 0 };
  g_auto (Outcome) lost = { 0 };
  guint64 id;

  session_fixture_call (fixture, "first", 0, &answered);
  session_fixture_call (fixture, "second", G_MAXUINT, &lost);
  id = scripted_peer_hear_command (fixture->peer, "first");
  scripted_peer_hear_command (fixture->peer, "second");
  scripted_peer_say (fixture->peer, "{\"return\": {}, \"id\": %lu}\r\n{\"return\": {}, \"id\"", id);
  scripted_peer_hang_up (fixture->peer);
  outcome_assert_fails (&lost, QMP_ERROR_DISCONNECTED);
  g_assert_cmpuint (answered.n_calls, ==, 1);
  g_assert_no_error (answered.error);
  wait_until (fixture->n_closed);
  g_assert_cmpint (fixture->closed_code, ==, QMP_ERROR_DISCONNECTED);
}

/* Unread commands in the dead peer's socket make it a reset. */
static void
test_reset_while_open (SessionFixture *fixture, gconstpointer data)
{
  g_auto (Outcome) outcome = { 0 };

  scripted_peer_listen (fixture->peer, FALSE);
  session_fixture_call (fixture, "never-read", 0, &outcome);
  scripted_peer_hang_up (fixture->peer);
  outcome_assert_fails (&outcome, QMP_ERROR_DISCONNECTED);
}

/* A call into a dead socket fails from the main loop, after the replies that were there before. */
static void
test_call_after_hang_up (SessionFixture *fixture, gconstpointer data)
{
  g_auto (Outcome) answered = { 0 };
  g_auto (Outcome) lost = { 0 };
  g_auto (Outcome) lost_too = { 0 };
  guint64 id;

  session_fixture_call (fixture, "first", 0, &answered);
  id = scripted_peer_hear_command (fixture->peer, "first");
  scripted_peer_say (fixture->peer, "{\"return\": {}, \"id\": %lu}\r\n", id);
  scripted_peer_hang_up (fixture->peer);
  session_fixture_call (fixture, "second", 0, &lost);
  session_fixture_call (fixture, "third", 0, &lost_too);
  g_assert_cmpuint (fixture->n_closed, ==, 0);
  outcome_assert_fails (&lost, QMP_ERROR_DISCONNECTED);
  outcome_assert_fails (&lost_too, QMP_ERROR_DISCONNECTED);
  g_assert_cmpuint (answered.n_calls, ==, 1);
  g_assert_no_error (answered.error);
}

/* The peer keeps its end, but reads no more: there is no end of file to see. */
static void
test_peer_stops_reading (SessionFixture *fixture, gconstpointer data)
{
  g_auto (Outcome) answered = { 0 };
  g_auto (Outcome) lost = { 0 };
  guint64 id;

  session_fixture_call (fixture, "first", 0, &answered);
  id = scripted_peer_hear_command (fixture->peer, "first");
  scripted_peer_listen (fixture->peer, FALSE);
  g_assert_no_errno (shutdown (fixture->peer->fd, SHUT_RD));
  scripted_peer_say (fixture->peer, "{\"return\": {}, \"id\": %lu}\r\n", id);
  session_fixture_call (fixture, "second", G_MAXUINT, &lost);
  outcome_assert_fails (&lost, QMP_ERROR_DISCONNECTED);
  g_assert_cmpuint (answered.n_calls, ==, 1);
  g_assert_no_error (answered.error);
}

static void
on_answered_before_close (GObject *source, GAsyncResult *result, gpointer data)
{
  SessionFixture *fixture = data;
  g_autoptr (GError) error = NULL;

  g_assert_null (qmp_session_call_finish (QMP_SESSION (source), result, &error));
  g_assert_error (error, QMP_ERROR, QMP_ERROR_DISCONNECTED);
  fixture->n_answered++;
}

static void
test_close_with_pending_calls (SessionFixture *fixture, gconstpointer data)
{
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();

  for (guint i = 0; i < 5; i++)
    qmp_session_call_async (fixture->session, "query-slow", NULL, i ? 1 : G_MAXUINT, cancellable,
                            on_answered_before_close, fixture);
  qmp_session_close (fixture->session);
  qmp_session_close (fixture->session);
  g_assert_cmpuint (fixture->n_answered, ==, 0);
  g_assert_cmpuint (fixture->n_closed, ==, 0);
  wait_until (fixture->n_closed);
  g_assert_cmpuint (fixture->n_answered_before_closed, ==, 5);
  g_assert_cmpint (fixture->closed_code, ==, QMP_ERROR_DISCONNECTED);
  run_ready_sources ();
  g_assert_cmpuint (fixture->n_closed, ==, 1);
}

static void
test_used_after_close (SessionFixture *fixture, gconstpointer data)
{
  g_auto (Outcome) outcome = { 0 };
  g_auto (Outcome) opened = { 0 };

  qmp_session_close (fixture->session);
  session_fixture_call (fixture, "query-status", 0, &outcome);
  qmp_session_open_async (fixture->session, 0, NULL, on_opened, &opened);
  qmp_session_subscribe (fixture->session, "*");
  qmp_session_unsubscribe (fixture->session, "*");
  outcome_assert_fails (&outcome, QMP_ERROR_DISCONNECTED);
  g_assert_cmpstr (outcome.error->message, ==,
                   "query-status: the session is closed: the session was closed");
  outcome_assert_fails (&opened, QMP_ERROR_DISCONNECTED);
  g_assert_false (qmp_session_is_open (fixture->session));
  g_assert_nonnull (qmp_session_get_greeting (fixture->session));
}

/* Nobody holds an open session: the peer sees its end. */
static void
test_dropped (SessionFixture *fixture, gconstpointer data)
{
  g_clear_object (&fixture->session);
  wait_until (fixture->peer->at_end);
  g_assert_cmpuint (fixture->n_closed, ==, 0);
}

/* A pending call holds its session; when it is over nothing does. */
static void
test_dropped_with_pending_call (SessionFixture *fixture, gconstpointer data)
{
  g_auto (Outcome) outcome = { 0 };
  QmpSession *session = fixture->session;

  g_object_add_weak_pointer (G_OBJECT (session), (gpointer *) &session);
  session_fixture_call (fixture, "query-slow", 10, &outcome);
  g_clear_object (&fixture->session);
  g_assert_nonnull (session);
  scripted_peer_hear_command (fixture->peer, "query-slow");
  outcome_assert_fails (&outcome, QMP_ERROR_TIMEOUT);
  wait_until (fixture->peer->at_end);
  g_assert_null (session);
}

static void
on_called_drop (GObject *source, GAsyncResult *result, gpointer data)
{
  SessionFixture *fixture = data;
  g_autoptr (GError) error = NULL;
  g_autoptr (QmpValue) value = qmp_session_call_finish (QMP_SESSION (source), result, &error);

  g_assert_no_error (error);
  g_clear_object (&fixture->session);
  fixture->n_answered++;
}

static void
test_dropped_in_callback (SessionFixture *fixture, gconstpointer data)
{
  qmp_session_call_async (fixture->session, "query-status", NULL, 0, NULL, on_called_drop, fixture);
  scripted_peer_say (fixture->peer, "{\"return\": {}, \"id\": 2}{\"return\": {}, \"id\": 3}");
  wait_until (fixture->peer->at_end);
  g_assert_cmpuint (fixture->n_answered, ==, 1);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  session_fixture_add_open ("end-while-open", test_end_while_open);
  session_fixture_add_open ("reset-while-open", test_reset_while_open);
  session_fixture_add_open ("call-after-hang-up", test_call_after_hang_up);
  session_fixture_add_open ("peer-stops-reading", test_peer_stops_reading);
  session_fixture_add_open ("close-with-pending-calls", test_close_with_pending_calls);
  session_fixture_add_open ("used-after-close", test_used_after_close);
  session_fixture_add_open ("dropped", test_dropped);
  session_fixture_add_open ("dropped-with-pending-call", test_dropped_with_pending_call);
  session_fixture_add_open ("dropped-in-callback", test_dropped_in_callback);
  return g_test_run ();
}
