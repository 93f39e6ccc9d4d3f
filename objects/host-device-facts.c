/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * A device of the host, and whose it is: taken from both here and nowhere else.
 */
#include "objects/host-device-facts.h"

#include "objects/path.h"

VbHostDeviceFacts *
vb_host_device_facts_new (VbHostDevice *device, VbClaims *claims)
{
  VbHostDeviceFacts *facts = g_new (VbHostDeviceFacts, 1);
  const VbClaim *claim = vb_claims_find (claims, device->id);

  g_ref_count_init (&facts->ref_count);
  facts->device = vb_host_device_ref (device);
  facts->assigned_to = claim != NULL ? vb_path_for_domain (claim->uuid) : g_strdup (VB_PATH_NONE);
  return facts;
}

VbHostDeviceFacts *
vb_host_device_facts_ref (VbHostDeviceFacts *facts)
{
  g_ref_count_inc (&facts->ref_count);
  return facts;
}

void
vb_host_device_facts_unref (VbHostDeviceFacts *facts)
{
  if (!g_ref_count_dec (&facts->ref_count))
    return;
  vb_host_device_unref (facts->device);
  g_free (facts->assigned_to);
  g_free (facts);
}
