/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * What a fresh QEMU gets and tells through its monitor before its guest may run: the display's
 * socket, secrets, the balloon's target; and the names it chose.
 */
#pragma once

#include "domain/domain.h"
#include "qmp/qmp.h"

/* Sends everything at once. @domain has the ports of its displays. @vnc_fd: the listening socket of its
 * VNC display, -1: none; it may be closed when this returns. @timeout_ms: for each command. */
void vb_hand_over_async (QmpSession *session,
                         VbDomain *domain,
                         const char *runtime_dir,
                         int vnc_fd,
                         guint timeout_ms,
                         GCancellable *cancellable,
                         GAsyncReadyCallback callback,
                         gpointer user_data);
/* (transfer full): the live domain. Errors: of #VbQemuError, but %QMP_ERROR_DISCONNECTED as it is,
 * because the process's end says more. */
VbDomain *vb_hand_over_finish (QmpSession *session, GAsyncResult *result, GError **error);
