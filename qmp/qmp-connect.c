/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Connecting to a monitor's unix socket without blocking. The kernel answers such a connect at
 * once, save that it asks to try again while the listener's backlog is full.
 */
#include "qmp/qmp-connect.h"

#include "qmp/qmp-sync.h"

#include <errno.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>

#define RETRY_INTERVAL_MS 10

typedef struct
{
  QmpSession *session; /* (owned) (nullable): until it is handed over */
  int fd;              /* the session's */
  struct sockaddr_un address;
  guint timeout_ms;
  gint64 deadline_us;
  GSource *retry;  /* (owned) (nullable) */
  GSource *cancel; /* (owned) (nullable) */
} Connect;

static void
connect_stop (Connect *connecting)
{
  GSource **sources[] = { &connecting->retry, &connecting->cancel };

  for (guint i = 0; i < G_N_ELEMENTS (sources); i++)
    if (*sources[i])
      {
        g_source_destroy (*sources[i]);
        g_clear_pointer (sources[i], g_source_unref);
      }
}

static void
connect_free (Connect *connecting)
{
  connect_stop (connecting);
  g_clear_object (&connecting->session);
  g_free (connecting);
}

/* @error: (transfer full) (nullable) */
static void
connect_return (GTask *task, GError *error)
{
  /* The sources hold references of their own on the task. */
  g_autoptr (GTask) kept = g_object_ref (task);
  Connect *connecting = g_task_get_task_data (task);

  connect_stop (connecting);
  if (error)
    g_task_return_error (task, error);
  else
    g_task_return_pointer (task, g_steal_pointer (&connecting->session), g_object_unref);
}

static GError *
connect_error (Connect *connecting, QmpError code, const char *reason)
{
  return g_error_new (QMP_ERROR, code, "cannot connect to monitor socket '%s': %s",
                      connecting->address.sun_path, reason);
}

static gboolean connect_try (gpointer data);

static void
connect_retry_later (GTask *task)
{
  Connect *connecting = g_task_get_task_data (task);
  gint64 remaining_ms = (connecting->deadline_us - g_get_monotonic_time ()) / 1000;
  g_autofree char *reason = NULL;

  if (remaining_ms <= 0)
    {
      reason = g_strdup_printf ("its backlog was full for %u ms", connecting->timeout_ms);
      connect_return (task, connect_error (connecting, QMP_ERROR_TIMEOUT, reason));
      return;
    }
  g_clear_pointer (&connecting->retry, g_source_unref);
  connecting->retry = g_timeout_source_new ((guint) MIN (remaining_ms, RETRY_INTERVAL_MS));
  g_task_attach_source (task, connecting->retry, connect_try);
}

static gboolean
connect_try (gpointer data)
{
  GTask *task = data;
  Connect *connecting = g_task_get_task_data (task);

  if (connect (connecting->fd, (struct sockaddr *) &connecting->address,
               sizeof connecting->address) == 0)
    connect_return (task, NULL);
  else if (errno == EAGAIN || errno == EINTR)
    connect_retry_later (task);
  else
    connect_return (task, connect_error (connecting, QMP_ERROR_DISCONNECTED, g_strerror (errno)));
  return G_SOURCE_REMOVE;
}

static gboolean
on_cancelled (GCancellable *cancellable, gpointer data)
{
  connect_return (data, g_error_new (G_IO_ERROR, G_IO_ERROR_CANCELLED,
                                     "connecting to a monitor was cancelled"));
  return G_SOURCE_REMOVE;
}

static gboolean
connect_prepare (Connect *connecting, const char *path, GError **error)
{
  if (strlen (path) >= sizeof connecting->address.sun_path)
    {
      g_set_error (error, QMP_ERROR, QMP_ERROR_INVALID_ARGUMENT,
                   "monitor socket '%s': the path has more than %" G_GSIZE_FORMAT " bytes", path,
                   sizeof connecting->address.sun_path - 1);
      return FALSE;
    }
  connecting->address.sun_family = AF_UNIX;
  strcpy (connecting->address.sun_path, path);

  connecting->fd = socket (AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
  if (connecting->fd < 0)
    {
      g_propagate_error (error,
                         connect_error (connecting, QMP_ERROR_DISCONNECTED, g_strerror (errno)));
      return FALSE;
    }
  connecting->session = qmp_session_new_for_fd (connecting->fd);
  return TRUE;
}

void
qmp_session_connect_async (const char *path,
                           guint timeout_ms,
                           GCancellable *cancellable,
                           GAsyncReadyCallback callback,
                           gpointer user_data)
{
  g_autoptr (GTask) task = NULL;
  Connect *connecting;
  GError *error = NULL;

  g_return_if_fail (path);

  task = g_task_new (NULL, cancellable, callback, user_data);
  connecting = g_new0 (Connect, 1);
  g_task_set_source_tag (task, qmp_session_connect_async);
  g_task_set_task_data (task, connecting, (GDestroyNotify) connect_free);
  if (g_task_return_error_if_cancelled (task))
    return;
  if (!connect_prepare (connecting, path, &error))
    {
      g_task_return_error (task, error);
      return;
    }

  connecting->timeout_ms = timeout_ms ? timeout_ms : QMP_DEFAULT_CONNECT_TIMEOUT_MS;
  connecting->deadline_us = timeout_ms == G_MAXUINT
                                ? G_MAXINT64
                                : g_get_monotonic_time () + connecting->timeout_ms * 1000LL;
  if (cancellable)
    {
      connecting->cancel = g_cancellable_source_new (cancellable);
      g_task_attach_source (task, connecting->cancel, G_SOURCE_FUNC (on_cancelled));
    }
  connect_try (task);
}

QmpSession *
qmp_session_connect_finish (GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_async_result_is_tagged (result, qmp_session_connect_async), NULL);
  g_return_val_if_fail (g_task_is_valid (result, NULL), NULL);

  return g_task_propagate_pointer (G_TASK (result), error);
}

QmpSession *
qmp_session_connect_sync (const char *path,
                          guint timeout_ms,
                          GCancellable *cancellable,
                          GError **error)
{
  QmpSync sync;
  QmpSession *session;

  g_return_val_if_fail (path, NULL);

  qmp_sync_begin (&sync, NULL);
  qmp_session_connect_async (path, timeout_ms, cancellable, qmp_sync_done, &sync);
  session = qmp_session_connect_finish (qmp_sync_wait (&sync), error);
  qmp_sync_end (&sync, session);
  return session;
}
