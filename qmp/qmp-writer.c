/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * A queue of commands over a non-blocking socket. A command goes out by one sendmsg() of its own,
 * so that its descriptors cannot reach the monitor with another command's bytes.
 */
#include "qmp/qmp-writer.h"

#include "qmp/qmp-error.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

typedef struct
{
  guint64 id;
  char *text; /* (owned) */
  gsize n_bytes;
  gsize n_sent;
  int fds[QMP_MAX_FDS]; /* (owned) */
  guint n_fds;
} QmpOutgoing;

struct _QmpWriter
{
  GQueue outgoing; /* (owned) (element-type QmpOutgoing) */
  gsize n_unsent;
};

static void
outgoing_close_fds (QmpOutgoing *outgoing)
{
  for (guint i = 0; i < outgoing->n_fds; i++)
    close (outgoing->fds[i]);
  outgoing->n_fds = 0;
}

static void
outgoing_free (QmpOutgoing *outgoing)
{
  outgoing_close_fds (outgoing);
  g_free (outgoing->text);
  g_free (outgoing);
}

G_DEFINE_AUTOPTR_CLEANUP_FUNC (QmpOutgoing, outgoing_free)

static gboolean
outgoing_duplicate_fds (QmpOutgoing *outgoing, const int *fds, guint n_fds, GError **error)
{
  if (n_fds > QMP_MAX_FDS || (n_fds > 0 && !fds))
    {
      g_set_error (error, QMP_ERROR, QMP_ERROR_INVALID_ARGUMENT,
                   "%u descriptors cannot travel with one monitor command, at most %d can", n_fds,
                   QMP_MAX_FDS);
      return FALSE;
    }
  for (guint i = 0; i < n_fds; i++)
    {
      int copy = fcntl (fds[i], F_DUPFD_CLOEXEC, 3);
      if (copy < 0)
        {
          g_set_error (error, QMP_ERROR, QMP_ERROR_INVALID_ARGUMENT,
                       "cannot duplicate descriptor %d for a monitor command: %s", fds[i],
                       g_strerror (errno));
          return FALSE;
        }
      outgoing->fds[outgoing->n_fds++] = copy;
    }
  return TRUE;
}

static gssize
outgoing_send (QmpOutgoing *outgoing, int socket_fd)
{
  struct iovec bytes = { outgoing->text + outgoing->n_sent, outgoing->n_bytes - outgoing->n_sent };
  struct msghdr message = { .msg_iov = &bytes, .msg_iovlen = 1 };
  union
  {
    char bytes[CMSG_SPACE (QMP_MAX_FDS * sizeof (int))];
    struct cmsghdr align;
  } control = { 0 };

  if (outgoing->n_fds > 0)
    {
      gsize n_bytes = outgoing->n_fds * sizeof (int);
      struct cmsghdr *header = &control.align;

      header->cmsg_level = SOL_SOCKET;
      header->cmsg_type = SCM_RIGHTS;
      header->cmsg_len = CMSG_LEN (n_bytes);
      memcpy (CMSG_DATA (header), outgoing->fds, n_bytes);
      message.msg_control = &control;
      message.msg_controllen = CMSG_SPACE (n_bytes);
    }
  return sendmsg (socket_fd, &message, MSG_DONTWAIT | MSG_NOSIGNAL);
}

QmpWriter *
qmp_writer_new (void)
{
  QmpWriter *writer = g_new0 (QmpWriter, 1);

  g_queue_init (&writer->outgoing);
  return writer;
}

void
qmp_writer_free (QmpWriter *writer)
{
  g_queue_clear_full (&writer->outgoing, (GDestroyNotify) outgoing_free);
  g_free (writer);
}

gboolean
qmp_writer_push (
    QmpWriter *writer, guint64 id, char *text, const int *fds, guint n_fds, GError **error)
{
  g_autoptr (QmpOutgoing) outgoing = g_new0 (QmpOutgoing, 1);

  outgoing->id = id;
  outgoing->text = text;
  outgoing->n_bytes = strlen (text);
  if (!outgoing_duplicate_fds (outgoing, fds, n_fds, error))
    return FALSE;
  writer->n_unsent += outgoing->n_bytes;
  g_queue_push_tail (&writer->outgoing, g_steal_pointer (&outgoing));
  return TRUE;
}

void
qmp_writer_forget (QmpWriter *writer, guint64 id)
{
  for (GList *link = writer->outgoing.head; link; link = link->next)
    {
      QmpOutgoing *outgoing = link->data;
      if (outgoing->id != id)
        continue;
      /* Half a command would spoil the next one. */
      if (outgoing->n_sent == 0)
        {
          writer->n_unsent -= outgoing->n_bytes;
          g_queue_delete_link (&writer->outgoing, link);
          outgoing_free (outgoing);
        }
      return;
    }
}

gboolean
qmp_writer_flush (QmpWriter *writer, int socket_fd, GError **error)
{
  QmpOutgoing *outgoing;

  while ((outgoing = g_queue_peek_head (&writer->outgoing)))
    {
      gssize n_sent = outgoing_send (outgoing, socket_fd);

      if (n_sent < 0 && errno == EINTR)
        continue;
      if (n_sent < 0 && errno == EAGAIN)
        return TRUE;
      if (n_sent < 0)
        {
          g_set_error (error, QMP_ERROR, QMP_ERROR_DISCONNECTED, "cannot write to the monitor: %s",
                       g_strerror (errno));
          return FALSE;
        }
      /* The descriptors went with the first byte. */
      outgoing_close_fds (outgoing);
      outgoing->n_sent += (gsize) n_sent;
      writer->n_unsent -= (gsize) n_sent;
      if (outgoing->n_sent == outgoing->n_bytes)
        outgoing_free (g_queue_pop_head (&writer->outgoing));
    }
  return TRUE;
}

gsize
qmp_writer_get_unsent (const QmpWriter *writer)
{
  return writer->n_unsent;
}
