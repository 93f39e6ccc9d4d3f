/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The broker's two ends.
 */
#include "tests/unit/engine/broker.h"

#include "engine/qmp-client.h"
#include "qemu/unix-socket.h"
#include "tests/fixtures/guard.h"

#include <glib/gstdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

static void
on_changing (const char *command, const VbQmpRights *rights, gpointer data)
{
  Broker *broker = data;

  g_string_append_printf (broker->changing, "%s %s;", rights->who, command);
}

static void
on_changed (gpointer data)
{
  Broker *broker = data;

  broker->n_changed++;
}

static const VbPassthroughFuncs funcs = { on_changing, on_changed };

void
broker_set_up (Broker *broker, gconstpointer data)
{
  g_autoptr (GError) error = NULL;

  broker->path = g_build_filename (guard_get_folder (), "passthrough.sock", NULL);
  broker->listener = vb_unix_socket_listen (broker->path, &error);
  g_assert_no_error (error);
  broker->changing = g_string_new (NULL);
  broker->passthrough = vb_passthrough_new (broker->path, vb_qmp_own_new (NULL, 2), &funcs, broker);
}

void
broker_tear_down (Broker *broker, gconstpointer data)
{
  vb_passthrough_close (broker->passthrough);
  vb_passthrough_unref (broker->passthrough);
  run_ready_sources ();
  g_clear_pointer (&broker->qemu, scripted_peer_free);
  g_string_free (broker->changing, TRUE);
  close (broker->listener);
  g_unlink (broker->path);
  g_free (broker->path);
}

void
broker_accept (Broker *broker)
{
  int fd = accept4 (broker->listener, NULL, NULL, SOCK_CLOEXEC);

  g_assert_cmpint (fd, >=, 0);
  broker->qemu = scripted_peer_new_for_fd (fd);
}

void
broker_greet (Broker *broker)
{
  scripted_peer_say (broker->qemu, PEER_GREETING);
  broker_serve (broker, "{\"execute\":\"qmp_capabilities\",\"arguments\":{\"enable\":[\"oob\"]}",
                "\"return\": {}");
}

guint64
broker_hear (Broker *broker, const char *part)
{
  g_autofree char *line = scripted_peer_hear (broker->qemu);
  g_autoptr (QmpValue) value = qmp_value_parse (line, -1, NULL);

  g_test_message ("QEMU hears %.300s", line);
  g_assert_nonnull (value);
  g_assert_nonnull (strstr (line, part));
  return qmp_value_get_uint (value, "id", 0);
}

void
broker_answer (Broker *broker, guint64 id, const char *member)
{
  scripted_peer_say (broker->qemu, "{%s, \"id\": %" G_GUINT64_FORMAT "}\r\n", member, id);
}

void
broker_serve (Broker *broker, const char *part, const char *member)
{
  broker_answer (broker, broker_hear (broker, part), member);
}

void
broker_assert_silent (Broker *broker)
{
  run_ready_sources ();
  g_assert_cmpstr (broker->qemu->heard->str, ==, "");
}

ScriptedPeer *
broker_connect (Broker *broker, ClientFlags flags, const char *const *events)
{
  VbQmpRights rights = {
    .who = "alice",
    .control = (flags & CLIENT_CONTROL) != 0,
    .unsafe = (flags & CLIENT_UNSAFE) != 0,
  };
  int fds[2];

  g_assert_no_errno (socketpair (AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, fds));
  vb_qmp_client_begin (broker->passthrough, fds[0], &rights, events);
  return scripted_peer_new_for_fd (fds[1]);
}

ScriptedPeer *
broker_open (Broker *broker, ClientFlags flags)
{
  ScriptedPeer *client = broker_connect (broker, flags, NULL);
  g_autofree char *greeting = NULL;

  if (!broker->qemu)
    {
      broker_accept (broker);
      broker_greet (broker);
    }
  greeting = scripted_peer_hear (client);
  g_assert_nonnull (strstr (greeting, "\"QMP\""));
  scripted_peer_say (client, "{\"execute\": \"qmp_capabilities\"}");
  client_assert_hears (client, "{\"return\": {}}\r");
  return client;
}

void
client_assert_hears (ScriptedPeer *client, const char *line)
{
  g_autofree char *heard = scripted_peer_hear (client);

  g_assert_cmpstr (heard, ==, line);
}

void
client_assert_refused (ScriptedPeer *client, const char *class, const char *part)
{
  g_autofree char *line = scripted_peer_hear (client);
  g_autoptr (QmpValue) value = qmp_value_parse (line, -1, NULL);
  g_autoptr (QmpValue) error = qmp_value_get (value, "error");

  g_test_message ("%s", line);
  g_assert_cmpstr (qmp_value_get_string (error, "class"), ==, class);
  g_assert_nonnull (strstr (qmp_value_get_string (error, "desc"), part));
}

void
client_assert_ended (ScriptedPeer *client)
{
  wait_until (client->at_end);
}

void
client_assert_usable (Broker *broker, ScriptedPeer *client)
{
  scripted_peer_say (client, "{\"execute\": \"query-status\", \"id\": \"usable\"}");
  broker_serve (broker, "query-status", "\"return\": {\"running\": true}");
  client_assert_hears (client, "{\"return\": {\"running\": true}, \"id\": \"usable\"}\r");
}

void
client_send_fds (ScriptedPeer *client, const char *text, guint n_fds)
{
  union
  {
    char bytes[CMSG_SPACE (64 * sizeof (int))];
    struct cmsghdr align;
  } control = { 0 };
  struct iovec part = { (char *) text, strlen (text) };
  struct msghdr message = { .msg_iov = &part,
                            .msg_iovlen = 1,
                            .msg_control = control.bytes,
                            .msg_controllen = CMSG_SPACE (n_fds * sizeof (int)) };
  struct cmsghdr *header = CMSG_FIRSTHDR (&message);

  header->cmsg_level = SOL_SOCKET;
  header->cmsg_type = SCM_RIGHTS;
  header->cmsg_len = CMSG_LEN (n_fds * sizeof (int));
  for (guint i = 0; i < n_fds; i++)
    memcpy (CMSG_DATA (header) + i * sizeof (int), (int[]){ STDIN_FILENO }, sizeof (int));
  g_assert_cmpint (sendmsg (client->fd, &message, MSG_NOSIGNAL), >, 0);
}
