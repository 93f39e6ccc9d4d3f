/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * A session with one QMP monitor over a connected socket: greeting, negotiation, pipelined calls by
 * id, deadlines, cancellation, masked events, descriptors that travel with a command. It starts no
 * thread, has no static state and belongs to the thread-default main context it was made in. How a
 * session comes to be is in qmp-connect.h, qmp-exec.h, qmp-domain.h and qmp-recording.h.
 */
#pragma once

#include <gio/gio.h>

#include "qmp/qmp-error.h"
#include "qmp/qmp-macros.h"
#include "qmp/qmp-value.h"

G_BEGIN_DECLS

/**
 * QmpSession:
 *
 * A session with one monitor of QEMU.
 *
 * A session is made, opened (qmp_session_open_async()) and then used from one thread: that of the
 * thread-default main context in which it was made. Sessions in different threads know nothing of
 * each other.
 *
 * Each call exists three times. The asynchronous one completes from the main context. The `_sync`
 * one blocks until there is an answer, and while it does no other callback and no signal of the
 * session is delivered: they come when the main context runs again.
 */
#define QMP_TYPE_SESSION (qmp_session_get_type ())
QMP_EXPORT
G_DECLARE_FINAL_TYPE (QmpSession, qmp_session, QMP, SESSION, GObject)

/**
 * QMP_DEFAULT_CONNECT_TIMEOUT_MS:
 *
 * The deadline of a connection in milliseconds where 0 is given. %G_MAXUINT waits for ever.
 */
#define QMP_DEFAULT_CONNECT_TIMEOUT_MS 10000
/**
 * QMP_DEFAULT_REPLY_TIMEOUT_MS:
 *
 * The deadline of a call in milliseconds where 0 is given. %G_MAXUINT waits for ever.
 */
#define QMP_DEFAULT_REPLY_TIMEOUT_MS 10000
/**
 * QMP_MAX_MESSAGE_BYTES:
 *
 * The largest message that is taken from a monitor or sent to it.
 */
#define QMP_MAX_MESSAGE_BYTES (64 * 1024 * 1024)
/**
 * QMP_MAX_DEPTH:
 *
 * The deepest nesting of arrays and objects in a message.
 */
#define QMP_MAX_DEPTH 1024
/**
 * QMP_MAX_VALUES:
 *
 * The most values in one message.
 */
#define QMP_MAX_VALUES (1024 * 1024)

/**
 * QmpCallFlags:
 * @QMP_CALL_NONE: an ordinary command, in turn with the others
 * @QMP_CALL_OUT_OF_BAND: executed at once, even while QEMU is at work on another; only some commands
 *   can be (those that `query-qmp-schema` marks `allow-oob`), and only in a session for which
 *   qmp_session_enable_out_of_band() was called
 *
 * How a command is executed.
 */
typedef enum /*< flags >*/
{
  QMP_CALL_NONE = 0,
  QMP_CALL_OUT_OF_BAND = 1 << 0,
} QmpCallFlags;

/**
 * QmpSession::event:
 * @session: the session
 * @name: the event's name, such as `SHUTDOWN`; also the signal's detail
 * @data: (nullable): the event's `data` member, an object
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

/**
 * qmp_session_new_for_fd:
 * @fd: a connected stream socket, which the session owns from now on
 *
 * Makes a session over a descriptor. Nothing is read before qmp_session_open_async().
 *
 * Returns: (transfer full): a session that is yet to be opened
 */
QMP_EXPORT QmpSession *qmp_session_new_for_fd (int fd);

/**
 * qmp_session_enable_out_of_band:
 * @session: a session that is yet to be opened
 *
 * Asks QEMU for the capability `oob` when the session is opened, so that commands can be sent with
 * %QMP_CALL_OUT_OF_BAND. Opening fails with %QMP_ERROR_UNSUPPORTED where QEMU does not offer it.
 */
QMP_EXPORT void qmp_session_enable_out_of_band (QmpSession *session);

/**
 * qmp_session_open_async:
 * @session: a session that is yet to be opened
 * @timeout_ms: the deadline in milliseconds; 0: %QMP_DEFAULT_REPLY_TIMEOUT_MS, %G_MAXUINT: none
 * @cancellable: (nullable): ends the session if it is cancelled before it is open
 * @callback: (scope async): called when the session is open or has failed
 * @user_data: for @callback
 *
 * Waits for the greeting and negotiates capabilities.
 */
QMP_EXPORT void qmp_session_open_async (QmpSession *session,
                                        guint timeout_ms,
                                        GCancellable *cancellable,
                                        GAsyncReadyCallback callback,
                                        gpointer user_data);
/**
 * qmp_session_open_finish:
 * @session: the session
 * @result: what the callback was given
 * @error: %QMP_ERROR_TIMEOUT, %QMP_ERROR_PROTOCOL where the peer is no monitor,
 *   %QMP_ERROR_DISCONNECTED, %QMP_ERROR_UNSUPPORTED, %G_IO_ERROR_CANCELLED
 *
 * Returns: whether the session is open
 */
QMP_EXPORT gboolean qmp_session_open_finish (QmpSession *session,
                                             GAsyncResult *result,
                                             GError **error);
/**
 * qmp_session_open_sync:
 * @session: a session that is yet to be opened
 * @timeout_ms: as of qmp_session_open_async()
 * @cancellable: (nullable): as of qmp_session_open_async()
 * @error: as of qmp_session_open_finish()
 *
 * Returns: whether the session is open
 */
QMP_EXPORT gboolean qmp_session_open_sync (QmpSession *session,
                                           guint timeout_ms,
                                           GCancellable *cancellable,
                                           GError **error);

/**
 * qmp_session_get_greeting:
 * @session: the session
 *
 * Returns: (nullable) (transfer none): the `QMP` object of the monitor's greeting, with QEMU's
 *   version and capabilities; %NULL before it has come
 */
QMP_EXPORT QmpValue *qmp_session_get_greeting (QmpSession *session);
/**
 * qmp_session_is_open:
 * @session: the session
 *
 * Returns: whether commands can be sent
 */
QMP_EXPORT gboolean qmp_session_is_open (QmpSession *session);

/**
 * qmp_session_call_async:
 * @session: an open session
 * @command: the command's name
 * @arguments: (nullable) (transfer none): an object, immutable from now on
 * @timeout_ms: the deadline in milliseconds for writing the command and for its reply, together; 0:
 *   %QMP_DEFAULT_REPLY_TIMEOUT_MS, %G_MAXUINT: none
 * @cancellable: (nullable): gives the call up
 * @callback: (scope async) (nullable): called when there is an answer, or none will come
 * @user_data: for @callback
 *
 * Sends a command at once, behind those still unanswered, and completes with its reply. A call that
 * is cancelled or late completes at once; its reply, when it comes, is dropped, and the session
 * stays usable.
 */
QMP_EXPORT void qmp_session_call_async (QmpSession *session,
                                        const char *command,
                                        QmpValue *arguments,
                                        guint timeout_ms,
                                        GCancellable *cancellable,
                                        GAsyncReadyCallback callback,
                                        gpointer user_data);
/**
 * qmp_session_call_full_async:
 * @session: an open session
 * @command: the command's name
 * @arguments: (nullable) (transfer none): an object, immutable from now on
 * @flags: how the command is executed
 * @fds: (array length=n_fds) (nullable): descriptors that travel with the command (`SCM_RIGHTS`), as
 *   `getfd` and `add-fd` need; duplicated before the call returns, so that the caller keeps its own
 * @n_fds: how many there are; at most 16
 * @timeout_ms: as of qmp_session_call_async()
 * @cancellable: (nullable): gives the call up
 * @callback: (scope async) (nullable): called when there is an answer, or none will come
 * @user_data: for @callback
 *
 * Like qmp_session_call_async(), which this shares the finish functions with.
 */
QMP_EXPORT void qmp_session_call_full_async (QmpSession *session,
                                             const char *command,
                                             QmpValue *arguments,
                                             QmpCallFlags flags,
                                             const int *fds,
                                             guint n_fds,
                                             guint timeout_ms,
                                             GCancellable *cancellable,
                                             GAsyncReadyCallback callback,
                                             gpointer user_data);
/**
 * qmp_session_call_finish:
 * @session: the session
 * @result: what the callback was given
 * @error: QEMU's own (see #QmpError; the message is QEMU's, verbatim), %QMP_ERROR_TIMEOUT,
 *   %QMP_ERROR_DISCONNECTED, %QMP_ERROR_PROTOCOL where the reply is no JSON,
 *   %QMP_ERROR_INVALID_ARGUMENT or %QMP_ERROR_TOO_LARGE where the command cannot be sent,
 *   %G_IO_ERROR_CANCELLED
 *
 * Returns: (transfer full): the reply's `return` member
 */
QMP_EXPORT QmpValue *
qmp_session_call_finish (QmpSession *session, GAsyncResult *result, GError **error);
/**
 * qmp_session_call_finish_text:
 * @session: the session
 * @result: what the callback was given
 * @error: as of qmp_session_call_finish()
 *
 * In the place of qmp_session_call_finish(), for who passes the reply on: the text is not parsed.
 *
 * Returns: (transfer full): the JSON text of the reply's `return` member, byte for byte
 */
QMP_EXPORT char *
qmp_session_call_finish_text (QmpSession *session, GAsyncResult *result, GError **error);
/**
 * qmp_session_call_sync:
 * @session: an open session
 * @command: the command's name
 * @arguments: (nullable) (transfer none): an object, immutable from now on
 * @timeout_ms: as of qmp_session_call_async()
 * @cancellable: (nullable): gives the call up
 * @error: as of qmp_session_call_finish()
 *
 * Returns: (transfer full): the reply's `return` member
 */
QMP_EXPORT QmpValue *qmp_session_call_sync (QmpSession *session,
                                            const char *command,
                                            QmpValue *arguments,
                                            guint timeout_ms,
                                            GCancellable *cancellable,
                                            GError **error);
/**
 * qmp_session_call_full_sync:
 * @session: an open session
 * @command: the command's name
 * @arguments: (nullable) (transfer none): an object, immutable from now on
 * @flags: how the command is executed
 * @fds: (array length=n_fds) (nullable): as of qmp_session_call_full_async()
 * @n_fds: how many there are
 * @timeout_ms: as of qmp_session_call_async()
 * @cancellable: (nullable): gives the call up
 * @error: as of qmp_session_call_finish()
 *
 * Returns: (transfer full): the reply's `return` member
 */
QMP_EXPORT QmpValue *qmp_session_call_full_sync (QmpSession *session,
                                                 const char *command,
                                                 QmpValue *arguments,
                                                 QmpCallFlags flags,
                                                 const int *fds,
                                                 guint n_fds,
                                                 guint timeout_ms,
                                                 GCancellable *cancellable,
                                                 GError **error);

/**
 * qmp_session_subscribe:
 * @session: the session
 * @name: an event's name, or "*" for every event
 *
 * Unmasks an event: #QmpSession::event is sent for it. Counted: it is masked again after as many
 * calls of qmp_session_unsubscribe().
 */
QMP_EXPORT void qmp_session_subscribe (QmpSession *session, const char *name);
/**
 * qmp_session_unsubscribe:
 * @session: the session
 * @name: what was given to qmp_session_subscribe()
 */
QMP_EXPORT void qmp_session_unsubscribe (QmpSession *session, const char *name);

/**
 * qmp_session_close:
 * @session: the session
 *
 * Ends the session: every pending call gets %QMP_ERROR_DISCONNECTED, the descriptor is closed.
 */
QMP_EXPORT void qmp_session_close (QmpSession *session);

G_END_DECLS
