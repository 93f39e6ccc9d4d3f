/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Which device of the host a <hostdev> element means, and why a guest cannot have it.
 */
#include "engine/host-device-match.h"

#define VFIO_DRIVER "vfio-pci"
#define USB_HUB_CLASS 0x09

static gboolean
matches_pci (const VbPciDevice *device, const VbHostdev *hostdev)
{
  g_autofree char *address = vb_hostdev_get_pci_address (hostdev);

  return g_str_equal (device->address, address);
}

/* One that is told by its make is told by nothing else. */
static gboolean
matches_usb (const VbHostDevice *device, const VbHostdev *hostdev)
{
  if (hostdev->vendor_id != 0)
    return device->vendor_id == hostdev->vendor_id && device->product_id == hostdev->product_id;
  return device->usb.bus_number == hostdev->usb_bus &&
         device->usb.device_number == hostdev->usb_device;
}

static gboolean
matches (const VbHostDevice *device, const VbHostdev *hostdev)
{
  if (hostdev->type == VB_HOSTDEV_PCI)
    return device->kind == VB_HOST_DEVICE_PCI && matches_pci (&device->pci, hostdev);
  return device->kind == VB_HOST_DEVICE_USB && matches_usb (device, hostdev);
}

/* (transfer container) (element-type VbHostDevice) */
static GPtrArray *
list_matches (const GPtrArray *devices, const VbHostdev *hostdev)
{
  GPtrArray *found = g_ptr_array_new ();

  for (guint i = 0; i < devices->len; i++)
    if (matches (g_ptr_array_index (devices, i), hostdev))
      g_ptr_array_add (found, g_ptr_array_index (devices, i));
  return found;
}

VbHostDevice *
vb_host_device_match (const GPtrArray *devices, const VbHostdev *hostdev)
{
  g_autoptr (GPtrArray) found = list_matches (devices, hostdev);

  return found->len == 1 ? g_ptr_array_index (found, 0) : NULL;
}

static void
refuse_several (const GPtrArray *found, const VbHostdev *hostdev, GError **error)
{
  g_autofree char *what = vb_hostdev_describe (hostdev);
  g_autoptr (GString) list = g_string_new (NULL);

  for (guint i = 0; i < found->len; i++)
    {
      const VbHostDevice *device = g_ptr_array_index (found, i);
      g_string_append_printf (list, "%s%s (%s, <address bus='%u' device='%u'/>)", i > 0 ? ", " : "",
                              device->id, device->name, device->usb.bus_number,
                              device->usb.device_number);
    }
  g_set_error (error, VB_ENGINE_ERROR, VB_ENGINE_ERROR_HOST_RESOURCE,
               "the host has %u times %s: %s; say which by <address> in the place of <vendor> and "
               "<product>",
               found->len, what, list->str);
}

VbHostDevice *
vb_host_device_resolve (const GPtrArray *devices, const VbHostdev *hostdev, GError **error)
{
  g_autoptr (GPtrArray) found = list_matches (devices, hostdev);
  g_autofree char *what = vb_hostdev_describe (hostdev);

  if (found->len == 1)
    return g_ptr_array_index (found, 0);
  if (found->len > 1)
    refuse_several (found, hostdev, error);
  else
    g_set_error (error, VB_ENGINE_ERROR, VB_ENGINE_ERROR_HOST_RESOURCE,
                 "the host has no %s; connect it, or correct <source>", what);
  return NULL;
}

static gboolean
check_usb (const VbHostDevice *device, GError **error)
{
  if (device->usb.device_class != USB_HUB_CLASS)
    return TRUE;
  g_set_error (error, VB_ENGINE_ERROR, VB_ENGINE_ERROR_HOST_RESOURCE,
               "%s (%s) is a hub; give the guest what is plugged into it", device->id,
               device->name);
  return FALSE;
}

static gboolean
check_pci (const VbHostDevice *device, GError **error)
{
  const VbPciDevice *pci = &device->pci;
  g_autofree char *blockers = g_strjoinv (", ", pci->blockers);

  if (pci->iommu_group < 0)
    g_set_error (error, VB_ENGINE_ERROR, VB_ENGINE_ERROR_HOST_RESOURCE,
                 "PCI device %s is in no IOMMU group; switch the IOMMU on in the firmware and the "
                 "kernel (intel_iommu=on or amd_iommu=on)",
                 pci->address);
  else if (!g_str_equal (device->driver, VFIO_DRIVER))
    g_set_error (
        error, VB_ENGINE_ERROR, VB_ENGINE_ERROR_HOST_RESOURCE,
        "PCI device %s is bound to %s, not to " VFIO_DRIVER "; write " VFIO_DRIVER
        " to its driver_override in /sys/bus/pci/devices/%s, unbind it, and probe it again",
        pci->address, *device->driver != '\0' ? device->driver : "no driver", pci->address);
  else if (!pci->viable)
    g_set_error (error, VB_ENGINE_ERROR, VB_ENGINE_ERROR_HOST_RESOURCE,
                 "PCI device %s shares IOMMU group %d with devices that the host uses: %s; bind "
                 "them to " VFIO_DRIVER " too",
                 pci->address, pci->iommu_group, blockers);
  else
    return TRUE;
  return FALSE;
}

gboolean
vb_host_device_check (const VbHostDevice *device, GError **error)
{
  g_autofree char *reasons = g_strjoinv (", ", device->safety_reasons);

  if (device->safety != VB_SAFETY_FORBIDDEN)
    return device->kind == VB_HOST_DEVICE_PCI ? check_pci (device, error)
                                              : check_usb (device, error);
  g_set_error (error, VB_ENGINE_ERROR, VB_ENGINE_ERROR_HOST_RESOURCE,
               "the host cannot do without %s (%s): %s", device->id, device->name, reasons);
  return FALSE;
}
