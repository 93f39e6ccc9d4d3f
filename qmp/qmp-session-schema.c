/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The schema of the QEMU that a session talks to: asked for once, kept with the session.
 */
#include "qmp/qmp-schema.h"

#define SCHEMA_KEY "qmp-schema"

/* (transfer full) (nullable) */
static QmpSchema *
session_dup_schema (QmpSession *session)
{
  QmpSchema *schema = g_object_get_data (G_OBJECT (session), SCHEMA_KEY);

  return schema ? qmp_schema_ref (schema) : NULL;
}

/* (transfer full) (nullable) */
static QmpSchema *
session_keep_schema (QmpSession *session, QmpValue *reply, GError **error)
{
  QmpSchema *schema = qmp_schema_new_from_value (reply, error);

  if (schema)
    g_object_set_data_full (G_OBJECT (session), SCHEMA_KEY, qmp_schema_ref (schema),
                            (GDestroyNotify) qmp_schema_unref);
  return schema;
}

static void
on_schema_called (GObject *source, GAsyncResult *result, gpointer data)
{
  QmpSession *session = QMP_SESSION (source);
  g_autoptr (GTask) task = data;
  GError *error = NULL;
  g_autoptr (QmpValue) reply = qmp_session_call_finish (session, result, &error);
  QmpSchema *schema = reply ? session_keep_schema (session, reply, &error) : NULL;

  if (schema)
    g_task_return_pointer (task, schema, (GDestroyNotify) qmp_schema_unref);
  else
    g_task_return_error (task, error);
}

void
qmp_session_get_schema_async (QmpSession *session,
                              guint timeout_ms,
                              GCancellable *cancellable,
                              GAsyncReadyCallback callback,
                              gpointer user_data)
{
  g_autoptr (GTask) task = NULL;
  QmpSchema *schema;

  g_return_if_fail (QMP_IS_SESSION (session));

  task = g_task_new (session, cancellable, callback, user_data);
  g_task_set_source_tag (task, qmp_session_get_schema_async);
  schema = session_dup_schema (session);
  if (schema)
    g_task_return_pointer (task, schema, (GDestroyNotify) qmp_schema_unref);
  else
    qmp_session_call_async (session, "query-qmp-schema", NULL, timeout_ms, cancellable,
                            on_schema_called, g_steal_pointer (&task));
}

QmpSchema *
qmp_session_get_schema_finish (QmpSession *session, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_async_result_is_tagged (result, qmp_session_get_schema_async), NULL);
  g_return_val_if_fail (g_task_is_valid (result, session), NULL);

  return g_task_propagate_pointer (G_TASK (result), error);
}

QmpSchema *
qmp_session_get_schema_sync (QmpSession *session,
                             guint timeout_ms,
                             GCancellable *cancellable,
                             GError **error)
{
  g_autoptr (QmpValue) reply = NULL;
  QmpSchema *schema;

  g_return_val_if_fail (QMP_IS_SESSION (session), NULL);

  schema = session_dup_schema (session);
  if (schema)
    return schema;
  reply = qmp_session_call_sync (session, "query-qmp-schema", NULL, timeout_ms, cancellable, error);
  return reply ? session_keep_schema (session, reply, error) : NULL;
}

static void
on_schema (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (GTask) task = data;
  GError *error = NULL;
  g_autoptr (QmpSchema) schema =
      qmp_session_get_schema_finish (QMP_SESSION (source), result, &error);
  gboolean has = schema && qmp_schema_has (schema, g_task_get_task_data (task), &error);

  if (error)
    g_task_return_error (task, error);
  else
    g_task_return_boolean (task, has);
}

void
qmp_session_has_async (QmpSession *session,
                       const char *path,
                       guint timeout_ms,
                       GCancellable *cancellable,
                       GAsyncReadyCallback callback,
                       gpointer user_data)
{
  g_autoptr (GTask) task = NULL;

  g_return_if_fail (QMP_IS_SESSION (session));
  g_return_if_fail (path);

  task = g_task_new (session, cancellable, callback, user_data);
  g_task_set_source_tag (task, qmp_session_has_async);
  g_task_set_task_data (task, g_strdup (path), g_free);
  qmp_session_get_schema_async (session, timeout_ms, cancellable, on_schema,
                                g_steal_pointer (&task));
}

gboolean
qmp_session_has_finish (QmpSession *session, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_async_result_is_tagged (result, qmp_session_has_async), FALSE);
  g_return_val_if_fail (g_task_is_valid (result, session), FALSE);

  return g_task_propagate_boolean (G_TASK (result), error);
}

gboolean
qmp_session_has_sync (QmpSession *session,
                      const char *path,
                      guint timeout_ms,
                      GCancellable *cancellable,
                      GError **error)
{
  g_autoptr (QmpSchema) schema = NULL;

  g_return_val_if_fail (QMP_IS_SESSION (session), FALSE);
  g_return_val_if_fail (path, FALSE);

  schema = qmp_session_get_schema_sync (session, timeout_ms, cancellable, error);
  return schema && qmp_schema_has (schema, path, error);
}
