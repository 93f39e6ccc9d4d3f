/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The signals that tell of objects, as they go out on the wire. When each is due, and in which order,
 * is decided elsewhere.
 */
#pragma once

#include <gio/gio.h>

#include "objects/table.h"

/* @parameters: floating, a tuple */
void vb_signal_emit (GDBusConnection *connection,
                     const char *path,
                     const char *interface,
                     const char *signal,
                     GVariant *parameters);
/* PropertiesChanged of one interface. @changed: floating, `a{sv}` */
void vb_signal_properties (GDBusConnection *connection,
                           const char *path,
                           const VbInterfaceTable *table,
                           GVariant *changed);
/* PropertiesChanged of each interface that has properties of @facets with other values than before */
void vb_signal_differences (GDBusConnection *connection,
                            const char *path,
                            const VbInterfaceTable *const *tables,
                            VbFacets facets,
                            const VbView *before,
                            const VbView *after);
/* InterfacesAdded. @object: `a{sa{sv}}`, may be floating */
void vb_signal_added (GDBusConnection *connection,
                      const char *manager_path,
                      const char *path,
                      GVariant *object);
/* InterfacesRemoved, of all @tables */
void vb_signal_removed (GDBusConnection *connection,
                        const char *manager_path,
                        const char *path,
                        const VbInterfaceTable *const *tables);
