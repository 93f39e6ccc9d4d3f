/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Which device of the host a <hostdev> element means.
 */
#include "engine/host-device-match.h"

static gboolean
matches_pci (const VbPciDevice *device, const VbHostdev *hostdev)
{
  const VbAddress *meant = &hostdev->pci;
  g_autofree char *address = g_strdup_printf ("%04x:%02x:%02x.%x", meant->domain, meant->bus,
                                              meant->slot, meant->function);

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

VbHostDevice *
vb_host_device_match (const GPtrArray *devices, const VbHostdev *hostdev)
{
  VbHostDevice *found = NULL;

  for (guint i = 0; i < devices->len; i++)
    {
      VbHostDevice *device = g_ptr_array_index (devices, i);

      if (!matches (device, hostdev))
        continue;
      if (found != NULL)
        return NULL;
      found = device;
    }
  return found;
}
