/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * A session over a monitor's unix socket (`-qmp unix:PATH,server=on,wait=off`).
 */
#pragma once

#include "qmp/qmp-session.h"

G_BEGIN_DECLS

/**
 * qmp_session_connect_async:
 * @path: (type filename): of the monitor's unix socket
 * @timeout_ms: the deadline in milliseconds; 0: %QMP_DEFAULT_CONNECT_TIMEOUT_MS, %G_MAXUINT: none
 * @cancellable: (nullable): gives up
 * @callback: (scope async): called when it is connected, or has failed
 * @user_data: for @callback
 *
 * Connects to a monitor. A stopped QEMU accepts connections and never greets: that is seen when the
 * session is opened.
 */
QMP_EXPORT void qmp_session_connect_async (const char *path,
                                           guint timeout_ms,
                                           GCancellable *cancellable,
                                           GAsyncReadyCallback callback,
                                           gpointer user_data);
/**
 * qmp_session_connect_finish:
 * @result: what the callback was given
 * @error: %QMP_ERROR_DISCONNECTED where nobody listens, %QMP_ERROR_TIMEOUT,
 *   %QMP_ERROR_INVALID_ARGUMENT for a path that is too long, %G_IO_ERROR_CANCELLED
 *
 * Returns: (transfer full): a session that is yet to be opened
 */
QMP_EXPORT QmpSession *qmp_session_connect_finish (GAsyncResult *result, GError **error);
/**
 * qmp_session_connect_sync:
 * @path: (type filename): of the monitor's unix socket
 * @timeout_ms: as of qmp_session_connect_async()
 * @cancellable: (nullable): gives up
 * @error: as of qmp_session_connect_finish()
 *
 * Returns: (transfer full): a session that is yet to be opened
 */
QMP_EXPORT QmpSession *qmp_session_connect_sync (const char *path,
                                                 guint timeout_ms,
                                                 GCancellable *cancellable,
                                                 GError **error);

G_END_DECLS
