/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The signals that tell of objects, as they go out on the wire.
 */
#include "objects/signals.h"

void
vb_signal_emit (GDBusConnection *connection,
                const char *path,
                const char *interface,
                const char *signal,
                GVariant *parameters)
{
  g_dbus_connection_emit_signal (connection, NULL, path, interface, signal, parameters, NULL);
}

/* `invalidated` is always empty: clients get the values themselves. */
void
vb_signal_properties (GDBusConnection *connection,
                      const char *path,
                      const VbInterfaceTable *table,
                      GVariant *changed)
{
  vb_signal_emit (connection, path, "org.freedesktop.DBus.Properties", "PropertiesChanged",
                  g_variant_new ("(s@a{sv}as)", table->name, changed, NULL));
}

void
vb_signal_differences (GDBusConnection *connection,
                       const char *path,
                       const VbInterfaceTable *const *tables,
                       VbFacets facets,
                       const VbView *before,
                       const VbView *after)
{
  for (; *tables != NULL; tables++)
    {
      GVariant *changed = vb_interface_table_compare (*tables, facets, before, after);
      if (changed != NULL)
        vb_signal_properties (connection, path, *tables, changed);
    }
}

void
vb_signal_added (GDBusConnection *connection,
                 const char *manager_path,
                 const char *path,
                 GVariant *object)
{
  vb_signal_emit (connection, manager_path, "org.freedesktop.DBus.ObjectManager", "InterfacesAdded",
                  g_variant_new ("(o@a{sa{sv}})", path, object));
}

void
vb_signal_removed (GDBusConnection *connection,
                   const char *manager_path,
                   const char *path,
                   const VbInterfaceTable *const *tables)
{
  GVariantBuilder names;

  g_variant_builder_init (&names, G_VARIANT_TYPE_STRING_ARRAY);
  for (; *tables != NULL; tables++)
    g_variant_builder_add (&names, "s", (*tables)->name);
  vb_signal_emit (connection, manager_path, "org.freedesktop.DBus.ObjectManager",
                  "InterfacesRemoved", g_variant_new ("(oas)", path, &names));
}
