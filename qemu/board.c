/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * QEMU's names of the boards' parts.
 */
#include "qemu/board.h"

const char *
vb_board_get_pci_bus (VbBoard board)
{
  static const char *const buses[] = {
    [VB_BOARD_PC] = "pci.0",
    [VB_BOARD_Q35] = "pcie.0",
    [VB_BOARD_ISA] = NULL,
    [VB_BOARD_OTHER] = "pcie.0",
  };
  return buses[board];
}
