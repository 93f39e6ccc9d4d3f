/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * What QEMU says when it ends because of a display.
 */
#pragma once

#include "domain/domain.h"
#include "qemu/qemu-error.h"

/* Whether its SPICE server could not have its port; another may be free. */
gboolean vb_display_failure_is_of_port (const char *last_words);
/* (transfer full) (nullable): %VB_QEMU_ERROR_HOST_RESOURCE with the display of @domain and the remedy;
 * %NULL where the words are not about a display */
GError *vb_display_failure_explain (const VbDomain *domain, const char *last_words);
