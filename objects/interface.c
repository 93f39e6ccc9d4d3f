/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * org.virtbus1.Interface: a network card, as properties of a device.
 */
#include "objects/device.h"

#include "introspection/virtbus-interfaces.h"
#include "policy/authority.h"

static const VbInterface *
interface_of (const VbView *view)
{
  return (const VbInterface *) view->device;
}

static GVariant *
get_mac (const VbView *view)
{
  return vb_value_from_text (interface_of (view)->mac);
}

static GVariant *
get_type (const VbView *view)
{
  return vb_value_from_text (
      vb_enum_to_string (&vb_interface_type_table, interface_of (view)->type));
}

static GVariant *
get_source (const VbView *view)
{
  return g_variant_new_take_string (vb_interface_describe_source (interface_of (view)));
}

static GVariant *
get_model (const VbView *view)
{
  return vb_value_from_text (interface_of (view)->model);
}

static GVariant *
get_target (const VbView *view)
{
  return vb_value_from_text (interface_of (view)->target);
}

/* There is no way to unplug a cable. */
static GVariant *
get_link_up (const VbView *view)
{
  return g_variant_new_boolean (TRUE);
}

static const VbPropertyRow properties[] = {
  { "Mac", VB_FACET_DOMAIN, get_mac },
  { "Type", VB_FACET_DOMAIN, get_type },
  { "Source", VB_FACET_DOMAIN, get_source },
  { "Model", VB_FACET_DOMAIN, get_model },
  { "Target", VB_FACET_DOMAIN, get_target },
  { "LinkUp", VB_FACET_DOMAIN, get_link_up },
  { NULL },
};

const VbInterfaceTable vb_interface_interface_table = {
  .name = "org.virtbus1.Interface",
  .info = &vb_bus_interface_interface,
  .read_action = VB_ACTION_DOMAIN_LIST,
  .properties = properties,
};
