/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * A peer over a socket pair, without threads.
 */
#include "tests/unit/qmp/scripted-peer.h"

#include <errno.h>
#include <glib-unix.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

static void
peer_take_fds (ScriptedPeer *peer, struct msghdr *message)
{
  for (struct cmsghdr *header = CMSG_FIRSTHDR (message); header;
       header = CMSG_NXTHDR (message, header))
    {
      g_assert_cmpint (header->cmsg_type, ==, SCM_RIGHTS);
      g_array_append_vals (peer->fds, CMSG_DATA (header),
                           (header->cmsg_len - CMSG_LEN (0)) / sizeof (int));
      peer->fds_offset = peer->n_heard;
    }
}

static gboolean
on_heard (int fd, GIOCondition condition, gpointer data)
{
  ScriptedPeer *peer = data;
  char bytes[65536];
  char control[CMSG_SPACE (64 * sizeof (int))];
  struct iovec vector = { bytes, sizeof bytes };
  struct msghdr message = {
    .msg_iov = &vector, .msg_iovlen = 1, .msg_control = control, .msg_controllen = sizeof control
  };
  gssize n_bytes = recvmsg (fd, &message, MSG_DONTWAIT | MSG_CMSG_CLOEXEC);

  if (n_bytes > 0)
    {
      g_string_append_len (peer->heard, bytes, n_bytes);
      peer_take_fds (peer, &message);
      peer->n_heard += (gsize) n_bytes;
      return G_SOURCE_CONTINUE;
    }
  g_assert_true (n_bytes == 0 || errno == ECONNRESET);
  peer->at_end = TRUE;
  return G_SOURCE_REMOVE;
}

ScriptedPeer *
scripted_peer_new (int *session_fd)
{
  int fds[2];

  g_assert_no_errno (socketpair (AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, fds));
  *session_fd = fds[0];
  return scripted_peer_new_for_fd (fds[1]);
}

ScriptedPeer *
scripted_peer_new_for_fd (int fd)
{
  ScriptedPeer *peer = g_new0 (ScriptedPeer, 1);

  peer->fd = fd;
  peer->heard = g_string_new (NULL);
  peer->fds = g_array_new (FALSE, FALSE, sizeof (int));
  scripted_peer_listen (peer, TRUE);
  return peer;
}

void
scripted_peer_listen (ScriptedPeer *peer, gboolean listens)
{
  if (peer->source)
    {
      g_source_destroy (peer->source);
      g_clear_pointer (&peer->source, g_source_unref);
    }
  if (listens)
    {
      peer->source = g_unix_fd_source_new (peer->fd, G_IO_IN);
      g_source_set_callback (peer->source, G_SOURCE_FUNC (on_heard), peer, NULL);
      g_source_attach (peer->source, NULL);
    }
}

void
scripted_peer_hang_up (ScriptedPeer *peer)
{
  scripted_peer_listen (peer, FALSE);
  if (peer->fd >= 0)
    close (peer->fd);
  peer->fd = -1;
}

void
scripted_peer_free (ScriptedPeer *peer)
{
  scripted_peer_hang_up (peer);
  g_string_free (peer->heard, TRUE);
  for (guint i = 0; i < peer->fds->len; i++)
    close (g_array_index (peer->fds, int, i));
  g_array_unref (peer->fds);
  g_free (peer);
}

void
scripted_peer_say_bytes (ScriptedPeer *peer, const char *bytes, gsize n_bytes)
{
  while (n_bytes > 0)
    {
      gssize n_sent = send (peer->fd, bytes, n_bytes, MSG_DONTWAIT | MSG_NOSIGNAL);

      /* The session that hung up has said enough. */
      if (n_sent < 0 && (errno == EPIPE || errno == ECONNRESET))
        return;
      g_assert_true (n_sent > 0 || errno == EAGAIN);
      if (n_sent > 0)
        {
          bytes += n_sent;
          n_bytes -= (gsize) n_sent;
        }
      else
        {
          g_main_context_iteration (NULL, TRUE);
        }
    }
}

void
scripted_peer_say (ScriptedPeer *peer, const char *format, ...)
{
  g_autofree char *text = NULL;
  va_list arguments;

  va_start (arguments, format);
  text = g_strdup_vprintf (format, arguments);
  va_end (arguments);
  scripted_peer_say_bytes (peer, text, strlen (text));
}

char *
scripted_peer_hear (ScriptedPeer *peer)
{
  char *line;
  gsize n_bytes;

  wait_until (memchr (peer->heard->str, '\n', peer->heard->len));
  n_bytes = (gsize) (strchr (peer->heard->str, '\n') - peer->heard->str);
  line = g_strndup (peer->heard->str, n_bytes);
  g_string_erase (peer->heard, 0, (gssize) n_bytes + 1);
  return line;
}

guint64
scripted_peer_hear_command (ScriptedPeer *peer, const char *command)
{
  g_autofree char *line = scripted_peer_hear (peer);
  g_autoptr (GError) error = NULL;
  g_autoptr (QmpValue) value = qmp_value_parse (line, -1, &error);
  guint64 id;

  g_assert_no_error (error);
  g_assert_cmpstr (qmp_value_get_string (value, "execute"), ==, command);
  id = qmp_value_get_uint (value, "id", 0);
  g_assert_cmpuint (id, >, 0);
  return id;
}

void
scripted_peer_open (ScriptedPeer *peer, QmpSession *session)
{
  g_auto (Outcome) outcome = { 0 };
  guint64 id;

  qmp_session_open_async (session, 0, NULL, on_opened, &outcome);
  scripted_peer_say (peer, PEER_GREETING);
  id = scripted_peer_hear_command (peer, "qmp_capabilities");
  scripted_peer_say (peer, "{\"return\": {}, \"id\": %" G_GUINT64_FORMAT "}\r\n", id);
  wait_until (outcome.n_calls);
  g_assert_no_error (outcome.error);
  g_assert_true (outcome.opened);
  g_assert_true (qmp_session_is_open (session));
}

void
outcome_clear (Outcome *outcome)
{
  g_clear_pointer (&outcome->value, qmp_value_unref);
  g_clear_error (&outcome->error);
  *outcome = (Outcome){ 0 };
}

void
outcome_assert_fails (Outcome *outcome, QmpError code)
{
  wait_until (outcome->n_calls);
  g_assert_cmpuint (outcome->n_calls, ==, 1);
  g_assert_error (outcome->error, QMP_ERROR, (int) code);
  g_assert_null (outcome->value);
}

void
on_opened (GObject *source, GAsyncResult *result, gpointer outcome)
{
  Outcome *opened = outcome;

  opened->n_calls++;
  opened->opened = qmp_session_open_finish (QMP_SESSION (source), result, &opened->error);
}

void
on_called (GObject *source, GAsyncResult *result, gpointer outcome)
{
  Outcome *called = outcome;

  called->n_calls++;
  called->value = qmp_session_call_finish (QMP_SESSION (source), result, &called->error);
}

void
run_ready_sources (void)
{
  while (g_main_context_iteration (NULL, FALSE))
    continue;
}
