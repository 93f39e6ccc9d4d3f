/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * org.virtbus1.HostDevice: what all devices of this host have in common, and which interfaces each
 * kind has.
 */
#include "objects/host-device.h"

#include "introspection/virtbus-interfaces.h"
#include "objects/host-device-facts.h"
#include "objects/path.h"
#include "policy/authority.h"

static GVariant *
get_kind (const VbView *view)
{
  return vb_value_from_text (vb_host_device_kind_to_string (view->host_device->kind));
}

static GVariant *
get_name (const VbView *view)
{
  return vb_value_from_foreign_text (view->host_device->name);
}

static GVariant *
get_vendor (const VbView *view)
{
  return vb_value_from_foreign_text (view->host_device->vendor);
}

static GVariant *
get_product (const VbView *view)
{
  return vb_value_from_foreign_text (view->host_device->product);
}

static GVariant *
get_vendor_id (const VbView *view)
{
  return g_variant_new_uint16 (view->host_device->vendor_id);
}

static GVariant *
get_product_id (const VbView *view)
{
  return g_variant_new_uint16 (view->host_device->product_id);
}

static GVariant *
get_sysfs_path (const VbView *view)
{
  return vb_value_from_foreign_text (view->host_device->sysfs_path);
}

static GVariant *
get_driver (const VbView *view)
{
  return vb_value_from_foreign_text (view->host_device->driver);
}

static GVariant *
get_assigned_to (const VbView *view)
{
  return g_variant_new_object_path (view->assigned_to);
}

static GVariant *
get_safety (const VbView *view)
{
  return vb_value_from_text (vb_safety_to_string (view->host_device->safety));
}

static GVariant *
get_safety_reasons (const VbView *view)
{
  return vb_value_from_foreign_texts (view->host_device->safety_reasons);
}

static const VbPropertyRow properties[] = {
  { "Kind", 0, get_kind },
  { "Name", VB_FACET_HOST, get_name },
  { "Vendor", VB_FACET_HOST, get_vendor },
  { "Product", VB_FACET_HOST, get_product },
  { "VendorId", VB_FACET_HOST, get_vendor_id },
  { "ProductId", VB_FACET_HOST, get_product_id },
  { "SysfsPath", VB_FACET_HOST, get_sysfs_path },
  { "Driver", VB_FACET_HOST, get_driver },
  { "AssignedTo", VB_FACET_HOST, get_assigned_to },
  { "Safety", VB_FACET_HOST, get_safety },
  { "SafetyReasons", VB_FACET_HOST, get_safety_reasons },
  { NULL },
};

const VbInterfaceTable vb_host_device_interface_table = {
  .name = "org.virtbus1.HostDevice",
  .info = &vb_bus_host_device_interface,
  .read_action = VB_ACTION_DOMAIN_LIST,
  .properties = properties,
};

static const VbInterfaceTable *const tables[][3] = {
  [VB_HOST_DEVICE_PCI] = { &vb_host_device_interface_table, &vb_pci_device_interface_table },
  [VB_HOST_DEVICE_USB] = { &vb_host_device_interface_table, &vb_usb_device_interface_table },
};

static const VbInterfaceTable *const *
get_tables (gconstpointer value)
{
  const VbHostDeviceFacts *facts = value;

  return tables[facts->device->kind];
}

static gpointer
ref (gpointer value)
{
  return vb_host_device_facts_ref (value);
}

static void
unref (gpointer value)
{
  vb_host_device_facts_unref (value);
}

static char *
get_node (gconstpointer value)
{
  const VbHostDeviceFacts *facts = value;

  return g_strdup (facts->device->id);
}

static void
init_view (VbView *view, gpointer value)
{
  const VbHostDeviceFacts *facts = value;

  *view = (VbView){ .host_device = facts->device, .assigned_to = facts->assigned_to };
}

const VbCollectionKind vb_host_device_kind = {
  .path = VB_PATH_HOST_DEVICES,
  .ref = ref,
  .unref = unref,
  .get_name = get_node,
  .init_view = init_view,
  .get_tables = get_tables,
};
