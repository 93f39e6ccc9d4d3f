/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * That a document is refused, and in which words.
 */
#pragma once

#include "domain/domain.h"

/* @is_only: whether there is no other error in it */
void refusal_assert (const char *xml, int code, const char *message, gboolean is_only);
