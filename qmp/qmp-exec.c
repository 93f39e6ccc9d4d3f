/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The process as an attachment of its session: it explains an end that comes too early, and goes
 * with the session. Waiting for the process is independent of that: each who waits has a source of
 * its own.
 */
#include "qmp/qmp-exec.h"

#include "qmp/qmp-process.h"
#include "qmp/qmp-session-private.h"
#include "qmp/qmp-sync.h"

#include <errno.h>
#include <glib-unix.h>
#include <sys/socket.h>
#include <unistd.h>

/* How long a QEMU that has hung up may take to end. */
#define HANG_UP_PATIENCE_MS 2000

typedef struct
{
  QmpSession *session; /* (not owned): that this is attached to */
  QmpProcess *process; /* (owned) */
  char *program;       /* (owned) */
  GSource *watch;      /* (owned) (nullable): until the process has ended */
  GSource *patience;   /* (owned) (nullable): it has hung up before the session was open */
} Exec;

static void
source_clear (GSource **source)
{
  if (!*source)
    return;
  g_source_destroy (*source);
  g_clear_pointer (source, g_source_unref);
}

/* Ends a session that was not opened; it may have been given up meanwhile. */
static void
exec_end_session (Exec *exec, const char *what)
{
  if (exec->session->state != QMP_SESSION_CLOSED)
    qmp_session_end (exec->session,
                     g_error_new (QMP_ERROR, QMP_ERROR_EMULATOR, "'%s' %s", exec->program, what));
}

static gboolean
on_process_ended (int pidfd, GIOCondition condition, gpointer data)
{
  Exec *exec = data;
  gboolean was_awaited = exec->patience != NULL;

  source_clear (&exec->watch);
  source_clear (&exec->patience);
  qmp_process_reap (exec->process);
  if (was_awaited)
    {
      g_autofree char *end = qmp_process_describe_end (exec->process);
      exec_end_session (exec, end);
    }
  return G_SOURCE_REMOVE;
}

static gboolean
on_patience_over (gpointer data)
{
  Exec *exec = data;

  source_clear (&exec->patience);
  exec_end_session (exec, "closed the connection before the session was open, and goes on");
  return G_SOURCE_REMOVE;
}

static void
exec_watch (Exec *exec)
{
  exec->watch = g_unix_fd_source_new (qmp_process_get_pidfd (exec->process), G_IO_IN);
  g_source_set_callback (exec->watch, G_SOURCE_FUNC (on_process_ended), exec, NULL);
  g_source_attach (exec->watch, exec->session->context);
}

static void
exec_await_end (Exec *exec)
{
  exec->patience = g_timeout_source_new (HANG_UP_PATIENCE_MS);
  g_source_set_callback (exec->patience, on_patience_over, exec, NULL);
  g_source_attach (exec->patience, exec->session->context);
}

static void
exec_enter_context (gpointer attachment, GMainContext *context)
{
  Exec *exec = attachment;
  gboolean is_awaited = exec->patience != NULL;

  source_clear (&exec->watch);
  source_clear (&exec->patience);
  if (is_awaited || qmp_process_get_pid (exec->process) != 0)
    exec_watch (exec);
  if (is_awaited)
    exec_await_end (exec);
}

/* The end of the connection comes before that of the process, if only just; where the process was
 * reaped already, its watch is made anew and is ready. */
static gboolean
exec_explain_hang_up (gpointer attachment)
{
  Exec *exec = attachment;

  if (!exec->watch)
    exec_watch (exec);
  exec_await_end (exec);
  return TRUE;
}

static void
exec_free (gpointer attachment)
{
  Exec *exec = attachment;

  source_clear (&exec->watch);
  source_clear (&exec->patience);
  qmp_process_kill (exec->process, exec->session->home);
  g_free (exec->program);
  g_free (exec);
}

static const QmpAttachmentFuncs exec_funcs = {
  .enter_context = exec_enter_context,
  .free = exec_free,
  .explain_hang_up = exec_explain_hang_up,
};

/* (transfer container) */
static GPtrArray *
complete_argv (const char *const *argv)
{
  static const char *const monitor[] = { "-chardev",
                                         "socket,id=qmp,fd=" G_STRINGIFY (QMP_PROCESS_FD), "-mon",
                                         "chardev=qmp,mode=control", NULL };
  GPtrArray *complete = g_ptr_array_new ();

  for (; *argv; argv++)
    g_ptr_array_add (complete, (gpointer) *argv);
  for (guint i = 0; i < G_N_ELEMENTS (monitor); i++)
    g_ptr_array_add (complete, (gpointer) monitor[i]);
  return complete;
}

QmpSession *
qmp_session_new_for_exec (const char *const *argv, GError **error)
{
  g_autoptr (GPtrArray) complete = NULL;
  QmpProcess *process;
  Exec *exec;
  int fds[2];

  g_return_val_if_fail (argv && argv[0], NULL);

  if (socketpair (AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, fds) < 0)
    {
      g_set_error (error, QMP_ERROR, QMP_ERROR_EMULATOR, "cannot run '%s': %s", argv[0],
                   g_strerror (errno));
      return NULL;
    }
  complete = complete_argv (argv);
  process = qmp_process_spawn ((const char *const *) complete->pdata, fds[1], error);
  close (fds[1]);
  if (!process)
    {
      close (fds[0]);
      return NULL;
    }

  exec = g_new0 (Exec, 1);
  exec->session = qmp_session_new_for_fd (fds[0]);
  exec->process = process;
  exec->program = g_strdup (argv[0]);
  qmp_session_attach (exec->session, &exec_funcs, exec);
  return exec->session;
}

/* (nullable) (transfer none) */
static QmpProcess *
session_get_process (QmpSession *session)
{
  Exec *exec = session->attachment;

  return session->attachment_funcs == &exec_funcs ? exec->process : NULL;
}

int
qmp_session_get_pid (QmpSession *session)
{
  QmpProcess *process;

  g_return_val_if_fail (QMP_IS_SESSION (session), 0);

  process = session_get_process (session);
  return process ? qmp_process_get_pid (process) : 0;
}

/* Somebody waits for the end of the process. */
typedef struct
{
  guint timeout_ms;
  GSource *ended;    /* (owned) */
  GSource *deadline; /* (owned) (nullable) */
  GSource *cancel;   /* (owned) (nullable) */
} Wait;

static void
wait_stop (Wait *wait)
{
  source_clear (&wait->ended);
  source_clear (&wait->deadline);
  source_clear (&wait->cancel);
}

static void
wait_free (Wait *wait)
{
  wait_stop (wait);
  g_free (wait);
}

static gboolean
on_wait_ended (int pidfd, GIOCondition condition, gpointer data)
{
  g_autoptr (GTask) task = g_object_ref (data);
  QmpProcess *process = session_get_process (g_task_get_source_object (task));
  int wait_status;

  wait_stop (g_task_get_task_data (task));
  qmp_process_reap (process);
  if (qmp_process_get_wait_status (process, &wait_status))
    g_task_return_int (task, wait_status);
  else
    g_task_return_new_error (task, QMP_ERROR, QMP_ERROR_EMULATOR,
                             "QEMU has ended, and its exit status was taken elsewhere");
  return G_SOURCE_REMOVE;
}

static gboolean
on_wait_deadline (gpointer data)
{
  g_autoptr (GTask) task = g_object_ref (data);
  Wait *wait = g_task_get_task_data (task);

  wait_stop (wait);
  g_task_return_new_error (task, QMP_ERROR, QMP_ERROR_TIMEOUT, "QEMU did not end within %u ms",
                           wait->timeout_ms);
  return G_SOURCE_REMOVE;
}

static gboolean
on_wait_cancelled (GCancellable *cancellable, gpointer data)
{
  g_autoptr (GTask) task = g_object_ref (data);

  wait_stop (g_task_get_task_data (task));
  g_task_return_new_error (task, G_IO_ERROR, G_IO_ERROR_CANCELLED,
                           "waiting for the end of QEMU was cancelled");
  return G_SOURCE_REMOVE;
}

/* Of two that are ready together the end wins. */
static void
wait_start (GTask *task, QmpProcess *process, guint timeout_ms)
{
  Wait *wait = g_new0 (Wait, 1);
  GCancellable *cancellable = g_task_get_cancellable (task);

  g_task_set_task_data (task, wait, (GDestroyNotify) wait_free);
  wait->timeout_ms = timeout_ms ? timeout_ms : QMP_DEFAULT_REPLY_TIMEOUT_MS;
  wait->ended = g_unix_fd_source_new (qmp_process_get_pidfd (process), G_IO_IN);
  g_task_attach_source (task, wait->ended, G_SOURCE_FUNC (on_wait_ended));
  if (timeout_ms != G_MAXUINT)
    {
      wait->deadline = g_timeout_source_new (wait->timeout_ms);
      g_task_attach_source (task, wait->deadline, on_wait_deadline);
    }
  if (cancellable)
    {
      wait->cancel = g_cancellable_source_new (cancellable);
      g_task_attach_source (task, wait->cancel, G_SOURCE_FUNC (on_wait_cancelled));
    }
}

void
qmp_session_wait_async (QmpSession *session,
                        guint timeout_ms,
                        GCancellable *cancellable,
                        GAsyncReadyCallback callback,
                        gpointer user_data)
{
  g_autoptr (GTask) task = NULL;
  QmpProcess *process;

  g_return_if_fail (QMP_IS_SESSION (session));

  task = g_task_new (session, cancellable, callback, user_data);
  g_task_set_source_tag (task, qmp_session_wait_async);
  process = session_get_process (session);
  if (!process)
    g_task_return_new_error (task, QMP_ERROR, QMP_ERROR_UNSUPPORTED,
                             "the session has not executed its QEMU and cannot wait for it");
  else if (!g_task_return_error_if_cancelled (task))
    wait_start (task, process, timeout_ms);
}

gboolean
qmp_session_wait_finish (QmpSession *session,
                         GAsyncResult *result,
                         int *wait_status,
                         GError **error)
{
  GError *failure = NULL;
  gssize status;

  g_return_val_if_fail (g_async_result_is_tagged (result, qmp_session_wait_async), FALSE);
  g_return_val_if_fail (g_task_is_valid (result, session), FALSE);

  status = g_task_propagate_int (G_TASK (result), &failure);
  if (failure)
    {
      g_propagate_error (error, failure);
      return FALSE;
    }
  if (wait_status)
    *wait_status = (int) status;
  return TRUE;
}

gboolean
qmp_session_wait_sync (QmpSession *session,
                       guint timeout_ms,
                       GCancellable *cancellable,
                       int *wait_status,
                       GError **error)
{
  QmpSync sync;
  gboolean has_ended;

  g_return_val_if_fail (QMP_IS_SESSION (session), FALSE);

  qmp_sync_begin (&sync, session);
  qmp_session_wait_async (session, timeout_ms, cancellable, qmp_sync_done, &sync);
  has_ended = qmp_session_wait_finish (session, qmp_sync_wait (&sync), wait_status, error);
  qmp_sync_end (&sync, NULL);
  return has_ended;
}
