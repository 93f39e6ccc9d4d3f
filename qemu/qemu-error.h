/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * What can go wrong with an emulator, ordered by what the caller can do about it. Errors of QMP are
 * translated here, once.
 */
#pragma once

#include <glib.h>

#define VB_QEMU_ERROR (vb_qemu_error_quark ())
GQuark vb_qemu_error_quark (void);

typedef enum
{
  VB_QEMU_ERROR_UNSUPPORTED, /* valid, but this emulator or host cannot; message says what would */
  VB_QEMU_ERROR_HOST_RESOURCE, /* a file, port or program of the host; names it and the remedy */
  VB_QEMU_ERROR_EMULATOR,      /* QEMU failed; its own last words included */
  VB_QEMU_ERROR_TIMEOUT,       /* QEMU did not answer in time */
} VbQemuError;
