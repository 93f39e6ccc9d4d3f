/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * QEMU's set-uid program, which gives users who may not make a tap device one on a bridge that its
 * administrator lets them use.
 */
#pragma once

#include <gio/gio.h>

/* A tap device on @bridge, -1 on error (%VB_HOST_ERROR_RESOURCE). Waits: for a thread.
 * @name: (out) (transfer full): of the device */
int vb_user_bridge_open (
    const char *bridge, gboolean is_virtio, char **name, GCancellable *cancellable, GError **error);
