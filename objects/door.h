/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The one door: every call of every object comes in here, and nothing is done or shown before the
 * authority has allowed it.
 */
#pragma once

#include <gio/gio.h>

/* Its user data is the VbNode that serves the object. */
extern const GDBusInterfaceVTable vb_door_vtable;
