/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * A channel by itself, without a session above it: descriptors that come in, who does not read, the
 * ways to end, and a change of main context at each awkward instant.
 */
#include "qmp/qmp-channel.h"

#include "qmp/qmp-error.h"

#include <fcntl.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#define FULL_BYTES (4 * 1024 * 1024)

typedef struct
{
  QmpChannel *channel; /* (owned) (nullable) */
  int peer;            /* (owned) */
  GString *received;   /* (owned) */
  guint n_fds;
  guint n_ended;
  GError *error; /* (owned) (nullable) */
} Fixture;

static void
on_received (const char *bytes, gsize n_bytes, const int *fds, guint n_fds, gpointer data)
{
  Fixture *fixture = data;

  g_string_append_len (fixture->received, bytes, (gssize) n_bytes);
  for (guint i = 0; i < n_fds; i++)
    {
      g_assert_cmpint (fcntl (fds[i], F_GETFD), ==, FD_CLOEXEC);
      close (fds[i]);
    }
  fixture->n_fds += n_fds;
}

static void
on_ended (GError *error, gpointer data)
{
  Fixture *fixture = data;

  fixture->n_ended++;
  fixture->error = error;
}

static const QmpChannelFuncs funcs = { on_received, on_ended };

static void
set_up (Fixture *fixture, gconstpointer accepts_fds)
{
  int fds[2];

  g_assert_no_errno (socketpair (AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0, fds));
  fixture->channel = qmp_channel_new (fds[0], accepts_fds != NULL, &funcs, fixture);
  fixture->peer = fds[1];
  fixture->received = g_string_new (NULL);
}

static void
tear_down (Fixture *fixture, gconstpointer accepts_fds)
{
  g_clear_pointer (&fixture->channel, qmp_channel_close);
  close (fixture->peer);
  g_string_free (fixture->received, TRUE);
  g_clear_error (&fixture->error);
}

static void
peer_say (Fixture *fixture, const char *text, const int *fds, guint n_fds)
{
  struct iovec bytes = { (char *) text, strlen (text) };
  struct msghdr message = { .msg_iov = &bytes, .msg_iovlen = 1 };
  union
  {
    char bytes[CMSG_SPACE (4 * sizeof (int))];
    struct cmsghdr align;
  } control = { 0 };

  if (n_fds > 0)
    {
      control.align.cmsg_level = SOL_SOCKET;
      control.align.cmsg_type = SCM_RIGHTS;
      control.align.cmsg_len = CMSG_LEN (n_fds * sizeof (int));
      memcpy (CMSG_DATA (&control.align), fds, n_fds * sizeof (int));
      message.msg_control = &control;
      message.msg_controllen = CMSG_SPACE (n_fds * sizeof (int));
    }
  g_assert_cmpint (sendmsg (fixture->peer, &message, 0), ==, strlen (text));
}

static gsize
peer_drain (Fixture *fixture)
{
  static char bytes[64 * 1024];
  gsize n_bytes = 0;
  gssize n_read;

  while ((n_read = read (fixture->peer, bytes, sizeof bytes)) > 0)
    n_bytes += (gsize) n_read;
  return n_bytes;
}

static void
wait_for_text (Fixture *fixture, GMainContext *context, const char *expected)
{
  while (fixture->received->len < strlen (expected))
    g_main_context_iteration (context, TRUE);
  g_assert_cmpstr (fixture->received->str, ==, expected);
}

static void
wait_for_end (Fixture *fixture, GMainContext *context)
{
  while (!fixture->n_ended)
    g_main_context_iteration (context, TRUE);
  g_assert_cmpuint (fixture->n_ended, ==, 1);
  g_assert_error (fixture->error, QMP_ERROR, QMP_ERROR_DISCONNECTED);
}

static void
send_filled (Fixture *fixture, gsize n_bytes)
{
  g_autoptr (GError) error = NULL;

  qmp_channel_send (fixture->channel, 1, g_strnfill (n_bytes, 'x'), NULL, 0, &error);
  g_assert_no_error (error);
}

static void
test_receives_fds (Fixture *fixture, gconstpointer data)
{
  const int fds[] = { 0, 1, 2 };

  qmp_channel_start (fixture->channel, g_main_context_default ());
  peer_say (fixture, "one", fds, 3);
  wait_for_text (fixture, NULL, "one");
  g_assert_cmpuint (fixture->n_fds, ==, 3);
  peer_say (fixture, "two", NULL, 0);
  wait_for_text (fixture, NULL, "onetwo");
  g_assert_cmpuint (fixture->n_fds, ==, 3);
  shutdown (fixture->peer, SHUT_RDWR);
  wait_for_end (fixture, NULL);
}

/* The kernel closes what a channel does not take. */
static void
test_refuses_fds (Fixture *fixture, gconstpointer data)
{
  int pipe_fds[2];
  char byte;

  g_assert_no_errno (pipe2 (pipe_fds, O_CLOEXEC));
  qmp_channel_start (fixture->channel, g_main_context_default ());
  peer_say (fixture, "one", &pipe_fds[1], 1);
  close (pipe_fds[1]);
  wait_for_text (fixture, NULL, "one");
  g_assert_cmpuint (fixture->n_fds, ==, 0);
  g_assert_cmpint (read (pipe_fds[0], &byte, 1), ==, 0);
  close (pipe_fds[0]);
}

static void
test_does_not_read (Fixture *fixture, gconstpointer data)
{
  qmp_channel_set_reading (fixture->channel, FALSE);
  qmp_channel_start (fixture->channel, g_main_context_default ());
  peer_say (fixture, "one", NULL, 0);
  g_assert_false (g_main_context_iteration (NULL, FALSE));
  qmp_channel_set_reading (fixture->channel, FALSE);
  qmp_channel_set_reading (fixture->channel, TRUE);
  wait_for_text (fixture, NULL, "one");

  qmp_channel_set_reading (fixture->channel, FALSE);
  peer_say (fixture, "two", NULL, 0);
  g_assert_false (g_main_context_iteration (NULL, FALSE));
  qmp_channel_set_reading (fixture->channel, TRUE);
  wait_for_text (fixture, NULL, "onetwo");
}

/* A peer that stops reading is heard to its last word, and then it is over. */
static void
test_peer_reads_no_more (Fixture *fixture, gconstpointer data)
{
  qmp_channel_start (fixture->channel, g_main_context_default ());
  shutdown (fixture->peer, SHUT_RD);
  peer_say (fixture, "last words", NULL, 0);
  send_filled (fixture, 1);
  send_filled (fixture, 1);
  g_assert_cmpuint (fixture->n_ended, ==, 0);
  wait_for_end (fixture, NULL);
  g_assert_cmpstr (fixture->received->str, ==, "last words");
  g_assert_cmpuint (qmp_channel_get_unsent (fixture->channel), ==, 2);
}

static void
test_not_a_socket (Fixture *fixture, gconstpointer accepts_fds)
{
  int fds[2];

  g_assert_no_errno (pipe2 (fds, O_CLOEXEC));
  qmp_channel_close (fixture->channel);
  fixture->channel = qmp_channel_new (fds[0], accepts_fds != NULL, &funcs, fixture);
  qmp_channel_start (fixture->channel, g_main_context_default ());
  close (fds[1]);
  wait_for_end (fixture, NULL);
  g_assert_true (g_str_has_prefix (fixture->error->message, "cannot read from the monitor: "));
}

static void
test_moves (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GMainContext) other = g_main_context_new ();

  /* Before the start there is nothing to move. */
  qmp_channel_move (fixture->channel, other);
  qmp_channel_start (fixture->channel, g_main_context_default ());
  qmp_channel_move (fixture->channel, other);
  peer_say (fixture, "one", NULL, 0);
  g_assert_false (g_main_context_iteration (NULL, FALSE));
  wait_for_text (fixture, other, "one");

  qmp_channel_set_reading (fixture->channel, FALSE);
  qmp_channel_move (fixture->channel, g_main_context_default ());
  peer_say (fixture, "two", NULL, 0);
  g_assert_false (g_main_context_iteration (NULL, FALSE));
  qmp_channel_set_reading (fixture->channel, TRUE);
  wait_for_text (fixture, NULL, "onetwo");
}

static void
test_moves_while_full (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GMainContext) other = g_main_context_new ();
  gsize n_heard = 0;

  qmp_channel_start (fixture->channel, g_main_context_default ());
  send_filled (fixture, FULL_BYTES);
  g_assert_cmpuint (qmp_channel_get_unsent (fixture->channel), >, 0);
  qmp_channel_move (fixture->channel, other);
  while (n_heard < FULL_BYTES)
    {
      n_heard += peer_drain (fixture);
      g_main_context_iteration (other, FALSE);
    }
  g_assert_cmpuint (n_heard, ==, FULL_BYTES);
  g_assert_cmpuint (qmp_channel_get_unsent (fixture->channel), ==, 0);
}

static void
test_moves_while_ending (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GMainContext) other = g_main_context_new ();

  qmp_channel_start (fixture->channel, g_main_context_default ());
  shutdown (fixture->peer, SHUT_RD);
  send_filled (fixture, 1);
  qmp_channel_move (fixture->channel, other);
  g_assert_false (g_main_context_iteration (NULL, FALSE));
  wait_for_end (fixture, other);
}

int
main (int argc, char **argv)
{
  static const struct
  {
    const char *name;
    gboolean accepts_fds;
    void (*function) (Fixture *fixture, gconstpointer data);
  } tests[] = {
    { "receives-fds", TRUE, test_receives_fds },
    { "refuses-fds", FALSE, test_refuses_fds },
    { "does-not-read", FALSE, test_does_not_read },
    { "peer-reads-no-more", FALSE, test_peer_reads_no_more },
    { "not-a-socket", FALSE, test_not_a_socket },
    { "not-a-socket-for-fds", TRUE, test_not_a_socket },
    { "moves", FALSE, test_moves },
    { "moves-while-full", FALSE, test_moves_while_full },
    { "moves-while-ending", FALSE, test_moves_while_ending },
  };

  g_test_init (&argc, &argv, NULL);
  for (guint i = 0; i < G_N_ELEMENTS (tests); i++)
    {
      g_autofree char *path = g_strconcat ("/qmp/channel/", tests[i].name, NULL);
      g_test_add (path, Fixture, GINT_TO_POINTER (tests[i].accepts_fds), set_up, tests[i].function,
                  tear_down);
    }
  return g_test_run ();
}
