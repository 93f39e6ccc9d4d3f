/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * A session with one QMP monitor over a connected socket: greeting, negotiation, pipelined calls by
 * id, deadlines, cancellation, masked events, descriptors that travel with a command. It starts no
 * thread, has no static state and belongs to the thread-default main context it was made in. It
 * knows nothing of processes, virtual machines or buses.
 */
#pragma once

#include <gio/gio.h>

#include "qmp/qmp-error.h"
#include "qmp/qmp-value.h"

G_BEGIN_DECLS

#define QMP_TYPE_SESSION (qmp_session_get_type ())
QMP_EXPORT
G_DECLARE_FINAL_TYPE (QmpSession, qmp_session, QMP, SESSION, GObject)

/* Deadlines in milliseconds; 0 takes the default, G_MAXUINT waits for ever. */
#define QMP_DEFAULT_CONNECT_TIMEOUT_MS 10000
#define QMP_DEFAULT_REPLY_TIMEOUT_MS 10000
/* Limits on what a peer may send. */
#define QMP_MAX_MESSAGE_BYTES (64 * 1024 * 1024)
#define QMP_MAX_DEPTH 1024
#define QMP_MAX_VALUES (1024 * 1024)

/**
 * QmpSession::event:
 * @session: the session
 * @name: the event's name, such as `SHUTDOWN`; also the signal's detail
 * @data: (nullable): the event's `data` member, a #QmpValue object
 * @timestamp_us: when QEMU says it happened, microseconds since the epoch; 0 if QEMU does not say
 *
 * Sent for each event that qmp_session_subscribe() asked for. Events are masked by default.
 */

/**
 * QmpSession::closed:
 * @session: the session
 * @error: why; %QMP_ERROR_DISCONNECTED after an orderly end of file
 *
 * Sent once, from the main context, after every pending call has been given the same error.
 */

/* Makes a session over @fd, a connected stream socket, which the session owns from now on.
 * Nothing is read before qmp_session_open_async(). @fd: (transfer full) */
QMP_EXPORT QmpSession *qmp_session_new_for_fd (int fd);

/* Connects to the unix socket at @path within @timeout_ms; the session is not open yet. */
QMP_EXPORT void qmp_session_connect_async (const char *path,
                                           guint timeout_ms,
                                           GCancellable *cancellable,
                                           GAsyncReadyCallback callback,
                                           gpointer user_data);
QMP_EXPORT QmpSession *qmp_session_connect_finish (GAsyncResult *result, GError **error);

/* Waits for the greeting and negotiates capabilities, within @timeout_ms in all.
 * Errors: %QMP_ERROR_TIMEOUT, %QMP_ERROR_PROTOCOL, %QMP_ERROR_DISCONNECTED. */
QMP_EXPORT void qmp_session_open_async (QmpSession *session,
                                        guint timeout_ms,
                                        GCancellable *cancellable,
                                        GAsyncReadyCallback callback,
                                        gpointer user_data);
QMP_EXPORT gboolean qmp_session_open_finish (QmpSession *session,
                                             GAsyncResult *result,
                                             GError **error);

/* (nullable) (transfer none): the greeting's `QMP` object once open */
QMP_EXPORT QmpValue *qmp_session_get_greeting (QmpSession *session);
QMP_EXPORT gboolean qmp_session_is_open (QmpSession *session);

/**
 * qmp_session_call_async:
 * @session: an open session
 * @command: the command's name
 * @arguments: (nullable) (transfer none): an object, immutable from now on
 * @timeout_ms: deadline for writing the command and for its reply, together
 *
 * Sends a command at once, behind those still unanswered, and completes with its reply. A call that
 * is cancelled or late completes at once; its reply, when it comes, is dropped, and the session
 * stays usable. Errors: QEMU's own (see #QmpError, message verbatim), %QMP_ERROR_TIMEOUT,
 * %QMP_ERROR_DISCONNECTED, %G_IO_ERROR_CANCELLED.
 */
QMP_EXPORT void qmp_session_call_async (QmpSession *session,
                                        const char *command,
                                        QmpValue *arguments,
                                        guint timeout_ms,
                                        GCancellable *cancellable,
                                        GAsyncReadyCallback callback,
                                        gpointer user_data);
/* Like qmp_session_call_async(); @fds travel with the command (SCM_RIGHTS) and are duplicated
 * before the call returns, so the caller keeps its own. At most 16. */
QMP_EXPORT void qmp_session_call_with_fds_async (QmpSession *session,
                                                 const char *command,
                                                 QmpValue *arguments,
                                                 const int *fds,
                                                 guint n_fds,
                                                 guint timeout_ms,
                                                 GCancellable *cancellable,
                                                 GAsyncReadyCallback callback,
                                                 gpointer user_data);
/* (transfer full): the reply's `return` member */
QMP_EXPORT QmpValue *
qmp_session_call_finish (QmpSession *session, GAsyncResult *result, GError **error);

/* Unmasks the event @name, or every event if @name is "*". Counted: masks again after as many
 * qmp_session_unsubscribe(). */
QMP_EXPORT void qmp_session_subscribe (QmpSession *session, const char *name);
QMP_EXPORT void qmp_session_unsubscribe (QmpSession *session, const char *name);

/* Ends the session: every pending call gets %QMP_ERROR_DISCONNECTED, the descriptor is closed. */
QMP_EXPORT void qmp_session_close (QmpSession *session);

G_END_DECLS
