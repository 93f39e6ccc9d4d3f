/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Tables of routes and addresses: which line makes which use of an interface.
 */
#include "host/routes.h"

typedef void (*ParseFunc) (VbRoutes *routes, const char *text);

typedef struct
{
  const char *name;
  ParseFunc parse;
  const char *line;
  VbNetworkUse use; /* of eth0 */
} Case;

#define ZERO16 "0000000000000000"
#define ZERO ZERO16 ZERO16

static const Case cases[] = {
  { "ipv4/headline", vb_routes_parse_ipv4,
    "Iface\tDestination\tGateway \tFlags\tRefCnt\tUse\tMetric\tMask\t\tMTU\tWindow\tIRTT",
    VB_NETWORK_USE_NONE },
  { "ipv4/default", vb_routes_parse_ipv4,
    "eth0\t00000000\t0101A8C0\t0003\t0\t0\t100\t00000000\t0\t0\t0      ",
    VB_NETWORK_USE_DEFAULT_ROUTE },
  { "ipv4/default-without-gateway", vb_routes_parse_ipv4,
    "eth0\t00000000\t00000000\t0001\t0\t0\t0\t00000000\t0\t0\t0", VB_NETWORK_USE_DEFAULT_ROUTE },
  { "ipv4/half", vb_routes_parse_ipv4, "eth0\t00000000\t00000000\t0001\t0\t0\t0\t00000080\t0\t0\t0",
    VB_NETWORK_USE_ADDRESS },
  { "ipv4/net", vb_routes_parse_ipv4,
    "eth0\t0001A8C0\t00000000\t0001\t0\t0\t100\t00FFFFFF\t0\t0\t0", VB_NETWORK_USE_ADDRESS },
  { "ipv4/unreachable", vb_routes_parse_ipv4,
    "eth0\t00000000\t00000000\t0201\t0\t0\t100\t00000000\t0\t0\t0", VB_NETWORK_USE_NONE },
  { "ipv4/down", vb_routes_parse_ipv4,
    "eth0\t00000000\t00000000\t0000\t0\t0\t100\t00000000\t0\t0\t0", VB_NETWORK_USE_NONE },
  { "ipv4/short", vb_routes_parse_ipv4, "eth0\t00000000\t00000000\t0001\t0\t0\t100",
    VB_NETWORK_USE_NONE },
  { "ipv4/no-number", vb_routes_parse_ipv4, "eth0\t0x\t00000000\t0001\t0\t0\t100\t00000000",
    VB_NETWORK_USE_NONE },
  { "ipv4/empty", vb_routes_parse_ipv4, "", VB_NETWORK_USE_NONE },
  { "ipv6/default", vb_routes_parse_ipv6,
    ZERO " 00 " ZERO " 00 fe800000000000000000000000000001 00000400 00000001 00000000 00450003"
         "     eth0",
    VB_NETWORK_USE_DEFAULT_ROUTE },
  { "ipv6/net", vb_routes_parse_ipv6,
    ZERO " 40 " ZERO " 00 " ZERO " 00000100 00000001 00000000 00000001     eth0",
    VB_NETWORK_USE_NONE },
  { "ipv6/unreachable", vb_routes_parse_ipv6,
    ZERO " 00 " ZERO " 00 " ZERO " ffffffff 00000001 00000000 00200200     eth0",
    VB_NETWORK_USE_NONE },
  { "ipv6/short", vb_routes_parse_ipv6, ZERO " 00 " ZERO " 00", VB_NETWORK_USE_NONE },
  { "ipv6/address", vb_routes_parse_ipv6_addresses,
    "20010db8000000000000000000000005 02 40 00 80     eth0", VB_NETWORK_USE_ADDRESS },
  { "ipv6/site-address", vb_routes_parse_ipv6_addresses,
    "fd000000000000000000000000000005 02 40 00 80     eth0", VB_NETWORK_USE_ADDRESS },
  { "ipv6/link-local-address", vb_routes_parse_ipv6_addresses,
    "fe80000000000000021600fffe000001 02 40 20 80     eth0", VB_NETWORK_USE_NONE },
  { "ipv6/short-address", vb_routes_parse_ipv6_addresses, "20010db8 02 40 00",
    VB_NETWORK_USE_NONE },
};

static void
test_case (gconstpointer data)
{
  const Case *test = data;
  g_autoptr (VbRoutes) routes = vb_routes_new ();
  test->parse (routes, test->line);
  g_assert_cmpuint (vb_routes_get (routes, "eth0"), ==, test->use);
  g_assert_cmpuint (vb_routes_get (routes, "eth1"), ==, VB_NETWORK_USE_NONE);
}

/* The order of lines and files does not matter. */
static void
test_highest (void)
{
  g_autoptr (VbRoutes) routes = vb_routes_new ();
  vb_routes_parse_ipv4 (routes, "eth0\t00000000\t00000000\t0001\t0\t0\t0\t00000000\t0\t0\t0\n"
                                "eth0\t0001A8C0\t00000000\t0001\t0\t0\t0\t00FFFFFF\t0\t0\t0\n");
  vb_routes_parse_ipv6_addresses (routes, ZERO " 02 40 00 80     eth0\n");
  vb_routes_add (routes, "eth0", VB_NETWORK_USE_ADDRESS);
  g_assert_cmpuint (vb_routes_get (routes, "eth0"), ==, VB_NETWORK_USE_DEFAULT_ROUTE);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autofree char *path = g_strconcat ("/routes/", cases[i].name, NULL);
      g_test_add_data_func (path, &cases[i], test_case);
    }
  g_test_add_func ("/routes/highest", test_highest);
  return g_test_run ();
}
