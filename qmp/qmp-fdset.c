/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * One descriptor in QEMU, and that it is removed exactly once: by its owner, by the last reference,
 * or, where its owner gave up before QEMU had it, by the answer that comes too late. Twice would be
 * wrong: QEMU gives numbers out again, and the second time they may be another's.
 */
#include "qmp/qmp-fdset.h"

#include "qmp/qmp-session-private.h"
#include "qmp/qmp-sync.h"

struct _QmpFdset
{
  GObject parent;

  QmpSession *session; /* (owned) */
  guint64 id;
  guint64 remote_fd; /* QEMU's number of the descriptor; others may have added theirs to the set */
  char *path;        /* (owned) */
  gboolean is_removed;
};

G_DEFINE_FINAL_TYPE (QmpFdset, qmp_fdset, G_TYPE_OBJECT)

/* (transfer full) */
static QmpValue *
removal_of (guint64 id, guint64 remote_fd)
{
  QmpValue *arguments = qmp_value_new_object ();

  qmp_value_set_uint (arguments, "fdset-id", id);
  qmp_value_set_uint (arguments, "fd", remote_fd);
  return arguments;
}

static void
tell_to_remove (QmpSession *session, guint64 id, guint64 remote_fd)
{
  g_autoptr (QmpValue) arguments = removal_of (id, remote_fd);

  qmp_session_tell (session, "remove-fd", arguments);
}

static void
qmp_fdset_finalize (GObject *object)
{
  QmpFdset *fdset = QMP_FDSET (object);

  if (!fdset->is_removed)
    tell_to_remove (fdset->session, fdset->id, fdset->remote_fd);
  g_object_unref (fdset->session);
  g_free (fdset->path);
  G_OBJECT_CLASS (qmp_fdset_parent_class)->finalize (object);
}

static void
qmp_fdset_class_init (QmpFdsetClass *class)
{
  G_OBJECT_CLASS (class)->finalize = qmp_fdset_finalize;
}

static void
qmp_fdset_init (QmpFdset *fdset)
{
}

/* FALSE if the reply to `add-fd` does not say what was added */
static gboolean
read_added (const QmpValue *reply, guint64 *id, guint64 *remote_fd)
{
  *id = qmp_value_get_uint (reply, "fdset-id", G_MAXUINT64);
  *remote_fd = qmp_value_get_uint (reply, "fd", G_MAXUINT64);
  return *id != G_MAXUINT64 && *remote_fd != G_MAXUINT64;
}

/* QEMU has taken a descriptor that nobody waits for any more. */
static void
on_added_late (QmpSession *session, const QmpMessage *reply)
{
  g_autoptr (QmpValue) added = qmp_message_parse_body (reply, NULL);
  guint64 id;
  guint64 remote_fd;

  if (read_added (added, &id, &remote_fd))
    tell_to_remove (session, id, remote_fd);
}

static void
on_added (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (GTask) task = data;
  QmpSession *session = QMP_SESSION (source);
  GError *error = NULL;
  g_autoptr (QmpValue) reply = qmp_session_call_finish (session, result, &error);
  guint64 id;
  guint64 remote_fd;
  QmpFdset *fdset;

  if (error)
    {
      g_task_return_error (task, error);
      return;
    }
  if (!read_added (reply, &id, &remote_fd))
    {
      g_task_return_new_error (task, QMP_ERROR, QMP_ERROR_PROTOCOL,
                               "add-fd: the monitor's answer does not name the descriptor's set");
      return;
    }
  fdset = g_object_new (QMP_TYPE_FDSET, NULL);
  fdset->session = g_object_ref (session);
  fdset->id = id;
  fdset->remote_fd = remote_fd;
  fdset->path = g_strdup_printf ("/dev/fdset/%" G_GUINT64_FORMAT, id);
  g_task_return_pointer (task, fdset, g_object_unref);
}

void
qmp_fdset_new_async (QmpSession *session,
                     int fd,
                     const char *opaque,
                     guint timeout_ms,
                     GCancellable *cancellable,
                     GAsyncReadyCallback callback,
                     gpointer user_data)
{
  g_autoptr (QmpValue) arguments = qmp_value_new_object ();
  GTask *task;

  g_return_if_fail (QMP_IS_SESSION (session));

  task = g_task_new (NULL, cancellable, callback, user_data);
  g_task_set_source_tag (task, qmp_fdset_new_async);
  /* What QEMU has taken is not lost to a cancellation in the same moment. */
  g_task_set_check_cancellable (task, FALSE);
  qmp_value_set_string (arguments, "opaque", opaque);
  qmp_session_call_with_effect (session, "add-fd", arguments, QMP_CALL_NONE, &fd, 1, timeout_ms,
                                on_added_late, cancellable, on_added, task);
}

QmpFdset *
qmp_fdset_new_finish (GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_async_result_is_tagged (result, qmp_fdset_new_async), NULL);
  g_return_val_if_fail (g_task_is_valid (result, NULL), NULL);

  return g_task_propagate_pointer (G_TASK (result), error);
}

QmpFdset *
qmp_fdset_new_sync (QmpSession *session,
                    int fd,
                    const char *opaque,
                    guint timeout_ms,
                    GCancellable *cancellable,
                    GError **error)
{
  QmpSync sync;
  QmpFdset *fdset;

  g_return_val_if_fail (QMP_IS_SESSION (session), NULL);

  qmp_sync_begin (&sync, session);
  qmp_fdset_new_async (session, fd, opaque, timeout_ms, cancellable, qmp_sync_done, &sync);
  fdset = qmp_fdset_new_finish (qmp_sync_wait (&sync), error);
  qmp_sync_end (&sync, NULL);
  return fdset;
}

guint64
qmp_fdset_get_id (QmpFdset *fdset)
{
  g_return_val_if_fail (QMP_IS_FDSET (fdset), 0);

  return fdset->id;
}

const char *
qmp_fdset_get_path (QmpFdset *fdset)
{
  g_return_val_if_fail (QMP_IS_FDSET (fdset), NULL);

  return fdset->path;
}

static void
on_removed (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (GTask) task = data;
  GError *error = NULL;
  g_autoptr (QmpValue) reply = qmp_session_call_finish (QMP_SESSION (source), result, &error);

  if (error)
    g_task_return_error (task, error);
  else
    g_task_return_boolean (task, TRUE);
}

static void
on_removed_late (QmpSession *session, const QmpMessage *reply)
{
  /* There is nothing to undo, but the command must reach QEMU. */
}

void
qmp_fdset_remove_async (QmpFdset *fdset,
                        guint timeout_ms,
                        GCancellable *cancellable,
                        GAsyncReadyCallback callback,
                        gpointer user_data)
{
  g_autoptr (QmpValue) arguments = NULL;
  g_autoptr (GTask) task = NULL;

  g_return_if_fail (QMP_IS_FDSET (fdset));

  task = g_task_new (fdset, cancellable, callback, user_data);
  g_task_set_source_tag (task, qmp_fdset_remove_async);
  if (g_task_return_error_if_cancelled (task))
    return;
  if (fdset->is_removed)
    {
      g_task_return_new_error (task, QMP_ERROR, QMP_ERROR_INVALID_ARGUMENT,
                               "%s: it was removed already", fdset->path);
      return;
    }
  g_task_set_check_cancellable (task, FALSE);
  fdset->is_removed = TRUE;
  arguments = removal_of (fdset->id, fdset->remote_fd);
  qmp_session_call_with_effect (fdset->session, "remove-fd", arguments, QMP_CALL_NONE, NULL, 0,
                                timeout_ms, on_removed_late, cancellable, on_removed,
                                g_steal_pointer (&task));
}

gboolean
qmp_fdset_remove_finish (QmpFdset *fdset, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_async_result_is_tagged (result, qmp_fdset_remove_async), FALSE);
  g_return_val_if_fail (g_task_is_valid (result, fdset), FALSE);

  return g_task_propagate_boolean (G_TASK (result), error);
}

gboolean
qmp_fdset_remove_sync (QmpFdset *fdset, guint timeout_ms, GCancellable *cancellable, GError **error)
{
  QmpSync sync;
  gboolean is_removed;

  g_return_val_if_fail (QMP_IS_FDSET (fdset), FALSE);

  qmp_sync_begin (&sync, fdset->session);
  qmp_fdset_remove_async (fdset, timeout_ms, cancellable, qmp_sync_done, &sync);
  is_removed = qmp_fdset_remove_finish (fdset, qmp_sync_wait (&sync), error);
  qmp_sync_end (&sync, NULL);
  return is_removed;
}
