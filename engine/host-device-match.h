/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Which device of the host a <hostdev> element means. Pure: decides nothing about who may have it.
 */
#pragma once

#include "domain/hostdev.h"
#include "host/host-device.h"

/* (transfer none) (nullable): %NULL where there is no such device, or more than one. @devices:
 * (element-type VbHostDevice) */
VbHostDevice *vb_host_device_match (const GPtrArray *devices, const VbHostdev *hostdev);
