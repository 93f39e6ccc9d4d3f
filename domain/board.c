/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Boards by the names of QEMU's machine types.
 */
#include "domain/board.h"

#include <string.h>

#define UHCI_PORTS 2
#define XHCI_PORTS 4

VbBoard
vb_board_of (const VbDomain *domain)
{
  static const char *const x86[] = { "x86_64", "i686", "i386", NULL };
  const char *machine = domain->os.machine != NULL ? domain->os.machine : "pc";

  if (!g_strv_contains (x86, domain->os.arch))
    return VB_BOARD_OTHER;
  if (g_str_equal (machine, "isapc"))
    return VB_BOARD_ISA;
  return strstr (machine, "q35") != NULL ? VB_BOARD_Q35 : VB_BOARD_PC;
}

guint
vb_board_count_usb_ports (VbBoard board)
{
  return board == VB_BOARD_PC ? UHCI_PORTS : XHCI_PORTS;
}
