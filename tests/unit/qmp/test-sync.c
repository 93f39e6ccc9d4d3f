/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Blocking calls: what they give, and that all else waits for the main context, in order. The peer
 * is played by a thread, line by line: it hears a line and says what is in the script for it.
 */
#include "qmp/qmp-session-private.h"
#include "tests/unit/qmp/scripted-peer.h"

#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#define OPENS PEER_GREETING, "{\"return\": {}, \"id\": 1}"

typedef struct
{
  int fd;                    /* (owned): the peer's end */
  const char *const *script; /* what is said at the start and after each line heard */
  GThread *peer;             /* (owned) */
  QmpSession *session;       /* (owned) */
  GString *heard;            /* (owned): callbacks and signals, in order */
} Fixture;

/* Says what is left of the script, then hears until the session hangs up. */
static gpointer
play_peer (gpointer data)
{
  Fixture *fixture = data;
  char byte;

  for (const char *const *line = fixture->script; *line; line++)
    {
      if (line != fixture->script)
        while (recv (fixture->fd, &byte, 1, 0) == 1 && byte != '\n')
          continue;
      send (fixture->fd, *line, strlen (*line), MSG_NOSIGNAL);
    }
  return NULL;
}

/* A peer that closes its end when its script is over. */
static gpointer
play_peer_and_hang_up (gpointer data)
{
  Fixture *fixture = data;

  play_peer (data);
  shutdown (fixture->fd, SHUT_RDWR);
  return NULL;
}

static void
on_event (
    QmpSession *session, const char *name, QmpValue *body, gint64 timestamp_us, gpointer heard)
{
  g_string_append_printf (heard, "%s ", name);
}

static void
on_closed (QmpSession *session, const GError *error, gpointer heard)
{
  g_assert_error (error, QMP_ERROR, QMP_ERROR_DISCONNECTED);
  g_string_append (heard, "closed ");
}

static void
on_answered (GObject *source, GAsyncResult *result, gpointer heard)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (QmpValue) value = qmp_session_call_finish (QMP_SESSION (source), result, &error);

  g_string_append_printf (heard, "%s ", error ? error->message : qmp_value_as_string (value));
}

static void
start (Fixture *fixture, GThreadFunc play, const char *const *script)
{
  int fds[2];

  g_assert_no_errno (socketpair (AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, fds));
  *fixture = (Fixture){ .fd = fds[1], .script = script, .heard = g_string_new (NULL) };
  fixture->session = qmp_session_new_for_fd (fds[0]);
  g_signal_connect (fixture->session, "event", G_CALLBACK (on_event), fixture->heard);
  g_signal_connect (fixture->session, "closed", G_CALLBACK (on_closed), fixture->heard);
  qmp_session_subscribe (fixture->session, "*");
  fixture->peer = g_thread_new ("peer", play, fixture);
}

static void
start_open (Fixture *fixture, GThreadFunc play, const char *const *script)
{
  g_autoptr (GError) error = NULL;

  start (fixture, play, script);
  g_assert_true (qmp_session_open_sync (fixture->session, G_MAXUINT, NULL, &error));
  g_assert_no_error (error);
}

/* @context: (nullable): the default one. Nothing holds the session when it has run dry. */
static void
stop (Fixture *fixture, GMainContext *context)
{
  qmp_session_close (fixture->session);
  while (g_main_context_iteration (context, FALSE))
    continue;
  g_object_add_weak_pointer (G_OBJECT (fixture->session), (gpointer *) &fixture->session);
  g_object_unref (fixture->session);
  g_assert_null (fixture->session);
  g_thread_join (fixture->peer);
  close (fixture->fd);
  g_string_free (fixture->heard, TRUE);
}

static char *
call (Fixture *fixture, guint timeout_ms, GCancellable *cancellable, GError **error)
{
  g_autoptr (QmpValue) value =
      qmp_session_call_sync (fixture->session, "blocking", NULL, timeout_ms, cancellable, error);

  return g_strdup (qmp_value_as_string (value));
}

static void
assert_answers (Fixture *fixture, const char *expected)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *answer = call (fixture, G_MAXUINT, NULL, &error);

  g_assert_no_error (error);
  g_assert_cmpstr (answer, ==, expected);
}

/* What came while a call was blocking comes now, and not before. */
static void
assert_comes (Fixture *fixture, const char *expected)
{
  g_assert_cmpstr (fixture->heard->str, ==, "");
  run_ready_sources ();
  g_assert_cmpstr (fixture->heard->str, ==, expected);
  g_string_truncate (fixture->heard, 0);
}

static void
test_defers (void)
{
  Fixture fixture;

  start_open (&fixture, play_peer,
              (const char *const[]){ OPENS, "{\"event\": \"A\"}",
                                     "{\"event\": \"B\"}{\"return\": \"one\", \"id\": 2}"
                                     "{\"event\": \"C\"}{\"return\": \"two\", \"id\": 3}"
                                     "{\"event\": \"D\"}",
                                     NULL });
  qmp_session_call_async (fixture.session, "other", NULL, 0, NULL, on_answered, fixture.heard);
  assert_answers (&fixture, "two");
  assert_comes (&fixture, "A B one C D ");
  stop (&fixture, NULL);
}

/* What waited and what comes after the call keep their order. */
static void
test_keeps_order (void)
{
  Fixture fixture;

  start_open (&fixture, play_peer,
              (const char *const[]){ OPENS, "{\"event\": \"A\"}{\"return\": \"x\", \"id\": 2}",
                                     "{\"event\": \"B\"}{\"return\": \"y\", \"id\": 3}"
                                     "{\"event\": \"C\"}",
                                     NULL });
  assert_answers (&fixture, "x");
  qmp_session_call_async (fixture.session, "next", NULL, 0, NULL, on_answered, fixture.heard);
  wait_until (strstr (fixture.heard->str, "C"));
  g_assert_cmpstr (fixture.heard->str, ==, "A B y C ");
  stop (&fixture, NULL);
}

static void
on_event_block (
    QmpSession *session, const char *name, QmpValue *body, gint64 timestamp_us, gpointer data)
{
  Fixture *fixture = data;

  if (g_str_equal (name, "A"))
    assert_answers (fixture, "inner");
}

/* A handler may block, in the middle of what was read at once. */
static void
test_in_handler (void)
{
  Fixture fixture;

  start_open (&fixture, play_peer,
              (const char *const[]){ OPENS,
                                     "{\"event\": \"A\"}{\"event\": \"B\"}{\"return\": \"outer\", "
                                     "\"id\": 2}{\"event\": \"C\"}",
                                     "{\"event\": \"D\"}{\"return\": \"inner\", \"id\": 3}",
                                     NULL });
  g_signal_connect (fixture.session, "event", G_CALLBACK (on_event_block), &fixture);
  qmp_session_call_async (fixture.session, "outer", NULL, 0, NULL, on_answered, fixture.heard);
  wait_until (strstr (fixture.heard->str, "D"));
  g_assert_cmpstr (fixture.heard->str, ==, "A B outer C D ");
  stop (&fixture, NULL);
}

static void
test_deadline (void)
{
  Fixture fixture;
  g_autoptr (GError) error = NULL;

  start_open (&fixture, play_peer,
              (const char *const[]){ OPENS, "{\"event\": \"A\"}",
                                     "{\"return\": \"late\", \"id\": 2}"
                                     "{\"return\": \"in time\", \"id\": 3}",
                                     NULL });
  g_assert_null (call (&fixture, 1, NULL, &error));
  g_assert_error (error, QMP_ERROR, QMP_ERROR_TIMEOUT);
  assert_answers (&fixture, "in time");
  assert_comes (&fixture, "A ");
  stop (&fixture, NULL);
}

static gpointer
cancel (gpointer cancellable)
{
  g_cancellable_cancel (cancellable);
  return NULL;
}

/* Cancels from another thread, in the midst of a blocking call, and waits until that is all over: a
 * GCancellableSource that is freed before leaks in GLib 2.74. */
static void
on_received_cancel (gpointer cancellable, const char *text, gsize n_bytes)
{
  g_thread_join (g_thread_new ("canceller", cancel, cancellable));
}

static void
on_sent (gpointer cancellable, const char *text, gsize n_bytes)
{
}

static void
test_cancelled (void)
{
  static const QmpRecorderFuncs recorder = { .sent = on_sent,
                                             .received = on_received_cancel,
                                             .free = g_object_unref };
  Fixture fixture;
  GCancellable *cancellable = g_cancellable_new ();
  g_autoptr (GError) error = NULL;
  g_autoptr (GError) again = NULL;

  start_open (&fixture, play_peer,
              (const char *const[]){ OPENS, "{\"event\": \"A\"}",
                                     "{\"return\": \"late\", \"id\": 2}"
                                     "{\"return\": \"fine\", \"id\": 3}",
                                     NULL });
  qmp_session_set_recorder (fixture.session, &recorder, cancellable);
  g_assert_null (call (&fixture, G_MAXUINT, cancellable, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
  g_assert_null (call (&fixture, G_MAXUINT, cancellable, &again));
  g_assert_error (again, G_IO_ERROR, G_IO_ERROR_CANCELLED);
  assert_answers (&fixture, "fine");
  assert_comes (&fixture, "A ");
  stop (&fixture, NULL);
}

static void
test_end (void)
{
  Fixture fixture;
  g_autoptr (GError) error = NULL;
  g_autoptr (GError) after = NULL;

  start_open (&fixture, play_peer_and_hang_up,
              (const char *const[]){ OPENS, "{\"event\": \"A\"}", "{\"event\": \"B\"}", NULL });
  qmp_session_call_async (fixture.session, "other", NULL, 0, NULL, on_answered, fixture.heard);
  g_assert_null (call (&fixture, G_MAXUINT, NULL, &error));
  g_assert_error (error, QMP_ERROR, QMP_ERROR_DISCONNECTED);
  g_assert_false (qmp_session_is_open (fixture.session));
  g_assert_null (call (&fixture, G_MAXUINT, NULL, &after));
  g_assert_error (after, QMP_ERROR, QMP_ERROR_DISCONNECTED);
  assert_comes (&fixture, "A B the monitor closed the connection closed ");
  stop (&fixture, NULL);
}

/* The end comes right behind the answer. */
static void
test_end_after_answer (void)
{
  Fixture fixture;

  start_open (&fixture, play_peer_and_hang_up,
              (const char *const[]){ OPENS, "{\"return\": \"last\", \"id\": 2}", NULL });
  assert_answers (&fixture, "last");
  wait_until (fixture.heard->len > 0);
  g_assert_cmpstr (fixture.heard->str, ==, "closed ");
  stop (&fixture, NULL);
}

/* A session that was closed and a blocking call before that was told. */
static void
test_closed_before (void)
{
  Fixture fixture;
  g_autoptr (GError) error = NULL;

  start_open (&fixture, play_peer, (const char *const[]){ OPENS, NULL });
  qmp_session_call_async (fixture.session, "other", NULL, 0, NULL, on_answered, fixture.heard);
  qmp_session_close (fixture.session);
  g_assert_null (call (&fixture, G_MAXUINT, NULL, &error));
  g_assert_error (error, QMP_ERROR, QMP_ERROR_DISCONNECTED);
  assert_comes (&fixture, "the session was closed closed ");
  stop (&fixture, NULL);
}

static void
test_open_fails (void)
{
  static const struct
  {
    const char *script[2];
    GThreadFunc play;
    guint timeout_ms;
    QmpError code;
  } cases[] = {
    { { "{}" }, play_peer, G_MAXUINT, QMP_ERROR_PROTOCOL },
    { { "" }, play_peer_and_hang_up, G_MAXUINT, QMP_ERROR_DISCONNECTED },
    { { "" }, play_peer, 1, QMP_ERROR_TIMEOUT },
    { { PEER_GREETING }, play_peer, 1, QMP_ERROR_TIMEOUT },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      Fixture fixture;
      g_autoptr (GError) error = NULL;

      start (&fixture, cases[i].play, cases[i].script);
      g_signal_handlers_disconnect_by_data (fixture.session, fixture.heard);
      g_assert_false (qmp_session_open_sync (fixture.session, cases[i].timeout_ms, NULL, &error));
      g_assert_error (error, QMP_ERROR, (int) cases[i].code);
      stop (&fixture, NULL);
    }
}

/* The deadline of another call passes while one blocks: it is told after that. */
static void
test_deadline_of_another (void)
{
  Fixture fixture;
  g_autoptr (GError) error = NULL;

  start_open (&fixture, play_peer, (const char *const[]){ OPENS, NULL });
  qmp_session_call_async (fixture.session, "other", NULL, 1, NULL, on_answered, fixture.heard);
  g_assert_null (call (&fixture, 20, NULL, &error));
  g_assert_error (error, QMP_ERROR, QMP_ERROR_TIMEOUT);
  g_assert_cmpstr (fixture.heard->str, ==, "");
  wait_until (fixture.heard->len > 0);
  g_assert_true (g_str_has_prefix (fixture.heard->str, "other: no answer"));
  stop (&fixture, NULL);
}

static gpointer
work_in_thread (gpointer data)
{
  g_autoptr (GMainContext) context = g_main_context_new ();
  Fixture fixture;

  g_main_context_push_thread_default (context);
  start_open (&fixture, play_peer,
              (const char *const[]){ OPENS, "{\"event\": \"A\"}{\"return\": \"x\", \"id\": 2}",
                                     NULL });
  assert_answers (&fixture, "x");
  g_assert_cmpstr (fixture.heard->str, ==, "");
  while (g_main_context_iteration (context, FALSE))
    continue;
  g_assert_cmpstr (fixture.heard->str, ==, "A ");
  stop (&fixture, context);
  g_main_context_pop_thread_default (context);
  return NULL;
}

/* Sessions in different threads know nothing of each other. */
static void
test_in_threads (void)
{
  GThread *threads[4];

  for (guint i = 0; i < G_N_ELEMENTS (threads); i++)
    threads[i] = g_thread_new ("worker", work_in_thread, NULL);
  for (guint i = 0; i < G_N_ELEMENTS (threads); i++)
    g_thread_join (threads[i]);
}

static void
test_real (void)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (QmpSession) session =
      qmp_session_new_for_exec ((const char *[]){ "qemu-system-x86_64", "-M", "none", "-S",
                                                  "-nodefaults", "-display", "none", NULL },
                                &error);
  g_autoptr (QmpValue) status = NULL;
  g_autoptr (QmpValue) resumed = NULL;
  g_autoptr (GString) heard = g_string_new (NULL);

  g_assert_no_error (error);
  g_signal_connect (session, "event", G_CALLBACK (on_event), heard);
  qmp_session_subscribe (session, "RESUME");
  g_assert_true (qmp_session_open_sync (session, G_MAXUINT, NULL, &error));
  resumed = qmp_session_call_sync (session, "cont", NULL, G_MAXUINT, NULL, &error);
  g_assert_no_error (error);
  status = qmp_session_call_sync (session, "query-status", NULL, G_MAXUINT, NULL, &error);
  g_assert_no_error (error);
  g_assert_cmpstr (qmp_value_get_string (status, "status"), ==, "running");
  g_assert_null (qmp_session_call_sync (session, "no-such-command", NULL, 0, NULL, &error));
  g_assert_error (error, QMP_ERROR, QMP_ERROR_COMMAND_NOT_FOUND);
  g_assert_cmpstr (heard->str, ==, "");
  wait_until (heard->len > 0);
  g_assert_cmpstr (heard->str, ==, "RESUME ");
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/qmp/sync/defers", test_defers);
  g_test_add_func ("/qmp/sync/keeps-order", test_keeps_order);
  g_test_add_func ("/qmp/sync/in-handler", test_in_handler);
  g_test_add_func ("/qmp/sync/deadline", test_deadline);
  g_test_add_func ("/qmp/sync/cancelled", test_cancelled);
  g_test_add_func ("/qmp/sync/end", test_end);
  g_test_add_func ("/qmp/sync/end-after-answer", test_end_after_answer);
  g_test_add_func ("/qmp/sync/closed-before", test_closed_before);
  g_test_add_func ("/qmp/sync/open-fails", test_open_fails);
  g_test_add_func ("/qmp/sync/deadline-of-another", test_deadline_of_another);
  g_test_add_func ("/qmp/sync/in-threads", test_in_threads);
  g_test_add_func ("/qmp/real-qemu/sync", test_real);
  return g_test_run ();
}
