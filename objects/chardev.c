/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * org.virtbus1.CharDevice: a serial or parallel port, console or channel, as properties of a device.
 */
#include "objects/device.h"

#include "introspection/virtbus-interfaces.h"
#include "policy/authority.h"

static const VbChardev *
chardev_of (const VbView *view)
{
  return (const VbChardev *) view->device;
}

static GVariant *
get_type (const VbView *view)
{
  return vb_value_from_text (
      vb_enum_to_string (&vb_chardev_type_table, chardev_of (view)->source.type));
}

static GVariant *
get_source (const VbView *view)
{
  return g_variant_new_take_string (vb_chardev_source_to_string (&chardev_of (view)->source));
}

static GVariant *
get_target_port (const VbView *view)
{
  return g_variant_new_uint32 (chardev_of (view)->target_port);
}

static GVariant *
get_target_type (const VbView *view)
{
  const VbChardev *chardev = chardev_of (view);

  if (chardev->base.kind != VB_DEVICE_CONSOLE && chardev->base.kind != VB_DEVICE_CHANNEL)
    return vb_value_from_text (NULL);
  return vb_value_from_text (vb_enum_to_string (&vb_chardev_target_table, chardev->target_type));
}

/* All but channels have numbers only. */
static GVariant *
get_target_name (const VbView *view)
{
  const VbChardev *chardev = chardev_of (view);

  return vb_value_from_text (chardev->target_address != NULL ? chardev->target_address
                                                             : chardev->target_name);
}

/* Neither ports nor consoles can tell. */
static GVariant *
get_connected (const VbView *view)
{
  return g_variant_new_boolean (FALSE);
}

static const VbPropertyRow properties[] = {
  { "Type", VB_FACET_DOMAIN, get_type },
  { "Source", VB_FACET_DOMAIN, get_source },
  { "TargetPort", VB_FACET_DOMAIN, get_target_port },
  { "TargetType", VB_FACET_DOMAIN, get_target_type },
  { "TargetName", VB_FACET_DOMAIN, get_target_name },
  { "Connected", VB_FACET_STATE, get_connected },
  { NULL },
};

const VbInterfaceTable vb_char_device_interface_table = {
  .name = "org.virtbus1.CharDevice",
  .info = &vb_bus_char_device_interface,
  .read_action = VB_ACTION_DOMAIN_LIST,
  .properties = properties,
};
