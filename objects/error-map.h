/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * What errors are called on the bus.
 */
#pragma once

#include <glib.h>

/* (transfer none): as "org.virtbus1.Error.NotFound". An error of D-Bus itself keeps its name; one
 * that nobody has foreseen is org.virtbus1.Error.Internal. */
const char *vb_error_get_bus_name (const GError *error);
