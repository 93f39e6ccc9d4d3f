/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The wall to libnl: one socket for each call, so that threads share nothing.
 */
#include "host/link.h"

#include "host/host-error.h"

#include <errno.h>
#include <net/if.h>
#include <netlink/errno.h>
#include <netlink/netlink.h>
#include <netlink/route/link.h>
#include <netlink/route/link/macvtap.h>
#include <string.h>

typedef struct nl_sock Socket;
typedef struct rtnl_link Link;
G_DEFINE_AUTOPTR_CLEANUP_FUNC (Socket, nl_socket_free)
G_DEFINE_AUTOPTR_CLEANUP_FUNC (Link, rtnl_link_put)

/* What is done to a link, for messages. */
typedef struct
{
  const char *what; /* "cannot be made a port of bridge" */
  const char *of;   /* (nullable) the other link */
} Attempt;

static const char *
remedy_of (int status)
{
  switch (-status)
    {
    case NLE_PERM:
      return "; the service needs the right to change the host's network (CAP_NET_ADMIN)";
    case NLE_OPNOTSUPP:
      return "; the kernel may lack the module for that";
    case NLE_EXIST:
      return "; choose another name";
    case NLE_BUSY:
      return "; another program uses the card in another way";
    default:
      return "";
    }
}

static gboolean
refuse (const char *name, const Attempt *attempt, int status, GError **error)
{
  g_set_error (error, VB_HOST_ERROR, VB_HOST_ERROR_RESOURCE, "link '%s' %s%s%s%s: %s%s", name,
               attempt->what, attempt->of != NULL ? " '" : "",
               attempt->of != NULL ? attempt->of : "", attempt->of != NULL ? "'" : "",
               nl_geterror (status), remedy_of (status));
  return FALSE;
}

/* (transfer full) (nullable) */
static Socket *
open_socket (GError **error)
{
  g_autoptr (Socket) sock = nl_socket_alloc ();
  int status = sock != NULL ? nl_connect (sock, NETLINK_ROUTE) : -NLE_NOMEM;

  if (status == 0)
    return g_steal_pointer (&sock);
  g_set_error (error, VB_HOST_ERROR, VB_HOST_ERROR_RESOURCE,
               "the kernel's network links cannot be reached: %s", nl_geterror (status));
  return NULL;
}

/* (transfer full) (nullable) */
static Link *
find (Socket *sock, const char *name, GError **error)
{
  Link *link = NULL;
  int status = rtnl_link_get_kernel (sock, 0, name, &link);

  if (status == 0)
    return link;
  g_set_error (error, VB_HOST_ERROR,
               status == -NLE_NODEV || status == -NLE_OBJ_NOTFOUND ? VB_HOST_ERROR_ABSENT
                                                                   : VB_HOST_ERROR_RESOURCE,
               "the host has no link '%s': %s", name, nl_geterror (status));
  return NULL;
}

/* Makes of @name what @wanted says beyond its name. */
static gboolean
change (const char *name, Link *wanted, const Attempt *attempt, GError **error)
{
  g_autoptr (Socket) sock = open_socket (error);
  g_autoptr (Link) link = sock != NULL ? find (sock, name, error) : NULL;
  int status;

  if (link == NULL)
    return FALSE;
  status = rtnl_link_change (sock, link, wanted, 0);
  return status == 0 || refuse (name, attempt, status, error);
}

static gboolean
set_address (Link *link, const char *mac, GError **error)
{
  struct nl_addr *address = NULL;
  int status = nl_addr_parse (mac, AF_LLC, &address);

  if (status == 0)
    {
      rtnl_link_set_addr (link, address);
      nl_addr_put (address);
      return TRUE;
    }
  g_set_error (error, VB_HOST_ERROR, VB_HOST_ERROR_RESOURCE, "'%s' is no MAC address: %s", mac,
               nl_geterror (status));
  return FALSE;
}

gboolean
vb_link_is_there (const char *name)
{
  return if_nametoindex (name) != 0;
}

gboolean
vb_link_set_mac (const char *name, const char *mac, GError **error)
{
  g_autoptr (Link) wanted = rtnl_link_alloc ();

  return set_address (wanted, mac, error) &&
         change (name, wanted, &(Attempt){ "cannot be given the address", mac }, error);
}

gboolean
vb_link_set_up (const char *name, GError **error)
{
  g_autoptr (Link) wanted = rtnl_link_alloc ();

  rtnl_link_set_flags (wanted, IFF_UP);
  return change (name, wanted, &(Attempt){ "cannot be set up", NULL }, error);
}

gboolean
vb_link_join (const char *name, const char *bridge, GError **error)
{
  g_autoptr (Socket) sock = open_socket (error);
  g_autoptr (Link) master = sock != NULL ? find (sock, bridge, NULL) : NULL;
  g_autoptr (Link) wanted = rtnl_link_alloc ();
  const char *kind = master != NULL ? rtnl_link_get_type (master) : NULL;

  if (sock == NULL)
    return FALSE;
  if (g_strcmp0 (kind, "bridge") != 0)
    {
      g_set_error (error, VB_HOST_ERROR, VB_HOST_ERROR_RESOURCE,
                   master == NULL ? "the host has no bridge '%s'; create it (ip link add %s type "
                                    "bridge), or name another"
                                  : "'%s' is no bridge; make one that it is a port of, such as "
                                    "br-%s, or use type 'direct'",
                   bridge, bridge);
      return FALSE;
    }
  /* A bridge is as narrow as its ports. */
  rtnl_link_set_mtu (wanted, rtnl_link_get_mtu (master));
  rtnl_link_set_master (wanted, rtnl_link_get_ifindex (master));
  return change (name, wanted, &(Attempt){ "cannot be made a port of bridge", bridge }, error);
}

gboolean
vb_link_add_macvtap (
    const char *name, const char *lower, const char *mode, const char *mac, GError **error)
{
  g_autoptr (Socket) sock = open_socket (error);
  g_autoptr (Link) card = NULL;
  g_autoptr (Link) wanted = rtnl_link_macvtap_alloc ();
  int status;

  if (sock == NULL)
    return FALSE;
  card = find (sock, lower, NULL);
  if (card == NULL)
    {
      g_set_error (error, VB_HOST_ERROR, VB_HOST_ERROR_RESOURCE,
                   "the host has no card '%s'; name one that 'ip link' shows", lower);
      return FALSE;
    }
  if (!set_address (wanted, mac, error))
    return FALSE;
  rtnl_link_set_name (wanted, name);
  rtnl_link_set_link (wanted, rtnl_link_get_ifindex (card));
  rtnl_link_macvtap_set_mode (wanted, (guint32) rtnl_link_macvtap_str2mode (mode));
  rtnl_link_set_flags (wanted, IFF_UP);
  status = rtnl_link_add (sock, wanted, NLM_F_CREATE | NLM_F_EXCL);
  return status == 0 ||
         refuse (name, &(Attempt){ "cannot be made to share card", lower }, status, error);
}

gboolean
vb_link_remove_macvtap (const char *name, const char *mac, GError **error)
{
  g_autoptr (Socket) sock = open_socket (error);
  g_autoptr (GError) cause = NULL;
  g_autoptr (Link) link = sock != NULL ? find (sock, name, &cause) : NULL;
  struct nl_addr *address = link != NULL ? rtnl_link_get_addr (link) : NULL;
  char text[32] = "";
  int status;

  if (sock == NULL)
    return FALSE;
  if (link == NULL && !g_error_matches (cause, VB_HOST_ERROR, VB_HOST_ERROR_ABSENT))
    {
      g_propagate_error (error, g_steal_pointer (&cause));
      return FALSE;
    }
  if (address != NULL)
    nl_addr2str (address, text, sizeof text);
  /* Somebody else's may have got the name meanwhile. */
  if (link == NULL || g_strcmp0 (rtnl_link_get_type (link), "macvtap") != 0 ||
      g_ascii_strcasecmp (text, mac) != 0)
    return TRUE;
  status = rtnl_link_delete (sock, link);
  return status == 0 || status == -NLE_NODEV || status == -NLE_OBJ_NOTFOUND ||
         refuse (name, &(Attempt){ "cannot be removed", NULL }, status, error);
}
