/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * A session with a domain of virtbus, through its service: a monitor of one's own that the service
 * keeps from what would harm the domain.
 */
#pragma once

#include "qmp/qmp-session.h"

G_BEGIN_DECLS

/**
 * QmpDomainFlags:
 * @QMP_DOMAIN_NONE: a session that can only read (`query-*`, `qom-get` and the like)
 * @QMP_DOMAIN_CONTROL: one that can do more; it marks the domain as tainted when it does
 * @QMP_DOMAIN_UNSAFE: with %QMP_DOMAIN_CONTROL, also what the service itself must do otherwise, such
 *   as `quit` and `migrate`
 * @QMP_DOMAIN_INTERACTIVE: the user may be asked for a password; give the call time for that
 *
 * What a session with a domain is for.
 */
typedef enum /*< flags >*/
{
  QMP_DOMAIN_NONE = 0,
  QMP_DOMAIN_CONTROL = 1 << 0,
  QMP_DOMAIN_UNSAFE = 1 << 1,
  QMP_DOMAIN_INTERACTIVE = 1 << 2,
} QmpDomainFlags;

/**
 * qmp_session_new_for_domain_async:
 * @bus: the system bus or the session bus
 * @path: the domain's object path
 * @flags: what the session is for
 * @timeout_ms: the deadline in milliseconds; 0: %QMP_DEFAULT_CONNECT_TIMEOUT_MS, %G_MAXUINT: none
 * @cancellable: (nullable): gives up
 * @callback: (scope async): called when there is a session, or there will be none
 * @user_data: for @callback
 *
 * Asks `org.virtbus1` for a session with a domain (`org.virtbus1.Qmp.OpenSession`). The bus is not
 * needed any more once it is there.
 */
QMP_EXPORT void qmp_session_new_for_domain_async (GDBusConnection *bus,
                                                  const char *path,
                                                  QmpDomainFlags flags,
                                                  guint timeout_ms,
                                                  GCancellable *cancellable,
                                                  GAsyncReadyCallback callback,
                                                  gpointer user_data);
/**
 * qmp_session_new_for_domain_finish:
 * @result: what the callback was given
 * @error: %QMP_ERROR_ACCESS_DENIED where the service refuses, or would have to ask the user first;
 *   %QMP_ERROR_TIMEOUT; %QMP_ERROR_UNSUPPORTED where the bus or the service has nothing at @path
 *   that opens sessions: no such domain, or another kind of object; %QMP_ERROR_DISCONNECTED where
 *   nobody is there to talk to: the domain does not run, the service or the bus is gone, and for
 *   whatever else the service says; %QMP_ERROR_INVALID_ARGUMENT for @path and for options that the
 *   service does not take; %QMP_ERROR_EMULATOR where QEMU fails the service;
 *   %QMP_ERROR_PROTOCOL where the answer brings no socket; %G_IO_ERROR_CANCELLED. The message has
 *   the service's own.
 *
 * Returns: (transfer full): a session that is yet to be opened
 */
QMP_EXPORT QmpSession *qmp_session_new_for_domain_finish (GAsyncResult *result, GError **error);
/**
 * qmp_session_new_for_domain_sync:
 * @bus: the system bus or the session bus
 * @path: the domain's object path
 * @flags: what the session is for
 * @timeout_ms: as of qmp_session_new_for_domain_async()
 * @cancellable: (nullable): gives up
 * @error: as of qmp_session_new_for_domain_finish()
 *
 * Returns: (transfer full): a session that is yet to be opened
 */
QMP_EXPORT QmpSession *qmp_session_new_for_domain_sync (GDBusConnection *bus,
                                                        const char *path,
                                                        QmpDomainFlags flags,
                                                        guint timeout_ms,
                                                        GCancellable *cancellable,
                                                        GError **error);

G_END_DECLS
