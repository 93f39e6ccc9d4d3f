/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * org.virtbus1.Smartcard: a smartcard in the guest's reader, as properties of a device.
 */
#include "objects/device.h"

#include "introspection/virtbus-interfaces.h"
#include "policy/authority.h"

static GVariant *
get_mode (const VbView *view)
{
  const VbSmartcard *card = (const VbSmartcard *) view->device;

  return vb_value_from_text (vb_enum_to_string (&vb_smartcard_mode_table, card->mode));
}

static const VbPropertyRow properties[] = {
  { "Mode", VB_FACET_DOMAIN, get_mode },
  { NULL },
};

const VbInterfaceTable vb_smartcard_interface_table = {
  .name = "org.virtbus1.Smartcard",
  .info = &vb_bus_smartcard_interface,
  .read_action = VB_ACTION_DOMAIN_LIST,
  .properties = properties,
};
