/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Commands of a session's caller: from the check whether they can be sent to the reply that the
 * caller takes, as a value or as text.
 */
#include "qmp/qmp-session-private.h"

void
qmp_session_call_async (QmpSession *session,
                        const char *command,
                        QmpValue *arguments,
                        guint timeout_ms,
                        GCancellable *cancellable,
                        GAsyncReadyCallback callback,
                        gpointer user_data)
{
  qmp_session_call_with_effect (session, command, arguments, QMP_CALL_NONE, NULL, 0, timeout_ms,
                                NULL, cancellable, callback, user_data);
}

void
qmp_session_call_full_async (QmpSession *session,
                             const char *command,
                             QmpValue *arguments,
                             QmpCallFlags flags,
                             const int *fds,
                             guint n_fds,
                             guint timeout_ms,
                             GCancellable *cancellable,
                             GAsyncReadyCallback callback,
                             gpointer user_data)
{
  qmp_session_call_with_effect (session, command, arguments, flags, fds, n_fds, timeout_ms, NULL,
                                cancellable, callback, user_data);
}

/* Whether a command can be sent now */
static gboolean
session_check (QmpSession *session, const char *command, QmpCallFlags flags, GError **error)
{
  GError *refusal = qmp_session_refuse (session, QMP_SESSION_OPEN, command ? command : "a call");

  if (!refusal && (flags & QMP_CALL_OUT_OF_BAND) && !session->wants_oob)
    refusal =
        g_error_new (QMP_ERROR, QMP_ERROR_INVALID_ARGUMENT,
                     "%s: out-of-band commands were not enabled before the session was opened",
                     command);
  if (refusal)
    g_propagate_error (error, refusal);
  return !refusal;
}

/* (transfer full) (nullable): %NULL if it was cancelled already */
static GTask *
call_new (QmpSession *session,
          GCancellable *cancellable,
          GAsyncReadyCallback callback,
          gpointer user_data)
{
  g_autoptr (GTask) task = g_task_new (session, cancellable, callback, user_data);

  g_task_set_source_tag (task, qmp_session_call_async);
  if (g_task_return_error_if_cancelled (task))
    return NULL;
  /* What has been answered stays so, whatever is cancelled before the answer is looked at. */
  g_task_set_check_cancellable (task, FALSE);
  return g_steal_pointer (&task);
}

/* @task: (transfer full); @text: (transfer full) (nullable): with the next id; %NULL with @error,
 * (transfer full). Returns (nullable) (transfer none): %NULL if it was not sent */
static QmpCall *
session_call (QmpSession *session,
              GTask *task,
              const char *command,
              char *text,
              const int *fds,
              guint n_fds,
              guint timeout_ms,
              GError *error)
{
  g_autoptr (GTask) owned = task;

  if (text &&
      qmp_session_send (session, qmp_calls_get_next_id (session->calls), text, fds, n_fds, &error))
    return qmp_calls_add (session->calls, task, command, qmp_session_get_deadline (timeout_ms),
                          session->context);
  g_task_return_error (task, error);
  return NULL;
}

void
qmp_session_call_with_effect (QmpSession *session,
                              const char *command,
                              QmpValue *arguments,
                              QmpCallFlags flags,
                              const int *fds,
                              guint n_fds,
                              guint timeout_ms,
                              QmpLateFunc late,
                              GCancellable *cancellable,
                              GAsyncReadyCallback callback,
                              gpointer user_data)
{
  GTask *task;
  char *text = NULL;
  GError *error = NULL;
  QmpCall *call;

  g_return_if_fail (QMP_IS_SESSION (session));

  task = call_new (session, cancellable, callback, user_data);
  if (!task)
    return;
  if (session_check (session, command, flags, &error))
    text = qmp_message_format_command (command, arguments, (flags & QMP_CALL_OUT_OF_BAND) != 0,
                                       qmp_calls_get_next_id (session->calls), &error);
  call = session_call (session, task, command, text, fds, n_fds, timeout_ms, error);
  if (call)
    call->late = G_CALLBACK (late);
}

void
qmp_session_call_text_async (QmpSession *session,
                             const char *command,
                             const char *arguments,
                             QmpCallFlags flags,
                             const int *fds,
                             guint n_fds,
                             guint timeout_ms,
                             GCancellable *cancellable,
                             GAsyncReadyCallback callback,
                             gpointer user_data)
{
  GTask *task = call_new (session, cancellable, callback, user_data);
  char *text = NULL;
  GError *error = NULL;

  if (!task)
    return;
  if (session_check (session, command, flags, &error))
    text = qmp_message_format_command_text (command, arguments, (flags & QMP_CALL_OUT_OF_BAND) != 0,
                                            qmp_calls_get_next_id (session->calls), &error);
  session_call (session, task, command, text, fds, n_fds, timeout_ms, error);
}

void
qmp_session_tell (QmpSession *session, const char *command, QmpValue *arguments)
{
  char *text;

  if (session->state != QMP_SESSION_OPEN)
    return;
  text = qmp_message_format_command (command, arguments, FALSE, qmp_calls_skip_id (session->calls),
                                     NULL);
  qmp_session_send (session, 0, text, NULL, 0, NULL);
}

/* (transfer full) (nullable) */
static QmpMessage *
call_finish (QmpSession *session, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_async_result_is_tagged (result, qmp_session_call_async), NULL);
  g_return_val_if_fail (g_task_is_valid (result, session), NULL);

  return g_task_propagate_pointer (G_TASK (result), error);
}

QmpValue *
qmp_session_call_finish (QmpSession *session, GAsyncResult *result, GError **error)
{
  g_autoptr (QmpMessage) reply = call_finish (session, result, error);

  return reply ? qmp_message_parse_body (reply, error) : NULL;
}

char *
qmp_session_call_finish_text (QmpSession *session, GAsyncResult *result, GError **error)
{
  g_autoptr (QmpMessage) reply = call_finish (session, result, error);

  return reply ? g_strndup (reply->body.start, reply->body.n_bytes) : NULL;
}
