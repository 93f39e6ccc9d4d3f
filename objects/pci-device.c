/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * org.virtbus1.PciDevice: what a PCI function of this host has besides.
 */
#include "objects/host-device.h"

#include "introspection/virtbus-interfaces.h"
#include "objects/path.h"
#include "policy/authority.h"

static const VbPciDevice *
pci_of (const VbView *view)
{
  return &view->host_device->pci;
}

static GVariant *
list_paths (char **ids)
{
  GVariantBuilder paths;

  g_variant_builder_init (&paths, G_VARIANT_TYPE_OBJECT_PATH_ARRAY);
  for (char **id = ids; *id != NULL; id++)
    {
      g_autofree char *path = vb_path_for_host_device (*id);
      g_variant_builder_add (&paths, "o", path);
    }
  return g_variant_builder_end (&paths);
}

static GVariant *
get_address (const VbView *view)
{
  return vb_value_from_foreign_text (pci_of (view)->address);
}

static GVariant *
get_class_code (const VbView *view)
{
  return g_variant_new_uint32 (pci_of (view)->class_code);
}

static GVariant *
get_class_name (const VbView *view)
{
  return vb_value_from_foreign_text (pci_of (view)->class_name);
}

static GVariant *
get_iommu_group (const VbView *view)
{
  return g_variant_new_int32 (pci_of (view)->iommu_group);
}

static GVariant *
get_group_devices (const VbView *view)
{
  return list_paths (pci_of (view)->group);
}

static GVariant *
get_viable (const VbView *view)
{
  return g_variant_new_boolean (pci_of (view)->viable);
}

static GVariant *
get_blockers (const VbView *view)
{
  return list_paths (pci_of (view)->blockers);
}

static GVariant *
get_reset_methods (const VbView *view)
{
  return vb_value_from_foreign_texts (pci_of (view)->reset_methods);
}

static GVariant *
get_boot_vga (const VbView *view)
{
  return g_variant_new_boolean (pci_of (view)->boot_vga);
}

static GVariant *
get_physical_function (const VbView *view)
{
  g_autofree char *path = vb_path_for_host_device (pci_of (view)->physical_function);

  return g_variant_new_object_path (path);
}

static GVariant *
get_virtual_functions (const VbView *view)
{
  return list_paths (pci_of (view)->virtual_functions);
}

static const VbPropertyRow properties[] = {
  { "Address", 0, get_address },
  { "ClassCode", VB_FACET_HOST, get_class_code },
  { "ClassName", VB_FACET_HOST, get_class_name },
  { "IommuGroup", VB_FACET_HOST, get_iommu_group },
  { "GroupDevices", VB_FACET_HOST, get_group_devices },
  { "Viable", VB_FACET_HOST, get_viable },
  { "Blockers", VB_FACET_HOST, get_blockers },
  { "ResetMethods", VB_FACET_HOST, get_reset_methods },
  { "BootVga", VB_FACET_HOST, get_boot_vga },
  { "PhysicalFunction", VB_FACET_HOST, get_physical_function },
  { "VirtualFunctions", VB_FACET_HOST, get_virtual_functions },
  { NULL },
};

const VbInterfaceTable vb_pci_device_interface_table = {
  .name = "org.virtbus1.PciDevice",
  .info = &vb_bus_pci_device_interface,
  .read_action = VB_ACTION_DOMAIN_LIST,
  .properties = properties,
};
