/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The socket that a guest's display is served on.
 */
#pragma once

#include "domain/graphics.h"
#include "qemu/qemu-error.h"

/* A listening close-on-exec socket, or -1. @port: (out): the TCP port, -1 for a unix socket. With
 * autoport the first port from 5900 that is free on the address. Errors:
 * %VB_QEMU_ERROR_HOST_RESOURCE. */
int vb_display_socket_open (const VbGraphics *graphics, int *port, GError **error);
