/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Files that QEMU opens by name alone, and only reads: firmware, kernel, certificates.
 */
#pragma once

#include "qemu/rights.h"

/* @fd: (transfer full): a file that is open for reading. What QEMU, with the rights that @qemu
 * (nullable: the service's) is, can read by `/proc/self/fd`: that, or a copy in memory that nobody can
 * change. May block on the disk. After an error -1, and errno says why: EFBIG where a copy would have
 * more than a GiB. */
int vb_named_file_share (int fd, const VbRights *qemu);
