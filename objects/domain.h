/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The object of a domain.
 */
#pragma once

#include "objects/table.h"

extern const VbPropertyRow vb_domain_properties[];
extern const VbInterfaceTable vb_domain_interface_table;
/* The interfaces that the object always has */
extern const VbInterfaceTable *const vb_domain_tables[];
/* Those that it has now: some are there only while it runs. */
const VbInterfaceTable *const *vb_domain_get_tables (const VbMachineFacts *facts);
