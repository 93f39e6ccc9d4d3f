/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Which address a device gets that its definition leaves open, but for PCI. Private to the room.
 */
#pragma once

#include "domain/domain.h"

/* Addresses that name controllers, so that these can be made. @previous: as for
 * vb_domain_complete() */
void vb_places_assign_units (VbDomain *domain, const VbDomain *previous);
/* Ports on usb, when the controllers are there that sit on it; more may have to be made after it. */
void vb_places_assign_usb_ports (VbDomain *domain, const VbDomain *previous);
/* How many devices one usb controller has ports for, with hubs */
guint vb_places_count_usb_devices (const VbDomain *domain);
