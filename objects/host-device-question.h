/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * What an authority is told of the devices of the host that a domain asks for. Each is the one that
 * the domain would get now; of one that cannot be told from another, or is not there, it is told what
 * the domain says.
 */
#pragma once

#include "domain/domain.h"
#include "host/host-devices.h"
#include "policy/authority.h"

#define VB_HOST_DEVICE_N_DETAILS 4

typedef struct
{
  VbDetail details[VB_HOST_DEVICE_N_DETAILS + 1]; /* values are owned */
} VbHostDeviceQuestion;

/* (transfer full) (element-type VbHostDeviceQuestion): @domain: (nullable) */
GPtrArray *vb_host_device_questions_new (const VbDomain *domain, VbHostDevices *host_devices);
/* Whether an answer to the one is one to the other. Both (element-type VbHostDeviceQuestion) */
gboolean vb_host_device_questions_equal (const GPtrArray *a, const GPtrArray *b);
