/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * A command, its reply and the event that is its result, in every order, and every other end.
 */
#include "tests/unit/qmp/session-fixture.h"

#include <string.h>

/* What is expected in all of these tests: OK with {"n": 1}, or BAD; "busy" does not matter. */
static QmpExpectation *
make_expectation (void)
{
  QmpExpectation *expectation = qmp_expectation_new ();
  g_autoptr (QmpValue) match = qmp_value_new_object ();

  qmp_value_set_int (match, "n", 1);
  qmp_expectation_add_success (expectation, "OK", match);
  qmp_expectation_add_failure (expectation, "BAD", NULL, "it would not");
  qmp_expectation_add_tolerated_error (expectation, QMP_ERROR_GENERIC, "busy");
  qmp_expectation_add_tolerated_error (expectation, QMP_ERROR_DEVICE_NOT_ACTIVE, NULL);
  return expectation;
}

static void
on_expected (GObject *source, GAsyncResult *result, gpointer data)
{
  Outcome *outcome = data;

  outcome->n_calls++;
  outcome->value = qmp_session_expect_finish (QMP_SESSION (source), result, &outcome->error);
}

static void
expect (SessionFixture *fixture, guint timeout_ms, GCancellable *cancellable, Outcome *outcome)
{
  g_autoptr (QmpExpectation) expectation = make_expectation ();

  qmp_session_expect_async (fixture->session, "work", NULL, expectation, timeout_ms, cancellable,
                            on_expected, outcome);
  g_assert_cmpuint (outcome->n_calls, ==, 0);
}

#define REPLY "{\"return\": {}, \"id\": 2}"
#define REFUSE(class, text)                                                                        \
  "{\"error\": {\"class\": \"" class "\", \"desc\": \"" text "\"}, \"id\": 2}"
#define OK_EVENT "{\"event\": \"OK\", \"data\": {\"n\": 1, \"more\": true}}"
#define BAD_EVENT "{\"event\": \"BAD\"}"

/* What the monitor says, and what that comes to. */
static const struct
{
  const char *name;
  const char *said;
  int code; /* -1: success */
  const char *message;
} orders[] = {
  { "reply-event", REPLY OK_EVENT, -1, NULL },
  { "event-reply", OK_EVENT REPLY, -1, NULL },
  { "reply-failure", REPLY BAD_EVENT, QMP_ERROR_GUEST_REFUSED, "it would not" },
  { "failure-reply", BAD_EVENT REPLY, QMP_ERROR_GUEST_REFUSED, "it would not" },
  { "first-counts", OK_EVENT BAD_EVENT REPLY, -1, NULL },
  { "first-failure-counts", BAD_EVENT OK_EVENT REPLY, QMP_ERROR_GUEST_REFUSED, "it would not" },
  { "error", REFUSE ("GenericError", "no"), QMP_ERROR_GENERIC, "no" },
  { "event-error", OK_EVENT REFUSE ("GenericError", "no"), QMP_ERROR_GENERIC, "no" },
  { "error-class", REFUSE ("DeviceNotFound", "busy"), QMP_ERROR_DEVICE_NOT_FOUND, "busy" },
  { "tolerated", REFUSE ("GenericError", "still busy") OK_EVENT, -1, NULL },
  { "tolerated-class", REFUSE ("DeviceNotActive", "x") OK_EVENT, -1, NULL },
  { "event-tolerated", OK_EVENT REFUSE ("GenericError", "still busy"), -1, NULL },
  { "others",
    "{\"event\": \"OK\"}{\"event\": \"OK\", \"data\": {\"n\": 2}}{\"event\": \"OTHER\"}" REPLY
    "{\"event\": \"OK\", \"data\": {true}}{\"event\": \"OK\", \"data\": {\"n\": 1.0}}" OK_EVENT,
    -1, NULL },
};

static void
assert_order (Outcome *outcome, guint i)
{
  g_assert_cmpuint (outcome->n_calls, ==, 1);
  if (orders[i].code < 0)
    {
      g_assert_no_error (outcome->error);
      g_assert_true (qmp_value_get_boolean (outcome->value, "more", FALSE));
    }
  else
    {
      g_assert_error (outcome->error, QMP_ERROR, orders[i].code);
      g_assert_cmpstr (outcome->error->message, ==, orders[i].message);
      g_assert_null (outcome->value);
    }
}

static void
test_order (SessionFixture *fixture, gconstpointer data)
{
  guint i = GPOINTER_TO_UINT (data);
  g_auto (Outcome) outcome = { 0 };

  expect (fixture, G_MAXUINT, NULL, &outcome);
  scripted_peer_hear_command (fixture->peer, "work");
  scripted_peer_say (fixture->peer, "%s", orders[i].said);
  wait_until (outcome.n_calls);
  assert_order (&outcome, i);
  session_fixture_assert_usable (fixture);
}

/* What the peer says waits in the socket: a blocking call finds all of it. */
static void
test_order_blocking (SessionFixture *fixture, gconstpointer data)
{
  guint i = GPOINTER_TO_UINT (data);
  g_autoptr (QmpExpectation) expectation = make_expectation ();
  g_auto (Outcome) outcome = { .n_calls = 1 };

  scripted_peer_say (fixture->peer, "%s", orders[i].said);
  outcome.value = qmp_session_expect_sync (fixture->session, "work", NULL, expectation, G_MAXUINT,
                                           NULL, &outcome.error);
  assert_order (&outcome, i);
  scripted_peer_hear_command (fixture->peer, "work");
  session_fixture_assert_usable (fixture);
}

/* One event may end many expectations, and none before its own reply. */
static void
test_many (SessionFixture *fixture, gconstpointer data)
{
  Outcome outcomes[3] = { 0 };

  for (guint i = 0; i < G_N_ELEMENTS (outcomes); i++)
    expect (fixture, G_MAXUINT, NULL, &outcomes[i]);
  scripted_peer_say (fixture->peer, REPLY OK_EVENT "{\"return\": {}, \"id\": 3}");
  wait_until (outcomes[0].n_calls && outcomes[1].n_calls);
  run_ready_sources ();
  g_assert_cmpuint (outcomes[2].n_calls, ==, 0);
  scripted_peer_say (fixture->peer, "{\"return\": {}, \"id\": 4}");
  wait_until (outcomes[2].n_calls);
  for (guint i = 0; i < G_N_ELEMENTS (outcomes); i++)
    {
      g_assert_no_error (outcomes[i].error);
      outcome_clear (&outcomes[i]);
    }
}

static void
on_expected_again (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (QmpExpectation) expectation = make_expectation ();
  g_autoptr (GError) error = NULL;
  g_autoptr (QmpValue) value = qmp_session_expect_finish (QMP_SESSION (source), result, &error);

  g_assert_no_error (error);
  qmp_session_expect_async (QMP_SESSION (source), "work", NULL, expectation, G_MAXUINT, NULL,
                            on_expected, data);
}

/* The event that ended one expectation is not that of the next. */
static void
test_again (SessionFixture *fixture, gconstpointer data)
{
  g_autoptr (QmpExpectation) expectation = make_expectation ();
  g_auto (Outcome) outcome = { 0 };

  qmp_session_expect_async (fixture->session, "work", NULL, expectation, G_MAXUINT, NULL,
                            on_expected_again, &outcome);
  scripted_peer_hear_command (fixture->peer, "work");
  scripted_peer_say (fixture->peer, REPLY OK_EVENT);
  scripted_peer_hear_command (fixture->peer, "work");
  scripted_peer_say (fixture->peer, "{\"return\": {}, \"id\": 3}");
  run_ready_sources ();
  g_assert_cmpuint (outcome.n_calls, ==, 0);
  scripted_peer_say (fixture->peer, OK_EVENT);
  wait_until (outcome.n_calls);
  g_assert_no_error (outcome.error);
}

static void
count_event (
    QmpSession *session, const char *name, QmpValue *data, gint64 timestamp_us, guint *n_events)
{
  (*n_events)++;
}

/* What is expected is not unmasked for others. */
static void
test_masked (SessionFixture *fixture, gconstpointer data)
{
  g_auto (Outcome) masked = { 0 };
  g_auto (Outcome) heard = { 0 };
  guint n_events = 0;

  g_signal_connect (fixture->session, "event", G_CALLBACK (count_event), &n_events);
  expect (fixture, G_MAXUINT, NULL, &masked);
  scripted_peer_hear_command (fixture->peer, "work");
  scripted_peer_say (fixture->peer, REPLY OK_EVENT);
  wait_until (masked.n_calls);
  g_assert_cmpuint (n_events, ==, 0);

  qmp_session_subscribe (fixture->session, "OK");
  expect (fixture, G_MAXUINT, NULL, &heard);
  scripted_peer_hear_command (fixture->peer, "work");
  scripted_peer_say (fixture->peer, "{\"return\": {}, \"id\": 3}" OK_EVENT OK_EVENT);
  wait_until (n_events == 2);
  g_assert_cmpuint (heard.n_calls, ==, 1);
}

static void
test_timeout_of_reply (SessionFixture *fixture, gconstpointer data)
{
  g_auto (Outcome) outcome = { 0 };

  expect (fixture, 10, NULL, &outcome);
  scripted_peer_hear_command (fixture->peer, "work");
  scripted_peer_say (fixture->peer, OK_EVENT);
  outcome_assert_fails (&outcome, QMP_ERROR_TIMEOUT);
  g_assert_cmpstr (outcome.error->message, ==,
                   "work: no answer from the monitor within 10 ms, let alone event OK");
  scripted_peer_say (fixture->peer, REPLY);
  session_fixture_assert_usable (fixture);
}

static void
test_timeout_of_event (SessionFixture *fixture, gconstpointer data)
{
  g_auto (Outcome) outcome = { 0 };

  scripted_peer_say (fixture->peer, REPLY);
  expect (fixture, 50, NULL, &outcome);
  scripted_peer_hear_command (fixture->peer, "work");
  outcome_assert_fails (&outcome, QMP_ERROR_TIMEOUT);
  g_assert_true (g_str_has_prefix (outcome.error->message, "work: "));
  g_assert_nonnull (strstr (outcome.error->message, "event OK"));
  scripted_peer_say (fixture->peer, OK_EVENT);
  session_fixture_assert_usable (fixture);
}

static void
test_timeout_blocking (SessionFixture *fixture, gconstpointer data)
{
  g_autoptr (QmpExpectation) expectation = make_expectation ();
  g_autoptr (GError) no_event = NULL;
  g_autoptr (GError) no_reply = NULL;

  scripted_peer_say (fixture->peer, REPLY);
  g_assert_null (
      qmp_session_expect_sync (fixture->session, "work", NULL, expectation, 50, NULL, &no_event));
  g_assert_error (no_event, QMP_ERROR, QMP_ERROR_TIMEOUT);
  g_assert_null (
      qmp_session_expect_sync (fixture->session, "work", NULL, expectation, 10, NULL, &no_reply));
  g_assert_error (no_reply, QMP_ERROR, QMP_ERROR_TIMEOUT);
  scripted_peer_hear_command (fixture->peer, "work");
  scripted_peer_hear_command (fixture->peer, "work");
  scripted_peer_say (fixture->peer, OK_EVENT "{\"return\": {}, \"id\": 3}");
  session_fixture_assert_usable (fixture);
}

/* Before it is sent, before its reply, before its event. */
static void
test_cancelled (SessionFixture *fixture, gconstpointer data)
{
  Outcome outcomes[3] = { 0 };

  for (guint i = 0; i < G_N_ELEMENTS (outcomes); i++)
    {
      g_autoptr (GCancellable) cancellable = g_cancellable_new ();

      if (i == 0)
        g_cancellable_cancel (cancellable);
      expect (fixture, G_MAXUINT, cancellable, &outcomes[i]);
      if (i > 0)
        scripted_peer_hear_command (fixture->peer, "work");
      if (i == 2)
        scripted_peer_say (fixture->peer, "{\"return\": {}, \"id\": 3}");
      run_ready_sources ();
      g_assert_cmpuint (outcomes[i].n_calls, ==, i == 0);
      g_cancellable_cancel (cancellable);
      wait_until (outcomes[i].n_calls);
      g_assert_error (outcomes[i].error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
      outcome_clear (&outcomes[i]);
    }
  scripted_peer_say (fixture->peer, REPLY OK_EVENT);
  session_fixture_assert_usable (fixture);
}

/* The peer goes before the reply, or before the event; closed is told last. */
static void
test_disconnected (SessionFixture *fixture, gconstpointer data)
{
  g_auto (Outcome) answered = { 0 };
  g_auto (Outcome) unanswered = { 0 };

  expect (fixture, G_MAXUINT, NULL, &answered);
  expect (fixture, G_MAXUINT, NULL, &unanswered);
  scripted_peer_hear_command (fixture->peer, "work");
  scripted_peer_hear_command (fixture->peer, "work");
  scripted_peer_say (fixture->peer, REPLY);
  scripted_peer_hang_up (fixture->peer);
  wait_until (fixture->n_closed);
  g_assert_cmpuint (answered.n_calls + unanswered.n_calls, ==, 2);
  outcome_assert_fails (&answered, QMP_ERROR_DISCONNECTED);
  outcome_assert_fails (&unanswered, QMP_ERROR_DISCONNECTED);
}

static void
test_closed (SessionFixture *fixture, gconstpointer data)
{
  g_auto (Outcome) closed = { 0 };
  g_auto (Outcome) after = { 0 };

  expect (fixture, G_MAXUINT, NULL, &closed);
  scripted_peer_say (fixture->peer, REPLY);
  run_ready_sources ();
  qmp_session_close (fixture->session);
  outcome_assert_fails (&closed, QMP_ERROR_DISCONNECTED);
  expect (fixture, G_MAXUINT, NULL, &after);
  outcome_assert_fails (&after, QMP_ERROR_DISCONNECTED);
}

/* Reply, event and end come while another call blocks; they are told when the main context runs. */
static void
test_heard_while_blocking (SessionFixture *fixture, gconstpointer data)
{
  g_auto (Outcome) succeeded = { 0 };
  g_auto (Outcome) lost = { 0 };
  g_autoptr (GError) error = NULL;

  expect (fixture, G_MAXUINT, NULL, &succeeded);
  expect (fixture, G_MAXUINT, NULL, &lost);
  scripted_peer_hear_command (fixture->peer, "work");
  scripted_peer_hear_command (fixture->peer, "work");
  scripted_peer_say (fixture->peer, REPLY OK_EVENT);
  scripted_peer_hang_up (fixture->peer);
  g_assert_null (qmp_session_call_sync (fixture->session, "other", NULL, G_MAXUINT, NULL, &error));
  g_assert_error (error, QMP_ERROR, QMP_ERROR_DISCONNECTED);
  g_assert_cmpuint (succeeded.n_calls, ==, 0);
  wait_until (succeeded.n_calls);
  g_assert_no_error (succeeded.error);
  outcome_assert_fails (&lost, QMP_ERROR_DISCONNECTED);
}

/* The reply comes in the blocking call and so does the end, without an event. */
static void
test_ended_while_blocking (SessionFixture *fixture, gconstpointer data)
{
  g_auto (Outcome) lost = { 0 };
  g_autoptr (GError) error = NULL;

  expect (fixture, G_MAXUINT, NULL, &lost);
  scripted_peer_hear_command (fixture->peer, "work");
  scripted_peer_say (fixture->peer, REPLY);
  scripted_peer_hang_up (fixture->peer);
  g_assert_null (qmp_session_call_sync (fixture->session, "other", NULL, G_MAXUINT, NULL, &error));
  outcome_assert_fails (&lost, QMP_ERROR_DISCONNECTED);
}

static void
on_expected_drop (GObject *source, GAsyncResult *result, gpointer data)
{
  SessionFixture *fixture = data;
  g_autoptr (GError) error = NULL;
  g_autoptr (QmpValue) value = qmp_session_expect_finish (QMP_SESSION (source), result, &error);

  g_assert_no_error (error);
  g_clear_object (&fixture->session);
  fixture->n_answered++;
}

/* A pending expectation holds its session; when it is over nothing does. */
static void
test_dropped_in_callback (SessionFixture *fixture, gconstpointer data)
{
  g_autoptr (QmpExpectation) expectation = make_expectation ();

  qmp_session_expect_async (fixture->session, "work", NULL, expectation, G_MAXUINT, NULL,
                            on_expected_drop, fixture);
  scripted_peer_say (fixture->peer, REPLY OK_EVENT OK_EVENT);
  wait_until (fixture->peer->at_end);
  g_assert_cmpuint (fixture->n_answered, ==, 1);
}

/* An event without data, and whatever data where none is asked for. */
static void
test_no_data (SessionFixture *fixture, gconstpointer data)
{
  g_autoptr (QmpExpectation) expectation = qmp_expectation_new ();
  g_autoptr (GError) error = NULL;
  g_autoptr (QmpValue) value = NULL;

  qmp_expectation_add_success (expectation, "DONE", NULL);
  scripted_peer_say (fixture->peer, "{\"event\": \"DONE\"}" REPLY);
  value = qmp_session_expect_sync (fixture->session, "work", NULL, expectation, 0, NULL, &error);
  g_assert_no_error (error);
  g_assert_cmpint (qmp_value_get_value_type (value), ==, QMP_VALUE_OBJECT);
}

static void
test_boxed (void)
{
  g_autoptr (QmpExpectation) expectation = make_expectation ();
  g_auto (GValue) box = G_VALUE_INIT;

  g_value_init (&box, QMP_TYPE_EXPECTATION);
  g_value_set_boxed (&box, expectation);
  g_assert_true (g_value_get_boxed (&box) == expectation);
}

#define add(name, function)                                                                        \
  g_test_add ("/qmp/expectation/" name, SessionFixture, NULL, session_fixture_set_up_open,         \
              function, session_fixture_tear_down)

static void
add_orders (void)
{
  for (guint i = 0; i < G_N_ELEMENTS (orders); i++)
    {
      g_autofree char *async = g_strconcat ("/qmp/expectation/order/", orders[i].name, NULL);
      g_autofree char *blocking = g_strconcat ("/qmp/expectation/blocking/", orders[i].name, NULL);

      g_test_add (async, SessionFixture, GUINT_TO_POINTER (i), session_fixture_set_up_open,
                  test_order, session_fixture_tear_down);
      g_test_add (blocking, SessionFixture, GUINT_TO_POINTER (i), session_fixture_set_up_open,
                  test_order_blocking, session_fixture_tear_down);
    }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  add_orders ();
  add ("many", test_many);
  add ("again", test_again);
  add ("masked", test_masked);
  add ("timeout-of-reply", test_timeout_of_reply);
  add ("timeout-of-event", test_timeout_of_event);
  add ("timeout-blocking", test_timeout_blocking);
  add ("cancelled", test_cancelled);
  add ("disconnected", test_disconnected);
  add ("closed", test_closed);
  add ("heard-while-blocking", test_heard_while_blocking);
  add ("ended-while-blocking", test_ended_while_blocking);
  add ("dropped-in-callback", test_dropped_in_callback);
  add ("no-data", test_no_data);
  g_test_add_func ("/qmp/expectation/boxed", test_boxed);
  return g_test_run ();
}
