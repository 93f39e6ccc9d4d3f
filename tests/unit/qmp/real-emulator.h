/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The real QEMU at the other end of a session, with its monitor on a socket pair.
 */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/* Starts QEMU with a machine of this type, stopped before its first instruction. (transfer full).
 * @session_fd: (out) (transfer full): of its monitor */
GSubprocess *real_emulator_start (const char *machine, int *session_fd);
/* Kills it if it has not ended. */
void real_emulator_free (GSubprocess *emulator);

G_END_DECLS
