/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The interface of the host, which the root object has.
 */
#pragma once

#include "objects/table.h"

extern const VbInterfaceTable vb_host_interface_table;
