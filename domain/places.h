/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Which address a device gets that its definition leaves open, and which are the board's own.
 * Private to the room.
 */
#pragma once

#include "domain/domain.h"

/* (transfer full) (nullable): why @device cannot be where its PCI address says */
char *vb_places_refuse (const VbDomain *domain, const VbDevice *device);
/* Addresses that name controllers, so that these can be made. @previous: as for
 * vb_domain_complete() */
void vb_places_assign_units (VbDomain *domain, const VbDomain *previous);
/* Ports on usb, when the controllers are there that sit on it; more may have to be made after it. */
void vb_places_assign_usb_ports (VbDomain *domain, const VbDomain *previous);
/* How many devices one usb controller has ports for, with hubs */
guint vb_places_count_usb_devices (const VbDomain *domain);
/* Addresses on PCI, when all controllers are there. */
void vb_places_assign_slots (VbDomain *domain, const VbDomain *previous);
