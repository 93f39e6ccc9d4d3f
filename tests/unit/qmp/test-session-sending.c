/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * What a session sends: descriptors, and commands that are bigger than the socket.
 */
#include "tests/unit/qmp/session-fixture.h"

#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

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
test_write_deadline (SessionFixture *fixture, gconstpointer data)
{
  g_autoptr (QmpValue) arguments = big_arguments (4 * 1024 * 1024);
  g_auto (Outcome) big = { 0 };
  g_auto (Outcome) unsent = { 0 };
  guint n_fds = count_open_fds ();

  scripted_peer_listen (fixture->peer, FALSE);
  qmp_session_call_async (fixture->session, "big", arguments, 10, NULL, on_called, &big);
  qmp_session_call_full_async (fixture->session, "unsent", NULL, QMP_CALL_NONE, &fixture->fd, 1, 10,
                               NULL, on_called, &unsent);
  g_assert_cmpuint (count_open_fds (), ==, n_fds + 1);
  outcome_assert_fails (&big, QMP_ERROR_TIMEOUT);
  outcome_assert_fails (&unsent, QMP_ERROR_TIMEOUT);
  g_assert_cmpuint (count_open_fds (), ==, n_fds);

  scripted_peer_listen (fixture->peer, TRUE);
  scripted_peer_hear_command (fixture->peer, "big");
  session_fixture_assert_usable (fixture);
}

/* The end finds commands in the queue. */
static void
test_close_while_writing (SessionFixture *fixture, gconstpointer data)
{
  g_autoptr (QmpValue) arguments = big_arguments (4 * 1024 * 1024);
  g_auto (Outcome) big = { 0 };
  g_auto (Outcome) unsent = { 0 };
  guint n_fds = count_open_fds ();

  scripted_peer_listen (fixture->peer, FALSE);
  qmp_session_call_async (fixture->session, "big", arguments, 0, NULL, on_called, &big);
  qmp_session_call_full_async (fixture->session, "unsent", NULL, QMP_CALL_NONE, &fixture->fd, 1, 0,
                               NULL, on_called, &unsent);
  qmp_session_close (fixture->session);
  g_assert_cmpuint (count_open_fds (), ==, n_fds - 1);
  outcome_assert_fails (&big, QMP_ERROR_DISCONNECTED);
  outcome_assert_fails (&unsent, QMP_ERROR_DISCONNECTED);
}

static void
test_peer_dies_while_writing (SessionFixture *fixture, gconstpointer data)
{
  g_autoptr (QmpValue) arguments = big_arguments (4 * 1024 * 1024);
  g_auto (Outcome) big = { 0 };

  scripted_peer_listen (fixture->peer, FALSE);
  qmp_session_call_async (fixture->session, "big", arguments, G_MAXUINT, NULL, on_called, &big);
  scripted_peer_hang_up (fixture->peer);
  outcome_assert_fails (&big, QMP_ERROR_DISCONNECTED);
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
test_fds (SessionFixture *fixture, gconstpointer data)
{
  ScriptedPeer *peer = fixture->peer;
  g_auto (Outcome) plain = { 0 };
  g_auto (Outcome) first = { 0 };
  g_auto (Outcome) second = { 0 };
  int fds[4];

  g_assert_no_errno (pipe2 (fds, O_CLOEXEC));
  g_assert_no_errno (pipe2 (fds + 2, O_CLOEXEC));
  session_fixture_call (fixture, "plain", 0, &plain);
  qmp_session_call_full_async (fixture->session, "getfd", NULL, QMP_CALL_NONE, fds, 1, 0, NULL,
                               on_called, &first);
  scripted_peer_hear_command (peer, "plain");
  scripted_peer_hear_command (peer, "getfd");
  g_assert_cmpuint (peer->fds->len, ==, 1);
  assert_same_file (g_array_index (peer->fds, int, 0), fds[0]);

  qmp_session_call_full_async (fixture->session, "add-fd", NULL, QMP_CALL_NONE, fds + 2, 2, 0, NULL,
                               on_called, &second);
  /* The caller's own copies are no longer needed. */
  for (guint i = 0; i < G_N_ELEMENTS (fds); i++)
    close (fds[i]);
  scripted_peer_hear_command (peer, "add-fd");
  g_assert_cmpuint (peer->fds->len, ==, 3);
  session_fixture_end (fixture);
}

/* Behind a command that fills the socket, descriptors still come with their own first byte. */
static void
test_fds_behind_full_socket (SessionFixture *fixture, gconstpointer data)
{
  ScriptedPeer *peer = fixture->peer;
  g_autoptr (QmpValue) arguments = big_arguments (1024 * 1024);
  g_auto (Outcome) big = { 0 };
  g_auto (Outcome) with_fd = { 0 };
  gsize n_before = peer->n_heard;
  gsize n_big;

  scripted_peer_listen (peer, FALSE);
  qmp_session_call_async (fixture->session, "big", arguments, 0, NULL, on_called, &big);
  qmp_session_call_full_async (fixture->session, "getfd", NULL, QMP_CALL_NONE, &peer->fd, 1, 0,
                               NULL, on_called, &with_fd);
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
  session_fixture_end (fixture);
}

static void
test_fds_refused (SessionFixture *fixture, gconstpointer data)
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

      qmp_session_call_full_async (fixture->session, "getfd", NULL, QMP_CALL_NONE, cases[i].fds,
                                   cases[i].n_fds, 0, NULL, on_called, &outcome);
      outcome_assert_fails (&outcome, QMP_ERROR_INVALID_ARGUMENT);
    }
  g_assert_cmpuint (count_open_fds (), ==, n_fds);
  session_fixture_assert_usable (fixture);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  session_fixture_add_open ("write-deadline", test_write_deadline);
  session_fixture_add_open ("fds", test_fds);
  session_fixture_add_open ("fds-behind-full-socket", test_fds_behind_full_socket);
  session_fixture_add_open ("fds-refused", test_fds_refused);
  session_fixture_add_open ("peer-dies-while-writing", test_peer_dies_while_writing);
  session_fixture_add_open ("close-while-writing", test_close_while_writing);
  return g_test_run ();
}
