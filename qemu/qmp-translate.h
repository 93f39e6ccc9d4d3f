/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Errors of libqmp in this room's words. Only this room's files include it.
 */
#pragma once

#include "qemu/qemu-error.h"

/* (transfer full): a cancellation stays %G_IO_ERROR_CANCELLED */
GError *vb_qemu_error_from_qmp (const GError *qmp_error, const char *command);
