/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Strings that must not stay in freed memory, nor be printed because they look like any other: what
 * one says is told only to who asks for it by name.
 */
#pragma once

#include <glib.h>

typedef struct VbSecret VbSecret;

/* @text: (nullable) (transfer full): a string that becomes the secret; (nullable) */
VbSecret *vb_secret_take (char *text);
VbSecret *vb_secret_copy (const VbSecret *secret);
/* @secret: (nullable): overwritten, then freed */
void vb_secret_free (VbSecret *secret);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (VbSecret, vb_secret_free)
/* (transfer none) (nullable): %NULL for no secret */
const char *vb_secret_reveal (const VbSecret *secret);
