/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Which names a client may give descriptors for.
 */
#pragma once

#include "domain/domain.h"
#include "qemu/given.h"

/* Whether each name in @given (nullable) is the source of an image of @domain, just as its definition
 * has it. Errors: %VB_ENGINE_ERROR_INVALID_ARGUMENT, which tells the names that would do. */
gboolean vb_given_names_check (const VbGiven *given, const VbDomain *domain, GError **error);
