/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Reading the kernel's files of routes and addresses. A route that refuses what it matches
 * ("unreachable") leads nowhere and is none.
 */
#include "host/routes.h"

#include <net/if.h>
#include <linux/route.h>

struct _VbRoutes
{
  GHashTable *uses; /* (owned) (element-type utf8 VbNetworkUse) */
};

VbRoutes *
vb_routes_new (void)
{
  VbRoutes *routes = g_new0 (VbRoutes, 1);
  routes->uses = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  return routes;
}

void
vb_routes_free (VbRoutes *routes)
{
  g_hash_table_unref (routes->uses);
  g_free (routes);
}

void
vb_routes_add (VbRoutes *routes, const char *interface, VbNetworkUse use)
{
  if (use > vb_routes_get (routes, interface))
    g_hash_table_insert (routes->uses, g_strdup (interface), GUINT_TO_POINTER (use));
}

VbNetworkUse
vb_routes_get (const VbRoutes *routes, const char *interface)
{
  return GPOINTER_TO_UINT (g_hash_table_lookup (routes->uses, interface));
}

static gboolean
read_hex (const char *text, guint64 *value)
{
  return g_ascii_string_to_unsigned (text, 16, 0, G_MAXUINT32, value, NULL);
}

static gboolean
is_usable (guint64 flags)
{
  return (flags & RTF_UP) != 0 && (flags & RTF_REJECT) == 0;
}

/* (transfer full): the words of @line, however many spaces are between them */
static char **
split_words (const char *line)
{
  g_autoptr (GStrvBuilder) words = g_strv_builder_new ();
  g_auto (GStrv) parts = g_strsplit_set (line, " \t", 128);
  for (guint i = 0; parts[i] != NULL; i++)
    if (*parts[i] != '\0')
      g_strv_builder_add (words, parts[i]);
  return g_strv_builder_end (words);
}

typedef void (*LineFunc) (VbRoutes *routes, char *const *words);

static void
parse_lines (VbRoutes *routes, const char *text, guint n_words, LineFunc parse)
{
  g_auto (GStrv) lines = g_strsplit (text, "\n", -1);
  for (guint i = 0; lines[i] != NULL; i++)
    {
      g_auto (GStrv) words = split_words (lines[i]);
      if (g_strv_length (words) >= n_words)
        parse (routes, words);
    }
}

/* Iface Destination Gateway Flags RefCnt Use Metric Mask ... */
static void
parse_ipv4_route (VbRoutes *routes, char *const *words)
{
  guint64 destination;
  guint64 flags;
  guint64 mask;
  if (!read_hex (words[1], &destination) || !read_hex (words[3], &flags) ||
      !read_hex (words[7], &mask) || !is_usable (flags))
    return;
  vb_routes_add (routes, words[0],
                 destination == 0 && mask == 0 ? VB_NETWORK_USE_DEFAULT_ROUTE
                                               : VB_NETWORK_USE_ADDRESS);
}

void
vb_routes_parse_ipv4 (VbRoutes *routes, const char *text)
{
  parse_lines (routes, text, 8, parse_ipv4_route);
}

/* destination length source length next-hop metric references uses flags interface */
static void
parse_ipv6_route (VbRoutes *routes, char *const *words)
{
  guint64 length;
  guint64 flags;
  if (read_hex (words[1], &length) && read_hex (words[8], &flags) && length == 0 &&
      is_usable (flags))
    vb_routes_add (routes, words[9], VB_NETWORK_USE_DEFAULT_ROUTE);
}

void
vb_routes_parse_ipv6 (VbRoutes *routes, const char *text)
{
  parse_lines (routes, text, 10, parse_ipv6_route);
}

/* address index length scope flags interface */
static void
parse_ipv6_address (VbRoutes *routes, char *const *words)
{
  const guint64 scope_link = 0x20; /* Linux, include/net/ipv6.h: IPV6_ADDR_LINKLOCAL */
  guint64 scope;
  if (read_hex (words[3], &scope) && scope != scope_link)
    vb_routes_add (routes, words[5], VB_NETWORK_USE_ADDRESS);
}

void
vb_routes_parse_ipv6_addresses (VbRoutes *routes, const char *text)
{
  parse_lines (routes, text, 6, parse_ipv6_address);
}
