/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * What Xen says that it can run: the text of /sys/hypervisor/properties/capabilities. Pure.
 */
#pragma once

#include "domain/domain.h"

typedef struct
{
  VbOsType os_type; /* xen or hvm */
  const char *arch; /* as a capability set has it; static */
  gboolean pae;     /* guests with PAE… */
  gboolean nonpae;  /* …and without; both FALSE: no such thing there */
} VbXenCapability;

/* (transfer full) (element-type VbXenCapability): one for each OS type and architecture, in the
 * order of the text. Words that are not known are left out. */
GArray *vb_xen_capabilities_parse (const char *text);
