/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Calls and their replies: in which order, how late, how odd and how big these may come.
 */
#include "tests/unit/qmp/session-fixture.h"

#include <string.h>

static void
test_pipelined_out_of_order (SessionFixture *fixture, gconstpointer data)
{
  enum
  {
    N_CALLS = 50
  };
  Outcome outcomes[N_CALLS] = { 0 };
  guint64 ids[N_CALLS];

  for (guint i = 0; i < N_CALLS; i++)
    session_fixture_call (fixture, "query-block", 0, &outcomes[i]);
  for (guint i = 0; i < N_CALLS; i++)
    ids[i] = scripted_peer_hear_command (fixture->peer, "query-block");
  for (guint i = N_CALLS; i-- > 0;)
    scripted_peer_say (fixture->peer, "{\"id\": %lu, \"return\": {\"number\": %u}}", ids[i], i);
  for (guint i = 0; i < N_CALLS; i++)
    {
      wait_until (outcomes[i].n_calls);
      g_assert_no_error (outcomes[i].error);
      g_assert_cmpint (qmp_value_get_int (outcomes[i].value, "number", -1), ==, i);
      outcome_clear (&outcomes[i]);
    }
}

static void
test_arguments (SessionFixture *fixture, gconstpointer data)
{
  g_auto (Outcome) outcome = { 0 };
  g_autoptr (QmpValue) arguments = qmp_value_new_object ();
  g_autofree char *line = NULL;

  qmp_value_set_string (arguments, "id", "disk\"0");
  qmp_session_call_async (fixture->session, "device_del", arguments, 0, NULL, on_called, &outcome);
  line = scripted_peer_hear (fixture->peer);
  g_assert_cmpstr (line, ==,
                   "{\"execute\":\"device_del\",\"arguments\":{\"id\":\"disk\\\"0\"},\"id\":2}");
  scripted_peer_say (fixture->peer, "{\"return\": null, \"id\": 2}");
  wait_until (outcome.n_calls);
  g_assert_no_error (outcome.error);
  g_assert_cmpint (qmp_value_get_value_type (outcome.value), ==, QMP_VALUE_NULL);
}

static void
test_remote_error (SessionFixture *fixture, gconstpointer data)
{
  g_auto (Outcome) outcome = { 0 };
  guint64 id;

  session_fixture_call (fixture, "device_del", 0, &outcome);
  id = scripted_peer_hear_command (fixture->peer, "device_del");
  scripted_peer_say (fixture->peer,
                     "{\"id\": %lu, \"error\": {\"class\": \"DeviceNotFound\", "
                     "\"desc\": \"Device 'x' not found\"}}",
                     id);
  outcome_assert_fails (&outcome, QMP_ERROR_DEVICE_NOT_FOUND);
  g_assert_cmpstr (outcome.error->message, ==, "Device 'x' not found");
  session_fixture_assert_usable (fixture);
}

typedef struct
{
  guint n_calls;
  char *text;    /* (owned) (nullable) */
  GError *error; /* (owned) (nullable) */
} Text;

static void
text_clear (Text *text)
{
  g_free (text->text);
  g_clear_error (&text->error);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Text, text_clear)

static void
on_text (GObject *source, GAsyncResult *result, gpointer data)
{
  Text *text = data;

  text->n_calls++;
  text->text = qmp_session_call_finish_text (QMP_SESSION (source), result, &text->error);
}

/* What is only passed on is not read: not even what is no JSON. */
static void
test_reply_as_text (SessionFixture *fixture, gconstpointer data)
{
  static const char *const bodies[] = {
    "[18446744073709551616, -0.0, 1e400]", "{ \"a\" :\t\"\\u20ac\" }", "null", "1 2", "\"\"",
  };
  g_auto (Text) refused = { 0 };

  for (guint i = 0; i < G_N_ELEMENTS (bodies); i++)
    {
      g_auto (Text) text = { 0 };
      guint64 id;

      qmp_session_call_async (fixture->session, "query", NULL, 0, NULL, on_text, &text);
      id = scripted_peer_hear_command (fixture->peer, "query");
      scripted_peer_say (fixture->peer, "{\"return\": %s, \"id\": %lu}", bodies[i], id);
      wait_until (text.n_calls);
      g_assert_no_error (text.error);
      g_assert_cmpstr (text.text, ==, bodies[i]);
    }
  qmp_session_call_async (fixture->session, "query", NULL, 1, NULL, on_text, &refused);
  wait_until (refused.n_calls);
  g_assert_null (refused.text);
  g_assert_error (refused.error, QMP_ERROR, QMP_ERROR_TIMEOUT);
}

static void
test_late_reply (SessionFixture *fixture, gconstpointer data)
{
  g_auto (Outcome) outcome = { 0 };
  guint64 id;

  session_fixture_call (fixture, "query-slow", 10, &outcome);
  id = scripted_peer_hear_command (fixture->peer, "query-slow");
  outcome_assert_fails (&outcome, QMP_ERROR_TIMEOUT);
  g_assert_cmpstr (outcome.error->message, ==,
                   "query-slow: no answer from the monitor within 10 ms");
  scripted_peer_say (fixture->peer, "{\"return\": {}, \"id\": %lu}\r\n", id);
  session_fixture_assert_usable (fixture);
  g_assert_cmpuint (outcome.n_calls, ==, 1);
  g_assert_cmpuint (fixture->n_closed, ==, 0);
}

/* The reply is there when the deadline has passed too, as after a long stop of the application. */
static void
test_reply_beats_deadline (SessionFixture *fixture, gconstpointer data)
{
  g_auto (Outcome) outcome = { 0 };
  gint64 deadline_us = g_get_monotonic_time () + 5000;

  session_fixture_call (fixture, "query-slow", 5, &outcome);
  scripted_peer_say (fixture->peer, "{\"return\": {}, \"id\": 2}\r\n");
  while (g_get_monotonic_time () < deadline_us)
    continue;
  wait_until (outcome.n_calls);
  g_assert_no_error (outcome.error);
}

static void
test_odd_replies (SessionFixture *fixture, gconstpointer data)
{
  scripted_peer_say (fixture->peer,
                     "{\"return\": {}}{\"return\": {}, \"id\": 1}{\"return\": {}, \"id\": 999}"
                     "{\"return\": {}, \"id\": \"2\"}{\"return\": {}, \"id\": {}}{\"new\": 1}"
                     "{\"error\": {\"class\": \"GenericError\", \"desc\": \"JSON\"}}" PEER_GREETING
                     "\xff\xff{\"return\"\xff log line\n");
  session_fixture_assert_usable (fixture);
}

static void
test_cancel (SessionFixture *fixture, gconstpointer data)
{
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  g_auto (Outcome) outcome = { 0 };
  g_auto (Outcome) second = { 0 };
  guint64 id;

  qmp_session_call_async (fixture->session, "query-slow", NULL, G_MAXUINT, cancellable, on_called,
                          &outcome);
  id = scripted_peer_hear_command (fixture->peer, "query-slow");
  g_cancellable_cancel (cancellable);
  g_assert_cmpuint (outcome.n_calls, ==, 0);
  wait_until (outcome.n_calls);
  g_assert_error (outcome.error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
  scripted_peer_say (fixture->peer, "{\"return\": {}, \"id\": %lu}\r\n", id);
  session_fixture_assert_usable (fixture);
  g_assert_cmpuint (outcome.n_calls, ==, 1);

  /* Cancelled beforehand: nothing is sent. */
  qmp_session_call_async (fixture->session, "never-sent", NULL, 0, cancellable, on_called, &second);
  wait_until (second.n_calls);
  g_assert_error (second.error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
  session_fixture_assert_usable (fixture);
}

static void
test_invalid_arguments (SessionFixture *fixture, gconstpointer data)
{
  g_autoptr (QmpValue) array = qmp_value_new_array ();
  g_autoptr (QmpValue) not_utf8 = qmp_value_new_object ();
  const struct
  {
    const char *command;
    QmpValue *arguments;
  } cases[] = { { NULL, NULL }, { "", NULL }, { "c", array }, { "c", not_utf8 } };

  qmp_value_set_string (not_utf8, "path", "/tmp/\xff");
  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_auto (Outcome) outcome = { 0 };

      qmp_session_call_async (fixture->session, cases[i].command, cases[i].arguments, 0, NULL,
                              on_called, &outcome);
      g_assert_cmpuint (outcome.n_calls, ==, 0);
      outcome_assert_fails (&outcome, QMP_ERROR_INVALID_ARGUMENT);
    }
  session_fixture_assert_usable (fixture);
}

static void
on_called_wait (GObject *source, GAsyncResult *result, gpointer data)
{
  SessionFixture *fixture = data;
  g_autoptr (QmpValue) value = qmp_session_call_finish (QMP_SESSION (source), result, NULL);

  g_assert_nonnull (value);
  session_fixture_assert_usable (fixture);
  fixture->n_answered++;
}

/* An application may run the main loop from a callback: replies still arrive, each once. */
static void
test_nested_loop (SessionFixture *fixture, gconstpointer data)
{
  g_auto (Outcome) behind = { 0 };

  qmp_session_call_async (fixture->session, "first", NULL, 0, NULL, on_called_wait, fixture);
  session_fixture_call (fixture, "second", 0, &behind);
  scripted_peer_hear_command (fixture->peer, "first");
  scripted_peer_hear_command (fixture->peer, "second");
  scripted_peer_say (fixture->peer, "{\"return\": {}, \"id\": 2}{\"return\": {}, \"id\": 3}");
  wait_until (fixture->n_answered);
  g_assert_cmpuint (behind.n_calls, ==, 1);
  g_assert_no_error (behind.error);
}

static void
test_oversize_message (SessionFixture *fixture, gconstpointer data)
{
  g_auto (Outcome) outcome = { 0 };
  g_autofree char *chunk = g_strnfill (1024 * 1024, 'a');

  session_fixture_call (fixture, "query-all", G_MAXUINT, &outcome);
  scripted_peer_say (fixture->peer, "{\"id\": 2, \"return\": \"");
  for (guint i = 0; i <= QMP_MAX_MESSAGE_BYTES / (1024 * 1024); i++)
    scripted_peer_say_bytes (fixture->peer, chunk, 1024 * 1024);
  outcome_assert_fails (&outcome, QMP_ERROR_TOO_LARGE);
  wait_until (fixture->n_closed);
  g_assert_cmpint (fixture->closed_code, ==, QMP_ERROR_TOO_LARGE);
}

static void
test_nested_message (SessionFixture *fixture, gconstpointer data)
{
  g_auto (Outcome) outcome = { 0 };
  g_autofree char *arrays = g_strnfill (1000000, '[');

  session_fixture_call (fixture, "query-all", G_MAXUINT, &outcome);
  scripted_peer_say (fixture->peer, "{\"id\": 2, \"return\": ");
  scripted_peer_say_bytes (fixture->peer, arrays, 1000000);
  outcome_assert_fails (&outcome, QMP_ERROR_TOO_LARGE);
}

static void
test_big_reply (SessionFixture *fixture, gconstpointer data)
{
  g_auto (Outcome) outcome = { 0 };
  g_autofree char *text = g_strnfill (4 * 1024 * 1024, 'a');

  session_fixture_call (fixture, "query-all", 0, &outcome);
  scripted_peer_hear_command (fixture->peer, "query-all");
  scripted_peer_say (fixture->peer, "{\"id\": 2, \"return\": \"");
  scripted_peer_say_bytes (fixture->peer, text, strlen (text));
  scripted_peer_say (fixture->peer, "\"}");
  wait_until (outcome.n_calls);
  g_assert_no_error (outcome.error);
  g_assert_cmpstr (qmp_value_as_string (outcome.value), ==, text);
  session_fixture_assert_usable (fixture);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  session_fixture_add_open ("pipelined-out-of-order", test_pipelined_out_of_order);
  session_fixture_add_open ("arguments", test_arguments);
  session_fixture_add_open ("remote-error", test_remote_error);
  session_fixture_add_open ("reply-as-text", test_reply_as_text);
  session_fixture_add_open ("late-reply", test_late_reply);
  session_fixture_add_open ("reply-beats-deadline", test_reply_beats_deadline);
  session_fixture_add_open ("odd-replies", test_odd_replies);
  session_fixture_add_open ("cancel", test_cancel);
  session_fixture_add_open ("invalid-arguments", test_invalid_arguments);
  session_fixture_add_open ("nested-loop", test_nested_loop);
  session_fixture_add_open ("oversize-message", test_oversize_message);
  session_fixture_add_open ("nested-message", test_nested_message);
  session_fixture_add_open ("big-reply", test_big_reply);
  return g_test_run ();
}
