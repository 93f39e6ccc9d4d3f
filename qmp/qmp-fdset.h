/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * A file descriptor that QEMU was given, with the lifetime of an object: QEMU closes its own when
 * nobody here holds the object any more.
 */
#pragma once

#include "qmp/qmp-session.h"

G_BEGIN_DECLS

/**
 * QmpFdset:
 *
 * A descriptor in a set of QEMU's (`add-fd`), which QEMU opens wherever a file name is expected as
 * `/dev/fdset/N`.
 *
 * A descriptor that was added stays in QEMU until it is removed, even when the monitor is gone. When
 * the last reference to this object goes and it was not removed, it is removed then, if the session
 * is still open; nobody waits for that. What QEMU has opened from the set in the meantime stays
 * open. The object holds a reference to its session.
 *
 * QEMU (tried: 7.2) closes what is removed only if the guest runs at that moment: removed while it
 * is paused, the removal succeeds and the descriptor stays until QEMU ends.
 */
#define QMP_TYPE_FDSET (qmp_fdset_get_type ())
QMP_EXPORT
G_DECLARE_FINAL_TYPE (QmpFdset, qmp_fdset, QMP, FDSET, GObject)

/**
 * qmp_fdset_new_async:
 * @session: an open session
 * @fd: a descriptor, duplicated before the call returns, so that the caller keeps its own
 * @opaque: (nullable): a text that `query-fdsets` shows
 * @timeout_ms: the deadline in milliseconds; 0: %QMP_DEFAULT_REPLY_TIMEOUT_MS, %G_MAXUINT: none
 * @cancellable: (nullable): gives up
 * @callback: (scope async): called when QEMU has the descriptor, or will not have it
 * @user_data: for @callback
 *
 * Gives a descriptor to QEMU, in a set of its own. Where the caller gives up (deadline,
 * cancellation) and QEMU takes the descriptor later, it is removed again.
 */
QMP_EXPORT void qmp_fdset_new_async (QmpSession *session,
                                     int fd,
                                     const char *opaque,
                                     guint timeout_ms,
                                     GCancellable *cancellable,
                                     GAsyncReadyCallback callback,
                                     gpointer user_data);
/**
 * qmp_fdset_new_finish:
 * @result: what the callback was given
 * @error: as of qmp_session_call_finish(); %QMP_ERROR_INVALID_ARGUMENT where the descriptor is not
 *   open, %QMP_ERROR_PROTOCOL where QEMU's answer names no set
 *
 * Returns: (transfer full): the descriptor in QEMU
 */
QMP_EXPORT QmpFdset *qmp_fdset_new_finish (GAsyncResult *result, GError **error);
/**
 * qmp_fdset_new_sync:
 * @session: an open session
 * @fd: as of qmp_fdset_new_async()
 * @opaque: (nullable): as of qmp_fdset_new_async()
 * @timeout_ms: as of qmp_fdset_new_async()
 * @cancellable: (nullable): gives up
 * @error: as of qmp_fdset_new_finish()
 *
 * Returns: (transfer full): the descriptor in QEMU
 */
QMP_EXPORT QmpFdset *qmp_fdset_new_sync (QmpSession *session,
                                         int fd,
                                         const char *opaque,
                                         guint timeout_ms,
                                         GCancellable *cancellable,
                                         GError **error);

/**
 * qmp_fdset_get_id:
 * @fdset: a descriptor in QEMU
 *
 * Returns: the number of its set; QEMU may give it to another set once this one was removed
 */
QMP_EXPORT guint64 qmp_fdset_get_id (QmpFdset *fdset);
/**
 * qmp_fdset_get_path:
 * @fdset: a descriptor in QEMU
 *
 * Returns: (transfer none): what QEMU opens it by, `/dev/fdset/N`
 */
QMP_EXPORT const char *qmp_fdset_get_path (QmpFdset *fdset);

/**
 * qmp_fdset_remove_async:
 * @fdset: a descriptor in QEMU
 * @timeout_ms: the deadline in milliseconds; 0: %QMP_DEFAULT_REPLY_TIMEOUT_MS, %G_MAXUINT: none
 * @cancellable: (nullable): gives up waiting for the answer; the descriptor is removed all the same
 *   unless it was cancelled before the call
 * @callback: (scope async) (nullable): called when QEMU has answered, or no answer will come
 * @user_data: for @callback
 *
 * Removes the descriptor from QEMU. That can be done once.
 */
QMP_EXPORT void qmp_fdset_remove_async (QmpFdset *fdset,
                                        guint timeout_ms,
                                        GCancellable *cancellable,
                                        GAsyncReadyCallback callback,
                                        gpointer user_data);
/**
 * qmp_fdset_remove_finish:
 * @fdset: the descriptor
 * @result: what the callback was given
 * @error: as of qmp_session_call_finish(); %QMP_ERROR_INVALID_ARGUMENT where it was removed before
 *
 * Returns: whether it was removed
 */
QMP_EXPORT gboolean qmp_fdset_remove_finish (QmpFdset *fdset, GAsyncResult *result, GError **error);
/**
 * qmp_fdset_remove_sync:
 * @fdset: a descriptor in QEMU
 * @timeout_ms: as of qmp_fdset_remove_async()
 * @cancellable: (nullable): as of qmp_fdset_remove_async()
 * @error: as of qmp_fdset_remove_finish()
 *
 * Returns: whether it was removed
 */
QMP_EXPORT gboolean qmp_fdset_remove_sync (QmpFdset *fdset,
                                           guint timeout_ms,
                                           GCancellable *cancellable,
                                           GError **error);

G_END_DECLS
