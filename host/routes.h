/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Which network interfaces have addresses, and which carry a default route, as the kernel's files
 * tell. Pure: it gets the files' text.
 */
#pragma once

#include <glib.h>

typedef enum
{
  VB_NETWORK_USE_NONE,
  VB_NETWORK_USE_ADDRESS,
  VB_NETWORK_USE_DEFAULT_ROUTE,
} VbNetworkUse;

/* The highest use of each interface so far, by its name. */
typedef struct _VbRoutes VbRoutes;

VbRoutes *vb_routes_new (void);
void vb_routes_free (VbRoutes *routes);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (VbRoutes, vb_routes_free)

void vb_routes_add (VbRoutes *routes, const char *interface, VbNetworkUse use);
VbNetworkUse vb_routes_get (const VbRoutes *routes, const char *interface);

/* `/proc/net/route`: an interface that a route leads through has an address. */
void vb_routes_parse_ipv4 (VbRoutes *routes, const char *text);
/* `/proc/net/ipv6_route`: default routes only; each interface has others. */
void vb_routes_parse_ipv6 (VbRoutes *routes, const char *text);
/* `/proc/net/if_inet6`, without the link-local addresses that each interface has that is up */
void vb_routes_parse_ipv6_addresses (VbRoutes *routes, const char *text);
