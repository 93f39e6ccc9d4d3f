/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Descriptors in QEMU: that each is removed once, whoever gives up when. With a scripted peer, and
 * with the real QEMU, which says what it has.
 */
#include "tests/unit/qmp/session-fixture.h"

#include <signal.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

typedef struct
{
  guint n_calls;
  QmpFdset *fdset; /* (owned) (nullable) */
  gboolean is_removed;
  GError *error; /* (owned) (nullable) */
} Result;

static void
result_clear (Result *result)
{
  g_clear_object (&result->fdset);
  g_clear_error (&result->error);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Result, result_clear)

static void
on_added (GObject *source, GAsyncResult *async_result, gpointer data)
{
  Result *result = data;

  g_assert_null (source);
  result->n_calls++;
  result->fdset = qmp_fdset_new_finish (async_result, &result->error);
}

static void
on_removed (GObject *source, GAsyncResult *async_result, gpointer data)
{
  Result *result = data;

  result->n_calls++;
  result->is_removed = qmp_fdset_remove_finish (QMP_FDSET (source), async_result, &result->error);
}

static void
add_standard_input (SessionFixture *fixture,
                    guint timeout_ms,
                    GCancellable *cancellable,
                    Result *result)
{
  qmp_fdset_new_async (fixture->session, STDIN_FILENO, "some text", timeout_ms, cancellable,
                       on_added, result);
  g_assert_cmpuint (result->n_calls, ==, 0);
}

/* (transfer full): one that the peer has taken */
static QmpFdset *
add_fdset (SessionFixture *fixture)
{
  g_auto (Result) added = { 0 };
  guint64 id;

  add_standard_input (fixture, 0, NULL, &added);
  id = scripted_peer_hear_command (fixture->peer, "add-fd");
  scripted_peer_say (fixture->peer, "{\"return\": {\"fdset-id\": 2, \"fd\": 30}, \"id\": %lu}", id);
  wait_until (added.n_calls);
  g_assert_no_error (added.error);
  return g_steal_pointer (&added.fdset);
}

/* What the peer hears next is that set 2 loses descriptor 30. Returns the command's id. */
static guint64
hear_removal (SessionFixture *fixture)
{
  g_autofree char *line = scripted_peer_hear (fixture->peer);
  g_autoptr (QmpValue) command = qmp_value_parse (line, -1, NULL);
  g_autoptr (QmpValue) arguments = qmp_value_get (command, "arguments");

  g_assert_cmpstr (qmp_value_get_string (command, "execute"), ==, "remove-fd");
  g_assert_cmpuint (qmp_value_get_uint (arguments, "fdset-id", 0), ==, 2);
  g_assert_cmpuint (qmp_value_get_uint (arguments, "fd", 0), ==, 30);
  return qmp_value_get_uint (command, "id", 0);
}

static void
test_adds (SessionFixture *fixture, gconstpointer data)
{
  g_auto (Result) added = { 0 };
  g_autofree char *line = NULL;
  struct stat ours;
  struct stat theirs;

  add_standard_input (fixture, 0, NULL, &added);
  line = scripted_peer_hear (fixture->peer);
  g_assert_nonnull (strstr (line, "\"add-fd\""));
  g_assert_nonnull (strstr (line, "\"opaque\":\"some text\""));
  g_assert_cmpuint (fixture->peer->fds->len, ==, 1);
  g_assert_no_errno (fstat (STDIN_FILENO, &ours));
  g_assert_no_errno (fstat (g_array_index (fixture->peer->fds, int, 0), &theirs));
  g_assert_cmpuint (theirs.st_ino, ==, ours.st_ino);

  scripted_peer_say (fixture->peer, "{\"return\": {\"fdset-id\": 2, \"fd\": 30}, \"id\": 2}");
  wait_until (added.n_calls);
  g_assert_no_error (added.error);
  g_assert_cmpuint (qmp_fdset_get_id (added.fdset), ==, 2);
  g_assert_cmpstr (qmp_fdset_get_path (added.fdset), ==, "/dev/fdset/2");
}

static void
test_remove_once (SessionFixture *fixture, gconstpointer data)
{
  QmpFdset *fdset = add_fdset (fixture);
  g_auto (Result) removed = { 0 };
  g_auto (Result) again = { 0 };
  guint64 id;

  qmp_fdset_remove_async (fdset, 0, NULL, on_removed, &removed);
  qmp_fdset_remove_async (fdset, 0, NULL, on_removed, &again);
  id = hear_removal (fixture);
  scripted_peer_say (fixture->peer, "{\"return\": {}, \"id\": %lu}", id);
  wait_until (removed.n_calls && again.n_calls);
  g_assert_no_error (removed.error);
  g_assert_true (removed.is_removed);
  g_assert_error (again.error, QMP_ERROR, QMP_ERROR_INVALID_ARGUMENT);
  g_assert_false (again.is_removed);
  g_object_unref (fdset);
  session_fixture_assert_usable (fixture);
}

static void
test_remove_refused (SessionFixture *fixture, gconstpointer data)
{
  g_autoptr (QmpFdset) fdset = add_fdset (fixture);
  g_auto (Result) removed = { 0 };
  guint64 id;

  qmp_fdset_remove_async (fdset, 0, NULL, on_removed, &removed);
  id = hear_removal (fixture);
  scripted_peer_say (fixture->peer,
                     "{\"error\": {\"class\": \"GenericError\", \"desc\": \"no\"}, \"id\": %lu}",
                     id);
  wait_until (removed.n_calls);
  g_assert_error (removed.error, QMP_ERROR, QMP_ERROR_GENERIC);
  g_assert_cmpstr (removed.error->message, ==, "no");
}

/* Before the call it was cancelled, nothing is sent, and the last reference removes it. */
static void
test_remove_cancelled (SessionFixture *fixture, gconstpointer data)
{
  QmpFdset *fdset = add_fdset (fixture);
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  g_auto (Result) removed = { 0 };

  g_cancellable_cancel (cancellable);
  qmp_fdset_remove_async (fdset, 0, cancellable, on_removed, &removed);
  wait_until (removed.n_calls);
  g_assert_error (removed.error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
  g_object_unref (fdset);
  hear_removal (fixture);
  session_fixture_assert_usable (fixture);
}

/* A removal that nobody waits for any more is sent all the same, and only once. */
static void
test_remove_unsent (SessionFixture *fixture, gconstpointer data)
{
  QmpFdset *fdset = add_fdset (fixture);
  g_autoptr (QmpValue) arguments = qmp_value_new_object ();
  g_autofree char *text = g_strnfill (4 * 1024 * 1024, 'a');
  g_auto (Outcome) big = { 0 };
  g_auto (Result) removed = { 0 };

  scripted_peer_listen (fixture->peer, FALSE);
  qmp_value_set_string (arguments, "text", text);
  qmp_session_call_async (fixture->session, "big", arguments, 1, NULL, on_called, &big);
  qmp_fdset_remove_async (fdset, 1, NULL, on_removed, &removed);
  wait_until (removed.n_calls && big.n_calls);
  g_assert_error (removed.error, QMP_ERROR, QMP_ERROR_TIMEOUT);
  g_object_unref (fdset);

  scripted_peer_listen (fixture->peer, TRUE);
  scripted_peer_hear_command (fixture->peer, "big");
  scripted_peer_say (fixture->peer, "{\"return\": {}, \"id\": %lu}", hear_removal (fixture));
  session_fixture_assert_usable (fixture);
}

static void
test_last_reference (SessionFixture *fixture, gconstpointer data)
{
  guint64 id;

  g_object_unref (add_fdset (fixture));
  id = hear_removal (fixture);
  scripted_peer_say (fixture->peer, "{\"return\": {}, \"id\": %lu}", id);
  session_fixture_assert_usable (fixture);
}

/* The object outlives its session's end. */
static void
test_closed (SessionFixture *fixture, gconstpointer data)
{
  g_autoptr (QmpFdset) fdset = add_fdset (fixture);
  g_auto (Result) added = { 0 };
  g_auto (Result) removed = { 0 };

  session_fixture_end (fixture);
  qmp_fdset_remove_async (fdset, 0, NULL, on_removed, &removed);
  add_standard_input (fixture, 0, NULL, &added);
  wait_until (removed.n_calls && added.n_calls);
  g_assert_error (removed.error, QMP_ERROR, QMP_ERROR_DISCONNECTED);
  g_assert_error (added.error, QMP_ERROR, QMP_ERROR_DISCONNECTED);
  g_assert_null (added.fdset);
}

static void
test_closed_before_last_reference (SessionFixture *fixture, gconstpointer data)
{
  g_autoptr (QmpFdset) fdset = add_fdset (fixture);

  session_fixture_end (fixture);
}

static void
test_add_fails (SessionFixture *fixture, gconstpointer data)
{
  static const struct
  {
    const char *answer;
    QmpError code;
  } cases[] = {
    { "\"error\": {\"class\": \"GenericError\", \"desc\": \"no\"}", QMP_ERROR_GENERIC },
    { "\"return\": {}", QMP_ERROR_PROTOCOL },
    { "\"return\": []", QMP_ERROR_PROTOCOL },
    { "\"return\": {\"fdset-id\": 2}", QMP_ERROR_PROTOCOL },
    { "\"return\": {\"fdset-id\": \"2\", \"fd\": 30}", QMP_ERROR_PROTOCOL },
    { "\"return\": {\"fdset-id\": -1, \"fd\": 30}", QMP_ERROR_PROTOCOL },
  };
  g_auto (Result) not_open = { 0 };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_auto (Result) added = { 0 };
      guint64 id;

      add_standard_input (fixture, 0, NULL, &added);
      id = scripted_peer_hear_command (fixture->peer, "add-fd");
      scripted_peer_say (fixture->peer, "{%s, \"id\": %lu}", cases[i].answer, id);
      wait_until (added.n_calls);
      g_assert_null (added.fdset);
      g_assert_error (added.error, QMP_ERROR, (int) cases[i].code);
    }
  qmp_fdset_new_async (fixture->session, -1, NULL, 0, NULL, on_added, &not_open);
  wait_until (not_open.n_calls);
  g_assert_error (not_open.error, QMP_ERROR, QMP_ERROR_INVALID_ARGUMENT);
  session_fixture_assert_usable (fixture);
}

/* QEMU takes the descriptors after their owners have given up. */
static void
test_added_late (SessionFixture *fixture, gconstpointer data)
{
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  g_auto (Result) late = { 0 };
  g_auto (Result) cancelled = { 0 };
  g_auto (Result) refused = { 0 };
  guint64 ids[3];

  add_standard_input (fixture, 1, NULL, &late);
  add_standard_input (fixture, G_MAXUINT, cancellable, &cancelled);
  add_standard_input (fixture, 1, NULL, &refused);
  wait_until (late.n_calls && refused.n_calls);
  g_cancellable_cancel (cancellable);
  wait_until (cancelled.n_calls);
  g_assert_error (late.error, QMP_ERROR, QMP_ERROR_TIMEOUT);
  g_assert_error (cancelled.error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
  g_assert_error (refused.error, QMP_ERROR, QMP_ERROR_TIMEOUT);

  for (guint i = 0; i < 3; i++)
    ids[i] = scripted_peer_hear_command (fixture->peer, "add-fd");
  scripted_peer_say (fixture->peer, "{\"return\": {\"fdset-id\": 2, \"fd\": 30}, \"id\": %lu}",
                     ids[0]);
  hear_removal (fixture);
  scripted_peer_say (fixture->peer, "{\"return\": {\"fdset-id\": 2, \"fd\": 30}, \"id\": %lu}",
                     ids[1]);
  hear_removal (fixture);
  scripted_peer_say (fixture->peer,
                     "{\"error\": {\"class\": \"GenericError\", \"desc\": \"no\"}, \"id\": %lu}"
                     "{\"return\": {\"fdset-id\": 2, \"fd\": 30}, \"id\": %lu}",
                     ids[2], ids[0]);
  session_fixture_assert_usable (fixture);
}

/* The answer is there when the caller cancels: the descriptor is the caller's. */
static void
test_cancelled_when_added (SessionFixture *fixture, gconstpointer data)
{
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  g_auto (Result) added = { 0 };
  guint64 id;
  char byte;

  add_standard_input (fixture, G_MAXUINT, cancellable, &added);
  id = scripted_peer_hear_command (fixture->peer, "add-fd");
  scripted_peer_say (fixture->peer, "{\"return\": {\"fdset-id\": 2, \"fd\": 30}, \"id\": %lu}", id);
  g_assert_cmpint (recv (fixture->fd, &byte, 1, MSG_PEEK), ==, 1);
  g_cancellable_cancel (cancellable);
  wait_until (added.n_calls);
  g_assert_no_error (added.error);
  g_clear_object (&added.fdset);
  hear_removal (fixture);
}

/* (transfer full). Without -S: QEMU closes what was removed only while the guest runs. */
static QmpSession *
run_qemu (void)
{
  g_autoptr (GError) error = NULL;
  QmpSession *session =
      qmp_session_new_for_exec ((const char *[]){ "qemu-system-x86_64", "-M", "none", "-nodefaults",
                                                  "-display", "none", NULL },
                                &error);

  g_assert_no_error (error);
  qmp_session_open_sync (session, G_MAXUINT, NULL, &error);
  g_assert_no_error (error);
  return session;
}

/* (transfer full): what QEMU has, as text */
static char *
query_fdsets (QmpSession *session)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (QmpValue) reply =
      qmp_session_call_sync (session, "query-fdsets", NULL, G_MAXUINT, NULL, &error);

  g_assert_no_error (error);
  return qmp_value_to_string (reply);
}

static QmpFdset *
add_to_qemu (QmpSession *session, const char *opaque)
{
  g_autoptr (GError) error = NULL;
  QmpFdset *fdset = qmp_fdset_new_sync (session, STDIN_FILENO, opaque, G_MAXUINT, NULL, &error);

  g_assert_no_error (error);
  return fdset;
}

static void
test_real (void)
{
  g_autoptr (QmpSession) session = run_qemu ();
  g_autoptr (QmpFdset) first = add_to_qemu (session, "the first");
  QmpFdset *second = add_to_qemu (session, NULL);
  g_autoptr (GError) error = NULL;
  g_autofree char *both = query_fdsets (session);
  g_autofree char *one = NULL;
  g_autofree char *none = NULL;

  g_assert_nonnull (strstr (both, "the first"));
  g_assert_cmpuint (qmp_fdset_get_id (first), !=, qmp_fdset_get_id (second));
  g_object_unref (second);
  one = query_fdsets (session);
  g_assert_nonnull (strstr (one, "the first"));
  g_assert_cmpuint (strlen (one), <, strlen (both));

  g_assert_true (qmp_fdset_remove_sync (first, G_MAXUINT, NULL, &error));
  g_assert_no_error (error);
  none = query_fdsets (session);
  g_assert_cmpstr (none, ==, "[]");
  g_assert_false (qmp_fdset_remove_sync (first, G_MAXUINT, NULL, &error));
  g_assert_error (error, QMP_ERROR, QMP_ERROR_INVALID_ARGUMENT);
}

/* QEMU opens what it was given, and keeps that open when the set is gone. */
static void
test_real_use (void)
{
  g_autoptr (QmpSession) session = run_qemu ();
  g_autoptr (QmpValue) arguments = qmp_value_new_object ();
  g_autoptr (GError) error = NULL;
  g_autoptr (QmpFdset) fdset = NULL;
  g_autoptr (QmpValue) reply = NULL;
  int fd = memfd_create ("disk", MFD_CLOEXEC);

  g_assert_no_errno (ftruncate (fd, 1024 * 1024));
  fdset = qmp_fdset_new_sync (session, fd, NULL, G_MAXUINT, NULL, &error);
  g_assert_no_error (error);
  close (fd);
  qmp_value_set_string (arguments, "driver", "file");
  qmp_value_set_string (arguments, "node-name", "disk");
  qmp_value_set_string (arguments, "filename", qmp_fdset_get_path (fdset));
  reply = qmp_session_call_sync (session, "blockdev-add", arguments, G_MAXUINT, NULL, &error);
  g_assert_no_error (error);
  g_assert_true (qmp_fdset_remove_sync (fdset, G_MAXUINT, NULL, &error));
  g_assert_no_error (error);
}

/* A stopped QEMU finds the descriptor when it goes on, and then the removal. */
static void
test_real_late (void)
{
  g_autoptr (QmpSession) session = run_qemu ();
  g_autoptr (GError) error = NULL;
  g_autofree char *fdsets = NULL;

  g_assert_no_errno (kill (qmp_session_get_pid (session), SIGSTOP));
  g_assert_null (qmp_fdset_new_sync (session, STDIN_FILENO, NULL, 1, NULL, &error));
  g_assert_error (error, QMP_ERROR, QMP_ERROR_TIMEOUT);
  g_assert_no_errno (kill (qmp_session_get_pid (session), SIGCONT));
  /* The first answer may come with that of the descriptor, before the removal is sent. */
  g_free (query_fdsets (session));
  fdsets = query_fdsets (session);
  g_assert_cmpstr (fdsets, ==, "[]");
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  session_fixture_add_open ("fdset/adds", test_adds);
  session_fixture_add_open ("fdset/remove-once", test_remove_once);
  session_fixture_add_open ("fdset/remove-refused", test_remove_refused);
  session_fixture_add_open ("fdset/remove-cancelled", test_remove_cancelled);
  session_fixture_add_open ("fdset/remove-unsent", test_remove_unsent);
  session_fixture_add_open ("fdset/last-reference", test_last_reference);
  session_fixture_add_open ("fdset/closed", test_closed);
  session_fixture_add_open ("fdset/closed-before-last-reference",
                            test_closed_before_last_reference);
  session_fixture_add_open ("fdset/add-fails", test_add_fails);
  session_fixture_add_open ("fdset/added-late", test_added_late);
  session_fixture_add_open ("fdset/cancelled-when-added", test_cancelled_when_added);
  g_test_add_func ("/qmp/real-qemu/fdset", test_real);
  g_test_add_func ("/qmp/real-qemu/fdset-use", test_real_use);
  g_test_add_func ("/qmp/real-qemu/fdset-late", test_real_late);
  return g_test_run ();
}
