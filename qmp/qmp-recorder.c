/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Writes a session's messages to a file, a line each. Knows nothing of what they say.
 */
#include "qmp/qmp-recording.h"

#include "qmp/qmp-session-private.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#define FIRST_LINE "# Recorded by libqmp: > sent, < received, . closed by the monitor\n"

typedef struct
{
  int fd;     /* (owned): -1 after a failed write */
  char *path; /* (owned) */
} Recorder;

static void
recorder_free (gpointer data)
{
  Recorder *recorder = data;

  if (recorder->fd >= 0)
    close (recorder->fd);
  g_free (recorder->path);
  g_free (recorder);
}

static gboolean
write_all (int fd, const char *bytes, gsize n_bytes)
{
  while (n_bytes > 0)
    {
      gssize n_written = write (fd, bytes, n_bytes);
      if (n_written < 0 && errno != EINTR)
        return FALSE;
      if (n_written > 0)
        {
          bytes += n_written;
          n_bytes -= (gsize) n_written;
        }
    }
  return TRUE;
}

/* What was written of a line that failed stays the file's last, without an end. */
static void
recorder_write (Recorder *recorder, const char *line, gsize n_bytes)
{
  if (recorder->fd < 0 || write_all (recorder->fd, line, n_bytes))
    return;
  g_warning ("recording '%s' ends early: %s", recorder->path, g_strerror (errno));
  close (g_steal_fd (&recorder->fd));
}

/* In JSON text a line ends between two tokens only: without the ends and the indentation that
 * follows each, the message is the same. */
static void
recorder_note (Recorder *recorder, char mark, const char *text, gsize n_bytes)
{
  g_autoptr (GString) line = g_string_sized_new (n_bytes + 4);
  const char *end = text + n_bytes;

  g_string_append_c (line, mark);
  g_string_append_c (line, ' ');
  while (text < end)
    {
      gsize length = strcspn (text, "\r\n");
      g_string_append_len (line, text, (gssize) length);
      text += length;
      while (text < end && g_ascii_isspace (*text))
        text++;
    }
  g_string_append_c (line, '\n');
  recorder_write (recorder, line->str, line->len);
}

static void
on_sent (gpointer recorder, const char *text, gsize n_bytes)
{
  recorder_note (recorder, '>', text, n_bytes);
}

static void
on_received (gpointer recorder, const char *text, gsize n_bytes)
{
  recorder_note (recorder, '<', text, n_bytes);
}

static void
on_ended (gpointer recorder)
{
  recorder_write (recorder, ".\n", 2);
}

static const QmpRecorderFuncs recorder_funcs = { on_sent, on_received, on_ended, recorder_free };

gboolean
qmp_session_record (QmpSession *session, const char *path, GError **error)
{
  Recorder *recorder;
  int fd;

  g_return_val_if_fail (QMP_IS_SESSION (session), FALSE);
  g_return_val_if_fail (path, FALSE);

  if (session->state != QMP_SESSION_NEW || session->recorder)
    {
      g_set_error (error, QMP_ERROR, QMP_ERROR_INVALID_ARGUMENT,
                   "cannot record to '%s': the session is %s already", path,
                   session->recorder ? "recorded" : "opened");
      return FALSE;
    }
  fd = open (path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
  if (fd < 0)
    {
      g_set_error (error, G_FILE_ERROR, (int) g_file_error_from_errno (errno),
                   "cannot record to '%s': %s", path, g_strerror (errno));
      return FALSE;
    }
  recorder = g_new (Recorder, 1);
  *recorder = (Recorder){ fd, g_strdup (path) };
  recorder_write (recorder, FIRST_LINE, strlen (FIRST_LINE));
  qmp_session_set_recorder (session, &recorder_funcs, recorder);
  return TRUE;
}
