/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The sockets that a guest's displays are served on.
 */
#pragma once

#include "domain/graphics.h"
#include "qemu/qemu-error.h"

/* A close-on-exec socket, or -1. VNC's listens, for QEMU to take. SPICE makes its own: this one holds
 * the port for it, and is closed when QEMU listens. @port: (inout): the TCP port, -1 for a unix socket.
 * Where it is -1, or with autoport, the first port from 5900 that is free on the address. Errors:
 * %VB_QEMU_ERROR_HOST_RESOURCE. */
int vb_display_socket_open (const VbGraphics *graphics, int *port, GError **error);
