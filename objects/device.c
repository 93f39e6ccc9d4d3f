/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * org.virtbus1.Device: what all devices have in common, and which interfaces each kind has.
 */
#include "objects/device.h"

#include "introspection/virtbus-interfaces.h"
#include "objects/call.h"
#include "objects/path.h"
#include "policy/authority.h"

static const VbInterfaceTable *const device_tables[VB_N_DEVICE_KINDS][3] = {
  [VB_DEVICE_DISK] = { &vb_device_interface_table, &vb_disk_interface_table },
  [VB_DEVICE_CONTROLLER] = { &vb_device_interface_table, &vb_controller_interface_table },
  [VB_DEVICE_INTERFACE] = { &vb_device_interface_table, &vb_interface_interface_table },
  [VB_DEVICE_SMARTCARD] = { &vb_device_interface_table, &vb_smartcard_interface_table },
  [VB_DEVICE_SERIAL] = { &vb_device_interface_table, &vb_char_device_interface_table },
  [VB_DEVICE_PARALLEL] = { &vb_device_interface_table, &vb_char_device_interface_table },
  [VB_DEVICE_CONSOLE] = { &vb_device_interface_table, &vb_char_device_interface_table },
  [VB_DEVICE_CHANNEL] = { &vb_device_interface_table, &vb_char_device_interface_table },
  [VB_DEVICE_INPUT] = { &vb_device_interface_table, &vb_input_interface_table },
  [VB_DEVICE_GRAPHICS] = { &vb_device_interface_table, &vb_graphics_interface_table },
  [VB_DEVICE_SOUND] = { &vb_device_interface_table, &vb_sound_interface_table },
  [VB_DEVICE_VIDEO] = { &vb_device_interface_table, &vb_video_interface_table },
  [VB_DEVICE_HOSTDEV] = { &vb_device_interface_table, &vb_host_dev_interface_table },
  [VB_DEVICE_WATCHDOG] = { &vb_device_interface_table, &vb_watchdog_interface_table },
  [VB_DEVICE_MEMBALLOON] = { &vb_device_interface_table, &vb_mem_balloon_interface_table },
};

static gboolean
is_in (const VbDomain *domain, const VbView *view)
{
  return vb_domain_find_same_device (domain, view->device) != NULL;
}

static GVariant *
get_kind (const VbView *view)
{
  return vb_value_from_text (vb_device_kind_to_string (view->device->kind));
}

static GVariant *
get_alias (const VbView *view)
{
  return vb_value_from_text (view->device->alias);
}

static GVariant *
get_domain (const VbView *view)
{
  g_autofree char *path = vb_path_for_domain (view->domain->uuid);

  return g_variant_new_object_path (path);
}

static GVariant *
get_address (const VbView *view)
{
  return g_variant_new_take_string (vb_address_to_string (&view->device->address));
}

static GVariant *
get_plug_state (const VbView *view)
{
  return vb_value_from_text (is_in (view->machine->live, view) ? "attached" : "config-only");
}

static GVariant *
get_live (const VbView *view)
{
  return g_variant_new_boolean (is_in (view->machine->live, view));
}

static GVariant *
get_config (const VbView *view)
{
  return g_variant_new_boolean (is_in (view->machine->definition, view));
}

static GVariant *
get_boot_order (const VbView *view)
{
  return g_variant_new_uint32 (view->device->boot_order);
}

static GVariant *
get_pending (const VbView *view)
{
  return vb_interface_tables_get_pending (vb_device_get_tables (view->device->kind), view);
}

static void
handle_get_xml (VbCall *call, const VbView *view)
{
  gboolean is_live = view->domain == view->machine->live;
  g_autofree char *xml =
      vb_device_format (view->device, is_live ? VB_FORMAT_LIVE : VB_FORMAT_DEFINITION);

  vb_call_complete (call, g_variant_new ("(s)", xml));
}

static const VbPropertyRow properties[] = {
  { "Kind", 0, get_kind },
  { "Alias", VB_FACET_DOMAIN, get_alias },
  { "Domain", 0, get_domain },
  { "Address", VB_FACET_DOMAIN, get_address },
  { "PlugState", VB_FACET_DOMAIN, get_plug_state },
  { "Live", VB_FACET_DOMAIN, get_live },
  { "Config", VB_FACET_DOMAIN, get_config },
  { "BootOrder", VB_FACET_DOMAIN, get_boot_order },
  { VB_PENDING_NAME, VB_FACET_DOMAIN | VB_FACET_HOST, get_pending },
  { NULL },
};

static const VbMethodRow methods[] = {
  { "GetXml", VB_ACTION_DOMAIN_LIST, handle_get_xml, vb_no_options },
  { NULL },
};

const VbInterfaceTable vb_device_interface_table = {
  .name = "org.virtbus1.Device",
  .info = &vb_bus_device_interface,
  .read_action = VB_ACTION_DOMAIN_LIST,
  .properties = properties,
  .methods = methods,
};

const VbInterfaceTable *const *
vb_device_get_tables (VbDeviceKind kind)
{
  return device_tables[kind];
}
