/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * <hostdev>: a device of the host. One on USB comes as a descriptor, so that QEMU needs no right on
 * it; one on PCI is opened by QEMU, by way of the group that it is in.
 */
#include "qemu/argv-parts.h"

#include "qemu/boot-order.h"

/* Without a service QEMU looks for it itself. */
static void
set_usb_match (QmpValue *json, const VbHostdev *hostdev)
{
  if (hostdev->vendor_id != 0)
    {
      qmp_value_set_uint (json, "vendorid", hostdev->vendor_id);
      qmp_value_set_uint (json, "productid", hostdev->product_id);
      return;
    }
  qmp_value_set_uint (json, "hostbus", hostdev->usb_bus);
  qmp_value_set_uint (json, "hostaddr", hostdev->usb_device);
}

static QmpValue *
new_usb (const VbHostdev *hostdev, const VbDescriptor *descriptor)
{
  QmpValue *json = vb_argv_new_device ("usb-host");
  g_autofree char *path = NULL;
  if (descriptor == NULL)
    {
      set_usb_match (json, hostdev);
      return json;
    }
  path = vb_descriptor_get_qemu_path (descriptor);
  qmp_value_set_string (json, "hostdevice", path);
  return json;
}

static QmpValue *
new_pci (const VbHostdev *hostdev)
{
  QmpValue *json = vb_argv_new_device ("vfio-pci");
  g_autofree char *address = vb_hostdev_get_pci_address (hostdev);
  qmp_value_set_string (json, "host", address);
  return json;
}

QmpValue *
vb_argv_hostdev_device (const VbHostdev *hostdev, const VbDescriptor *descriptor, guint boot_index)
{
  QmpValue *json =
      hostdev->type == VB_HOSTDEV_USB ? new_usb (hostdev, descriptor) : new_pci (hostdev);
  if (boot_index > 0)
    qmp_value_set_uint (json, "bootindex", boot_index);
  return json;
}

void
vb_argv_add_hostdev (VbArgv *argv, const VbDevice *device)
{
  const VbDescriptor *descriptor =
      argv->descriptors != NULL ? vb_descriptors_find_device (argv->descriptors, device) : NULL;
  vb_argv_add_device (argv, device,
                      vb_argv_hostdev_device ((const VbHostdev *) device, descriptor,
                                              vb_boot_index (argv->domain, device)));
}
