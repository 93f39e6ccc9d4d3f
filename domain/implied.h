/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * What a definition means without saying so: devices that others need. Private to the room.
 */
#pragma once

#include "domain/domain.h"

typedef void (*VbImpliedControllerFunc) (VbControllerType type, guint index, gpointer data);

/* The drive address that @disk has or would get; %FALSE on a bus without them. */
gboolean vb_implied_get_drive_address (const VbDisk *disk, VbAddress *address);
/* Each controller that a device of the domain names and that is not there. */
void vb_implied_foreach_missing_controller (const VbDomain *domain,
                                            VbImpliedControllerFunc func,
                                            gpointer data);
/* How many devices the two functions below would add. */
guint vb_implied_count_devices (const VbDomain *domain);
/* Adds what is missing but for controllers, at the end of @domain's devices. */
void vb_implied_add_devices (VbDomain *domain);
/* Adds the missing controllers, with their aliases, when the devices on them have their addresses. */
void vb_implied_add_controllers (VbDomain *domain);
/* Whether it is a whole machine as QEMU runs it. */
gboolean vb_implied_is_qemu_machine (const VbDomain *domain);
