/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * What a machine type brings with it, as far as the argv depends on it. Pure.
 */
#pragma once

#include "domain/domain.h"

typedef enum
{
  VB_BOARD_PC,    /* i440FX: a PCI bus, IDE and floppy controllers built in */
  VB_BOARD_Q35,   /* PCI Express, six SATA ports built in */
  VB_BOARD_ISA,   /* x86 without PCI */
  VB_BOARD_OTHER, /* not x86: nothing is assumed */
} VbBoard;

VbBoard vb_board_of (const VbDomain *domain);
/* (nullable): the bus that a PCI address of the guest is on */
const char *vb_board_get_pci_bus (VbBoard board);
