/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Which device of the host a <hostdev> element means, and whether a guest can have it. Pure: decides
 * nothing about who may have it.
 */
#pragma once

#include "domain/hostdev.h"
#include "engine/engine-error.h"
#include "host/host-device.h"

/* (transfer none) (nullable): %NULL where there is no such device, or more than one. @devices:
 * (element-type VbHostDevice) */
VbHostDevice *vb_host_device_match (const GPtrArray *devices, const VbHostdev *hostdev);
/* The same, for who needs it. Errors: %VB_ENGINE_ERROR_HOST_RESOURCE, which lists them where there are
 * several. */
VbHostDevice *
vb_host_device_resolve (const GPtrArray *devices, const VbHostdev *hostdev, GError **error);
/* Whether the host can do without it, and has it ready for a guest. Errors:
 * %VB_ENGINE_ERROR_HOST_RESOURCE. */
gboolean vb_host_device_check (const VbHostDevice *device, GError **error);
