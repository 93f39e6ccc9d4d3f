/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Hardware addresses of network cards. Private to the room.
 */
#pragma once

#include <glib.h>

/* (transfer full) (nullable): @text in lower case; %NULL if it is not six pairs of digits */
char *vb_mac_normalize (const char *text);
gboolean vb_mac_is_multicast (const char *mac);
/* (transfer full): a random one of the range that @is_xen's or QEMU's guests use */
char *vb_mac_generate (gboolean is_xen);
