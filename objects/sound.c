/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * org.virtbus1.Sound: a sound card, as properties of a device.
 */
#include "objects/device.h"

#include "introspection/virtbus-interfaces.h"
#include "policy/authority.h"

static const VbSound *
sound_of (const VbView *view)
{
  return (const VbSound *) view->device;
}

static GVariant *
get_model (const VbView *view)
{
  return vb_value_from_text (vb_enum_to_string (&vb_sound_model_table, sound_of (view)->model));
}

static const VbPropertyRow properties[] = {
  { "Model", VB_FACET_DOMAIN, get_model },
  { NULL },
};

const VbInterfaceTable vb_sound_interface_table = {
  .name = "org.virtbus1.Sound",
  .info = &vb_bus_sound_interface,
  .read_action = VB_ACTION_DOMAIN_LIST,
  .properties = properties,
};
