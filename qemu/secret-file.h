/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Passphrases that the administrator keeps in a folder of the service's configuration, each in a file
 * that is called by its UUID.
 */
#pragma once

#include "qemu/qemu-error.h"

/* A close-on-exec descriptor of memory that has what the file says, without the newline at its end,
 * and that QEMU may open as any user; or -1. @folder: (nullable): there is none. Errors:
 * %VB_QEMU_ERROR_HOST_RESOURCE. */
int vb_secret_file_open (const char *folder, const char *uuid, GError **error);
