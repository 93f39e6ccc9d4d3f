/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Names for devices that last as long as the domain. Private to the room.
 */
#pragma once

#include "domain/domain.h"

/* Gives each device of @domain without one an alias; @previous and @retired as in
 * vb_domain_complete(). */
void vb_aliases_assign (VbDomain *domain, const VbDomain *previous, const char *const *retired);
