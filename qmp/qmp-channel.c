/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Three sources on one socket: something to read, room to write, and the end that a failed write
 * announces, which waits until the last bytes are read.
 */
#include "qmp/qmp-channel.h"

#include "qmp/qmp-error.h"
#include "qmp/qmp-writer.h"

#include <errno.h>
#include <fcntl.h>
#include <glib-unix.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#define READ_BYTES (64 * 1024)
/* How much is still read after the peer has stopped reading: what it sent before that. */
#define LAST_READS 16

struct _QmpChannel
{
  grefcount ref_count; /* the owner's, and one while a function of the owner is called */
  int fd;              /* (owned): -1 once closed */
  gboolean accepts_fds;
  gboolean is_reading;
  gboolean is_broken; /* nothing can be sent any more */
  const QmpChannelFuncs *funcs;
  gpointer user_data;
  QmpWriter *writer;     /* (owned) */
  GMainContext *context; /* (owned) (nullable): from the start on */
  GSource *read_source;  /* (owned) (nullable): to read, or while it does not, the peer's going */
  GSource *write_source; /* (owned) (nullable): while the socket is full */
  GSource *break_source; /* (owned) (nullable): the peer reads no more */
};

static void
source_clear (GSource **source)
{
  if (!*source)
    return;
  g_source_destroy (*source);
  g_clear_pointer (source, g_source_unref);
}

/* @source: (transfer full) */
static GSource *
channel_attach (QmpChannel *channel, GSource *source, GSourceFunc callback)
{
  g_source_set_callback (source, callback, channel, NULL);
  g_source_attach (source, channel->context);
  return source;
}

QmpChannel *
qmp_channel_new (int fd, gboolean accepts_fds, const QmpChannelFuncs *funcs, gpointer user_data)
{
  QmpChannel *channel = g_new0 (QmpChannel, 1);

  g_ref_count_init (&channel->ref_count);
  channel->fd = fd;
  channel->accepts_fds = accepts_fds;
  channel->is_reading = TRUE;
  channel->funcs = funcs;
  channel->user_data = user_data;
  channel->writer = qmp_writer_new ();
  /* A process that the application starts would keep the peer connected. */
  fcntl (fd, F_SETFD, FD_CLOEXEC);
  return channel;
}

static void
channel_unref (QmpChannel *channel)
{
  if (!g_ref_count_dec (&channel->ref_count))
    return;
  qmp_writer_free (channel->writer);
  g_clear_pointer (&channel->context, g_main_context_unref);
  g_free (channel);
}

static void
channel_stop (QmpChannel *channel)
{
  source_clear (&channel->read_source);
  source_clear (&channel->write_source);
  source_clear (&channel->break_source);
}

static void G_GNUC_PRINTF (2, 3) channel_end (QmpChannel *channel, const char *format, ...)
{
  va_list arguments;
  GError *error;

  va_start (arguments, format);
  error = g_error_new_valist (QMP_ERROR, QMP_ERROR_DISCONNECTED, format, arguments);
  va_end (arguments);
  channel_stop (channel);
  channel->funcs->ended (error, channel->user_data);
}

/* Bytes, and the descriptors that came with them. Where some were lost, for there were too many or
 * this process can have no more, nobody can say which: that is an error. */
static gssize
channel_receive (QmpChannel *channel, char *bytes, gsize n_bytes, int *fds, guint *n_fds)
{
  struct iovec part = { bytes, n_bytes };
  union
  {
    char bytes[CMSG_SPACE (QMP_MAX_FDS * sizeof (int))];
    struct cmsghdr align;
  } control;
  struct msghdr message = {
    .msg_iov = &part,
    .msg_iovlen = 1,
    .msg_control = &control,
    .msg_controllen = sizeof control,
  };
  gssize n_received;

  *n_fds = 0;
  if (!channel->accepts_fds)
    return recv (channel->fd, bytes, n_bytes, MSG_DONTWAIT);
  n_received = recvmsg (channel->fd, &message, MSG_DONTWAIT | MSG_CMSG_CLOEXEC);
  if (n_received < 0)
    return n_received;
  for (struct cmsghdr *header = CMSG_FIRSTHDR (&message); header;
       header = CMSG_NXTHDR (&message, header))
    if (header->cmsg_level == SOL_SOCKET && header->cmsg_type == SCM_RIGHTS)
      {
        gsize n_fd_bytes = header->cmsg_len - CMSG_LEN (0);
        memcpy (fds, CMSG_DATA (header), n_fd_bytes);
        *n_fds = (guint) (n_fd_bytes / sizeof (int));
      }
  if (message.msg_flags & MSG_CTRUNC)
    {
      for (guint i = 0; i < *n_fds; i++)
        close (fds[i]);
      errno = EMSGSIZE;
      return -1;
    }
  return n_received;
}

/* Whether bytes have come; there may be more. */
static gboolean
channel_read (QmpChannel *channel)
{
  char bytes[READ_BYTES];
  int fds[QMP_MAX_FDS];
  guint n_fds;
  gssize n_bytes = channel_receive (channel, bytes, sizeof bytes, fds, &n_fds);

  if (n_bytes > 0)
    {
      channel->funcs->received (bytes, (gsize) n_bytes, fds, n_fds, channel->user_data);
      return TRUE;
    }
  if (n_bytes < 0 && (errno == EAGAIN || errno == EINTR))
    return FALSE;

  if (n_bytes < 0 && errno != ECONNRESET)
    channel_end (channel, "cannot read from the monitor: %s", g_strerror (errno));
  else
    channel_end (channel, "the monitor closed the connection");
  return FALSE;
}

static gboolean
on_readable (int fd, GIOCondition condition, gpointer data)
{
  QmpChannel *channel = data;

  g_ref_count_inc (&channel->ref_count);
  channel_read (channel);
  channel_unref (channel);
  return G_SOURCE_CONTINUE;
}

static gboolean
on_broken (gpointer data)
{
  QmpChannel *channel = data;
  guint n_reads = 0;

  g_ref_count_inc (&channel->ref_count);
  while (channel->break_source && n_reads++ < LAST_READS && channel_read (channel))
    continue;
  if (channel->break_source)
    channel_end (channel, "the monitor reads no more commands");
  channel_unref (channel);
  return G_SOURCE_REMOVE;
}

static void channel_flush (QmpChannel *channel);

static gboolean
on_writable (int fd, GIOCondition condition, gpointer data)
{
  QmpChannel *channel = data;

  g_ref_count_inc (&channel->ref_count);
  channel_flush (channel);
  if (channel->funcs->drained && qmp_writer_get_unsent (channel->writer) == 0)
    channel->funcs->drained (channel->user_data);
  channel_unref (channel);
  return G_SOURCE_CONTINUE;
}

static void
channel_announce_end (QmpChannel *channel)
{
  channel->break_source = g_idle_source_new ();
  g_source_set_priority (channel->break_source, G_PRIORITY_DEFAULT);
  channel_attach (channel, channel->break_source, on_broken);
}

static void
channel_wait_for_room (QmpChannel *channel)
{
  channel->write_source = channel_attach (channel, g_unix_fd_source_new (channel->fd, G_IO_OUT),
                                          G_SOURCE_FUNC (on_writable));
}

static void
channel_flush (QmpChannel *channel)
{
  g_autoptr (GError) error = NULL;

  channel->is_broken = !qmp_writer_flush (channel->writer, channel->fd, &error);
  if (channel->is_broken)
    {
      g_debug ("%s", error->message);
      source_clear (&channel->write_source);
      channel_announce_end (channel);
    }
  else if (qmp_writer_get_unsent (channel->writer) == 0)
    {
      source_clear (&channel->write_source);
    }
  else if (!channel->write_source)
    {
      channel_wait_for_room (channel);
    }
}

static gboolean
on_hung_up (int fd, GIOCondition condition, gpointer data)
{
  QmpChannel *channel = data;

  g_ref_count_inc (&channel->ref_count);
  channel_end (channel, "the monitor closed the connection");
  channel_unref (channel);
  return G_SOURCE_REMOVE;
}

/* Allowing recursion saves GLib from taking the descriptor out of the poll and back around each
 * reply, which costs four system calls; the channel keeps no state while it calls its owner. */
static void
channel_listen (QmpChannel *channel)
{
  if (!channel->is_reading)
    {
      channel->read_source = channel_attach (channel, g_unix_fd_source_new (channel->fd, G_IO_HUP),
                                             G_SOURCE_FUNC (on_hung_up));
      return;
    }
  channel->read_source = g_unix_fd_source_new (channel->fd, G_IO_IN);
  g_source_set_can_recurse (channel->read_source, TRUE);
  channel_attach (channel, channel->read_source, G_SOURCE_FUNC (on_readable));
}

void
qmp_channel_start (QmpChannel *channel, GMainContext *context)
{
  channel->context = g_main_context_ref (context);
  channel_listen (channel);
}

void
qmp_channel_move (QmpChannel *channel, GMainContext *context)
{
  gboolean was_ending = channel->break_source != NULL;
  gboolean was_full = channel->write_source != NULL;

  if (!channel->context)
    return;
  channel_stop (channel);
  g_main_context_unref (channel->context);
  channel->context = g_main_context_ref (context);
  channel_listen (channel);
  if (was_full)
    channel_wait_for_room (channel);
  if (was_ending)
    channel_announce_end (channel);
}

void
qmp_channel_set_reading (QmpChannel *channel, gboolean reading)
{
  if (channel->is_reading == reading)
    return;
  channel->is_reading = reading;
  source_clear (&channel->read_source);
  if (channel->context)
    channel_listen (channel);
}

gboolean
qmp_channel_send (
    QmpChannel *channel, guint64 id, char *text, const int *fds, guint n_fds, GError **error)
{
  if (!qmp_writer_push (channel->writer, id, text, fds, n_fds, error))
    return FALSE;
  if (!channel->write_source && !channel->is_broken)
    channel_flush (channel);
  return TRUE;
}

void
qmp_channel_forget (QmpChannel *channel, guint64 id)
{
  qmp_writer_forget (channel->writer, id);
}

gsize
qmp_channel_get_unsent (const QmpChannel *channel)
{
  return qmp_writer_get_unsent (channel->writer);
}

void
qmp_channel_close (QmpChannel *channel)
{
  channel_stop (channel);
  close (g_steal_fd (&channel->fd));
  channel_unref (channel);
}
