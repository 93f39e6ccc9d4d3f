/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The object of a domain.
 */
#pragma once

#include "objects/table.h"

extern const VbPropertyRow vb_domain_properties[];
extern const VbInterfaceTable vb_domain_interface_table;
/* All interfaces of the object */
extern const VbInterfaceTable *const vb_domain_tables[];
