/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * <interface>: a network back end and a card.
 */
#include "qemu/argv-parts.h"

#include "qemu/boot-order.h"
#include "qemu/card-models.h"

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

void
vb_argv_add_interface (VbArgv *argv, const VbDevice *device)
{
  const VbInterface *interface = (const VbInterface *) device;
  g_autofree char *id = netdev_id (interface);
  QmpValue *netdev = qmp_value_new_object ();
  qmp_value_set_string (netdev, "type", "user");
  qmp_value_set_string (netdev, "id", id);
  if (device == vb_argv_find_forward_carrier (argv->domain))
    vb_argv_add_forwards (argv, device, netdev);
  vb_argv_add_json (argv, "-netdev", netdev);
  vb_argv_add_device (argv, device,
                      vb_argv_interface_device (interface, vb_boot_index (argv->domain, device)));
}
