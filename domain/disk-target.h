/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * What a disk's target name says: "hda" is the first disk, on ide if nothing else is said. Private
 * to the room.
 */
#pragma once

#include "domain/controller.h"
#include "domain/disk.h"

/* %FALSE: not a target's name. @bus: the one that the name suggests; @index: 0 for "a", 26 for "aa";
 * @partition: what follows the letters, "" for none */
gboolean
vb_disk_target_parse (const char *target, VbDiskBus *bus, guint *index, const char **partition);
/* Where a disk with that target sits unless told otherwise; %FALSE for a bus without drive
 * addresses. */
gboolean vb_disk_derive_address (const VbDisk *disk, VbAddress *address);
/* Whether @bus has drive addresses, and the controllers that they name. */
gboolean vb_disk_bus_get_controller (VbDiskBus bus, VbControllerType *type);
