/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Which of QEMU's boards a machine type means, as far as addresses and implied devices depend on it.
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

#define VB_USB_HUB_PORTS 8

VbBoard vb_board_of (const VbDomain *domain);
/* How many ports a usb controller has that a domain gets on @board */
guint vb_board_count_usb_ports (VbBoard board);
