/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * What QEMU says when it ends because of a disk or the host's part of it.
 */
#pragma once

#include "domain/domain.h"
#include "qemu/qemu-error.h"

/* (transfer full) (nullable): %NULL where @words, in which paths are as the user knows them, are not
 * understood. %VB_QEMU_ERROR_HOST_RESOURCE. */
GError *vb_disk_failure_explain (const VbDomain *domain, const char *words);
