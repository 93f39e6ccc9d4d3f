/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Recordings written by hand: what is played, what is waited for, and what is refused.
 */
#include "tests/fixtures/guard.h"
#include "tests/unit/qmp/scripted-peer.h"

#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#define OPENING                                                                                    \
  "< {\"QMP\": {\"version\": {}, \"capabilities\": [\"oob\"]}}\n"                                  \
  "> {\"execute\":\"qmp_capabilities\",\"id\":1}\n"                                                \
  "< {\"return\": {}, \"id\": 1}\n"

/* (transfer full) */
static char *
write_recording (const char *text)
{
  char *path = g_build_filename (guard_get_folder (), "played.qmp", NULL);
  g_autoptr (GError) error = NULL;

  g_file_set_contents (path, text, -1, &error);
  g_assert_no_error (error);
  return path;
}

/* (transfer full): yet to be opened */
static QmpSession *
play (const char *text)
{
  g_autofree char *path = write_recording (text);
  g_autoptr (GError) error = NULL;
  QmpSession *session = qmp_session_new_for_replay (path, &error);

  g_assert_no_error (error);
  return session;
}

static void
open_session (QmpSession *session)
{
  g_autoptr (GError) error = NULL;

  qmp_session_open_sync (session, G_MAXUINT, NULL, &error);
  g_assert_no_error (error);
}

/* (transfer full): open */
static QmpSession *
play_opened (const char *text)
{
  g_autofree char *whole = g_strconcat (OPENING, text, NULL);
  QmpSession *session = play (whole);

  open_session (session);
  return session;
}

static void
call (QmpSession *session, const char *command, const char *arguments, Outcome *outcome)
{
  g_autoptr (QmpValue) value = arguments ? qmp_value_parse (arguments, -1, NULL) : NULL;

  qmp_session_call_async (session, command, value, G_MAXUINT, NULL, on_called, outcome);
}

static void
count_event (
    QmpSession *session, const char *name, QmpValue *data, gint64 timestamp_us, guint *n_events)
{
  (*n_events)++;
}

static void
assert_text (const QmpValue *value, const char *expected)
{
  g_autofree char *text = qmp_value_to_string (value);

  g_assert_cmpstr (text, ==, expected);
}

/* Ids of any type, in a recording that somebody else made. */
static void
test_ids (void)
{
  g_autoptr (QmpSession) session = play ("< {\"QMP\": {}}\n"
                                         "> {\"execute\": \"qmp_capabilities\", \"id\": \"open\"}\n"
                                         "< {\"id\": \"open\", \"return\": {}}\n"
                                         "> {\"id\": {\"a\": [1, 2]}, \"execute\": \"first\"}\n"
                                         "> {\"id\": 1e400, \"execute\": \"second\"}\n"
                                         "< {\"return\": 2, \"id\": 1e400}\n"
                                         "< {\"id\": {\"a\": [1, 2]}, \"return\": 1}\n"
                                         "< {\"return\": 3, \"id\": \"nobody's\"}\n");
  g_auto (Outcome) first = { 0 };
  g_auto (Outcome) second = { 0 };

  open_session (session);
  call (session, "first", NULL, &first);
  call (session, "second", NULL, &second);
  wait_until (first.n_calls && second.n_calls);
  assert_text (first.value, "1");
  assert_text (second.value, "2");
}

/* Events between the commands come in their order, whether or not the client waited for them. */
static void
test_pipelined (void)
{
  g_autoptr (QmpSession) session = play_opened ("> {\"execute\":\"a\",\"id\":2}\n"
                                                "< {\"event\": \"BETWEEN\"}\n"
                                                "< {\"return\": 1, \"id\": 2}\n"
                                                "\n# a comment\n"
                                                "> {\"execute\":\"b\",\"id\":3}\n"
                                                "< {\"return\": 2, \"id\": 3}\n"
                                                "> {\"execute\":\"c\",\"id\":4}\n"
                                                "< {\"event\": \"BETWEEN\"}\n"
                                                ".\n");
  Outcome outcomes[3] = { 0 };
  guint n_events = 0;

  g_signal_connect (session, "event::BETWEEN", G_CALLBACK (count_event), &n_events);
  qmp_session_subscribe (session, "BETWEEN");
  call (session, "a", NULL, &outcomes[0]);
  call (session, "b", NULL, &outcomes[1]);
  call (session, "c", NULL, &outcomes[2]);
  outcome_assert_fails (&outcomes[2], QMP_ERROR_DISCONNECTED);
  g_assert_no_error (outcomes[0].error);
  g_assert_no_error (outcomes[1].error);
  g_assert_cmpuint (n_events, ==, 2);
  for (guint i = 0; i < G_N_ELEMENTS (outcomes); i++)
    outcome_clear (&outcomes[i]);
}

/* A blocking call runs the monitor too; events wait for the main context. */
static void
test_blocking (void)
{
  g_autoptr (QmpSession) session = play (OPENING "< {\"event\": \"EARLY\"}\n"
                                                 "> {\"execute\":\"a\",\"id\":2}\n"
                                                 "< {\"event\": \"LATE\"}\n"
                                                 "< {\"return\": 1, \"id\": 2}\n");
  g_autoptr (GError) error = NULL;
  g_autoptr (QmpValue) value = NULL;
  guint n_events = 0;

  g_signal_connect (session, "event", G_CALLBACK (count_event), &n_events);
  qmp_session_subscribe (session, "*");
  open_session (session);
  value = qmp_session_call_sync (session, "a", NULL, G_MAXUINT, NULL, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (n_events, ==, 0);
  wait_until (n_events == 2);
}

/* The same command, however it is written. */
static void
test_alike (void)
{
  g_autoptr (QmpSession) session =
      play_opened ("> {\"execute\":\"a\",\"arguments\":{\"x\":{\"p\":1,\"q\":[1e400]},"
                   "\"y\":18446744073709551615},\"id\":2}\n"
                   "< {\"return\": {}, \"id\": 2}\n"
                   "> {\"execute\":\"b\",\"arguments\":{},\"id\":3}\n"
                   "< {\"return\": {}, \"id\": 3}\n");
  g_auto (Outcome) a = { 0 };
  g_auto (Outcome) b = { 0 };

  call (session, "a", "{\"y\":18446744073709551615,\"x\":{\"q\":[1e400],\"p\":1}}", &a);
  call (session, "b", NULL, &b);
  wait_until (a.n_calls && b.n_calls);
  g_assert_no_error (a.error);
  g_assert_no_error (b.error);
}

static void
test_out_of_band (void)
{
  g_autoptr (QmpSession) session =
      play ("< {\"QMP\": {\"version\": {}, \"capabilities\": [\"oob\"]}}\n"
            "> {\"execute\":\"qmp_capabilities\",\"arguments\":{\"enable\":[\"oob\"]},\"id\":1}\n"
            "< {\"return\": {}, \"id\": 1}\n"
            "> {\"exec-oob\":\"a\",\"id\":2}\n"
            "< {\"return\": {}, \"id\": 2}\n"
            "> {\"exec-oob\":\"a\",\"id\":3}\n");
  g_auto (Outcome) expected = { 0 };
  g_auto (Outcome) other = { 0 };

  qmp_session_enable_out_of_band (session);
  open_session (session);
  qmp_session_call_full_async (session, "a", NULL, QMP_CALL_OUT_OF_BAND, NULL, 0, 0, NULL,
                               on_called, &expected);
  call (session, "a", NULL, &other);
  outcome_assert_fails (&other, QMP_ERROR_PROTOCOL);
  g_assert_no_error (expected.error);
}

/* A monitor that dies says all it had to say, though the socket does not take it at once. */
static void
test_much_before_the_end (void)
{
  g_autoptr (GString) text = g_string_new ("> {\"execute\":\"a\",\"id\":2}\n< {\"return\": \"");
  g_autoptr (QmpSession) session = NULL;
  g_auto (Outcome) outcome = { 0 };
  guint n_events = 0;

  for (guint i = 0; i < 4 * 1024 * 1024; i++)
    g_string_append_c (text, 'x');
  g_string_append (text, "\", \"id\": 2}\n< {\"event\": \"LAST\"}\n.\n");
  session = play_opened (text->str);
  g_signal_connect (session, "event::LAST", G_CALLBACK (count_event), &n_events);
  qmp_session_subscribe (session, "LAST");
  call (session, "a", NULL, &outcome);
  wait_until (!qmp_session_is_open (session));
  g_assert_cmpuint (n_events, ==, 1);
  g_assert_no_error (outcome.error);
  g_assert_cmpuint (strlen (qmp_value_as_string (outcome.value)), ==, 4 * 1024 * 1024);
}

/* What was recorded without an end ends when the client wishes. */
static void
test_silent (void)
{
  g_autoptr (QmpSession) session = play_opened ("> {\"execute\":\"a\",\"id\":2}\n");
  g_auto (Outcome) late = { 0 };

  qmp_session_call_async (session, "a", NULL, 10, NULL, on_called, &late);
  outcome_assert_fails (&late, QMP_ERROR_TIMEOUT);
  g_assert_true (qmp_session_is_open (session));
  qmp_session_close (session);
  run_ready_sources ();
  g_assert_false (qmp_session_is_open (session));
}

/* The client leaves while the monitor has more to say, and in the middle of a command. */
static void
test_dropped (void)
{
  g_autofree char *large = g_strnfill (4 * 1024 * 1024, 'x');
  g_autofree char *text = g_strdup_printf ("> {\"execute\":\"a\",\"id\":2}\n"
                                           "< {\"return\": \"%s\", \"id\": 2}\n",
                                           large);
  QmpSession *session = play_opened (text);
  g_auto (Outcome) outcome = { 0 };

  call (session, "a", NULL, &outcome);
  g_main_context_iteration (NULL, FALSE);
  qmp_session_close (session);
  outcome_assert_fails (&outcome, QMP_ERROR_DISCONNECTED);
  run_ready_sources ();
  g_object_add_weak_pointer (G_OBJECT (session), (gpointer *) &session);
  g_object_unref (session);
  g_assert_null (session);
}

static void
test_fds (void)
{
  g_autoptr (QmpSession) session = play_opened ("> {\"execute\":\"getfd\",\"id\":2}\n"
                                                "< {\"return\": {}, \"id\": 2}\n");
  g_auto (Outcome) outcome = { 0 };
  int fds[2];
  char byte;

  g_assert_no_errno (socketpair (AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, fds));
  qmp_session_call_full_async (session, "getfd", NULL, QMP_CALL_NONE, fds, 1, 0, NULL, on_called,
                               &outcome);
  close (fds[0]);
  wait_until (outcome.n_calls);
  g_assert_no_error (outcome.error);
  g_assert_cmpint (recv (fds[1], &byte, 1, MSG_DONTWAIT), ==, 0);
  close (fds[1]);
}

static const struct
{
  const char *recorded;
  const char *command;
  const char *arguments;
  const char *problem;
} departures[] = {
  { "> {\"execute\":\"a\",\"id\":2}\n", "b", NULL,
    "', line 4: expected {\"execute\":\"a\"}, the client sent {\"execute\":\"b\"}" },
  { "# where\n\n> {\"execute\":\"a\",\"arguments\":{\"x\":1},\"id\":2}\n", "a", "{\"x\":1.0}",
    "', line 6: expected {\"execute\":\"a\",\"arguments\":{\"x\":1}}, the client sent "
    "{\"execute\":\"a\",\"arguments\":{\"x\":1.0}}" },
  { "> {\"execute\":\"a\",\"arguments\":{\"x\":1},\"id\":2}\n", "a", "{\"x\":1,\"y\":2}",
    "the client sent {\"execute\":\"a\",\"arguments\":{\"x\":1,\"y\":2}}" },
  { "> {\"execute\":\"a\",\"arguments\":{\"x\":1},\"id\":2}\n", "a", NULL,
    "the client sent {\"execute\":\"a\"}" },
  { "", "a", NULL, "', line 3: expected no more commands, the client sent {\"execute\":\"a\"}" },
  { "< {\"event\": \"LAST\"}\n", "a", NULL, "', line 4: expected no more commands, the client" },
};

static void
on_closed (QmpSession *session, const GError *error, guint *n_closed)
{
  g_assert_error (error, QMP_ERROR, QMP_ERROR_PROTOCOL);
  (*n_closed)++;
}

static void
test_departures (void)
{
  for (guint i = 0; i < G_N_ELEMENTS (departures); i++)
    {
      g_autoptr (QmpSession) session = play_opened (departures[i].recorded);
      g_auto (Outcome) outcome = { 0 };
      guint n_closed = 0;

      g_signal_connect (session, "closed", G_CALLBACK (on_closed), &n_closed);
      call (session, departures[i].command, departures[i].arguments, &outcome);
      outcome_assert_fails (&outcome, QMP_ERROR_PROTOCOL);
      g_test_message ("%s", outcome.error->message);
      g_assert_nonnull (strstr (outcome.error->message, departures[i].problem));
      g_assert_nonnull (strstr (outcome.error->message, "played.qmp"));
      wait_until (n_closed);
    }
}

static void
test_blocking_departure (void)
{
  g_autoptr (QmpSession) session = play_opened ("> {\"execute\":\"a\",\"id\":2}\n");
  g_autoptr (GError) error = NULL;

  g_assert_null (qmp_session_call_sync (session, "b", NULL, G_MAXUINT, NULL, &error));
  g_assert_error (error, QMP_ERROR, QMP_ERROR_PROTOCOL);
}

/* A long command is shown in part, cut between characters. */
static void
test_long_departure (void)
{
  g_autoptr (QmpSession) session = play_opened ("> {\"execute\":\"a\",\"id\":2}\n");
  g_autoptr (QmpValue) arguments = qmp_value_new_object ();
  g_autoptr (GString) text = g_string_new (NULL);
  g_auto (Outcome) outcome = { 0 };

  for (guint i = 0; i < 200; i++)
    g_string_append (text, "é");
  qmp_value_set_string (arguments, "x", text->str);
  qmp_session_call_async (session, "a", arguments, 0, NULL, on_called, &outcome);
  outcome_assert_fails (&outcome, QMP_ERROR_PROTOCOL);
  g_assert_true (g_str_has_suffix (outcome.error->message, "é…"));
}

/* A client whose command comes when the monitor has said all but not sent it has left as well. */
static void
test_departure_at_the_end (void)
{
  g_autofree char *large = g_strnfill (4 * 1024 * 1024, 'x');
  g_autofree char *text = g_strdup_printf ("> {\"execute\":\"a\",\"id\":2}\n"
                                           "< {\"return\": \"%s\", \"id\": 2}\n.\n",
                                           large);
  g_autoptr (QmpSession) session = play_opened (text);
  g_auto (Outcome) answered = { 0 };
  g_auto (Outcome) outcome = { 0 };

  call (session, "a", NULL, &answered);
  call (session, "b", NULL, &outcome);
  outcome_assert_fails (&outcome, QMP_ERROR_PROTOCOL);
  g_assert_nonnull (strstr (outcome.error->message, "', line 6: expected no more commands"));
  g_assert_no_error (answered.error);
}

static const struct
{
  const char *text;
  const char *problem;
} malformed[] = {
  { "hello\n", "line 1: a line begins with '> ', '< ' or '#', or is '.'" },
  { "# fine\n\n<{}\n", "line 3: a line begins with" },
  { ">\n", "line 1: a line begins with" },
  { "..\n", "line 1: a line begins with" },
  { "< \n", "line 1: a line begins with" },
  { "< []\n", "line 1: not an object" },
  { "< {\n", "line 1: not an object" },
  { "< {} {}\n", "line 1: not an object" },
  { "< {\"a\"}\n", "line 1: not an object" },
  { "> {\"id\":1,\"execute\":{true}}\n", "line 1: JSON: " },
  { "> {\"id\":1}\n", "line 1: not a command" },
  { "> {\"execute\":1,\"id\":1}\n", "line 1: not a command" },
  { "> {\"execute\":\"a\"}\n", "line 1: a command without an id" },
  { "> {\"execute\":\"\xc3\",\"id\":1}\n", "line 1: JSON: bytes at offset 12 are not UTF-8" },
  { ".\n# fine\n.\n", "line 3: a line after the end" },
};

static void
test_malformed (void)
{
  for (guint i = 0; i < G_N_ELEMENTS (malformed); i++)
    {
      g_autofree char *path = write_recording (malformed[i].text);
      g_autofree char *prefix = g_strdup_printf ("recording '%s', %s", path, malformed[i].problem);
      g_autoptr (GError) error = NULL;

      g_assert_null (qmp_session_new_for_replay (path, &error));
      g_assert_error (error, QMP_ERROR, QMP_ERROR_PROTOCOL);
      g_test_message ("%s", error->message);
      g_assert_true (g_str_has_prefix (error->message, prefix));
    }
}

static void
test_no_file (void)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *path = g_build_filename (guard_get_folder (), "nowhere.qmp", NULL);

  g_assert_null (qmp_session_new_for_replay (path, &error));
  g_assert_error (error, G_FILE_ERROR, G_FILE_ERROR_NOENT);
  g_assert_nonnull (strstr (error->message, path));
}

/* The writer may die anywhere in a line. */
static void
test_half_written (void)
{
  const char *last = "> {\"execute\":\"a\",\"id\":2}";

  for (gsize length = 0; length <= strlen (last); length++)
    {
      g_autofree char *part = g_strndup (last, length);
      g_autoptr (QmpSession) session = play_opened (part);
      g_auto (Outcome) outcome = { 0 };

      call (session, "b", NULL, &outcome);
      outcome_assert_fails (&outcome, QMP_ERROR_PROTOCOL);
      g_assert_nonnull (strstr (outcome.error->message, length == strlen (last)
                                                            ? "line 4: expected {"
                                                            : "line 3: expected no more"));
    }
}

/* Nobody has spoken yet: a monitor that never greets. */
static void
test_empty (void)
{
  g_autoptr (QmpSession) session = play ("# nothing\n");
  g_auto (Outcome) outcome = { 0 };

  qmp_session_open_async (session, 10, NULL, on_opened, &outcome);
  outcome_assert_fails (&outcome, QMP_ERROR_TIMEOUT);
}

static int
run (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/qmp/replay/ids", test_ids);
  g_test_add_func ("/qmp/replay/pipelined", test_pipelined);
  g_test_add_func ("/qmp/replay/blocking", test_blocking);
  g_test_add_func ("/qmp/replay/alike", test_alike);
  g_test_add_func ("/qmp/replay/out-of-band", test_out_of_band);
  g_test_add_func ("/qmp/replay/much-before-the-end", test_much_before_the_end);
  g_test_add_func ("/qmp/replay/silent", test_silent);
  g_test_add_func ("/qmp/replay/dropped", test_dropped);
  g_test_add_func ("/qmp/replay/fds", test_fds);
  g_test_add_func ("/qmp/replay/departures", test_departures);
  g_test_add_func ("/qmp/replay/blocking-departure", test_blocking_departure);
  g_test_add_func ("/qmp/replay/long-departure", test_long_departure);
  g_test_add_func ("/qmp/replay/departure-at-the-end", test_departure_at_the_end);
  g_test_add_func ("/qmp/replay/malformed", test_malformed);
  g_test_add_func ("/qmp/replay/no-file", test_no_file);
  g_test_add_func ("/qmp/replay/half-written", test_half_written);
  g_test_add_func ("/qmp/replay/empty", test_empty);
  return g_test_run ();
}

int
main (int argc, char **argv)
{
  return guard_main (argc, argv, run);
}
