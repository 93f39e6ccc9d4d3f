/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * What this machine uses its own devices for: network interfaces, file systems and swap, displays,
 * keyboards. Knows no inventory: it judges a device by what lies below its place in sysfs.
 */
#pragma once

#include "host/host-device.h"
#include "host/sysfs.h"

typedef struct _VbHostUsage VbHostUsage;

/* What is used at this moment. @root: (nullable): folder that holds `sys`, `proc` and `run`; %NULL
 * for the real ones. Never fails: what cannot be read is not used. May be called in any thread. */
VbHostUsage *vb_host_usage_read (const char *root);
void vb_host_usage_free (VbHostUsage *usage);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (VbHostUsage, vb_host_usage_free)

/* Sets the safety of @device, which is complete but for that, and the reasons: sorted, each once. */
void vb_host_usage_judge (const VbHostUsage *usage, const VbSysfs *sysfs, VbHostDevice *device);
