/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Which address a device gets that its definition leaves open, and which are the board's own.
 * Private to the room.
 */
#pragma once

#include "domain/domain.h"

/* (nullable): the video card that the firmware uses */
const VbDevice *vb_places_find_first_video (const VbDomain *domain);
/* (transfer full) (nullable): why @device cannot be where its PCI address says; @first_video:
 * (nullable): as above */
char *
vb_places_refuse (const VbDomain *domain, const VbDevice *first_video, const VbDevice *device);
/* Addresses that name controllers, so that these can be made. @previous: as for
 * vb_domain_complete() */
void vb_places_assign_units (VbDomain *domain, const VbDomain *previous);
/* Addresses on PCI, when all controllers are there. */
void vb_places_assign_slots (VbDomain *domain, const VbDomain *previous);
