/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * What a device of the host was like at one moment, and whose it was: an immutable value, shared by
 * reference.
 */
#pragma once

#include "engine/claims.h"
#include "host/host-device.h"

typedef struct
{
  grefcount ref_count;
  VbHostDevice *device; /* (owned) */
  char *assigned_to;    /* (owned) path of the domain that has it; VB_PATH_NONE: none */
} VbHostDeviceFacts;

VbHostDeviceFacts *vb_host_device_facts_new (VbHostDevice *device, VbClaims *claims);
VbHostDeviceFacts *vb_host_device_facts_ref (VbHostDeviceFacts *facts);
void vb_host_device_facts_unref (VbHostDeviceFacts *facts);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (VbHostDeviceFacts, vb_host_device_facts_unref)
