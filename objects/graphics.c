/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * org.virtbus1.Graphics: how the guest's display is served, as properties of a device.
 */
#include "objects/device.h"

#include "introspection/virtbus-interfaces.h"
#include "policy/authority.h"

static const VbGraphics *
graphics_of (const VbView *view)
{
  return (const VbGraphics *) view->device;
}

static GVariant *
get_type (const VbView *view)
{
  return vb_value_from_text (vb_enum_to_string (&vb_graphics_type_table, graphics_of (view)->type));
}

static GVariant *
value_from_port (int port)
{
  return g_variant_new_int32 (port > 0 ? port : -1);
}

static GVariant *
get_port (const VbView *view)
{
  const VbGraphics *graphics = graphics_of (view);

  return value_from_port (graphics->socket != NULL ? VB_GRAPHICS_PORT_NONE : graphics->port);
}

static GVariant *
get_tls_port (const VbView *view)
{
  return value_from_port (graphics_of (view)->tls_port);
}

static GVariant *
get_listen (const VbView *view)
{
  const VbGraphics *graphics = graphics_of (view);

  if (graphics->socket != NULL || graphics->type == VB_GRAPHICS_SDL ||
      graphics->type == VB_GRAPHICS_DESKTOP)
    return vb_value_from_text (NULL);
  return vb_value_from_text (vb_graphics_get_listen (graphics));
}

static GVariant *
get_socket (const VbView *view)
{
  return vb_value_from_text (graphics_of (view)->socket);
}

static GVariant *
get_auto_port (const VbView *view)
{
  return g_variant_new_boolean (graphics_of (view)->autoport);
}

static GVariant *
get_has_password (const VbView *view)
{
  return g_variant_new_boolean (graphics_of (view)->password != NULL);
}

static const VbPropertyRow properties[] = {
  { "Type", VB_FACET_DOMAIN, get_type },
  { "Port", VB_FACET_DOMAIN, get_port },
  { "TlsPort", VB_FACET_DOMAIN, get_tls_port },
  { "Listen", VB_FACET_DOMAIN, get_listen },
  { "Socket", VB_FACET_DOMAIN, get_socket },
  { "AutoPort", VB_FACET_DOMAIN, get_auto_port },
  { "HasPassword", VB_FACET_DOMAIN, get_has_password },
  { NULL },
};

const VbInterfaceTable vb_graphics_interface_table = {
  .name = "org.virtbus1.Graphics",
  .info = &vb_bus_graphics_interface,
  .read_action = VB_ACTION_DOMAIN_LIST,
  .properties = properties,
};
