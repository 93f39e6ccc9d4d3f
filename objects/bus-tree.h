/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The exported tree: every machine that the engine knows, what this host can run, the devices of this
 * host, and the root, as objects of one bus connection. It shows and it asks; it decides nothing and keeps no state of its own.
 */
#pragma once

#include <gio/gio.h>

#include "engine/engine.h"
#include "host/host-devices.h"
#include "policy/authority.h"

#define VB_TYPE_BUS_TREE (vb_bus_tree_get_type ())
G_DECLARE_FINAL_TYPE (VbBusTree, vb_bus_tree, VB, BUS_TREE, GObject)

VbBusTree *vb_bus_tree_new (GDBusConnection *connection,
                            VbEngine *engine,
                            VbAuthority *authority,
                            gboolean system_mode);

/* Publishes all that there is now, and follows it from then on. To be called when engine and devices
 * are loaded, and before the name is owned. Errors: those of
 * g_dbus_connection_register_subtree(). */
gboolean vb_bus_tree_export (VbBusTree *tree, GError **error);
/* Takes everything off the bus, without a signal: the service goes, not the domains. Calls that are
 * under way still get their reply. */
void vb_bus_tree_unexport (VbBusTree *tree);

/* For who wants to go when nobody calls: calls without a reply yet, and when the last one came or
 * was answered, in the clock of g_get_monotonic_time(). */
guint vb_bus_tree_get_n_calls (VbBusTree *tree);
gint64 vb_bus_tree_get_last_call_us (VbBusTree *tree);
