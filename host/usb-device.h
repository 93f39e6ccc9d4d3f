/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * What a USB device tells of itself in sysfs.
 */
#pragma once

#include "host/host-device.h"
#include "host/host-udev.h"
#include "host/sysfs.h"

/* @path: of the device, not of one of its interfaces. @hwdb: (nullable). (transfer full) (nullable):
 * %NULL if there is no such device, or no longer. Its safety is not judged. */
VbHostDevice *vb_usb_device_read (const VbSysfs *sysfs, VbHwdb *hwdb, const char *path);
