/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * What a form for domains of one capability set may offer. A word is offered where a domain that has
 * it, and next to nothing else, would be started: the check of a start is asked, so that the two
 * cannot differ.
 */
#pragma once

#include "qemu/capability-set.h"

/* (transfer full) (nullable): the <domainCapabilities> of @set, whose emulator has been asked.
 * @domain_type: a VbDomainType, or -1 for the best one; @machine: (nullable: the default). Errors:
 * %VB_QEMU_ERROR_UNSUPPORTED for a type or machine that the set does not have,
 * %VB_QEMU_ERROR_EMULATOR where the emulator could not tell. */
char *vb_domain_capabilities_format (const VbCapabilitySet *set,
                                     int domain_type,
                                     const char *machine,
                                     GError **error);
