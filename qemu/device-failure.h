/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * What QEMU says when it ends because of a device, in the words of who wanted it.
 */
#pragma once

#include "domain/domain.h"
#include "qemu/qemu-error.h"

/* (transfer full) (nullable): %NULL where @words, in which paths are as the user knows them, are not
 * understood. %VB_QEMU_ERROR_HOST_RESOURCE with the remedy, or else %VB_QEMU_ERROR_EMULATOR. */
GError *vb_device_failure_explain (const VbDomain *domain, const char *words);
