/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * What one object shows: all that a property getter may read. A getter is a pure function of it, so
 * the same one reads what is now, what was before, and what the stored definition says.
 */
#pragma once

#include "host/host-device.h"
#include "host/host.h"
#include "objects/machine-facts.h"
#include "qemu/capability-set.h"

/* All (not owned) and (nullable): who makes a view keeps what it points to. */
typedef struct
{
  const VbMachineFacts *machine; /* of a domain and its devices */
  const VbDomain *domain;        /* the side that is shown: the live one, or the stored one */
  const VbDevice *device;        /* of a device, in @domain */
  const VbHostFacts *host;       /* of the root */
  gboolean system_mode;          /* of the root */
  VbCapabilitySet *set;          /* of a capability set */
  VbHostDevice *host_device;     /* of a device of the host… */
  const char *assigned_to;       /* …and the path of the domain that has it */
} VbView;

void vb_view_init_domain (VbView *view, const VbMachineFacts *facts);
/* The same device as @device, which may be of another moment. FALSE where it is not there. */
gboolean vb_view_init_device (VbView *view, const VbMachineFacts *facts, const VbDevice *device);
/* FALSE where no device has the path element @node */
gboolean vb_view_find_device (VbView *view, const VbMachineFacts *facts, const char *node);

/* The same object as the next start will bring it. FALSE where that cannot differ from @view. */
gboolean vb_view_init_stored (VbView *stored, const VbView *view);
