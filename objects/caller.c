/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Those who call: which user they are, and when they leave the bus.
 */
#include "objects/caller.h"

#include <pwd.h>

typedef struct
{
  VbCallers *callers; /* (not owned) */
  GCancellable *gone; /* (owned) */
  guint watch_id;
} Caller;

struct _VbCallers
{
  GDBusConnection *connection; /* (owned) */
  gboolean one_user;
  GHashTable *table; /* (owned) unique name (owned) → Caller (owned) */
  VbCallerGoneFunc gone;
  gpointer user_data;
};

static void
caller_free (gpointer data)
{
  Caller *caller = data;

  g_bus_unwatch_name (caller->watch_id);
  g_object_unref (caller->gone);
  g_free (caller);
}

static void
on_name_vanished (GDBusConnection *connection, const char *name, gpointer data)
{
  Caller *caller = data;
  VbCallers *callers = caller->callers;
  g_autofree char *gone = g_strdup (name);

  g_cancellable_cancel (caller->gone);
  g_hash_table_remove (callers->table, gone);
  callers->gone (gone, callers->user_data);
}

static Caller *
ensure_caller (VbCallers *callers, const char *name)
{
  Caller *caller = g_hash_table_lookup (callers->table, name);

  if (caller != NULL)
    return caller;
  caller = g_new0 (Caller, 1);
  caller->callers = callers;
  caller->gone = g_cancellable_new ();
  caller->watch_id =
      g_bus_watch_name_on_connection (callers->connection, name, G_BUS_NAME_WATCHER_FLAGS_NONE,
                                      NULL, on_name_vanished, caller, NULL);
  g_hash_table_insert (callers->table, g_strdup (name), caller);
  return caller;
}

/* The user database may be anywhere, even across a network. */
static void
find_user_name (GTask *task, gpointer source, gpointer data, GCancellable *cancellable)
{
  guint uid = GPOINTER_TO_UINT (data);
  struct passwd entry, *found = NULL;
  char buffer[4096];

  getpwuid_r (uid, &entry, buffer, sizeof buffer, &found);
  g_task_return_pointer (task,
                         found != NULL ? g_strdup (found->pw_name) : g_strdup_printf ("%u", uid),
                         g_free);
}

static void
on_uid_known (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (GTask) task = data;
  g_autoptr (GError) error = NULL;
  g_autoptr (GVariant) reply =
      g_dbus_connection_call_finish (G_DBUS_CONNECTION (source), result, &error);
  guint32 uid;

  if (reply == NULL)
    {
      g_task_return_error (task, g_steal_pointer (&error));
      return;
    }
  g_variant_get (reply, "(u)", &uid);
  g_task_set_task_data (task, GUINT_TO_POINTER (uid), NULL);
  g_task_run_in_thread (task, find_user_name);
}

VbCallers *
vb_callers_new (GDBusConnection *connection,
                gboolean one_user,
                VbCallerGoneFunc gone,
                gpointer user_data)
{
  VbCallers *callers = g_new0 (VbCallers, 1);

  callers->connection = g_object_ref (connection);
  callers->one_user = one_user;
  callers->table = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, caller_free);
  callers->gone = gone;
  callers->user_data = user_data;
  return callers;
}

void
vb_callers_free (VbCallers *callers)
{
  g_hash_table_unref (callers->table);
  g_object_unref (callers->connection);
  g_free (callers);
}

GCancellable *
vb_callers_watch (VbCallers *callers, const char *caller)
{
  return ensure_caller (callers, caller)->gone;
}

void
vb_callers_get_user_async (VbCallers *callers,
                           const char *caller,
                           GAsyncReadyCallback callback,
                           gpointer user_data)
{
  g_autoptr (GTask) task = g_task_new (NULL, NULL, callback, user_data);

  g_task_set_source_tag (task, vb_callers_get_user_async);
  if (callers->one_user)
    {
      g_task_return_pointer (task, g_strdup (g_get_user_name ()), g_free);
      return;
    }
  g_dbus_connection_call (callers->connection, "org.freedesktop.DBus", "/org/freedesktop/DBus",
                          "org.freedesktop.DBus", "GetConnectionUnixUser",
                          g_variant_new ("(s)", caller), G_VARIANT_TYPE ("(u)"),
                          G_DBUS_CALL_FLAGS_NONE, -1, NULL, on_uid_known, g_steal_pointer (&task));
}

char *
vb_callers_get_user_finish (GAsyncResult *result, GError **error)
{
  return g_task_propagate_pointer (G_TASK (result), error);
}
