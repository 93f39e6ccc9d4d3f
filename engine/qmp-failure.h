/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * QEMU's own refusals as errors of the engine, and as the classes that QEMU calls them by.
 */
#pragma once

#include <glib.h>

/* What a command that was passed through came to: QEMU's own text with the code of its class, or
 * that the monitor was lost. @error: (transfer full) */
GError *vb_qmp_failure_from_qmp (GError *error, const char *command);
/* (transfer none): "CommandNotFound"; for all that is no refusal of QEMU's "GenericError" */
const char *vb_qmp_failure_get_class (const GError *failure);
