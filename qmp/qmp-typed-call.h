/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Private to libqmp: a call whose arguments and reply are structures. The parameters are in the
 * order of the generated functions, with the command last, so that these are a jump.
 */
#pragma once

#include "qmp/qmp-session.h"

G_BEGIN_DECLS

void qmp_typed_call_async (QmpSession *session,
                           gconstpointer arguments,
                           guint timeout_ms,
                           GCancellable *cancellable,
                           GAsyncReadyCallback callback,
                           gpointer user_data,
                           guint command_id);
void qmp_typed_call_with_fd_async (QmpSession *session,
                                   gconstpointer arguments,
                                   int fd,
                                   guint timeout_ms,
                                   GCancellable *cancellable,
                                   GAsyncReadyCallback callback,
                                   gpointer user_data,
                                   guint command_id);
gpointer
qmp_typed_call_finish (QmpSession *session, GAsyncResult *result, GError **error, guint command_id);
gpointer qmp_typed_call_sync (QmpSession *session,
                              gconstpointer arguments,
                              guint timeout_ms,
                              GCancellable *cancellable,
                              GError **error,
                              guint command_id);
gpointer qmp_typed_call_with_fd_sync (QmpSession *session,
                                      gconstpointer arguments,
                                      int fd,
                                      guint timeout_ms,
                                      GCancellable *cancellable,
                                      GError **error,
                                      guint command_id);

G_END_DECLS
