/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The ends of a cable of TCP, which frames go over from one guest to another. Errors:
 * %VB_HOST_ERROR_RESOURCE, with the remedy.
 */
#pragma once

#include <gio/gio.h>

/* A socket that waits for the other end, -1 on error. @address: (nullable): all that the host has.
 * Both may wait for a server of names: for a thread. */
int vb_cable_listen (const char *address, guint16 port, GCancellable *cancellable, GError **error);
/* A socket that has reached the other end. */
int vb_cable_connect (const char *address, guint16 port, GCancellable *cancellable, GError **error);
