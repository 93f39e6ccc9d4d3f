/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * What PCI devices are to each other: members of an IOMMU group, which only goes to a guest as a
 * whole, and functions of one card. Pure.
 */
#pragma once

#include "host/host-device.h"

/* @devices: (element-type utf8 VbHostDevice): all devices of the machine by id; the table owns both.
 * Replaces each PCI device whose group, viability, blockers or virtual functions are no longer so by a copy. */
void vb_pci_relations_update (GHashTable *devices);
