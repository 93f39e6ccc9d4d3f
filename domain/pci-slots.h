/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The slots of a domain's PCI bus, and which are the board's own. Private to the room.
 */
#pragma once

#include "domain/domain.h"

/* (transfer full) (nullable): why @device cannot be where its PCI address says */
char *vb_pci_slots_refuse (const VbDomain *domain, const VbDevice *device);
/* Gives slots to the devices without one, when all controllers are there. @previous: (nullable): as
 * for vb_domain_complete() */
void vb_pci_slots_assign (VbDomain *domain, const VbDomain *previous);
