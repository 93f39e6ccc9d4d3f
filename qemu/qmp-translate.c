/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The one place where errors of QMP become errors of ours.
 */
#include "qemu/qmp-translate.h"

#include "qmp/qmp-error.h"

#include <gio/gio.h>

GError *
vb_qemu_error_from_qmp (const GError *qmp_error, const char *command)
{
  if (g_error_matches (qmp_error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    return g_error_copy (qmp_error);
  if (g_error_matches (qmp_error, QMP_ERROR, QMP_ERROR_TIMEOUT))
    return g_error_new (VB_QEMU_ERROR, VB_QEMU_ERROR_TIMEOUT,
                        "QEMU did not answer '%s' in time; it may be stopped or overloaded",
                        command);
  if (qmp_error_is_remote (qmp_error))
    return g_error_new (VB_QEMU_ERROR, VB_QEMU_ERROR_EMULATOR, "QEMU refused '%s': %s", command,
                        qmp_error->message);
  return g_error_new (VB_QEMU_ERROR, VB_QEMU_ERROR_EMULATOR,
                      "the monitor was lost while QEMU worked on '%s': %s", command,
                      qmp_error->message);
}
