/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Owning a well-known name. Spoken to the bus directly and not through g_bus_own_name(), which
 * neither says why it failed nor who is in the way.
 */
#include "service/bus-name.h"

#include <unistd.h>

/* From the D-Bus specification, "RequestName" */
#define FLAG_ALLOW_REPLACEMENT 0x1
#define FLAG_REPLACE_EXISTING 0x2
#define FLAG_DO_NOT_QUEUE 0x4
#define REPLY_PRIMARY_OWNER 1
#define REPLY_ALREADY_OWNER 4

/* How long a replaced owner may take to leave the bus. */
#define LEAVE_TIMEOUT_S 10

typedef struct
{
  GDBusConnection *connection; /* (owned) */
  char *name;                  /* (owned) */
  gboolean replace;
  char *owner; /* (owned) (nullable) the unique name of who is in the way */
  guint32 owner_pid;
  gboolean has_left;      /* the owner, the bus */
  gboolean is_released;   /* the name, after it was taken from the owner */
  guint vanished_id;      /* subscription; 0: nobody is waited for */
  guint timeout_id;       /* source, 0: none */
  GSource *cancel_source; /* (owned) (nullable) */
} Claim;

static void
claim_stop_waiting (Claim *claim)
{
  if (claim->vanished_id != 0)
    g_dbus_connection_signal_unsubscribe (claim->connection, claim->vanished_id);
  claim->vanished_id = 0;
  g_clear_handle_id (&claim->timeout_id, g_source_remove);
  if (claim->cancel_source != NULL)
    g_source_destroy (claim->cancel_source);
  g_clear_pointer (&claim->cancel_source, g_source_unref);
}

static void
claim_free (Claim *claim)
{
  claim_stop_waiting (claim);
  g_object_unref (claim->connection);
  g_free (claim->name);
  g_free (claim->owner);
  g_free (claim);
}

static GTask *
claim_new (GDBusConnection *connection,
           const char *name,
           GCancellable *cancellable,
           GAsyncReadyCallback callback,
           gpointer user_data)
{
  GTask *task = g_task_new (NULL, cancellable, callback, user_data);
  Claim *claim = g_new0 (Claim, 1);

  claim->connection = g_object_ref (connection);
  claim->name = g_strdup (name);
  g_task_set_task_data (task, claim, (GDestroyNotify) claim_free);
  return task;
}

/* @task: (transfer full), given to @callback */
static void
call_bus (GTask *task, const char *method, GVariant *parameters, GAsyncReadyCallback callback)
{
  Claim *claim = g_task_get_task_data (task);

  g_dbus_connection_call (claim->connection, "org.freedesktop.DBus", "/org/freedesktop/DBus",
                          "org.freedesktop.DBus", method, parameters, NULL, G_DBUS_CALL_FLAGS_NONE,
                          -1, g_task_get_cancellable (task), callback, task);
}

static void
request_name (GTask *task, guint32 flags, GAsyncReadyCallback callback)
{
  Claim *claim = g_task_get_task_data (task);

  call_bus (task, "RequestName",
            g_variant_new ("(su)", claim->name, FLAG_ALLOW_REPLACEMENT | FLAG_DO_NOT_QUEUE | flags),
            callback);
}

static gboolean
finish_call (GTask *task, GObject *source, GAsyncResult *result, GVariant **reply)
{
  Claim *claim = g_task_get_task_data (task);
  GError *error = NULL;

  *reply = g_dbus_connection_call_finish (G_DBUS_CONNECTION (source), result, &error);
  if (*reply != NULL)
    return TRUE;
  g_dbus_error_strip_remote_error (error);
  g_prefix_error (&error, "cannot own the bus name %s: ", claim->name);
  g_task_return_error (task, error);
  return FALSE;
}

static void
return_taken (GTask *task, const char *remedy)
{
  Claim *claim = g_task_get_task_data (task);

  claim_stop_waiting (claim);
  g_task_return_new_error (task, G_IO_ERROR, G_IO_ERROR_EXISTS,
                           "the bus name %s is owned by process %u; %s", claim->name,
                           claim->owner_pid, remedy);
}

static guint32
finish_pid (GObject *source, GAsyncResult *result)
{
  guint32 pid = 0;
  g_autoptr (GVariant) reply =
      g_dbus_connection_call_finish (G_DBUS_CONNECTION (source), result, NULL);

  if (reply != NULL)
    g_variant_get (reply, "(u)", &pid);
  return pid;
}

/* Taking over: the owner loses the name, sees that, and leaves. The name is given up meanwhile,
 * because it must not be owned before it is served. */

static void
return_if_clear (GTask *task)
{
  Claim *claim = g_task_get_task_data (task);

  if (!claim->has_left || !claim->is_released)
    return;
  claim_stop_waiting (claim);
  g_task_return_boolean (task, TRUE);
}

static void
on_owner_vanished (GDBusConnection *connection,
                   const char *sender,
                   const char *path,
                   const char *interface,
                   const char *signal,
                   GVariant *parameters,
                   gpointer user_data)
{
  g_autoptr (GTask) task = g_object_ref (user_data);
  Claim *claim = g_task_get_task_data (task);
  const char *new_owner;

  g_variant_get (parameters, "(&s&s&s)", NULL, NULL, &new_owner);
  claim->has_left = *new_owner == '\0';
  return_if_clear (task);
}

static gboolean
on_owner_stays (gpointer user_data)
{
  g_autoptr (GTask) task = g_object_ref (user_data);
  Claim *claim = g_task_get_task_data (task);

  claim->timeout_id = 0;
  return_taken (task, "it was told to leave and has not; kill it (its guests run on)");
  return G_SOURCE_REMOVE;
}

static gboolean
on_waiting_cancelled (GCancellable *cancellable, gpointer user_data)
{
  g_autoptr (GTask) task = g_object_ref (user_data);

  claim_stop_waiting (g_task_get_task_data (task));
  g_task_return_error_if_cancelled (task);
  return G_SOURCE_REMOVE;
}

static gboolean
finish_call_while_waiting (GTask *task, GObject *source, GAsyncResult *result, GVariant **reply)
{
  Claim *claim = g_task_get_task_data (task);

  if (claim->vanished_id == 0)
    return FALSE;
  if (finish_call (task, source, result, reply))
    return TRUE;
  claim_stop_waiting (claim);
  return FALSE;
}

static void
on_taken_and_released (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  Claim *claim = g_task_get_task_data (task);
  g_autoptr (GVariant) reply = NULL;

  if (!finish_call_while_waiting (task, source, result, &reply))
    return;
  claim->is_released = TRUE;
  return_if_clear (task);
}

static void
on_taken (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  Claim *claim = g_task_get_task_data (task);
  g_autoptr (GVariant) reply = NULL;
  guint32 answer;

  if (!finish_call_while_waiting (task, source, result, &reply))
    return;
  g_variant_get (reply, "(u)", &answer);
  if (answer == REPLY_PRIMARY_OWNER || answer == REPLY_ALREADY_OWNER)
    call_bus (g_steal_pointer (&task), "ReleaseName", g_variant_new ("(s)", claim->name),
              on_taken_and_released);
  else
    return_taken (task, "it does not let itself be replaced; stop it");
}

static void
take_over (GTask *task)
{
  Claim *claim = g_task_get_task_data (task);

  claim->vanished_id =
      g_dbus_connection_signal_subscribe (claim->connection, "org.freedesktop.DBus",
                                          "org.freedesktop.DBus", "NameOwnerChanged",
                                          "/org/freedesktop/DBus", claim->owner,
                                          G_DBUS_SIGNAL_FLAGS_NONE, on_owner_vanished,
                                          g_object_ref (task), g_object_unref);
  claim->timeout_id =
      g_timeout_add_seconds_full (G_PRIORITY_DEFAULT, LEAVE_TIMEOUT_S, on_owner_stays,
                                  g_object_ref (task), g_object_unref);
  claim->cancel_source = g_cancellable_source_new (g_task_get_cancellable (task));
  g_source_set_callback (claim->cancel_source, G_SOURCE_FUNC (on_waiting_cancelled),
                         g_object_ref (task), g_object_unref);
  g_source_attach (claim->cancel_source, NULL);
  request_name (task, FLAG_REPLACE_EXISTING, on_taken);
}

static void
on_owner_pid (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  Claim *claim = g_task_get_task_data (task);

  claim->owner_pid = finish_pid (source, result);
  if (claim->replace)
    take_over (g_steal_pointer (&task));
  else
    return_taken (task, "stop it, or take over from it with --replace");
}

static void
on_owner (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  Claim *claim = g_task_get_task_data (task);
  g_autoptr (GError) error = NULL;
  g_autoptr (GVariant) reply =
      g_dbus_connection_call_finish (G_DBUS_CONNECTION (source), result, &error);

  if (reply != NULL)
    {
      g_variant_get (reply, "(s)", &claim->owner);
      call_bus (g_steal_pointer (&task), "GetConnectionUnixProcessID",
                g_variant_new ("(s)", claim->owner), on_owner_pid);
    }
  else if (g_error_matches (error, G_DBUS_ERROR, G_DBUS_ERROR_NAME_HAS_NO_OWNER))
    g_task_return_boolean (task, TRUE);
  else
    g_task_return_error (task, g_steal_pointer (&error));
}

void
vb_bus_name_clear_async (GDBusConnection *connection,
                         const char *name,
                         gboolean replace,
                         GCancellable *cancellable,
                         GAsyncReadyCallback callback,
                         gpointer user_data)
{
  GTask *task = claim_new (connection, name, cancellable, callback, user_data);
  Claim *claim = g_task_get_task_data (task);

  g_task_set_source_tag (task, vb_bus_name_clear_async);
  claim->replace = replace;
  call_bus (task, "GetNameOwner", g_variant_new ("(s)", name), on_owner);
}

gboolean
vb_bus_name_clear_finish (GAsyncResult *result, GError **error)
{
  return g_task_propagate_boolean (G_TASK (result), error);
}

static void
on_rival_pid (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  Claim *claim = g_task_get_task_data (task);

  claim->owner_pid = finish_pid (source, result);
  return_taken (task, "stop it, or take over from it with --replace");
}

static void
on_requested (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  Claim *claim = g_task_get_task_data (task);
  g_autoptr (GVariant) reply = NULL;
  guint32 answer;

  if (!finish_call (task, source, result, &reply))
    return;
  g_variant_get (reply, "(u)", &answer);
  if (answer == REPLY_PRIMARY_OWNER || answer == REPLY_ALREADY_OWNER)
    g_task_return_boolean (task, TRUE);
  else
    call_bus (g_steal_pointer (&task), "GetConnectionUnixProcessID",
              g_variant_new ("(s)", claim->name), on_rival_pid);
}

void
vb_bus_name_own_async (GDBusConnection *connection,
                       const char *name,
                       GCancellable *cancellable,
                       GAsyncReadyCallback callback,
                       gpointer user_data)
{
  GTask *task = claim_new (connection, name, cancellable, callback, user_data);

  g_task_set_source_tag (task, vb_bus_name_own_async);
  request_name (task, 0, on_requested);
}

gboolean
vb_bus_name_own_finish (GAsyncResult *result, GError **error)
{
  return g_task_propagate_boolean (G_TASK (result), error);
}

static void
on_released (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  g_autoptr (GVariant) reply = NULL;

  if (finish_call (task, source, result, &reply))
    g_task_return_boolean (task, TRUE);
}

void
vb_bus_name_release_async (GDBusConnection *connection,
                           const char *name,
                           GAsyncReadyCallback callback,
                           gpointer user_data)
{
  GTask *task = claim_new (connection, name, NULL, callback, user_data);

  g_task_set_source_tag (task, vb_bus_name_release_async);
  call_bus (task, "ReleaseName", g_variant_new ("(s)", name), on_released);
}

gboolean
vb_bus_name_release_finish (GAsyncResult *result, GError **error)
{
  return g_task_propagate_boolean (G_TASK (result), error);
}

guint
vb_bus_name_watch_lost (GDBusConnection *connection,
                        const char *name,
                        GDBusSignalCallback callback,
                        gpointer user_data)
{
  return g_dbus_connection_signal_subscribe (connection, "org.freedesktop.DBus",
                                             "org.freedesktop.DBus", "NameLost",
                                             "/org/freedesktop/DBus", name,
                                             G_DBUS_SIGNAL_FLAGS_NONE, callback, user_data, NULL);
}
