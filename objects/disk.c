/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * org.virtbus1.Disk: a disk, CD-ROM or floppy drive, as properties of a device.
 */
#include "objects/device.h"

#include "introspection/virtbus-interfaces.h"
#include "policy/authority.h"

static const VbDisk *
disk_of (const VbView *view)
{
  return (const VbDisk *) view->device;
}

static GVariant *
get_target (const VbView *view)
{
  return vb_value_from_text (disk_of (view)->target);
}

static GVariant *
get_bus (const VbView *view)
{
  return vb_value_from_text (vb_enum_to_string (&vb_disk_bus_table, disk_of (view)->bus));
}

static GVariant *
get_device_type (const VbView *view)
{
  return vb_value_from_text (vb_enum_to_string (&vb_disk_device_table, disk_of (view)->device));
}

static GVariant *
get_source_type (const VbView *view)
{
  return vb_value_from_text (vb_enum_to_string (&vb_disk_type_table, disk_of (view)->type));
}

static GVariant *
get_source (const VbView *view)
{
  return g_variant_new_take_string (vb_disk_describe_source (disk_of (view)));
}

static GVariant *
get_format (const VbView *view)
{
  return vb_value_from_text (disk_of (view)->format);
}

static GVariant *
get_read_only (const VbView *view)
{
  return g_variant_new_boolean (disk_of (view)->read_only);
}

static GVariant *
get_shareable (const VbView *view)
{
  return g_variant_new_boolean (disk_of (view)->shareable);
}

static GVariant *
get_serial (const VbView *view)
{
  return vb_value_from_text (disk_of (view)->serial);
}

static GVariant *
get_cache (const VbView *view)
{
  return vb_value_from_text (vb_enum_to_string (&vb_disk_cache_table, disk_of (view)->cache));
}

/* Not known: reading the image's size here would touch the disk. */
static GVariant *
get_capacity (const VbView *view)
{
  return g_variant_new_uint64 (0);
}

static GVariant *
get_io_status (const VbView *view)
{
  const VbMachineFacts *facts = view->machine;

  if (facts->live == NULL || view->domain != facts->live)
    return vb_value_from_text ("");
  return vb_value_from_text (
      vb_io_status_to_string (vb_machine_facts_get_io_status (facts, view->device)));
}

/* QEMU is not asked for it, so that a tray counts as closed. */
static GVariant *
get_tray_open (const VbView *view)
{
  return g_variant_new_boolean (FALSE);
}

static const VbPropertyRow properties[] = {
  { "Target", VB_FACET_DOMAIN, get_target },
  { "Bus", VB_FACET_DOMAIN, get_bus },
  { "DeviceType", VB_FACET_DOMAIN, get_device_type },
  { "SourceType", VB_FACET_DOMAIN, get_source_type },
  { "Source", VB_FACET_DOMAIN, get_source },
  { "Format", VB_FACET_DOMAIN, get_format },
  { "ReadOnly", VB_FACET_DOMAIN, get_read_only },
  { "Shareable", VB_FACET_DOMAIN, get_shareable },
  { "Serial", VB_FACET_DOMAIN, get_serial },
  { "Cache", VB_FACET_DOMAIN, get_cache },
  { "Capacity", VB_FACET_DOMAIN, get_capacity },
  { "IoStatus", VB_FACET_STATE | VB_FACET_IO, get_io_status },
  { "TrayOpen", VB_FACET_STATE, get_tray_open },
  { NULL },
};

const VbInterfaceTable vb_disk_interface_table = {
  .name = "org.virtbus1.Disk",
  .info = &vb_bus_disk_interface,
  .read_action = VB_ACTION_DOMAIN_LIST,
  .properties = properties,
};
