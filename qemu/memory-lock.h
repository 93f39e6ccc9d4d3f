/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * How much memory a QEMU must be allowed to lock: a PCI device of the host reads and writes the
 * guest's memory by itself, so that all of it stays where it is.
 */
#pragma once

#include "domain/domain.h"
#include "qemu/qemu-error.h"

/* 0: it needs none */
guint64 vb_memory_lock_get_bytes (const VbDomain *domain);
/* Whether a process of ours may be given that limit. Errors: %VB_QEMU_ERROR_HOST_RESOURCE. */
gboolean vb_memory_lock_check (guint64 bytes, GError **error);
