/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * What of a <hostdev> QEMU cannot have. Whether the device is there, and whose it is, is not known
 * here.
 */
#include "qemu/check-parts.h"

void
vb_check_hostdev (VbCheck *check, const VbDevice *device)
{
  const VbHostdev *hostdev = (const VbHostdev *) device;
  if (hostdev->is_managed && hostdev->type == VB_HOSTDEV_PCI)
    vb_check_refuse_device (check, device, "/@managed",
                            "managed is not supported yet: bind the device to vfio-pci first and "
                            "write managed='no'");
}
