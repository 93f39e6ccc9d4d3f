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
  gboolean is_virtio = g_strcmp0 (interface->model, "virtio") == 0;
  if (interface->driver == VB_INTERFACE_DRIVER_VHOST)
    vb_check_refuse_device (check, &interface->base, "/driver/@name",
                            "driver 'vhost' is not supported with type 'user'; use qemu");
  if (interface->tx_mode != VB_INTERFACE_TX_MODE_DEFAULT && !is_virtio)
    vb_check_refuse_device (check, &interface->base, "/driver/@txmode",
                            "a txmode is not supported by this card; use model virtio");
}

void
vb_check_interface (VbCheck *check, const VbDevice *device)
{
  const VbInterface *interface = (const VbInterface *) device;
  if (interface->type != VB_INTERFACE_USER)
    vb_check_refuse_device (check, device, "/@type", "type '%s' is not supported; use user",
                            vb_enum_to_string (&vb_interface_type_table, (int) interface->type));
  check_interface_driver (check, interface);
  if (vb_card_model_to_driver (interface->model) == NULL)
    {
      g_autofree char *known = vb_card_model_list ();
      vb_check_refuse_device (check, device, "/model/@type",
                              "card '%s' is not supported; use one of %s", interface->model, known);
    }
}
