/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Network interfaces that this machine is reached through. What an interface such as a bridge, a bond
 * or a VLAN is used for, those below it are used for.
 */
#include "host/usage-private.h"

#include "host/host-file.h"
#include "host/routes.h"

#include <ifaddrs.h>
#include <net/if.h>

#define NET_CLASS "/sys/class/net"
#define UPPER_PREFIX "upper_"
/* The kernel itself stacks no deeper (Linux, include/linux/netdevice.h: MAX_NEST_DEV), and a bridge
 * has few tops. */
#define MAX_STACK 64

typedef struct
{
  VbSafety safety;
  const char *words;
} UseRow;

static const UseRow use_rows[] = {
  [VB_NETWORK_USE_ADDRESS] = { VB_SAFETY_WARN, "has an address" },
  [VB_NETWORK_USE_DEFAULT_ROUTE] = { VB_SAFETY_FORBIDDEN, "carries the default route" },
};
static const UseRow network_root_row = {
  VB_SAFETY_FORBIDDEN, "has an address, and the root file system is on the network"
};

static const char *const network_types[] = { "nfs", "nfs4", "cifs", "ceph", "afs", NULL };

typedef void (*ParseFunc) (VbRoutes *routes, const char *text);

static const struct
{
  const char *path;
  ParseFunc parse;
} route_files[] = {
  { "/proc/net/route", vb_routes_parse_ipv4 },
  { "/proc/net/ipv6_route", vb_routes_parse_ipv6 },
  { "/proc/net/if_inet6", vb_routes_parse_ipv6_addresses },
};

/* No file names the interface of an IPv4 address; that a route leads through it is the next best. */
static void
ask_kernel (VbRoutes *routes)
{
  struct ifaddrs *addresses = NULL;
  if (getifaddrs (&addresses) < 0)
    return;
  for (const struct ifaddrs *at = addresses; at != NULL; at = at->ifa_next)
    if (at->ifa_addr != NULL && at->ifa_addr->sa_family == AF_INET)
      vb_routes_add (routes, at->ifa_name, VB_NETWORK_USE_ADDRESS);
  freeifaddrs (addresses);
}

static VbRoutes *
read_routes (const char *root)
{
  VbRoutes *routes = vb_routes_new ();
  for (guint i = 0; i < G_N_ELEMENTS (route_files); i++)
    {
      g_autofree char *text = vb_host_file_read (root, route_files[i].path);
      route_files[i].parse (routes, text);
    }
  if (*root == '\0')
    ask_kernel (routes);
  return routes;
}

/* Adds what lies directly on top of @interface to @stack, unless it is there. */
static void
push_uppers (const VbSysfs *sysfs, const char *interface, GPtrArray *stack)
{
  g_autofree char *path = vb_sysfs_resolve (sysfs, NET_CLASS, interface);
  g_auto (GStrv) entries = path != NULL ? vb_sysfs_list (sysfs, path) : NULL;
  for (guint i = 0; entries != NULL && entries[i] != NULL && stack->len < MAX_STACK; i++)
    {
      const char *upper = entries[i] + strlen (UPPER_PREFIX);
      if (g_str_has_prefix (entries[i], UPPER_PREFIX) &&
          !g_ptr_array_find_with_equal_func (stack, upper, g_str_equal, NULL))
        g_ptr_array_add (stack, g_strdup (upper));
    }
}

/* (transfer full): @interface and all that is on top of it, the nearest first */
static GPtrArray *
find_stack (const VbSysfs *sysfs, const char *interface)
{
  GPtrArray *stack = g_ptr_array_new_with_free_func (g_free);
  g_ptr_array_add (stack, g_strdup (interface));
  for (guint i = 0; i < stack->len; i++)
    push_uppers (sysfs, stack->pdata[i], stack);
  return stack;
}

/* (transfer none): the member of @stack with the highest use, the nearest of several */
static const char *
find_most_used (const VbRoutes *routes, GPtrArray *stack)
{
  const char *most_used = stack->pdata[0];
  for (guint i = 1; i < stack->len; i++)
    if (vb_routes_get (routes, stack->pdata[i]) > vb_routes_get (routes, most_used))
      most_used = stack->pdata[i];
  return most_used;
}

/* Of several file systems mounted at the root the last is seen. */
static gboolean
has_network_root (const VbHostUsage *usage)
{
  const VbMount *root = vb_mounts_find_holder (usage->mounts, "/");
  return root != NULL && g_strv_contains (network_types, root->type);
}

static const UseRow *
find_row (const VbHostUsage *usage, VbNetworkUse use)
{
  if (use == VB_NETWORK_USE_ADDRESS && has_network_root (usage))
    return &network_root_row;
  return &use_rows[use];
}

static void
read_interface (VbHostUsage *usage, const VbRoutes *routes, const char *name, const char *path)
{
  g_autoptr (GPtrArray) stack = find_stack (usage->sysfs, name);
  const char *top = find_most_used (routes, stack);
  VbNetworkUse use = vb_routes_get (routes, top);
  const UseRow *row = find_row (usage, use);

  if (use == VB_NETWORK_USE_NONE && stack->len > 1)
    vb_host_usage_add (usage, VB_SAFETY_WARN, path, "network interface %s is part of %s", name,
                       (const char *) stack->pdata[1]);
  else if (use != VB_NETWORK_USE_NONE && g_str_equal (top, name))
    vb_host_usage_add (usage, row->safety, path, "network interface %s %s", name, row->words);
  else if (use != VB_NETWORK_USE_NONE)
    vb_host_usage_add (usage, row->safety, path, "network interface %s is part of %s, which %s",
                       name, top, row->words);
}

void
vb_host_usage_read_network (VbHostUsage *usage)
{
  g_autoptr (VbRoutes) routes = read_routes (usage->root);
  g_auto (GStrv) names = vb_sysfs_list (usage->sysfs, NET_CLASS);
  for (guint i = 0; names[i] != NULL; i++)
    {
      g_autofree char *path = vb_sysfs_resolve (usage->sysfs, NET_CLASS, names[i]);
      if (path != NULL && !g_str_has_prefix (path, "/sys/devices/virtual/"))
        read_interface (usage, routes, names[i], path);
    }
}
