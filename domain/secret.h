/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Strings that must not stay in freed memory.
 */
#pragma once

#include <glib.h>

/* @secret: (nullable) (transfer full): overwritten, then freed */
void vb_secret_free (char *secret);
