/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * passt, a router of user space: the guest's frames go over a socket, and out as the connections of
 * a plain program.
 */
#pragma once

#include <gio/gio.h>

/* The guest's end of a passt that is ready, -1 on error (%VB_HOST_ERROR_RESOURCE). It ends with the
 * last descriptor of this end. Waits: for a thread. */
int vb_passt_open (GCancellable *cancellable, GError **error);
