/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Events: which of them are signalled, and with what.
 */
#include "tests/unit/qmp/session-fixture.h"

typedef struct
{
  GString *names; /* (owned) */
  gint64 timestamp_us;
  QmpValue *data; /* (owned) (nullable) */
} Heard;

static void
heard_clear (Heard *heard)
{
  g_string_free (heard->names, TRUE);
  g_clear_pointer (&heard->data, qmp_value_unref);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Heard, heard_clear)

static void
on_event (QmpSession *session, const char *name, QmpValue *data, gint64 timestamp_us, Heard *heard)
{
  g_string_append_printf (heard->names, "%s ", name);
  heard->timestamp_us = timestamp_us;
  g_clear_pointer (&heard->data, qmp_value_unref);
  heard->data = data ? qmp_value_ref (data) : NULL;
}

static void
test_event_mask (SessionFixture *fixture, gconstpointer data)
{
  g_auto (Heard) all = { .names = g_string_new (NULL) };
  g_auto (Heard) stops = { .names = g_string_new (NULL) };
  QmpSession *session = fixture->session;

  g_signal_connect (session, "event", G_CALLBACK (on_event), &all);
  g_signal_connect (session, "event::STOP", G_CALLBACK (on_event), &stops);
  scripted_peer_say (fixture->peer, "{\"event\": \"STOP\"}");
  session_fixture_assert_usable (fixture);
  g_assert_cmpstr (all.names->str, ==, "");

  qmp_session_subscribe (session, "STOP");
  qmp_session_subscribe (session, "STOP");
  scripted_peer_say (fixture->peer, "{\"event\": \"STOP\"}{\"event\": \"RESUME\"}");
  session_fixture_assert_usable (fixture);
  g_assert_cmpstr (all.names->str, ==, "STOP ");

  qmp_session_unsubscribe (session, "STOP");
  qmp_session_subscribe (session, "*");
  scripted_peer_say (fixture->peer, "{\"event\": \"STOP\"}{\"event\": \"FROM_THE_FUTURE\"}");
  session_fixture_assert_usable (fixture);
  g_assert_cmpstr (all.names->str, ==, "STOP STOP FROM_THE_FUTURE ");
  g_assert_cmpstr (stops.names->str, ==, "STOP STOP ");

  qmp_session_unsubscribe (session, "*");
  qmp_session_unsubscribe (session, "STOP");
  qmp_session_unsubscribe (session, "STOP");
  scripted_peer_say (fixture->peer, "{\"event\": \"STOP\"}");
  session_fixture_assert_usable (fixture);
  g_assert_cmpstr (stops.names->str, ==, "STOP STOP ");
}

static void
test_event_content (SessionFixture *fixture, gconstpointer data)
{
  g_auto (Heard) heard = { .names = g_string_new (NULL) };

  g_signal_connect (fixture->session, "event", G_CALLBACK (on_event), &heard);
  qmp_session_subscribe (fixture->session, "SHUTDOWN");
  scripted_peer_say (fixture->peer,
                     "{\"timestamp\": {\"seconds\": 1700000000, \"microseconds\": 7, \"x\": 0}, "
                     "\"event\": \"SHUTDOWN\", \"data\": {\"guest\": true, \"novelty\": [{}]}, "
                     "\"unknown\": {}}");
  wait_until (heard.names->len);
  g_assert_cmpint (heard.timestamp_us, ==, 1700000000000007);
  g_assert_true (qmp_value_get_boolean (heard.data, "guest", FALSE));
  g_assert_true (qmp_value_has (heard.data, "novelty"));

  scripted_peer_say (fixture->peer, "{\"event\": \"SHUTDOWN\"}");
  session_fixture_assert_usable (fixture);
  g_assert_null (heard.data);
  g_assert_cmpint (heard.timestamp_us, ==, 0);
}

static void
on_event_close (QmpSession *session)
{
  qmp_session_close (session);
}

static void
test_close_in_event (SessionFixture *fixture, gconstpointer data)
{
  g_signal_connect (fixture->session, "event", G_CALLBACK (on_event_close), NULL);
  qmp_session_subscribe (fixture->session, "*");
  scripted_peer_say (fixture->peer, "{\"event\": \"A\"}{\"event\": \"B\"}{\"return\": {}}");
  wait_until (fixture->n_closed);
  run_ready_sources ();
  g_assert_cmpuint (fixture->n_closed, ==, 1);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  session_fixture_add_open ("event-mask", test_event_mask);
  session_fixture_add_open ("event-content", test_event_content);
  session_fixture_add_open ("close-in-event", test_close_in_event);
  return g_test_run ();
}
