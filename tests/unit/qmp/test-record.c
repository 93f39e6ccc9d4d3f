/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * What a recorded session leaves in its file, and that the file plays the same session again.
 */
#include "tests/fixtures/guard.h"
#include "tests/unit/qmp/real-emulator.h"
#include "tests/unit/qmp/session-fixture.h"
#include "tests/unit/qmp/simple-life.h"

#include <glib/gstdio.h>
#include <signal.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>

static GPtrArray *warnings; /* (element-type utf8) */

static GLogWriterOutput
collect_warnings (GLogLevelFlags level, const GLogField *fields, gsize n_fields, gpointer data)
{
  if (!(level & G_LOG_LEVEL_WARNING))
    return g_log_writer_default (level, fields, n_fields, data);
  for (gsize i = 0; i < n_fields; i++)
    if (g_str_equal (fields[i].key, "MESSAGE"))
      g_ptr_array_add (warnings, g_strdup (fields[i].value));
  return G_LOG_WRITER_HANDLED;
}

/* (transfer full): of a file that does not exist */
static char *
new_path (void)
{
  char *path = g_build_filename (guard_get_folder (), "session.qmp", NULL);

  g_unlink (path);
  return path;
}

static void
record (QmpSession *session, const char *path)
{
  g_autoptr (GError) error = NULL;

  g_assert_true (qmp_session_record (session, path, &error));
  g_assert_no_error (error);
}

static QmpSession *
replay (const char *path)
{
  g_autoptr (GError) error = NULL;
  QmpSession *session = qmp_session_new_for_replay (path, &error);

  g_assert_no_error (error);
  return session;
}

/* The recording without its first line, a comment. */
static void
assert_recorded (const char *path, const char *expected)
{
  g_autofree char *text = NULL;
  const char *first;

  g_assert_true (g_file_get_contents (path, &text, NULL, NULL));
  g_assert_true (g_str_has_prefix (text, "# "));
  first = strchr (text, '\n') + 1;
  g_assert_cmpstr (first, ==, expected);
}

#define OPENING                                                                                    \
  "< {\"QMP\": {\"version\": {\"qemu\": {\"micro\": 22, \"minor\": 2, \"major\": 7}, "             \
  "\"package\": \"\"}, \"capabilities\": [\"oob\"]}}\n"                                            \
  "> {\"execute\":\"qmp_capabilities\",\"id\":1}\n"                                                \
  "< {\"return\": {}, \"id\": 1}\n"

static void
test_lines (SessionFixture *fixture, gconstpointer data)
{
  g_autofree char *path = new_path ();
  g_auto (Outcome) first = { 0 };
  g_auto (Outcome) second = { 0 };

  record (fixture->session, path);
  scripted_peer_open (fixture->peer, fixture->session);
  session_fixture_call (fixture, "first", 0, &first);
  session_fixture_call (fixture, "second", 0, &second);
  scripted_peer_say (fixture->peer,
                     "log line\n{\r\n    \"return\": {\r\n        \"text\": \"a\\nb  c\"\r\n    },"
                     "\r\n    \"id\": 2\r\n}\r\n");
  scripted_peer_say (fixture->peer, "{\"event\": \"MASKED\"}\r\n");
  scripted_peer_say (fixture->peer, "{\"error\": {\"desc\": \"no\"}, \"id\": 3}\r\n{\"half\"");
  scripted_peer_hang_up (fixture->peer);
  wait_until (fixture->n_closed);
  g_assert_cmpstr (qmp_value_get_string (first.value, "text"), ==, "a\nb  c");
  outcome_assert_fails (&second, QMP_ERROR_GENERIC);
  assert_recorded (path, OPENING "> {\"execute\":\"first\",\"id\":2}\n"
                                 "> {\"execute\":\"second\",\"id\":3}\n"
                                 "< {\"return\": {\"text\": \"a\\nb  c\"},\"id\": 2}\n"
                                 "< {\"event\": \"MASKED\"}\n"
                                 "< {\"error\": {\"desc\": \"no\"}, \"id\": 3}\n"
                                 ".\n");
}

/* Whatever the umask lets through. */
static void
test_mode (SessionFixture *fixture, gconstpointer data)
{
  g_autofree char *path = new_path ();
  mode_t mask = umask (0);
  struct stat status;

  record (fixture->session, path);
  umask (mask);
  g_assert_no_errno (stat (path, &status));
  g_assert_cmpint (status.st_mode & 07777, ==, 0600);
}

static void
test_refused (SessionFixture *fixture, gconstpointer data)
{
  g_autofree char *path = new_path ();
  g_autofree char *inside = g_build_filename (path, "x", NULL);
  g_autoptr (GError) no_folder = NULL;
  g_autoptr (GError) exists = NULL;
  g_autoptr (GError) recorded = NULL;
  g_autoptr (GError) opened = NULL;

  g_assert_false (qmp_session_record (fixture->session, inside, &no_folder));
  g_assert_error (no_folder, G_FILE_ERROR, G_FILE_ERROR_NOENT);
  g_assert_true (g_file_set_contents (path, "kept", -1, NULL));
  g_assert_false (qmp_session_record (fixture->session, path, &exists));
  g_assert_error (exists, G_FILE_ERROR, G_FILE_ERROR_EXIST);
  g_assert_nonnull (strstr (exists->message, path));
  g_unlink (path);

  record (fixture->session, path);
  g_assert_false (qmp_session_record (fixture->session, path, &recorded));
  g_assert_error (recorded, QMP_ERROR, QMP_ERROR_INVALID_ARGUMENT);
  g_assert_true (g_str_has_suffix (recorded->message, "the session is recorded already"));
  assert_recorded (path, "");
}

static void
test_opened (SessionFixture *fixture, gconstpointer data)
{
  g_autofree char *path = new_path ();
  g_autoptr (GError) error = NULL;

  g_assert_false (qmp_session_record (fixture->session, path, &error));
  g_assert_error (error, QMP_ERROR, QMP_ERROR_INVALID_ARGUMENT);
  g_assert_true (g_str_has_suffix (error->message, "the session is opened already"));
  g_assert_false (g_file_test (path, G_FILE_TEST_EXISTS));
}

/* The file cannot grow: the session goes on, and what was written before plays. */
static void
test_full (SessionFixture *fixture, gconstpointer data)
{
  g_autofree char *path = new_path ();
  g_auto (Outcome) opened = { 0 };
  g_autoptr (QmpSession) played = NULL;
  struct rlimit limit;
  struct rlimit small;

  signal (SIGXFSZ, SIG_IGN);
  g_assert_no_errno (getrlimit (RLIMIT_FSIZE, &limit));
  record (fixture->session, path);
  scripted_peer_open (fixture->peer, fixture->session);
  small = (struct rlimit){ 500, limit.rlim_max };
  g_assert_no_errno (setrlimit (RLIMIT_FSIZE, &small));
  for (guint i = 0; i < 10; i++)
    session_fixture_assert_usable (fixture);
  g_assert_no_errno (setrlimit (RLIMIT_FSIZE, &limit));
  session_fixture_assert_usable (fixture);
  g_assert_cmpuint (warnings->len, ==, 1);
  g_assert_true (g_str_has_prefix (warnings->pdata[0], "recording '"));
  g_assert_true (g_str_has_suffix (warnings->pdata[0], "' ends early: File too large"));
  g_ptr_array_set_size (warnings, 0);

  played = replay (path);
  qmp_session_open_async (played, G_MAXUINT, NULL, on_opened, &opened);
  wait_until (opened.n_calls);
  g_assert_no_error (opened.error);
}

/* A command that could not be sent was not said. */
static void
test_unsent (SessionFixture *fixture, gconstpointer data)
{
  g_autofree char *path = new_path ();
  g_auto (Outcome) outcome = { 0 };

  record (fixture->session, path);
  scripted_peer_open (fixture->peer, fixture->session);
  qmp_session_call_full_async (fixture->session, "getfd", NULL, QMP_CALL_NONE, (int[]){ -1 }, 1, 0,
                               NULL, on_called, &outcome);
  outcome_assert_fails (&outcome, QMP_ERROR_INVALID_ARGUMENT);
  assert_recorded (path, OPENING);
}

/* Records a call that is cancelled, a late reply, and a session that its owner closes. */
static void
record_late_reply (SessionFixture *fixture, const char *path)
{
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  g_auto (Outcome) cancelled = { 0 };

  record (fixture->session, path);
  scripted_peer_open (fixture->peer, fixture->session);
  qmp_session_call_async (fixture->session, "slow", NULL, 0, cancellable, on_called, &cancelled);
  scripted_peer_hear_command (fixture->peer, "slow");
  g_cancellable_cancel (cancellable);
  wait_until (cancelled.n_calls);
  g_assert_error (cancelled.error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
  scripted_peer_say (fixture->peer, "{\"return\": {\"late\": true}, \"id\": 2}\r\n");
  session_fixture_assert_usable (fixture);
  session_fixture_end (fixture);
}

/* Who does not cancel hears what came too late; who does may cancel again. */
static void
test_late_reply (SessionFixture *fixture, gconstpointer data)
{
  g_autofree char *path = new_path ();

  record_late_reply (fixture, path);
  for (guint cancels = 0; cancels <= 1; cancels++)
    {
      g_autoptr (QmpSession) session = replay (path);
      g_autoptr (GCancellable) cancellable = g_cancellable_new ();
      g_auto (Outcome) opened = { 0 };
      g_auto (Outcome) slow = { 0 };
      g_auto (Outcome) status = { 0 };

      qmp_session_open_async (session, G_MAXUINT, NULL, on_opened, &opened);
      wait_until (opened.n_calls);
      qmp_session_call_async (session, "slow", NULL, 0, cancellable, on_called, &slow);
      if (cancels)
        g_cancellable_cancel (cancellable);
      qmp_session_call_async (session, "query-status", NULL, 0, NULL, on_called, &status);
      wait_until (slow.n_calls && status.n_calls);
      if (cancels)
        g_assert_error (slow.error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
      else
        g_assert_true (qmp_value_get_boolean (slow.value, "late", FALSE));
      g_assert_cmpstr (qmp_value_get_string (status.value, "status"), ==, "ok");
    }
}

/* A reply that is an object only for its brackets fails the call here and there. */
static void
test_broken_reply (SessionFixture *fixture, gconstpointer data)
{
  g_autofree char *path = new_path ();
  g_autoptr (QmpSession) session = NULL;
  g_auto (Outcome) recorded = { 0 };
  g_auto (Outcome) opened = { 0 };
  g_auto (Outcome) played = { 0 };

  record (fixture->session, path);
  scripted_peer_open (fixture->peer, fixture->session);
  session_fixture_call (fixture, "first", 0, &recorded);
  scripted_peer_say (fixture->peer, "{\"return\": {true}, \"id\": 2}\r\n");
  outcome_assert_fails (&recorded, QMP_ERROR_PROTOCOL);

  session = replay (path);
  qmp_session_open_async (session, G_MAXUINT, NULL, on_opened, &opened);
  wait_until (opened.n_calls);
  qmp_session_call_async (session, "first", NULL, 0, NULL, on_called, &played);
  outcome_assert_fails (&played, QMP_ERROR_PROTOCOL);
  g_assert_cmpstr (played.error->message, ==, recorded.error->message);
}

/* (transfer full) */
static char *
stored_life (void)
{
  return g_test_build_filename (G_TEST_DIST, "recordings", "simple-life.qmp", NULL);
}

/* With VB_GOLDEN_UPDATE set, the stored recording is made anew. */
static void
test_real_qemu (void)
{
  g_autofree char *path = g_getenv ("VB_GOLDEN_UPDATE") ? stored_life () : new_path ();
  GSubprocess *emulator;
  QmpSession *session;
  int fd;

  g_unlink (path);
  emulator = real_emulator_start ("none", &fd);
  session = qmp_session_new_for_fd (fd);
  record (session, path);
  simple_life_live (session);
  real_emulator_free (emulator);

  simple_life_live (replay (path));
  simple_life_live_blocking (replay (path));
}

static void
test_stored (void)
{
  g_autofree char *path = stored_life ();

  simple_life_live (replay (path));
  simple_life_live_blocking (replay (path));
}

#define add(name, function)                                                                        \
  g_test_add ("/qmp/record/" name, SessionFixture, NULL, session_fixture_set_up, function,         \
              session_fixture_tear_down)

static int
run (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  warnings = g_ptr_array_new_with_free_func (g_free);
  g_log_set_writer_func (collect_warnings, NULL, NULL);
  add ("lines", test_lines);
  add ("mode", test_mode);
  add ("refused", test_refused);
  g_test_add ("/qmp/record/opened", SessionFixture, NULL, session_fixture_set_up_open, test_opened,
              session_fixture_tear_down);
  add ("full", test_full);
  add ("unsent", test_unsent);
  add ("late-reply", test_late_reply);
  add ("broken-reply", test_broken_reply);
  g_test_add_func ("/qmp/real-qemu/record", test_real_qemu);
  g_test_add_func ("/qmp/record/stored", test_stored);
  return g_test_run ();
}

int
main (int argc, char **argv)
{
  return guard_main (argc, argv, run);
}
