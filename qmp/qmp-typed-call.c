/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Between the generated functions and a session: arguments are written before the call is sent, and
 * the reply is read when the caller takes it. Knows nothing of how a session works.
 */
#include "qmp/qmp-typed-call.h"

#include "qmp/qmp-codec.h"

/* A task's tag tells which command's reply it has. */
static gpointer
command_tag (guint command_id)
{
  return (gpointer) &qmp_command_rows[command_id];
}

static const char *
command_name (guint command_id)
{
  return qmp_words + qmp_command_rows[command_id].name;
}

static void
on_called (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (GTask) task = data;
  GError *error = NULL;
  QmpValue *reply = qmp_session_call_finish (QMP_SESSION (source), result, &error);

  if (reply)
    g_task_return_pointer (task, reply, (GDestroyNotify) qmp_value_unref);
  else
    g_task_return_error (task, error);
}

/* @n_fds: of the one at @fd */
static void
call_async (QmpSession *session,
            gconstpointer arguments,
            const int *fd,
            guint n_fds,
            guint timeout_ms,
            GCancellable *cancellable,
            GAsyncReadyCallback callback,
            gpointer user_data,
            guint command_id)
{
  g_autoptr (GTask) task = g_task_new (session, cancellable, callback, user_data);
  g_autoptr (QmpValue) json = NULL;
  GError *error = NULL;

  g_task_set_source_tag (task, command_tag (command_id));
  /* The call itself tells of a cancellation, and of a reply that came before it. */
  g_task_set_check_cancellable (task, FALSE);
  if (!qmp_codec_encode_arguments (command_id, arguments, &json, &error))
    {
      g_task_return_error (task, error);
      return;
    }
  qmp_session_call_full_async (session, command_name (command_id), json, QMP_CALL_NONE, fd, n_fds,
                               timeout_ms, cancellable, on_called, g_steal_pointer (&task));
}

void
qmp_typed_call_async (QmpSession *session,
                      gconstpointer arguments,
                      guint timeout_ms,
                      GCancellable *cancellable,
                      GAsyncReadyCallback callback,
                      gpointer user_data,
                      guint command_id)
{
  g_return_if_fail (QMP_IS_SESSION (session));

  call_async (session, arguments, NULL, 0, timeout_ms, cancellable, callback, user_data,
              command_id);
}

void
qmp_typed_call_with_fd_async (QmpSession *session,
                              gconstpointer arguments,
                              int fd,
                              guint timeout_ms,
                              GCancellable *cancellable,
                              GAsyncReadyCallback callback,
                              gpointer user_data,
                              guint command_id)
{
  g_return_if_fail (QMP_IS_SESSION (session));
  g_return_if_fail (fd >= 0);

  call_async (session, arguments, &fd, 1, timeout_ms, cancellable, callback, user_data, command_id);
}

gpointer
qmp_typed_call_finish (QmpSession *session, GAsyncResult *result, GError **error, guint command_id)
{
  g_autoptr (QmpValue) reply = NULL;

  g_return_val_if_fail (g_async_result_is_tagged (result, command_tag (command_id)), NULL);
  g_return_val_if_fail (g_task_is_valid (result, session), NULL);

  reply = g_task_propagate_pointer (G_TASK (result), error);
  return reply ? qmp_codec_decode_reply (command_id, reply, error) : NULL;
}

/* @n_fds: of the one at @fd */
static gpointer
call_and_wait (QmpSession *session,
               gconstpointer arguments,
               const int *fd,
               guint n_fds,
               guint timeout_ms,
               GCancellable *cancellable,
               GError **error,
               guint command_id)
{
  g_autoptr (QmpValue) json = NULL;
  g_autoptr (QmpValue) reply = NULL;

  if (!qmp_codec_encode_arguments (command_id, arguments, &json, error))
    return NULL;
  reply = qmp_session_call_full_sync (session, command_name (command_id), json, QMP_CALL_NONE, fd,
                                      n_fds, timeout_ms, cancellable, error);
  return reply ? qmp_codec_decode_reply (command_id, reply, error) : NULL;
}

gpointer
qmp_typed_call_sync (QmpSession *session,
                     gconstpointer arguments,
                     guint timeout_ms,
                     GCancellable *cancellable,
                     GError **error,
                     guint command_id)
{
  g_return_val_if_fail (QMP_IS_SESSION (session), NULL);

  return call_and_wait (session, arguments, NULL, 0, timeout_ms, cancellable, error, command_id);
}

gpointer
qmp_typed_call_with_fd_sync (QmpSession *session,
                             gconstpointer arguments,
                             int fd,
                             guint timeout_ms,
                             GCancellable *cancellable,
                             GError **error,
                             guint command_id)
{
  g_return_val_if_fail (QMP_IS_SESSION (session), NULL);
  g_return_val_if_fail (fd >= 0, NULL);

  return call_and_wait (session, arguments, &fd, 1, timeout_ms, cancellable, error, command_id);
}
