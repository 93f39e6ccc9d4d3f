/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * What a PCI device tells of itself in sysfs.
 */
#pragma once

#include "host/host-device.h"
#include "host/host-udev.h"
#include "host/sysfs.h"

/* @path: of the device. @hwdb: (nullable). (transfer full) (nullable): %NULL if there is no such
 * device, or no longer. Its group and virtual functions are those of a device on its own; see
 * host/pci-relations.h. Its safety is not judged. */
VbHostDevice *vb_pci_device_read (const VbSysfs *sysfs, VbHwdb *hwdb, const char *path);
