/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * How the last reading and writing of a drive went, where an error has stopped the guest.
 */
#pragma once

#include <glib.h>

typedef enum
{
  VB_IO_OK,
  VB_IO_FAILED,
  VB_IO_NOSPACE, /* no room left on the host */
} VbIoStatus;

/* As QEMU and the bus spell it */
const char *vb_io_status_to_string (VbIoStatus status);
