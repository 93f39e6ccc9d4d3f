/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * What QEMU says of the host when it cannot begin, in the words of who wanted it to.
 */
#pragma once

#include "domain/domain.h"
#include "qemu/qemu-error.h"

/* (transfer full) (nullable): %NULL where @words, in which paths are as the user knows them, are not
 * understood. %VB_QEMU_ERROR_HOST_RESOURCE. */
GError *vb_last_words_explain (const VbDomain *domain, const char *words);
