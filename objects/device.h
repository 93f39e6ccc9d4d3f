/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The objects of devices: what all have in common, and which interfaces each kind has.
 */
#pragma once

#include "objects/table.h"

extern const VbInterfaceTable vb_device_interface_table;
extern const VbInterfaceTable vb_disk_interface_table;
extern const VbInterfaceTable vb_controller_interface_table;
extern const VbInterfaceTable vb_interface_interface_table;
extern const VbInterfaceTable vb_smartcard_interface_table;
extern const VbInterfaceTable vb_char_device_interface_table;
extern const VbInterfaceTable vb_input_interface_table;
extern const VbInterfaceTable vb_graphics_interface_table;
extern const VbInterfaceTable vb_sound_interface_table;
extern const VbInterfaceTable vb_video_interface_table;
extern const VbInterfaceTable vb_host_dev_interface_table;
extern const VbInterfaceTable vb_watchdog_interface_table;
extern const VbInterfaceTable vb_mem_balloon_interface_table;

const VbInterfaceTable *const *vb_device_get_tables (VbDeviceKind kind);
