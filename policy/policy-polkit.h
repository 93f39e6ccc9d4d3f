/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The authority that asks polkit.
 */
#pragma once

#include "policy/authority.h"

/* Fails where polkit cannot be reached: the message says what to install or start. */
void vb_polkit_authority_new_async (GCancellable *cancellable,
                                    GAsyncReadyCallback callback,
                                    gpointer user_data);
VbAuthority *vb_polkit_authority_new_finish (GAsyncResult *result, GError **error);
