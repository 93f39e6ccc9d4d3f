/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Folders that a guest sees as disks, which QEMU itself has to read.
 */
#pragma once

#include "domain/domain.h"
#include "qemu/descriptors.h"

/* Whether the owner that @opening has and QEMU may list them. May block. Errors:
 * %VB_QEMU_ERROR_HOST_RESOURCE. */
gboolean vb_disk_folders_check (const VbDomain *domain, const VbOpening *opening, GError **error);
