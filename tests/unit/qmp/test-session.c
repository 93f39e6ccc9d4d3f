/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * A session against a peer that the test plays: opening, calls, events and the end, each with all
 * that can go wrong.
 */
#include "tests/unit/qmp/scripted-peer.h"

#include <fcntl.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

typedef struct
{
  ScriptedPeer *peer;  /* (owned) */
  QmpSession *session; /* (owned) (nullable) */
  int fd;              /* the session's */
  guint n_closed;
  int closed_code;
  guint n_answered_before_closed;
  guint n_answered;
} Fixture;

static void
on_closed (QmpSession *session, const GError *error, gpointer data)
{
  Fixture *fixture = data;

  g_assert_nonnull (error);
  g_assert_false (qmp_session_is_open (session));
  fixture->n_closed++;
  fixture->closed_code = error->domain == QMP_ERROR ? error->code : -1;
  fixture->n_answered_before_closed = fixture->n_answered;
}

static void
set_up (Fixture *fixture, gconstpointer data)
{
  fixture->peer = scripted_peer_new (&fixture->fd);
  fixture->session = qmp_session_new_for_fd (fixture->fd);
  g_signal_connect (fixture->session, "closed", G_CALLBACK (on_closed), fixture);
}

static void
set_up_open (Fixture *fixture, gconstpointer data)
{
  set_up (fixture, data);
  scripted_peer_open (fixture->peer, fixture->session);
}

/* However a test ends its session, nothing may hold it any more. */
static void
tear_down (Fixture *fixture, gconstpointer data)
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

static void
call (Fixture *fixture, const char *command, guint timeout_ms, Outcome *outcome)
{
  qmp_session_call_async (fixture->session, command, NULL, timeout_ms, NULL, on_called, outcome);
  g_assert_cmpuint (outcome->n_calls, ==, 0);
}

/* A whole exchange: the session is usable. */
static void
assert_usable (Fixture *fixture)
{
  g_auto (Outcome) outcome = { 0 };
  guint64 id;

  call (fixture, "query-status", 0, &outcome);
  id = scripted_peer_hear_command (fixture->peer, "query-status");
  scripted_peer_say (fixture->peer, "{\"return\": {\"status\": \"ok\"}, \"id\": %lu}\r\n", id);
  wait_until (outcome.n_calls);
  g_assert_no_error (outcome.error);
  g_assert_cmpstr (qmp_value_get_string (outcome.value, "status"), ==, "ok");
}

/* Calls that nobody answers end here, while their outcomes still are there. */
static void
end_session (Fixture *fixture)
{
  qmp_session_close (fixture->session);
  wait_until (fixture->n_closed);
}

static void
assert_fails (Outcome *outcome, QmpError code)
{
  wait_until (outcome->n_calls);
  g_assert_cmpuint (outcome->n_calls, ==, 1);
  g_assert_error (outcome->error, QMP_ERROR, (int) code);
  g_assert_null (outcome->value);
}

/* Opening has failed: the session is closed for the same reason. */
static void
assert_open_fails (Fixture *fixture, Outcome *outcome, QmpError code)
{
  assert_fails (outcome, code);
  wait_until (fixture->n_closed);
  g_assert_cmpint (fixture->closed_code, ==, code);
  g_assert_false (qmp_session_is_open (fixture->session));
}

static void
test_greeting_in_single_bytes (Fixture *fixture, gconstpointer data)
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
  assert_usable (fixture);
}

static void
test_garbage_before_greeting (Fixture *fixture, gconstpointer data)
{
  scripted_peer_say (fixture->peer, "qemu: warning: {odd} \"things\n\xff{\"cut\": [\n");
  scripted_peer_open (fixture->peer, fixture->session);
  assert_usable (fixture);
}

static void
test_endless_garbage (Fixture *fixture, gconstpointer data)
{
  g_auto (Outcome) outcome = { 0 };
  g_autofree char *garbage = g_strnfill (1024 * 1024, 'x');

  qmp_session_open_async (fixture->session, G_MAXUINT, NULL, on_opened, &outcome);
  scripted_peer_say_bytes (fixture->peer, garbage, strlen (garbage));
  assert_open_fails (fixture, &outcome, QMP_ERROR_PROTOCOL);
}

static void
test_no_greeting (Fixture *fixture, gconstpointer data)
{
  g_auto (Outcome) outcome = { 0 };

  qmp_session_open_async (fixture->session, 20, NULL, on_opened, &outcome);
  assert_open_fails (fixture, &outcome, QMP_ERROR_TIMEOUT);
  g_assert_cmpstr (outcome.error->message, ==,
                   "opening the session: no greeting from the monitor within 20 ms");
  wait_until (fixture->peer->at_end);
}

static void
test_no_negotiation (Fixture *fixture, gconstpointer data)
{
  g_auto (Outcome) outcome = { 0 };

  qmp_session_open_async (fixture->session, 20, NULL, on_opened, &outcome);
  scripted_peer_say (fixture->peer, PEER_GREETING);
  assert_open_fails (fixture, &outcome, QMP_ERROR_TIMEOUT);
  g_assert_cmpstr (outcome.error->message, ==,
                   "opening the session: no answer from the monitor within 20 ms");
}

static void
test_negotiation_refused (Fixture *fixture, gconstpointer data)
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
test_not_a_greeting (Fixture *fixture, gconstpointer data)
{
  g_auto (Outcome) outcome = { 0 };

  qmp_session_open_async (fixture->session, 0, NULL, on_opened, &outcome);
  scripted_peer_say (fixture->peer, "%s", (const char *) data);
  assert_open_fails (fixture, &outcome, QMP_ERROR_PROTOCOL);
}

static void
test_end_before_greeting (Fixture *fixture, gconstpointer data)
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
test_end_while_negotiating (Fixture *fixture, gconstpointer data)
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
test_end_behind_greeting (Fixture *fixture, gconstpointer data)
{
  g_auto (Outcome) outcome = { 0 };

  scripted_peer_say (fixture->peer, PEER_GREETING);
  scripted_peer_hang_up (fixture->peer);
  qmp_session_open_async (fixture->session, 0, NULL, on_opened, &outcome);
  assert_open_fails (fixture, &outcome, QMP_ERROR_DISCONNECTED);
}

static void
test_end_while_open (Fixture *fixture, gconstpointer data)
{
  g_auto (Outcome) answered = { 0 };
  g_auto (Outcome) lost = { 0 };
  guint64 id;

  call (fixture, "first", 0, &answered);
  call (fixture, "second", G_MAXUINT, &lost);
  id = scripted_peer_hear_command (fixture->peer, "first");
  scripted_peer_hear_command (fixture->peer, "second");
  scripted_peer_say (fixture->peer, "{\"return\": {}, \"id\": %lu}\r\n{\"return\": {}, \"id\"", id);
  scripted_peer_hang_up (fixture->peer);
  assert_fails (&lost, QMP_ERROR_DISCONNECTED);
  g_assert_cmpuint (answered.n_calls, ==, 1);
  g_assert_no_error (answered.error);
  wait_until (fixture->n_closed);
  g_assert_cmpint (fixture->closed_code, ==, QMP_ERROR_DISCONNECTED);
}

/* Unread commands in the dead peer's socket make it a reset. */
static void
test_reset_while_open (Fixture *fixture, gconstpointer data)
{
  g_auto (Outcome) outcome = { 0 };

  scripted_peer_listen (fixture->peer, FALSE);
  call (fixture, "never-read", 0, &outcome);
  scripted_peer_hang_up (fixture->peer);
  assert_fails (&outcome, QMP_ERROR_DISCONNECTED);
}

/* A call into a dead socket fails from the main loop, after the replies that were there before. */
static void
test_call_after_hang_up (Fixture *fixture, gconstpointer data)
{
  g_auto (Outcome) answered = { 0 };
  g_auto (Outcome) lost = { 0 };
  g_auto (Outcome) lost_too = { 0 };
  guint64 id;

  call (fixture, "first", 0, &answered);
  id = scripted_peer_hear_command (fixture->peer, "first");
  scripted_peer_say (fixture->peer, "{\"return\": {}, \"id\": %lu}\r\n", id);
  scripted_peer_hang_up (fixture->peer);
  call (fixture, "second", 0, &lost);
  call (fixture, "third", 0, &lost_too);
  g_assert_cmpuint (fixture->n_closed, ==, 0);
  assert_fails (&lost, QMP_ERROR_DISCONNECTED);
  assert_fails (&lost_too, QMP_ERROR_DISCONNECTED);
  g_assert_cmpuint (answered.n_calls, ==, 1);
  g_assert_no_error (answered.error);
}

/* The peer keeps its end, but reads no more: there is no end of file to see. */
static void
test_peer_stops_reading (Fixture *fixture, gconstpointer data)
{
  g_auto (Outcome) answered = { 0 };
  g_auto (Outcome) lost = { 0 };
  guint64 id;

  call (fixture, "first", 0, &answered);
  id = scripted_peer_hear_command (fixture->peer, "first");
  scripted_peer_listen (fixture->peer, FALSE);
  g_assert_no_errno (shutdown (fixture->peer->fd, SHUT_RD));
  scripted_peer_say (fixture->peer, "{\"return\": {}, \"id\": %lu}\r\n", id);
  call (fixture, "second", G_MAXUINT, &lost);
  assert_fails (&lost, QMP_ERROR_DISCONNECTED);
  g_assert_cmpuint (answered.n_calls, ==, 1);
  g_assert_no_error (answered.error);
}

static void
test_not_a_socket (void)
{
  g_auto (Outcome) outcome = { 0 };
  int fd = open ("/dev/zero", O_RDWR | O_CLOEXEC);
  g_autoptr (QmpSession) session = qmp_session_new_for_fd (fd);

  qmp_session_open_async (session, 0, NULL, on_opened, &outcome);
  assert_fails (&outcome, QMP_ERROR_DISCONNECTED);
}

static void
test_pipelined_out_of_order (Fixture *fixture, gconstpointer data)
{
  enum
  {
    N_CALLS = 50
  };
  Outcome outcomes[N_CALLS] = { 0 };
  guint64 ids[N_CALLS];

  for (guint i = 0; i < N_CALLS; i++)
    call (fixture, "query-block", 0, &outcomes[i]);
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
test_arguments (Fixture *fixture, gconstpointer data)
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
test_remote_error (Fixture *fixture, gconstpointer data)
{
  g_auto (Outcome) outcome = { 0 };
  guint64 id;

  call (fixture, "device_del", 0, &outcome);
  id = scripted_peer_hear_command (fixture->peer, "device_del");
  scripted_peer_say (fixture->peer,
                     "{\"id\": %lu, \"error\": {\"class\": \"DeviceNotFound\", "
                     "\"desc\": \"Device 'x' not found\"}}",
                     id);
  assert_fails (&outcome, QMP_ERROR_DEVICE_NOT_FOUND);
  g_assert_cmpstr (outcome.error->message, ==, "Device 'x' not found");
  assert_usable (fixture);
}

static void
test_late_reply (Fixture *fixture, gconstpointer data)
{
  g_auto (Outcome) outcome = { 0 };
  guint64 id;

  call (fixture, "query-slow", 10, &outcome);
  id = scripted_peer_hear_command (fixture->peer, "query-slow");
  assert_fails (&outcome, QMP_ERROR_TIMEOUT);
  g_assert_cmpstr (outcome.error->message, ==,
                   "query-slow: no answer from the monitor within 10 ms");
  scripted_peer_say (fixture->peer, "{\"return\": {}, \"id\": %lu}\r\n", id);
  assert_usable (fixture);
  g_assert_cmpuint (outcome.n_calls, ==, 1);
  g_assert_cmpuint (fixture->n_closed, ==, 0);
}

/* The reply is there when the deadline has passed too, as after a long stop of the application. */
static void
test_reply_beats_deadline (Fixture *fixture, gconstpointer data)
{
  g_auto (Outcome) outcome = { 0 };
  gint64 deadline_us = g_get_monotonic_time () + 5000;

  call (fixture, "query-slow", 5, &outcome);
  scripted_peer_say (fixture->peer, "{\"return\": {}, \"id\": 2}\r\n");
  while (g_get_monotonic_time () < deadline_us)
    continue;
  wait_until (outcome.n_calls);
  g_assert_no_error (outcome.error);
}

static void
test_odd_replies (Fixture *fixture, gconstpointer data)
{
  scripted_peer_say (fixture->peer,
                     "{\"return\": {}}{\"return\": {}, \"id\": 1}{\"return\": {}, \"id\": 999}"
                     "{\"return\": {}, \"id\": \"2\"}{\"return\": {}, \"id\": {}}{\"new\": 1}"
                     "{\"error\": {\"class\": \"GenericError\", \"desc\": \"JSON\"}}" PEER_GREETING
                     "\xff\xff{\"return\"\xff log line\n");
  assert_usable (fixture);
}

static void
test_cancel (Fixture *fixture, gconstpointer data)
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
  assert_usable (fixture);
  g_assert_cmpuint (outcome.n_calls, ==, 1);

  /* Cancelled beforehand: nothing is sent. */
  qmp_session_call_async (fixture->session, "never-sent", NULL, 0, cancellable, on_called, &second);
  wait_until (second.n_calls);
  g_assert_error (second.error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
  assert_usable (fixture);
}

static void
test_cancel_open (Fixture *fixture, gconstpointer data)
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
test_event_mask (Fixture *fixture, gconstpointer data)
{
  g_auto (Heard) all = { .names = g_string_new (NULL) };
  g_auto (Heard) stops = { .names = g_string_new (NULL) };
  QmpSession *session = fixture->session;

  g_signal_connect (session, "event", G_CALLBACK (on_event), &all);
  g_signal_connect (session, "event::STOP", G_CALLBACK (on_event), &stops);
  scripted_peer_say (fixture->peer, "{\"event\": \"STOP\"}");
  assert_usable (fixture);
  g_assert_cmpstr (all.names->str, ==, "");

  qmp_session_subscribe (session, "STOP");
  qmp_session_subscribe (session, "STOP");
  scripted_peer_say (fixture->peer, "{\"event\": \"STOP\"}{\"event\": \"RESUME\"}");
  assert_usable (fixture);
  g_assert_cmpstr (all.names->str, ==, "STOP ");

  qmp_session_unsubscribe (session, "STOP");
  qmp_session_subscribe (session, "*");
  scripted_peer_say (fixture->peer, "{\"event\": \"STOP\"}{\"event\": \"FROM_THE_FUTURE\"}");
  assert_usable (fixture);
  g_assert_cmpstr (all.names->str, ==, "STOP STOP FROM_THE_FUTURE ");
  g_assert_cmpstr (stops.names->str, ==, "STOP STOP ");

  qmp_session_unsubscribe (session, "*");
  qmp_session_unsubscribe (session, "STOP");
  qmp_session_unsubscribe (session, "STOP");
  scripted_peer_say (fixture->peer, "{\"event\": \"STOP\"}");
  assert_usable (fixture);
  g_assert_cmpstr (stops.names->str, ==, "STOP STOP ");
}

static void
test_event_content (Fixture *fixture, gconstpointer data)
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
  assert_usable (fixture);
  g_assert_null (heard.data);
  g_assert_cmpint (heard.timestamp_us, ==, 0);
}

static void
on_event_close (QmpSession *session)
{
  qmp_session_close (session);
}

static void
test_close_in_event (Fixture *fixture, gconstpointer data)
{
  g_signal_connect (fixture->session, "event", G_CALLBACK (on_event_close), NULL);
  qmp_session_subscribe (fixture->session, "*");
  scripted_peer_say (fixture->peer, "{\"event\": \"A\"}{\"event\": \"B\"}{\"return\": {}}");
  wait_until (fixture->n_closed);
  run_ready_sources ();
  g_assert_cmpuint (fixture->n_closed, ==, 1);
}

static guint
count_open_fds (void)
{
  g_autoptr (GDir) folder = g_dir_open ("/proc/self/fd", 0, NULL);
  guint n_fds = 0;

  while (g_dir_read_name (folder))
    n_fds++;
  return n_fds;
}

static QmpValue *
big_arguments (gsize n_bytes)
{
  g_autofree char *text = g_strnfill (n_bytes, 'a');
  QmpValue *arguments = qmp_value_new_object ();

  qmp_value_set_string (arguments, "text", text);
  return arguments;
}

/* Half a big command is in the socket when its deadline passes: the rest must follow. */
static void
test_write_deadline (Fixture *fixture, gconstpointer data)
{
  g_autoptr (QmpValue) arguments = big_arguments (4 * 1024 * 1024);
  g_auto (Outcome) big = { 0 };
  g_auto (Outcome) unsent = { 0 };
  guint n_fds = count_open_fds ();

  scripted_peer_listen (fixture->peer, FALSE);
  qmp_session_call_async (fixture->session, "big", arguments, 10, NULL, on_called, &big);
  qmp_session_call_with_fds_async (fixture->session, "unsent", NULL, &fixture->fd, 1, 10, NULL,
                                   on_called, &unsent);
  g_assert_cmpuint (count_open_fds (), ==, n_fds + 1);
  assert_fails (&big, QMP_ERROR_TIMEOUT);
  assert_fails (&unsent, QMP_ERROR_TIMEOUT);
  g_assert_cmpuint (count_open_fds (), ==, n_fds);

  scripted_peer_listen (fixture->peer, TRUE);
  scripted_peer_hear_command (fixture->peer, "big");
  assert_usable (fixture);
}

/* The end finds commands in the queue. */
static void
test_close_while_writing (Fixture *fixture, gconstpointer data)
{
  g_autoptr (QmpValue) arguments = big_arguments (4 * 1024 * 1024);
  g_auto (Outcome) big = { 0 };
  g_auto (Outcome) unsent = { 0 };
  guint n_fds = count_open_fds ();

  scripted_peer_listen (fixture->peer, FALSE);
  qmp_session_call_async (fixture->session, "big", arguments, 0, NULL, on_called, &big);
  qmp_session_call_with_fds_async (fixture->session, "unsent", NULL, &fixture->fd, 1, 0, NULL,
                                   on_called, &unsent);
  qmp_session_close (fixture->session);
  g_assert_cmpuint (count_open_fds (), ==, n_fds - 1);
  assert_fails (&big, QMP_ERROR_DISCONNECTED);
  assert_fails (&unsent, QMP_ERROR_DISCONNECTED);
}

static void
test_peer_dies_while_writing (Fixture *fixture, gconstpointer data)
{
  g_autoptr (QmpValue) arguments = big_arguments (4 * 1024 * 1024);
  g_auto (Outcome) big = { 0 };

  scripted_peer_listen (fixture->peer, FALSE);
  qmp_session_call_async (fixture->session, "big", arguments, G_MAXUINT, NULL, on_called, &big);
  scripted_peer_hang_up (fixture->peer);
  assert_fails (&big, QMP_ERROR_DISCONNECTED);
}

static void
assert_same_file (int first, int second)
{
  struct stat a, b;

  g_assert_no_errno (fstat (first, &a));
  g_assert_no_errno (fstat (second, &b));
  g_assert_cmpuint (a.st_dev, ==, b.st_dev);
  g_assert_cmpuint (a.st_ino, ==, b.st_ino);
}

static void
test_fds (Fixture *fixture, gconstpointer data)
{
  ScriptedPeer *peer = fixture->peer;
  g_auto (Outcome) plain = { 0 };
  g_auto (Outcome) first = { 0 };
  g_auto (Outcome) second = { 0 };
  int fds[4];

  g_assert_no_errno (pipe2 (fds, O_CLOEXEC));
  g_assert_no_errno (pipe2 (fds + 2, O_CLOEXEC));
  call (fixture, "plain", 0, &plain);
  qmp_session_call_with_fds_async (fixture->session, "getfd", NULL, fds, 1, 0, NULL, on_called,
                                   &first);
  scripted_peer_hear_command (peer, "plain");
  scripted_peer_hear_command (peer, "getfd");
  g_assert_cmpuint (peer->fds->len, ==, 1);
  assert_same_file (g_array_index (peer->fds, int, 0), fds[0]);

  qmp_session_call_with_fds_async (fixture->session, "add-fd", NULL, fds + 2, 2, 0, NULL, on_called,
                                   &second);
  /* The caller's own copies are no longer needed. */
  for (guint i = 0; i < G_N_ELEMENTS (fds); i++)
    close (fds[i]);
  scripted_peer_hear_command (peer, "add-fd");
  g_assert_cmpuint (peer->fds->len, ==, 3);
  end_session (fixture);
}

/* Behind a command that fills the socket, descriptors still come with their own first byte. */
static void
test_fds_behind_full_socket (Fixture *fixture, gconstpointer data)
{
  ScriptedPeer *peer = fixture->peer;
  g_autoptr (QmpValue) arguments = big_arguments (1024 * 1024);
  g_auto (Outcome) big = { 0 };
  g_auto (Outcome) with_fd = { 0 };
  gsize n_before = peer->n_heard;
  gsize n_big;

  scripted_peer_listen (peer, FALSE);
  qmp_session_call_async (fixture->session, "big", arguments, 0, NULL, on_called, &big);
  qmp_session_call_with_fds_async (fixture->session, "getfd", NULL, &peer->fd, 1, 0, NULL,
                                   on_called, &with_fd);
  scripted_peer_listen (peer, TRUE);
  scripted_peer_hear_command (peer, "big");
  n_big = 1024 * 1024 + strlen ("{\"execute\":\"big\",\"arguments\":{\"text\":\"\"},\"id\":2}\n");
  scripted_peer_hear_command (peer, "getfd");
  g_assert_cmpuint (peer->fds->len, ==, 1);
  assert_same_file (g_array_index (peer->fds, int, 0), peer->fd);
  /* They came with a read that ended behind the big command. */
  g_assert_cmpuint (peer->n_heard, >, n_before + n_big);
  g_assert_cmpuint (peer->fds_offset, <=, n_before + n_big);
  g_assert_cmpuint (peer->fds_offset + 65536, >, n_before + n_big);
  end_session (fixture);
}

static void
test_fds_refused (Fixture *fixture, gconstpointer data)
{
  int many[17] = { 0 };
  int closed = fcntl (fixture->fd, F_DUPFD_CLOEXEC, 100);
  const struct
  {
    const int *fds;
    guint n_fds;
  } cases[] = { { many, 17 }, { NULL, 1 }, { &closed, 1 } };
  guint n_fds;

  close (closed);
  n_fds = count_open_fds ();
  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_auto (Outcome) outcome = { 0 };

      qmp_session_call_with_fds_async (fixture->session, "getfd", NULL, cases[i].fds,
                                       cases[i].n_fds, 0, NULL, on_called, &outcome);
      assert_fails (&outcome, QMP_ERROR_INVALID_ARGUMENT);
    }
  g_assert_cmpuint (count_open_fds (), ==, n_fds);
  assert_usable (fixture);
}

static void
test_invalid_arguments (Fixture *fixture, gconstpointer data)
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
      assert_fails (&outcome, QMP_ERROR_INVALID_ARGUMENT);
    }
  assert_usable (fixture);
}

static void
test_used_in_wrong_state (Fixture *fixture, gconstpointer data)
{
  g_auto (Outcome) early = { 0 };
  g_auto (Outcome) twice = { 0 };

  call (fixture, "early", 0, &early);
  assert_fails (&early, QMP_ERROR_INVALID_ARGUMENT);
  scripted_peer_open (fixture->peer, fixture->session);
  qmp_session_open_async (fixture->session, 0, NULL, on_opened, &twice);
  assert_fails (&twice, QMP_ERROR_INVALID_ARGUMENT);
  assert_usable (fixture);
}

static void
on_answered_before_close (GObject *source, GAsyncResult *result, gpointer data)
{
  Fixture *fixture = data;
  g_autoptr (GError) error = NULL;

  g_assert_null (qmp_session_call_finish (QMP_SESSION (source), result, &error));
  g_assert_error (error, QMP_ERROR, QMP_ERROR_DISCONNECTED);
  fixture->n_answered++;
}

static void
test_close_with_pending_calls (Fixture *fixture, gconstpointer data)
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
test_used_after_close (Fixture *fixture, gconstpointer data)
{
  g_auto (Outcome) outcome = { 0 };
  g_auto (Outcome) opened = { 0 };

  qmp_session_close (fixture->session);
  call (fixture, "query-status", 0, &outcome);
  qmp_session_open_async (fixture->session, 0, NULL, on_opened, &opened);
  qmp_session_subscribe (fixture->session, "*");
  qmp_session_unsubscribe (fixture->session, "*");
  assert_fails (&outcome, QMP_ERROR_DISCONNECTED);
  g_assert_cmpstr (outcome.error->message, ==,
                   "query-status: the session is closed: the session was closed");
  assert_fails (&opened, QMP_ERROR_DISCONNECTED);
  g_assert_false (qmp_session_is_open (fixture->session));
  g_assert_nonnull (qmp_session_get_greeting (fixture->session));
}

/* Nobody holds an open session: the peer sees its end. */
static void
test_dropped (Fixture *fixture, gconstpointer data)
{
  g_clear_object (&fixture->session);
  wait_until (fixture->peer->at_end);
  g_assert_cmpuint (fixture->n_closed, ==, 0);
}

/* A pending call holds its session; when it is over nothing does. */
static void
test_dropped_with_pending_call (Fixture *fixture, gconstpointer data)
{
  g_auto (Outcome) outcome = { 0 };
  QmpSession *session = fixture->session;

  g_object_add_weak_pointer (G_OBJECT (session), (gpointer *) &session);
  call (fixture, "query-slow", 10, &outcome);
  g_clear_object (&fixture->session);
  g_assert_nonnull (session);
  scripted_peer_hear_command (fixture->peer, "query-slow");
  assert_fails (&outcome, QMP_ERROR_TIMEOUT);
  wait_until (fixture->peer->at_end);
  g_assert_null (session);
}

static void
on_called_drop (GObject *source, GAsyncResult *result, gpointer data)
{
  Fixture *fixture = data;
  g_autoptr (GError) error = NULL;
  g_autoptr (QmpValue) value = qmp_session_call_finish (QMP_SESSION (source), result, &error);

  g_assert_no_error (error);
  g_clear_object (&fixture->session);
  fixture->n_answered++;
}

static void
test_dropped_in_callback (Fixture *fixture, gconstpointer data)
{
  qmp_session_call_async (fixture->session, "query-status", NULL, 0, NULL, on_called_drop, fixture);
  scripted_peer_say (fixture->peer, "{\"return\": {}, \"id\": 2}{\"return\": {}, \"id\": 3}");
  wait_until (fixture->peer->at_end);
  g_assert_cmpuint (fixture->n_answered, ==, 1);
}

static void
on_called_wait (GObject *source, GAsyncResult *result, gpointer data)
{
  Fixture *fixture = data;
  g_autoptr (QmpValue) value = qmp_session_call_finish (QMP_SESSION (source), result, NULL);

  g_assert_nonnull (value);
  assert_usable (fixture);
  fixture->n_answered++;
}

/* An application may run the main loop from a callback: replies still arrive, each once. */
static void
test_nested_loop (Fixture *fixture, gconstpointer data)
{
  g_auto (Outcome) behind = { 0 };

  qmp_session_call_async (fixture->session, "first", NULL, 0, NULL, on_called_wait, fixture);
  call (fixture, "second", 0, &behind);
  scripted_peer_hear_command (fixture->peer, "first");
  scripted_peer_hear_command (fixture->peer, "second");
  scripted_peer_say (fixture->peer, "{\"return\": {}, \"id\": 2}{\"return\": {}, \"id\": 3}");
  wait_until (fixture->n_answered);
  g_assert_cmpuint (behind.n_calls, ==, 1);
  g_assert_no_error (behind.error);
}

static void
test_oversize_message (Fixture *fixture, gconstpointer data)
{
  g_auto (Outcome) outcome = { 0 };
  g_autofree char *chunk = g_strnfill (1024 * 1024, 'a');

  call (fixture, "query-all", G_MAXUINT, &outcome);
  scripted_peer_say (fixture->peer, "{\"id\": 2, \"return\": \"");
  for (guint i = 0; i <= QMP_MAX_MESSAGE_BYTES / (1024 * 1024); i++)
    scripted_peer_say_bytes (fixture->peer, chunk, 1024 * 1024);
  assert_fails (&outcome, QMP_ERROR_TOO_LARGE);
  wait_until (fixture->n_closed);
  g_assert_cmpint (fixture->closed_code, ==, QMP_ERROR_TOO_LARGE);
}

static void
test_nested_message (Fixture *fixture, gconstpointer data)
{
  g_auto (Outcome) outcome = { 0 };
  g_autofree char *arrays = g_strnfill (1000000, '[');

  call (fixture, "query-all", G_MAXUINT, &outcome);
  scripted_peer_say (fixture->peer, "{\"id\": 2, \"return\": ");
  scripted_peer_say_bytes (fixture->peer, arrays, 1000000);
  assert_fails (&outcome, QMP_ERROR_TOO_LARGE);
}

static void
test_big_reply (Fixture *fixture, gconstpointer data)
{
  g_auto (Outcome) outcome = { 0 };
  g_autofree char *text = g_strnfill (4 * 1024 * 1024, 'a');

  call (fixture, "query-all", 0, &outcome);
  scripted_peer_hear_command (fixture->peer, "query-all");
  scripted_peer_say (fixture->peer, "{\"id\": 2, \"return\": \"");
  scripted_peer_say_bytes (fixture->peer, text, strlen (text));
  scripted_peer_say (fixture->peer, "\"}");
  wait_until (outcome.n_calls);
  g_assert_no_error (outcome.error);
  g_assert_cmpstr (qmp_value_as_string (outcome.value), ==, text);
  assert_usable (fixture);
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

#define ADD(name, set_up_function, function, data)                                                 \
  g_test_add ("/qmp/session/" name, Fixture, data, set_up_function, function, tear_down)

static void
add_opening_tests (void)
{
  ADD ("greeting-in-single-bytes", set_up, test_greeting_in_single_bytes, NULL);
  ADD ("garbage-before-greeting", set_up, test_garbage_before_greeting, NULL);
  ADD ("endless-garbage", set_up, test_endless_garbage, NULL);
  ADD ("no-greeting", set_up, test_no_greeting, NULL);
  ADD ("no-negotiation", set_up, test_no_negotiation, NULL);
  ADD ("negotiation-refused", set_up, test_negotiation_refused, NULL);
  ADD ("not-a-greeting/object", set_up, test_not_a_greeting, "{\"hello\": 1}");
  ADD ("not-a-greeting/reply", set_up, test_not_a_greeting, "{\"return\": {}, \"id\": 1}");
  ADD ("not-a-greeting/error", set_up, test_not_a_greeting, "{\"error\": {}}");
  ADD ("end-before-greeting/nothing", set_up, test_end_before_greeting, "");
  ADD ("end-before-greeting/half", set_up, test_end_before_greeting, "{\"QMP\": {\"ver");
  ADD ("end-before-greeting/garbage", set_up, test_end_before_greeting, "qemu: no\n");
  ADD ("end-before-greeting/event", set_up, test_end_before_greeting, "{\"event\": \"STOP\"}");
  ADD ("end-while-negotiating", set_up, test_end_while_negotiating, NULL);
  ADD ("end-behind-greeting", set_up, test_end_behind_greeting, NULL);
  ADD ("cancel-open", set_up, test_cancel_open, NULL);
  ADD ("used-in-wrong-state", set_up, test_used_in_wrong_state, NULL);
  g_test_add_func ("/qmp/session/not-a-socket", test_not_a_socket);
  g_test_add_func ("/qmp/session/other-context", test_other_context);
}

static void
add_call_tests (void)
{
  ADD ("pipelined-out-of-order", set_up_open, test_pipelined_out_of_order, NULL);
  ADD ("arguments", set_up_open, test_arguments, NULL);
  ADD ("remote-error", set_up_open, test_remote_error, NULL);
  ADD ("late-reply", set_up_open, test_late_reply, NULL);
  ADD ("reply-beats-deadline", set_up_open, test_reply_beats_deadline, NULL);
  ADD ("odd-replies", set_up_open, test_odd_replies, NULL);
  ADD ("cancel", set_up_open, test_cancel, NULL);
  ADD ("write-deadline", set_up_open, test_write_deadline, NULL);
  ADD ("fds", set_up_open, test_fds, NULL);
  ADD ("fds-behind-full-socket", set_up_open, test_fds_behind_full_socket, NULL);
  ADD ("fds-refused", set_up_open, test_fds_refused, NULL);
  ADD ("invalid-arguments", set_up_open, test_invalid_arguments, NULL);
  ADD ("nested-loop", set_up_open, test_nested_loop, NULL);
  ADD ("oversize-message", set_up_open, test_oversize_message, NULL);
  ADD ("nested-message", set_up_open, test_nested_message, NULL);
  ADD ("big-reply", set_up_open, test_big_reply, NULL);
}

static void
add_event_and_end_tests (void)
{
  ADD ("event-mask", set_up_open, test_event_mask, NULL);
  ADD ("event-content", set_up_open, test_event_content, NULL);
  ADD ("close-in-event", set_up_open, test_close_in_event, NULL);
  ADD ("end-while-open", set_up_open, test_end_while_open, NULL);
  ADD ("reset-while-open", set_up_open, test_reset_while_open, NULL);
  ADD ("call-after-hang-up", set_up_open, test_call_after_hang_up, NULL);
  ADD ("peer-stops-reading", set_up_open, test_peer_stops_reading, NULL);
  ADD ("peer-dies-while-writing", set_up_open, test_peer_dies_while_writing, NULL);
  ADD ("close-while-writing", set_up_open, test_close_while_writing, NULL);
  ADD ("close-with-pending-calls", set_up_open, test_close_with_pending_calls, NULL);
  ADD ("used-after-close", set_up_open, test_used_after_close, NULL);
  ADD ("dropped", set_up_open, test_dropped, NULL);
  ADD ("dropped-with-pending-call", set_up_open, test_dropped_with_pending_call, NULL);
  ADD ("dropped-in-callback", set_up_open, test_dropped_in_callback, NULL);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  add_opening_tests ();
  add_call_tests ();
  add_event_and_end_tests ();
  return g_test_run ();
}
