/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * org.virtbus1.Qmp, which a domain's object has while it runs.
 */
#pragma once

#include "objects/table.h"

extern const VbInterfaceTable vb_qmp_interface_table;
