/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Taking a device out of a running guest: `device_del`, whose reply proves nothing.
 */
#pragma once

#include "qmp/qmp-session.h"

G_BEGIN_DECLS

/**
 * qmp_session_unplug_async:
 * @session: an open session
 * @id: of the device, or its QOM path
 * @timeout_ms: the deadline in milliseconds; 0: %QMP_DEFAULT_REPLY_TIMEOUT_MS, %G_MAXUINT: none
 * @cancellable: (nullable): gives up waiting; the guest may release the device later
 * @callback: (scope async) (nullable): called when the device is gone or will not go
 * @user_data: for @callback
 *
 * Asks the guest to release a device, and waits until QEMU says that it is gone. A guest without an
 * operating system that listens does so only when it is reset. To ask for a device that is being
 * unplugged already is to wait with the first who asked.
 */
QMP_EXPORT void qmp_session_unplug_async (QmpSession *session,
                                          const char *id,
                                          guint timeout_ms,
                                          GCancellable *cancellable,
                                          GAsyncReadyCallback callback,
                                          gpointer user_data);
/**
 * qmp_session_unplug_finish:
 * @session: the session
 * @result: what the callback was given
 * @error: %QMP_ERROR_DEVICE_NOT_FOUND, %QMP_ERROR_GUEST_REFUSED, %QMP_ERROR_TIMEOUT while the guest
 *   has not released it, and others as of qmp_session_call_finish()
 *
 * Returns: whether the device is gone
 */
QMP_EXPORT gboolean qmp_session_unplug_finish (QmpSession *session,
                                               GAsyncResult *result,
                                               GError **error);
/**
 * qmp_session_unplug_sync:
 * @session: an open session
 * @id: of the device, or its QOM path
 * @timeout_ms: as of qmp_session_unplug_async()
 * @cancellable: (nullable): as of qmp_session_unplug_async()
 * @error: as of qmp_session_unplug_finish()
 *
 * Returns: whether the device is gone
 */
QMP_EXPORT gboolean qmp_session_unplug_sync (QmpSession *session,
                                             const char *id,
                                             guint timeout_ms,
                                             GCancellable *cancellable,
                                             GError **error);

G_END_DECLS
