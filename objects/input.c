/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * org.virtbus1.Input: a mouse or tablet, as properties of a device.
 */
#include "objects/device.h"

#include "introspection/virtbus-interfaces.h"
#include "policy/authority.h"

static const VbInput *
input_of (const VbView *view)
{
  return (const VbInput *) view->device;
}

static GVariant *
get_type (const VbView *view)
{
  return vb_value_from_text (vb_enum_to_string (&vb_input_type_table, input_of (view)->type));
}

static GVariant *
get_bus (const VbView *view)
{
  return vb_value_from_text (vb_enum_to_string (&vb_input_bus_table, input_of (view)->bus));
}

static const VbPropertyRow properties[] = {
  { "Type", VB_FACET_DOMAIN, get_type },
  { "Bus", VB_FACET_DOMAIN, get_bus },
  { NULL },
};

const VbInterfaceTable vb_input_interface_table = {
  .name = "org.virtbus1.Input",
  .info = &vb_bus_input_interface,
  .read_action = VB_ACTION_DOMAIN_LIST,
  .properties = properties,
};
