/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Network links of this machine, by netlink. Each call waits for the kernel, which another program
 * may hold up: for a thread. Errors: %VB_HOST_ERROR_RESOURCE with the link, and the remedy.
 */
#pragma once

#include <glib.h>

/* Whether there is a link of this name. Does not wait. */
gboolean vb_link_is_there (const char *name);
gboolean vb_link_set_mac (const char *name, const char *mac, GError **error);
gboolean vb_link_set_up (const char *name, GError **error);
/* Makes @name a port of @bridge. */
gboolean vb_link_join (const char *name, const char *bridge, GError **error);
/* Makes @name, which shares the card @lower in the mode "vepa", "bridge" or "private"; it is up. */
gboolean vb_link_add_macvtap (
    const char *name, const char *lower, const char *mode, const char *mac, GError **error);
/* Whether @name is no macvtap with this address, or no longer. */
gboolean vb_link_remove_macvtap (const char *name, const char *mac, GError **error);
