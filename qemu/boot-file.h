/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The files that QEMU reads by name before a guest starts.
 */
#pragma once

#include "domain/domain.h"
#include "qemu/qemu-error.h"

/* Whether loader, kernel and initrd can be read. May block on the disks. Errors:
 * %VB_QEMU_ERROR_HOST_RESOURCE. */
gboolean vb_boot_files_check (const VbDomain *domain, GError **error);
