/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The objects of the devices of this host.
 */
#pragma once

#include "objects/collection.h"

extern const VbInterfaceTable vb_host_device_interface_table;
extern const VbInterfaceTable vb_pci_device_interface_table;
extern const VbInterfaceTable vb_usb_device_interface_table;
extern const VbCollectionKind vb_host_device_kind;
