/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Owning a well-known name on a bus, and taking over from another owner. Knows nothing of what is
 * served under the name.
 */
#pragma once

#include <gio/gio.h>

/* Makes sure that nobody owns @name. Where somebody does, that is an error, unless @replace: then
 * the owner is made to lose it, and waited for until it has left the bus, so that what it used is
 * free. Errors: %G_IO_ERROR_EXISTS, naming the owner's process. */
void vb_bus_name_clear_async (GDBusConnection *connection,
                              const char *name,
                              gboolean replace,
                              GCancellable *cancellable,
                              GAsyncReadyCallback callback,
                              gpointer user_data);
gboolean vb_bus_name_clear_finish (GAsyncResult *result, GError **error);

/* Owns @name, at once or not at all; whoever asks to replace the owner may. Errors:
 * %G_IO_ERROR_EXISTS, naming the owner's process, and what the bus says. */
void vb_bus_name_own_async (GDBusConnection *connection,
                            const char *name,
                            GCancellable *cancellable,
                            GAsyncReadyCallback callback,
                            gpointer user_data);
gboolean vb_bus_name_own_finish (GAsyncResult *result, GError **error);

/* Gives @name up. Every call that was sent to it before has arrived when this completes. */
void vb_bus_name_release_async (GDBusConnection *connection,
                                const char *name,
                                GAsyncReadyCallback callback,
                                gpointer user_data);
gboolean vb_bus_name_release_finish (GAsyncResult *result, GError **error);

/* @callback as for #GDBusSignalCallback; the id is for g_dbus_connection_signal_unsubscribe() */
guint vb_bus_name_watch_lost (GDBusConnection *connection,
                              const char *name,
                              GDBusSignalCallback callback,
                              gpointer user_data);
