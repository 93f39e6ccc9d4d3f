/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Listening and connected unix sockets by path, of any length.
 */
#pragma once

#include <glib.h>

/* Both give a close-on-exec stream socket, or -1 with errno's reason as the message of a
 * %G_FILE_ERROR. A name that nobody listens on any more is taken over. */
int vb_unix_socket_listen (const char *path, GError **error);
/* Does not block; the socket is connected when the call returns. */
int vb_unix_socket_connect (const char *path, GError **error);
/* Removes the name if it is a socket that nobody listens on. */
void vb_unix_socket_remove_stale (const char *path);
