/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The object of a capability set.
 */
#pragma once

#include "objects/collection.h"

extern const VbPropertyRow vb_capability_set_properties[];
extern const VbInterfaceTable vb_capability_set_interface_table;
extern const VbCollectionKind vb_capability_set_kind;

/* What one emulator of a set has to tell, by the types of domains that it runs. */
typedef enum
{
  VB_SET_READY,   /* it has told, or there is nothing to ask: it is Xen's */
  VB_SET_UNKNOWN, /* nobody has asked */
  VB_SET_PROBING, /* it is being asked */
  VB_SET_FAILED,  /* it cannot be asked */
} VbSetState;

/* Of all emulators of the set. @failed: (out) (optional) (transfer none): of one that failed, if
 * any has; else untouched */
VbSetState vb_capability_set_get_state (const VbCapabilitySet *set, const VbEmulatorFacts **failed);
