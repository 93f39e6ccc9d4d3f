/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * org.virtbus1.HostDev: a device of the host that is the guest's, as properties of a device.
 */
#include "objects/device.h"

#include "introspection/virtbus-interfaces.h"
#include "policy/authority.h"

static const VbHostdev *
hostdev_of (const VbView *view)
{
  return (const VbHostdev *) view->device;
}

static GVariant *
get_type (const VbView *view)
{
  return vb_value_from_text (vb_enum_to_string (&vb_hostdev_type_table, hostdev_of (view)->type));
}

static GVariant *
get_managed (const VbView *view)
{
  return g_variant_new_boolean (hostdev_of (view)->is_managed);
}

static void G_GNUC_PRINTF (3, 4)
    add (GVariantBuilder *builder, const char *key, const char *format, ...)
{
  va_list arguments;
  g_autofree char *text = NULL;

  va_start (arguments, format);
  text = g_strdup_vprintf (format, arguments);
  va_end (arguments);
  g_variant_builder_add (builder, "{ss}", key, text);
}

/* In the words and the notation of the XML. */
static GVariant *
get_match (const VbView *view)
{
  const VbHostdev *hostdev = hostdev_of (view);
  GVariantBuilder builder = G_VARIANT_BUILDER_INIT (G_VARIANT_TYPE ("a{ss}"));

  if (hostdev->type == VB_HOSTDEV_PCI)
    {
      add (&builder, "domain", "0x%04x", hostdev->pci.domain);
      add (&builder, "bus", "0x%02x", hostdev->pci.bus);
      add (&builder, "slot", "0x%02x", hostdev->pci.slot);
      add (&builder, "function", "0x%x", hostdev->pci.function);
    }
  else if (hostdev->vendor_id != 0)
    {
      add (&builder, "vendor", "0x%04x", hostdev->vendor_id);
      add (&builder, "product", "0x%04x", hostdev->product_id);
    }
  else
    {
      add (&builder, "bus", "%u", hostdev->usb_bus);
      add (&builder, "device", "%u", hostdev->usb_device);
    }
  return g_variant_builder_end (&builder);
}

static GVariant *
get_host_device (const VbView *view)
{
  return g_variant_new_object_path (vb_machine_facts_get_host_device (view->machine, view->device));
}

static const VbPropertyRow properties[] = {
  { "Type", VB_FACET_DOMAIN, get_type },
  { "Managed", VB_FACET_DOMAIN, get_managed },
  { "Match", VB_FACET_DOMAIN, get_match },
  { "HostDevice", VB_FACET_DOMAIN | VB_FACET_HOST, get_host_device },
  { NULL },
};

const VbInterfaceTable vb_host_dev_interface_table = {
  .name = "org.virtbus1.HostDev",
  .info = &vb_bus_host_dev_interface,
  .read_action = VB_ACTION_DOMAIN_LIST,
  .properties = properties,
};
