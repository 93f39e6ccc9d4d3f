/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Connecting to a monitor's socket: a listener that is there, one that is not, and one that takes
 * nobody.
 */
#include "tests/unit/qmp/scripted-peer.h"

#include <errno.h>
#include <fcntl.h>
#include <glib/gstdio.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

typedef struct
{
  char *folder; /* (owned) */
  char *path;   /* (owned) */
  int listener; /* (owned) */
} Fixture;

typedef struct
{
  guint n_calls;
  QmpSession *session; /* (owned) (nullable) */
  GError *error;       /* (owned) (nullable) */
} Connected;

static void
connected_clear (Connected *connected)
{
  g_clear_object (&connected->session);
  g_clear_error (&connected->error);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Connected, connected_clear)

static struct sockaddr_un
address_of (const char *path)
{
  struct sockaddr_un address = { .sun_family = AF_UNIX };

  g_strlcpy (address.sun_path, path, sizeof address.sun_path);
  return address;
}

static void
set_up (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  struct sockaddr_un address;

  fixture->folder = g_dir_make_tmp ("virtbus-qmp-XXXXXX", &error);
  g_assert_no_error (error);
  fixture->path = g_build_filename (fixture->folder, "monitor", NULL);
  address = address_of (fixture->path);
  fixture->listener = socket (AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
  g_assert_no_errno (bind (fixture->listener, (struct sockaddr *) &address, sizeof address));
  g_assert_no_errno (listen (fixture->listener, 0));
}

static void
tear_down (Fixture *fixture, gconstpointer data)
{
  close (fixture->listener);
  g_unlink (fixture->path);
  g_rmdir (fixture->folder);
  g_free (fixture->path);
  g_free (fixture->folder);
}

static void
on_connected (GObject *source, GAsyncResult *result, gpointer data)
{
  Connected *connected = data;

  g_assert_null (source);
  connected->n_calls++;
  connected->session = qmp_session_connect_finish (result, &connected->error);
}

/* (element-type int): connections that leave no place for another */
static GArray *
fill_backlog (Fixture *fixture)
{
  GArray *fds = g_array_new (FALSE, FALSE, sizeof (int));
  struct sockaddr_un address = address_of (fixture->path);

  for (;;)
    {
      int fd = socket (AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
      int result = connect (fd, (struct sockaddr *) &address, sizeof address);

      g_array_append_val (fds, fd);
      if (result == 0)
        continue;
      g_assert_cmpint (errno, ==, EAGAIN);
      return fds;
    }
}

static void
close_all (GArray *fds)
{
  for (guint i = 0; i < fds->len; i++)
    close (g_array_index (fds, int, i));
  g_array_unref (fds);
}

static void
test_connects (Fixture *fixture, gconstpointer data)
{
  g_auto (Connected) connected = { 0 };
  g_auto (Outcome) outcome = { 0 };
  int peer;

  qmp_session_connect_async (fixture->path, 0, NULL, on_connected, &connected);
  g_assert_cmpuint (connected.n_calls, ==, 0);
  wait_until (connected.n_calls);
  g_assert_no_error (connected.error);
  g_assert_false (qmp_session_is_open (connected.session));

  peer = accept4 (fixture->listener, NULL, NULL, SOCK_CLOEXEC);
  g_assert_cmpint (write (peer, PEER_GREETING, strlen (PEER_GREETING)), >, 0);
  g_assert_cmpint (write (peer, "{\"return\":{},\"id\":1}", 20), ==, 20);
  qmp_session_open_async (connected.session, 0, NULL, on_opened, &outcome);
  wait_until (outcome.n_calls);
  g_assert_true (outcome.opened);
  close (peer);
}

static void
on_event (
    QmpSession *session, const char *name, QmpValue *data, gint64 timestamp_us, gpointer n_events)
{
  *(guint *) n_events += 1;
}

/* The session that a blocking call has made goes on in the caller's context. */
static void
test_connects_blocking (Fixture *fixture, gconstpointer data)
{
  static const char said[] = PEER_GREETING "{\"return\": {}, \"id\": 1}{\"event\": \"STOP\"}";
  g_autoptr (GError) error = NULL;
  g_autoptr (QmpSession) session = qmp_session_connect_sync (fixture->path, 0, NULL, &error);
  guint n_events = 0;
  int peer;

  g_assert_no_error (error);
  peer = accept4 (fixture->listener, NULL, NULL, SOCK_CLOEXEC);
  g_assert_cmpint (write (peer, said, strlen (said)), ==, strlen (said));
  g_signal_connect (session, "event::STOP", G_CALLBACK (on_event), &n_events);
  qmp_session_subscribe (session, "STOP");
  g_assert_true (qmp_session_open_sync (session, G_MAXUINT, NULL, &error));
  g_assert_no_error (error);
  g_assert_cmpuint (n_events, ==, 0);
  wait_until (n_events);
  close (peer);
}

static void
test_fails_blocking (Fixture *fixture, gconstpointer data)
{
  g_autofree char *absent = g_strconcat (fixture->path, "-absent", NULL);
  g_autoptr (GError) error = NULL;
  GArray *fds;

  g_assert_null (qmp_session_connect_sync (absent, 0, NULL, &error));
  g_assert_error (error, QMP_ERROR, QMP_ERROR_DISCONNECTED);
  g_clear_error (&error);
  fds = fill_backlog (fixture);
  g_assert_null (qmp_session_connect_sync (fixture->path, 30, NULL, &error));
  g_assert_error (error, QMP_ERROR, QMP_ERROR_TIMEOUT);
  close_all (fds);
}

static void
test_fails (Fixture *fixture, gconstpointer data)
{
  g_autofree char *absent = g_strconcat (fixture->path, "-absent", NULL);
  g_autofree char *filling = g_strnfill (200, 'a');
  g_autofree char *long_path = g_strconcat (fixture->path, filling, NULL);
  const struct
  {
    const char *path;
    QmpError code;
  } cases[] = {
    { absent, QMP_ERROR_DISCONNECTED },
    { fixture->folder, QMP_ERROR_DISCONNECTED },
    { long_path, QMP_ERROR_INVALID_ARGUMENT },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_auto (Connected) connected = { 0 };

      qmp_session_connect_async (cases[i].path, 0, NULL, on_connected, &connected);
      g_assert_cmpuint (connected.n_calls, ==, 0);
      wait_until (connected.n_calls);
      g_assert_null (connected.session);
      g_assert_error (connected.error, QMP_ERROR, (int) cases[i].code);
      g_assert_nonnull (strstr (connected.error->message, cases[i].path));
    }
}

/* A process that has no descriptor left is told so, and that it is not the path's fault. */
static void
test_no_descriptor_left (Fixture *fixture, gconstpointer data)
{
  g_auto (Connected) connected = { 0 };
  struct rlimit before;
  struct rlimit none;

  /* The main context takes its own before. */
  run_ready_sources ();
  g_assert_no_errno (getrlimit (RLIMIT_NOFILE, &before));
  none = before;
  none.rlim_cur = 0;
  g_assert_no_errno (setrlimit (RLIMIT_NOFILE, &none));
  qmp_session_connect_async (fixture->path, 0, NULL, on_connected, &connected);
  g_assert_no_errno (setrlimit (RLIMIT_NOFILE, &before));
  wait_until (connected.n_calls);
  g_assert_error (connected.error, QMP_ERROR, QMP_ERROR_DISCONNECTED);
  g_assert_nonnull (strstr (connected.error->message, g_strerror (EMFILE)));
}

static void
test_full_backlog_deadline (Fixture *fixture, gconstpointer data)
{
  g_auto (Connected) connected = { 0 };
  GArray *fds = fill_backlog (fixture);

  qmp_session_connect_async (fixture->path, 30, NULL, on_connected, &connected);
  wait_until (connected.n_calls);
  g_assert_error (connected.error, QMP_ERROR, QMP_ERROR_TIMEOUT);
  close_all (fds);
}

static void
test_full_backlog_clears (Fixture *fixture, gconstpointer data)
{
  g_auto (Connected) connected = { 0 };
  GArray *fds = fill_backlog (fixture);
  int peer;

  qmp_session_connect_async (fixture->path, G_MAXUINT, NULL, on_connected, &connected);
  g_main_context_iteration (NULL, TRUE);
  g_assert_cmpuint (connected.n_calls, ==, 0);
  peer = accept4 (fixture->listener, NULL, NULL, SOCK_CLOEXEC);
  close (peer);
  wait_until (connected.n_calls);
  g_assert_no_error (connected.error);
  g_assert_nonnull (connected.session);
  close_all (fds);
}

static void
test_cancelled (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  g_auto (Connected) waiting = { 0 };
  g_auto (Connected) late = { 0 };
  GArray *fds = fill_backlog (fixture);

  qmp_session_connect_async (fixture->path, G_MAXUINT, cancellable, on_connected, &waiting);
  g_cancellable_cancel (cancellable);
  wait_until (waiting.n_calls);
  g_assert_error (waiting.error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
  qmp_session_connect_async (fixture->path, G_MAXUINT, cancellable, on_connected, &late);
  wait_until (late.n_calls);
  g_assert_error (late.error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
  close_all (fds);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add ("/qmp/connect/connects", Fixture, NULL, set_up, test_connects, tear_down);
  g_test_add ("/qmp/connect/connects-blocking", Fixture, NULL, set_up, test_connects_blocking,
              tear_down);
  g_test_add ("/qmp/connect/fails-blocking", Fixture, NULL, set_up, test_fails_blocking, tear_down);
  g_test_add ("/qmp/connect/fails", Fixture, NULL, set_up, test_fails, tear_down);
  g_test_add ("/qmp/connect/no-descriptor-left", Fixture, NULL, set_up, test_no_descriptor_left,
              tear_down);
  g_test_add ("/qmp/connect/full-backlog-deadline", Fixture, NULL, set_up,
              test_full_backlog_deadline, tear_down);
  g_test_add ("/qmp/connect/full-backlog-clears", Fixture, NULL, set_up, test_full_backlog_clears,
              tear_down);
  g_test_add ("/qmp/connect/cancelled", Fixture, NULL, set_up, test_cancelled, tear_down);
  return g_test_run ();
}
