/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The root object.
 */
#pragma once

#include "objects/table.h"

extern const VbInterfaceTable vb_manager_interface_table;
/* All interfaces of the object */
extern const VbInterfaceTable *const vb_root_tables[];
