/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * What a QEMU can do, looked up by path in its own schema (`query-qmp-schema`). Never by the name of
 * a type: QEMU gives types numbers that change with each build.
 */
#pragma once

#include "qmp/qmp-session.h"

G_BEGIN_DECLS

/**
 * QmpSchema:
 *
 * The schema of a QEMU: its commands and events with all that they take and give. Immutable.
 *
 * A path begins with the name of a command or event and goes on in steps, separated by `/`:
 *
 * - `arg-type`, `ret-type`: the arguments of a command or the data of an event; the reply of a
 *   command. Always the second step, unless that is `$FEATURE` or `allow-oob`.
 * - `NAME`: the member of that name, of an object.
 * - `*NAME`: the same, and it is optional.
 * - `+NAME`: the variant of that name, of a union; then the members that only the variant has.
 * - `^NAME`: the value of that name, of an enum.
 * - `$NAME`: the feature of that name, of the command, event, type, member or value before it.
 *   Always the last step.
 * - `=KIND`: the type can be a `string`, `number`, `int`, `boolean`, `null`, `value` (which is
 *   anything), `object`, `array` or `enum`. Always the last step.
 * - `allow-oob`: the command can be executed out of band. Always the last step.
 *
 * Arrays are entered by themselves, unless the step is `=array`; of an alternate each type is tried.
 *
 * |[
 * blockdev-add                                        the command is there
 * blockdev-add/arg-type/+file/aio/^io_uring           a file can be opened by io_uring
 * query-cpus-fast/ret-type/thread-id                  of the elements of an array
 * migrate-set-parameters/arg-type/tls-creds/=null     it can be null
 * device_add/$json-cli                                -device takes JSON
 * SHUTDOWN/arg-type/reason/^guest-reset               of an event
 * ]|
 */
typedef struct _QmpSchema QmpSchema;

#define QMP_TYPE_SCHEMA (qmp_schema_get_type ())
QMP_EXPORT GType qmp_schema_get_type (void);

/**
 * qmp_schema_new_from_value:
 * @reply: (transfer none): what `query-qmp-schema` returned
 * @error: %QMP_ERROR_PROTOCOL if that is no schema
 *
 * Returns: (transfer full): the schema
 */
QMP_EXPORT QmpSchema *qmp_schema_new_from_value (QmpValue *reply, GError **error);

/**
 * qmp_schema_ref:
 * @schema: a schema
 *
 * Returns: (transfer full): @schema
 */
QMP_EXPORT QmpSchema *qmp_schema_ref (QmpSchema *schema);

/**
 * qmp_schema_unref:
 * @schema: (transfer full): a schema
 */
QMP_EXPORT void qmp_schema_unref (QmpSchema *schema);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (QmpSchema, qmp_schema_unref)

/**
 * qmp_schema_has:
 * @schema: a schema
 * @path: a path, see #QmpSchema
 * @error: %QMP_ERROR_INVALID_ARGUMENT if @path is none; not set if @path leads to nothing
 *
 * Returns: whether @path leads to something
 */
QMP_EXPORT gboolean qmp_schema_has (QmpSchema *schema, const char *path, GError **error);

/**
 * qmp_session_get_schema_async:
 * @session: an open session
 * @timeout_ms: deadline in milliseconds, as of qmp_session_call_async()
 * @cancellable: (nullable): ends the call early
 * @callback: (scope async): called with the outcome
 * @user_data: for @callback
 *
 * Asks QEMU for its schema, about 200 KB in 20 to 50 ms. The session keeps it: later calls answer
 * without asking.
 */
QMP_EXPORT void qmp_session_get_schema_async (QmpSession *session,
                                              guint timeout_ms,
                                              GCancellable *cancellable,
                                              GAsyncReadyCallback callback,
                                              gpointer user_data);

/**
 * qmp_session_get_schema_finish:
 * @session: the session
 * @result: what the callback was given
 * @error: as of qmp_session_call_finish(); %QMP_ERROR_PROTOCOL if the reply is no schema
 *
 * Returns: (transfer full): the schema
 */
QMP_EXPORT QmpSchema *
qmp_session_get_schema_finish (QmpSession *session, GAsyncResult *result, GError **error);

/**
 * qmp_session_get_schema_sync:
 * @session: an open session
 * @timeout_ms: as of qmp_session_get_schema_async()
 * @cancellable: (nullable): as of qmp_session_get_schema_async()
 * @error: as of qmp_session_get_schema_finish()
 *
 * Returns: (transfer full): the schema
 */
QMP_EXPORT QmpSchema *qmp_session_get_schema_sync (QmpSession *session,
                                                   guint timeout_ms,
                                                   GCancellable *cancellable,
                                                   GError **error);

/**
 * qmp_session_has_async:
 * @session: an open session
 * @path: a path, see #QmpSchema
 * @timeout_ms: as of qmp_session_get_schema_async()
 * @cancellable: (nullable): ends the call early
 * @callback: (scope async): called with the outcome
 * @user_data: for @callback
 *
 * Whether this QEMU can do something, such as `blockdev-add/arg-type/+file/aio/^io_uring`.
 */
QMP_EXPORT void qmp_session_has_async (QmpSession *session,
                                       const char *path,
                                       guint timeout_ms,
                                       GCancellable *cancellable,
                                       GAsyncReadyCallback callback,
                                       gpointer user_data);

/**
 * qmp_session_has_finish:
 * @session: the session
 * @result: what the callback was given
 * @error: as of qmp_session_get_schema_finish(), and as of qmp_schema_has()
 *
 * Returns: whether it can; %FALSE with @error not set if it cannot
 */
QMP_EXPORT gboolean qmp_session_has_finish (QmpSession *session,
                                            GAsyncResult *result,
                                            GError **error);

/**
 * qmp_session_has_sync:
 * @session: an open session
 * @path: a path, see #QmpSchema
 * @timeout_ms: as of qmp_session_get_schema_async()
 * @cancellable: (nullable): as of qmp_session_get_schema_async()
 * @error: as of qmp_session_has_finish()
 *
 * Returns: whether it can; %FALSE with @error not set if it cannot
 */
QMP_EXPORT gboolean qmp_session_has_sync (QmpSession *session,
                                          const char *path,
                                          guint timeout_ms,
                                          GCancellable *cancellable,
                                          GError **error);

G_END_DECLS
