/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Re-reading what is true of a QEMU after others have sent it commands: one reading at a time, and
 * whoever asks while one is at work gets the next.
 */
#pragma once

#include "qemu/instance.h"

typedef struct _VbRefresh VbRefresh;

VbRefresh *vb_refresh_new (VbQemuInstance *instance);
/* QEMU is gone. Those who still wait are told so, later. */
void vb_refresh_close (VbRefresh *refresh);

/* Completes when all that was true at the call has been read and told, or could not be. */
void vb_refresh_async (VbRefresh *refresh, GAsyncReadyCallback callback, gpointer user_data);
