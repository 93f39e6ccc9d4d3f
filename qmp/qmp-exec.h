/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * A session with a QEMU that it executes and owns: the process lives as long as the session, unless
 * it ends before.
 */
#pragma once

#include "qmp/qmp-session.h"

G_BEGIN_DECLS

/**
 * qmp_session_new_for_exec:
 * @argv: (array zero-terminated=1) (element-type filename): the program, which is looked up in
 *   `PATH`, and its arguments
 * @error: %QMP_ERROR_EMULATOR where the program cannot be run
 *
 * Executes a QEMU and makes a session with it. To the arguments these are added:
 * `-chardev socket,id=qmp,fd=3 -mon chardev=qmp,mode=control`, so @argv must not have a character
 * device `qmp` or `-daemonize`. QEMU reads its standard input from `/dev/null`, shares the caller's
 * standard output and inherits no other descriptor. The first 64 KiB that it writes to its standard
 * error are kept: if it ends before the session is open, opening the session fails with
 * %QMP_ERROR_EMULATOR, and the message has the exit status and QEMU's last words.
 *
 * The session owns the process. When the last reference to the session goes, the process is killed;
 * who wants an orderly end calls `quit` and then qmp_session_wait_async(). qmp_session_close() leaves
 * the process alone. The kernel kills it when the thread that called this function ends.
 *
 * This does not block beyond what it takes to start a process.
 *
 * Returns: (transfer full): a session that is yet to be opened
 */
QMP_EXPORT QmpSession *qmp_session_new_for_exec (const char *const *argv, GError **error);

/**
 * qmp_session_get_pid:
 * @session: a session
 *
 * Returns: the process id of the QEMU that @session has executed; 0 if it has ended, or if @session
 *   has executed none
 */
QMP_EXPORT int qmp_session_get_pid (QmpSession *session);

/**
 * qmp_session_wait_async:
 * @session: a session of qmp_session_new_for_exec(), in any state; it is kept alive meanwhile
 * @timeout_ms: the deadline in milliseconds; 0: %QMP_DEFAULT_REPLY_TIMEOUT_MS, %G_MAXUINT: none
 * @cancellable: (nullable): gives up waiting; the process goes on
 * @callback: (scope async): called when the process has ended, at once if it already has
 * @user_data: for @callback
 *
 * Waits for the end of QEMU. It is not asked to end.
 */
QMP_EXPORT void qmp_session_wait_async (QmpSession *session,
                                        guint timeout_ms,
                                        GCancellable *cancellable,
                                        GAsyncReadyCallback callback,
                                        gpointer user_data);
/**
 * qmp_session_wait_finish:
 * @session: the session
 * @result: what the callback was given
 * @wait_status: (out) (optional): how QEMU ended, as `waitpid()` gives it; see
 *   g_spawn_check_wait_status()
 * @error: %QMP_ERROR_TIMEOUT, %G_IO_ERROR_CANCELLED, %QMP_ERROR_UNSUPPORTED where the session has
 *   executed no QEMU, %QMP_ERROR_EMULATOR where QEMU has ended but its status was taken by another
 *   part of the program (`SIGCHLD` ignored, `wait()` for any child)
 *
 * Returns: whether QEMU has ended and @wait_status is set
 */
QMP_EXPORT gboolean qmp_session_wait_finish (QmpSession *session,
                                             GAsyncResult *result,
                                             int *wait_status,
                                             GError **error);
/**
 * qmp_session_wait_sync:
 * @session: a session of qmp_session_new_for_exec()
 * @timeout_ms: as of qmp_session_wait_async()
 * @cancellable: (nullable): as of qmp_session_wait_async()
 * @wait_status: (out) (optional): as of qmp_session_wait_finish()
 * @error: as of qmp_session_wait_finish()
 *
 * Returns: whether QEMU has ended and @wait_status is set
 */
QMP_EXPORT gboolean qmp_session_wait_sync (QmpSession *session,
                                           guint timeout_ms,
                                           GCancellable *cancellable,
                                           int *wait_status,
                                           GError **error);

G_END_DECLS
