/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * <interface>: a network back end and a card. With a plan, QEMU gets what is connected to the host as
 * a descriptor; without one it opens it by itself.
 */
#include "qemu/argv-parts.h"

#include "qemu/boot-order.h"
#include "qemu/card-models.h"

/* passt's own, for the first that a user starts. */
#define PASST_SOCKET "/tmp/passt_1.socket"

/* (transfer full) */
static char *
netdev_id (const VbInterface *interface)
{
  return g_strdup_printf ("host%s", interface->base.alias);
}

QmpValue *
vb_argv_interface_device (const VbInterface *interface, guint boot_index)
{
  QmpValue *device = vb_argv_new_device (vb_card_model_to_driver (interface->model));
  g_autofree char *netdev = netdev_id (interface);
  qmp_value_set_string (device, "netdev", netdev);
  qmp_value_set_string (device, "mac", interface->mac);
  if (interface->tx_mode != VB_INTERFACE_TX_MODE_DEFAULT)
    qmp_value_set_string (device, "tx",
                          interface->tx_mode == VB_INTERFACE_TX_MODE_TIMER ? "timer" : "bh");
  if (boot_index > 0)
    qmp_value_set_uint (device, "bootindex", boot_index);
  return device;
}

/* @key: (transfer full) */
static void
set_fd (const VbArgv *argv, QmpValue *object, const char *member, char *key)
{
  g_autofree char *owned_key = key;
  g_autofree char *number =
      g_strdup_printf ("%d", vb_descriptors_find (argv->descriptors, key)->child_fd);

  qmp_value_set_string (object, member, number);
}

static void
set_tap (const VbArgv *argv, const VbInterface *interface, QmpValue *netdev)
{
  qmp_value_set_string (netdev, "type", "tap");
  set_fd (argv, netdev, "fd", vb_descriptors_key (&interface->base));
  if (interface->driver != VB_INTERFACE_DRIVER_VHOST)
    return;
  qmp_value_set_boolean (netdev, "vhost", TRUE);
  set_fd (argv, netdev, "vhostfd", vb_descriptors_vhost_key (&interface->base));
}

static void
set_stream (const VbArgv *argv, const VbInterface *interface, QmpValue *netdev)
{
  QmpValue *address = qmp_value_new_object ();

  qmp_value_set_string (netdev, "type", "stream");
  qmp_value_set_boolean (netdev, "server", interface->type == VB_INTERFACE_SERVER);
  qmp_value_set_string (address, "type", "fd");
  set_fd (argv, address, "str", vb_descriptors_key (&interface->base));
  qmp_value_set_value (netdev, "addr", address);
}

static void
set_multicast (const VbInterface *interface, QmpValue *netdev)
{
  g_autofree char *group = vb_interface_describe_source (interface);

  qmp_value_set_string (netdev, "type", "socket");
  qmp_value_set_string (netdev, "mcast", group);
}

static void
set_user (const VbArgv *argv, const VbInterface *interface, QmpValue *netdev)
{
  if (interface->backend == VB_INTERFACE_BACKEND_PASST)
    set_stream (argv, interface, netdev);
  else
    qmp_value_set_string (netdev, "type", "user");
}

static void
set_connected (const VbArgv *argv, const VbInterface *interface, QmpValue *netdev)
{
  switch (interface->type)
    {
    case VB_INTERFACE_BRIDGE:
    case VB_INTERFACE_ETHERNET:
    case VB_INTERFACE_DIRECT:
      set_tap (argv, interface, netdev);
      break;
    case VB_INTERFACE_SERVER:
    case VB_INTERFACE_CLIENT:
      set_stream (argv, interface, netdev);
      break;
    case VB_INTERFACE_MCAST:
      set_multicast (interface, netdev);
      break;
    case VB_INTERFACE_USER:
    case VB_INTERFACE_NETWORK: /* refused, as the next */
    case VB_INTERFACE_INTERNAL:
      set_user (argv, interface, netdev);
      break;
    }
}

static void
set_own_tap (const VbInterface *interface, QmpValue *netdev)
{
  qmp_value_set_string (netdev, "type", "tap");
  if (interface->target != NULL)
    qmp_value_set_string (netdev, "ifname", interface->target);
  qmp_value_set_string (netdev, "script",
                        interface->script != NULL ? interface->script : VB_INTERFACE_NO_SCRIPT);
  qmp_value_set_string (netdev, "downscript", VB_INTERFACE_NO_SCRIPT);
  if (interface->driver == VB_INTERFACE_DRIVER_VHOST)
    qmp_value_set_boolean (netdev, "vhost", TRUE);
}

static void
set_own_bridge (const VbInterface *interface, QmpValue *netdev)
{
  qmp_value_set_string (netdev, "type", "bridge");
  qmp_value_set_string (netdev, "br", interface->source);
}

static void
set_own_socket (const VbInterface *interface, QmpValue *netdev)
{
  g_autofree char *place = vb_interface_describe_source (interface);

  qmp_value_set_string (netdev, "type", "socket");
  qmp_value_set_string (netdev, interface->type == VB_INTERFACE_SERVER ? "listen" : "connect",
                        place);
}

static void
set_own_user (const VbInterface *interface, QmpValue *netdev)
{
  QmpValue *address;

  if (interface->type != VB_INTERFACE_USER || interface->backend != VB_INTERFACE_BACKEND_PASST)
    {
      qmp_value_set_string (netdev, "type", "user");
      return;
    }
  address = qmp_value_new_object ();
  qmp_value_set_string (netdev, "type", "stream");
  qmp_value_set_boolean (netdev, "server", FALSE);
  qmp_value_set_string (address, "type", "unix");
  qmp_value_set_string (address, "path", PASST_SOCKET);
  qmp_value_set_value (netdev, "addr", address);
}

/* A macvtap can only be handed over: the card is then behind QEMU's own router. */
static void
set_unconnected (const VbInterface *interface, QmpValue *netdev)
{
  switch (interface->type)
    {
    case VB_INTERFACE_BRIDGE:
      set_own_bridge (interface, netdev);
      break;
    case VB_INTERFACE_ETHERNET:
      set_own_tap (interface, netdev);
      break;
    case VB_INTERFACE_SERVER:
    case VB_INTERFACE_CLIENT:
      set_own_socket (interface, netdev);
      break;
    case VB_INTERFACE_MCAST:
      set_multicast (interface, netdev);
      break;
    case VB_INTERFACE_USER:
    case VB_INTERFACE_DIRECT:
    case VB_INTERFACE_NETWORK: /* refused, as the next */
    case VB_INTERFACE_INTERNAL:
      set_own_user (interface, netdev);
      break;
    }
}

void
vb_argv_add_interface (VbArgv *argv, const VbDevice *device)
{
  const VbInterface *interface = (const VbInterface *) device;
  g_autofree char *id = netdev_id (interface);
  QmpValue *netdev = qmp_value_new_object ();

  if (argv->descriptors != NULL)
    set_connected (argv, interface, netdev);
  else
    set_unconnected (interface, netdev);
  qmp_value_set_string (netdev, "id", id);
  if (device == vb_argv_find_forward_carrier (argv->domain))
    vb_argv_add_forwards (argv, device, netdev);
  vb_argv_add_json (argv, "-netdev", netdev);
  vb_argv_add_device (argv, device,
                      vb_argv_interface_device (interface, vb_boot_index (argv->domain, device)));
}
