/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * What of an <interface> QEMU cannot have.
 */
#include "qemu/card-models.h"
#include "qemu/check-parts.h"

/* Options of the virtio card; the kernel moves the packets of a tap device alone. */
static void
check_interface_driver (VbCheck *check, const VbInterface *interface)
{
  gboolean is_virtio = vb_interface_is_virtio (interface);
  if (interface->driver == VB_INTERFACE_DRIVER_VHOST && !vb_interface_is_tap (interface))
    vb_check_refuse_device (check, &interface->base, "/driver/@name",
                            "driver 'vhost' is not supported with type '%s'; use qemu",
                            vb_enum_to_string (&vb_interface_type_table, (int) interface->type));
  else if (interface->driver == VB_INTERFACE_DRIVER_VHOST && !is_virtio)
    vb_check_refuse_device (check, &interface->base, "/driver/@name",
                            "driver 'vhost' is not supported by this card; use model virtio");
  if (interface->tx_mode != VB_INTERFACE_TX_MODE_DEFAULT && !is_virtio)
    vb_check_refuse_device (check, &interface->base, "/driver/@txmode",
                            "a txmode is not supported by this card; use model virtio");
}

static void
check_script (VbCheck *check, const VbInterface *interface)
{
  if (!vb_interface_has_script (interface))
    return;
  if (interface->type == VB_INTERFACE_BRIDGE)
    vb_check_refuse_device (check, &interface->base, "/script",
                            "a script is not run with type 'bridge'; use ethernet");
  else if (!g_path_is_absolute (interface->script))
    vb_check_refuse_device (check, &interface->base, "/script/@path",
                            "script '%s' is not an absolute path; begin it with /",
                            interface->script);
}

static void
check_connection (VbCheck *check, const VbInterface *interface)
{
  if (interface->type == VB_INTERFACE_NETWORK)
    vb_check_refuse_device (check, &interface->base, "/@type",
                            "type 'network' is not supported; use bridge, with the bridge of "
                            "network '%s'",
                            interface->source);
  else if (interface->type == VB_INTERFACE_INTERNAL)
    vb_check_refuse_device (check, &interface->base, "/@type",
                            "type 'internal' is of VirtualBox; use mcast or bridge");
  if (interface->port.type != VB_VIRTUAL_PORT_NONE)
    vb_check_refuse_device (check, &interface->base, "/virtualport",
                            "802.1Qbg is not supported: the switch is told by lldpad, which this "
                            "service does not speak to; remove the element");
}

void
vb_check_interface (VbCheck *check, const VbDevice *device)
{
  const VbInterface *interface = (const VbInterface *) device;
  check_connection (check, interface);
  check_script (check, interface);
  check_interface_driver (check, interface);
  if (vb_card_model_to_driver (interface->model) == NULL)
    {
      g_autofree char *known = vb_card_model_list ();
      vb_check_refuse_device (check, device, "/model/@type",
                              "card '%s' is not supported; use one of %s", interface->model, known);
    }
}
