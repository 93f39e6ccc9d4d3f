/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * What QEMU calls the parts of a board. Pure.
 */
#pragma once

#include "domain/board.h"

/* (nullable): the bus that a PCI address of the guest is on */
const char *vb_board_get_pci_bus (VbBoard board);
