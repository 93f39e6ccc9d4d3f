/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Tells that this machine may use its devices for something else than before, as far as udev does not
 * tell it: mounts, swap, addresses, routes, and what interfaces are joined to.
 */
#pragma once

#include <glib.h>

typedef struct _VbUsageWatch VbUsageWatch;

typedef void (*VbUsageWatchFunc) (gpointer user_data);

/* @changed is called in the thread-default main context, once for all that changes within 50 ms. What
 * cannot be watched, such as the network in a sandbox, is left out with a message in the log. */
VbUsageWatch *vb_usage_watch_new (VbUsageWatchFunc changed, gpointer user_data);
void vb_usage_watch_free (VbUsageWatch *watch);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (VbUsageWatch, vb_usage_watch_free)
