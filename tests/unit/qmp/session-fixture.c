/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * A session and its scripted peer, from the pair of sockets to the proof that nothing is left.
 */
#include "tests/unit/qmp/session-fixture.h"

#include <fcntl.h>

static void
on_closed (QmpSession *session, const GError *error, gpointer data)
{
  SessionFixture *fixture = data;

  g_assert_nonnull (error);
  g_assert_false (qmp_session_is_open (session));
  fixture->n_closed++;
  fixture->closed_code = error->domain == QMP_ERROR ? error->code : -1;
  fixture->n_answered_before_closed = fixture->n_answered;
}

void
session_fixture_set_up (SessionFixture *fixture, gconstpointer data)
{
  fixture->peer = scripted_peer_new (&fixture->fd);
  fixture->session = qmp_session_new_for_fd (fixture->fd);
  g_signal_connect (fixture->session, "closed", G_CALLBACK (on_closed), fixture);
}

void
session_fixture_set_up_open (SessionFixture *fixture, gconstpointer data)
{
  session_fixture_set_up (fixture, data);
  scripted_peer_open (fixture->peer, fixture->session);
}

void
session_fixture_tear_down (SessionFixture *fixture, gconstpointer data)
{
  if (fixture->session)
    {
      g_object_add_weak_pointer (G_OBJECT (fixture->session), (gpointer *) &fixture->session);
      g_object_unref (fixture->session);
      run_ready_sources ();
      g_assert_null (fixture->session);
      g_assert_cmpint (fcntl (fixture->fd, F_GETFD), ==, -1);
    }
  scripted_peer_free (fixture->peer);
}

void
session_fixture_call (SessionFixture *fixture,
                      const char *command,
                      guint timeout_ms,
                      Outcome *outcome)
{
  qmp_session_call_async (fixture->session, command, NULL, timeout_ms, NULL, on_called, outcome);
  g_assert_cmpuint (outcome->n_calls, ==, 0);
}

void
session_fixture_assert_usable (SessionFixture *fixture)
{
  g_auto (Outcome) outcome = { 0 };
  guint64 id;

  session_fixture_call (fixture, "query-status", 0, &outcome);
  id = scripted_peer_hear_command (fixture->peer, "query-status");
  scripted_peer_say (fixture->peer, "{\"return\": {\"status\": \"ok\"}, \"id\": %lu}\r\n", id);
  wait_until (outcome.n_calls);
  g_assert_no_error (outcome.error);
  g_assert_cmpstr (qmp_value_get_string (outcome.value, "status"), ==, "ok");
}

void
session_fixture_end (SessionFixture *fixture)
{
  qmp_session_close (fixture->session);
  wait_until (fixture->n_closed);
}
