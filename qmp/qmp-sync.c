/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The blocking calls, all in the same way: begin, start the asynchronous function, wait, finish, end.
 */
#include "qmp/qmp-sync.h"

#include "qmp/qmp-session-private.h"

void
qmp_sync_begin (QmpSync *sync, QmpSession *session)
{
  *sync = (QmpSync){
    .session = session ? g_object_ref (session) : NULL,
    .context = g_main_context_new (),
  };
  g_main_context_push_thread_default (sync->context);
  if (session)
    qmp_session_enter_context (session, sync->context);
}

void
qmp_sync_done (GObject *source, GAsyncResult *result, gpointer data)
{
  QmpSync *sync = data;

  sync->result = g_object_ref (result);
}

GAsyncResult *
qmp_sync_wait (QmpSync *sync)
{
  while (!sync->result)
    g_main_context_iteration (sync->context, TRUE);
  return sync->result;
}

void
qmp_sync_end (QmpSync *sync, QmpSession *made)
{
  g_main_context_pop_thread_default (sync->context);
  if (sync->session)
    qmp_session_enter_context (sync->session, sync->session->home);
  if (made)
    {
      g_autoptr (GMainContext) home = g_main_context_ref_thread_default ();
      g_clear_pointer (&made->home, g_main_context_unref);
      made->home = g_main_context_ref (home);
      qmp_session_enter_context (made, home);
    }
  g_clear_object (&sync->result);
  g_clear_object (&sync->session);
  g_clear_pointer (&sync->context, g_main_context_unref);
}

gboolean
qmp_session_open_sync (QmpSession *session,
                       guint timeout_ms,
                       GCancellable *cancellable,
                       GError **error)
{
  QmpSync sync;
  gboolean is_open;

  g_return_val_if_fail (QMP_IS_SESSION (session), FALSE);

  qmp_sync_begin (&sync, session);
  qmp_session_open_async (session, timeout_ms, cancellable, qmp_sync_done, &sync);
  is_open = qmp_session_open_finish (session, qmp_sync_wait (&sync), error);
  qmp_sync_end (&sync, NULL);
  return is_open;
}

QmpValue *
qmp_session_call_sync (QmpSession *session,
                       const char *command,
                       QmpValue *arguments,
                       guint timeout_ms,
                       GCancellable *cancellable,
                       GError **error)
{
  return qmp_session_call_full_sync (session, command, arguments, QMP_CALL_NONE, NULL, 0,
                                     timeout_ms, cancellable, error);
}

QmpValue *
qmp_session_call_full_sync (QmpSession *session,
                            const char *command,
                            QmpValue *arguments,
                            QmpCallFlags flags,
                            const int *fds,
                            guint n_fds,
                            guint timeout_ms,
                            GCancellable *cancellable,
                            GError **error)
{
  QmpSync sync;
  QmpValue *reply;

  g_return_val_if_fail (QMP_IS_SESSION (session), NULL);

  qmp_sync_begin (&sync, session);
  qmp_session_call_full_async (session, command, arguments, flags, fds, n_fds, timeout_ms,
                               cancellable, qmp_sync_done, &sync);
  reply = qmp_session_call_finish (session, qmp_sync_wait (&sync), error);
  qmp_sync_end (&sync, NULL);
  return reply;
}
