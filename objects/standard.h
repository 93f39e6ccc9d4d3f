/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The interfaces of D-Bus itself that the door answers: Properties, which GDBus leaves to it, and
 * ObjectManager. GDBus answers Peer and Introspectable.
 */
#pragma once

#include "objects/table.h"

extern const VbInterfaceTable vb_properties_interface_table;
extern const VbInterfaceTable vb_object_manager_interface_table;
