/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * StartTransientUnit() of systemd's manager, in the order of the calls. It answers with a job; the
 * unit is there when the signal JobRemoved tells its result.
 */
#include "host/systemd-scope.h"

#include "host/host-error.h"

#include <string.h>

#define NAME "org.freedesktop.systemd1"
#define PATH "/org/freedesktop/systemd1"
#define MANAGER "org.freedesktop.systemd1.Manager"
#define UNIT_EXISTS "org.freedesktop.systemd1.UnitExists"
#define TIMEOUT_MS 10000

typedef struct
{
  char *unit;               /* (owned) */
  gboolean is_change;       /* the unit is there */
  GVariant *properties;     /* (owned) */
  GDBusConnection *bus;     /* (owned) (nullable) */
  guint subscription;       /* 0: none */
  GSource *timer;           /* (owned) (nullable) */
  gulong cancelled_handler; /* 0: none */
  char *job;                /* (owned) (nullable): systemd is at work */
  gboolean awaits_removal;  /* of the former scope */
  gboolean is_over;
} Start;

static void begin (GTask *task);

static void
start_free (Start *start)
{
  g_free (start->unit);
  g_variant_unref (start->properties);
  g_clear_object (&start->bus);
  g_free (start->job);
  g_free (start);
}

/* @error: (transfer full) (nullable) */
static void
finish (GTask *task, GError *error)
{
  Start *start = g_task_get_task_data (task);
  g_autoptr (GTask) kept = g_object_ref (task);

  start->is_over = TRUE;
  if (start->subscription != 0)
    g_dbus_connection_signal_unsubscribe (start->bus, start->subscription);
  start->subscription = 0;
  if (start->timer != NULL)
    g_source_destroy (start->timer);
  g_clear_pointer (&start->timer, g_source_unref);
  if (start->cancelled_handler != 0)
    g_signal_handler_disconnect (g_task_get_cancellable (task), start->cancelled_handler);
  start->cancelled_handler = 0;
  if (error != NULL)
    g_task_return_error (task, error);
  else
    g_task_return_boolean (task, TRUE);
}

static void
on_cancelled (GCancellable *cancellable, GTask *task)
{
  finish (task, g_error_new_literal (G_IO_ERROR, G_IO_ERROR_CANCELLED, "the start was ended"));
}

static gboolean
on_timeout (gpointer user_data)
{
  GTask *task = user_data;
  const Start *start = g_task_get_task_data (task);

  finish (task,
          g_error_new (VB_HOST_ERROR, VB_HOST_ERROR_RESOURCE,
                       start->is_change ? "systemd has not changed the scope %s within %d s; see "
                                          "'systemctl status %s'"
                       : start->awaits_removal
                           ? "the scope %s exists already and does not end within %d s; see "
                             "'systemctl status %s'"
                           : "systemd has not made the scope %s within %d s; see 'systemctl "
                             "status %s'",
                       start->unit, TIMEOUT_MS / 1000, start->unit));
  return G_SOURCE_REMOVE;
}

static void
on_job_removed (GTask *task, GVariant *parameters)
{
  Start *start = g_task_get_task_data (task);
  const char *job, *unit, *result;

  g_variant_get (parameters, "(u&o&s&s)", NULL, &job, &unit, &result);
  if (g_strcmp0 (start->job, job) != 0)
    return;
  finish (task, g_str_equal (result, "done")
                    ? NULL
                    : g_error_new (VB_HOST_ERROR, VB_HOST_ERROR_RESOURCE,
                                   "systemd could not make the scope %s: %s; see its journal", unit,
                                   result));
}

static void
on_unit_removed (GTask *task, GVariant *parameters)
{
  Start *start = g_task_get_task_data (task);
  const char *unit;

  g_variant_get (parameters, "(&s&o)", &unit, NULL);
  if (!start->awaits_removal || !g_str_equal (unit, start->unit))
    return;
  start->awaits_removal = FALSE;
  begin (task);
}

static void
on_signal (GDBusConnection *bus,
           const char *sender,
           const char *path,
           const char *interface,
           const char *name,
           GVariant *parameters,
           gpointer user_data)
{
  static const struct
  {
    const char *name;
    const char *type;
    void (*handle) (GTask *task, GVariant *parameters);
  } rows[] = {
    { "JobRemoved", "(uoss)", on_job_removed },
    { "UnitRemoved", "(so)", on_unit_removed },
  };
  GTask *task = user_data;
  const Start *start = g_task_get_task_data (task);

  for (guint i = 0; !start->is_over && i < G_N_ELEMENTS (rows); i++)
    if (g_str_equal (rows[i].name, name) &&
        g_variant_is_of_type (parameters, G_VARIANT_TYPE (rows[i].type)))
      rows[i].handle (task, parameters);
}

static void
on_begun (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  Start *start = g_task_get_task_data (task);
  g_autoptr (GError) error = NULL;
  g_autofree char *name = NULL;
  g_autoptr (GVariant) reply =
      g_dbus_connection_call_finish (G_DBUS_CONNECTION (source), result, &error);

  if (start->is_over)
    return;
  if (reply != NULL && start->is_change)
    {
      finish (task, NULL);
      return;
    }
  if (reply != NULL)
    {
      g_variant_get (reply, "(o)", &start->job);
      return;
    }
  name = g_dbus_error_get_remote_error (error);
  if (g_strcmp0 (name, UNIT_EXISTS) == 0)
    {
      start->awaits_removal = TRUE;
      return;
    }
  g_dbus_error_strip_remote_error (error);
  finish (task, g_error_new (VB_HOST_ERROR, VB_HOST_ERROR_RESOURCE,
                             start->is_change ? "systemd does not change the scope %s: %s"
                                              : "systemd does not make the scope %s: %s",
                             start->unit, error->message));
}

static void
begin_change (GTask *task)
{
  Start *start = g_task_get_task_data (task);

  /* Until the scope ends, and not for the next one of that name. */
  g_dbus_connection_call (start->bus, NAME, PATH, MANAGER, "SetUnitProperties",
                          g_variant_new ("(sb@a(sv))", start->unit, TRUE, start->properties),
                          G_VARIANT_TYPE_UNIT, G_DBUS_CALL_FLAGS_NO_AUTO_START, TIMEOUT_MS, NULL,
                          on_begun, g_object_ref (task));
}

static void
begin (GTask *task)
{
  Start *start = g_task_get_task_data (task);
  GVariant *no_units = g_variant_new_array (G_VARIANT_TYPE ("(sa(sv))"), NULL, 0);

  g_dbus_connection_call (start->bus, NAME, PATH, MANAGER, "StartTransientUnit",
                          g_variant_new ("(ss@a(sv)@a(sa(sv)))", start->unit, "fail",
                                         start->properties, no_units),
                          G_VARIANT_TYPE ("(o)"), G_DBUS_CALL_FLAGS_NO_AUTO_START, TIMEOUT_MS, NULL,
                          on_begun, g_object_ref (task));
}

static gboolean
is_absent (const GError *error)
{
  return g_error_matches (error, G_DBUS_ERROR, G_DBUS_ERROR_SERVICE_UNKNOWN) ||
         g_error_matches (error, G_DBUS_ERROR, G_DBUS_ERROR_NAME_HAS_NO_OWNER);
}

/* Whether it is done before has no weight: what counts is that somebody answers. */
static void
on_subscribed (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  const Start *start = g_task_get_task_data (task);
  g_autoptr (GError) error = NULL;
  g_autoptr (GVariant) reply =
      g_dbus_connection_call_finish (G_DBUS_CONNECTION (source), result, &error);

  if (start->is_over)
    return;
  if (reply == NULL && is_absent (error))
    finish (task, g_error_new_literal (VB_HOST_ERROR, VB_HOST_ERROR_ABSENT,
                                       "no manager of systemd is on the bus"));
  else if (start->is_change)
    begin_change (task);
  else
    begin (task);
}

static void
on_connected (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  Start *start = g_task_get_task_data (task);
  g_autoptr (GError) error = NULL;
  GDBusConnection *bus = g_bus_get_finish (result, &error);

  if (start->is_over)
    {
      g_clear_object (&bus);
      return;
    }
  if (bus == NULL)
    {
      finish (task,
              g_error_new (VB_HOST_ERROR, VB_HOST_ERROR_ABSENT,
                           "the bus of systemd's manager cannot be reached: %s", error->message));
      return;
    }
  start->bus = bus;
  g_dbus_connection_set_exit_on_close (bus, FALSE);
  start->subscription = g_dbus_connection_signal_subscribe (bus, NAME, MANAGER, NULL, PATH, NULL,
                                                            G_DBUS_SIGNAL_FLAGS_NONE, on_signal,
                                                            g_object_ref (task), g_object_unref);
  /* It tells nobody of units who has not asked for it. */
  g_dbus_connection_call (bus, NAME, PATH, MANAGER, "Subscribe", NULL, NULL,
                          G_DBUS_CALL_FLAGS_NO_AUTO_START, TIMEOUT_MS, NULL, on_subscribed,
                          g_object_ref (task));
}

static void
add_identity (GVariantBuilder *builder, const VbSystemdScope *scope)
{
  guint32 pid = (guint32) scope->pid;

  g_variant_builder_add (builder, "(sv)", "Description", g_variant_new_string (scope->description));
  /* Also after the kernel has killed something in it. */
  g_variant_builder_add (builder, "(sv)", "CollectMode",
                         g_variant_new_string ("inactive-or-failed"));
  g_variant_builder_add (builder, "(sv)", "PIDs",
                         g_variant_new_fixed_array (G_VARIANT_TYPE_UINT32, &pid, 1, sizeof pid));
}

/* (transfer floating): a(sv) */
static GVariant *
make_properties (const VbSystemdScope *scope, gboolean is_change)
{
  GVariantBuilder builder;

  g_variant_builder_init (&builder, G_VARIANT_TYPE ("a(sv)"));
  if (!is_change)
    add_identity (&builder, scope);
  for (int limit = 0; limit < VB_N_CGROUP_LIMITS; limit++)
    if (scope->limits.is_set[limit])
      g_variant_builder_add (&builder, "(sv)", vb_cgroup_limit_get_property ((VbCgroupLimit) limit),
                             g_variant_new_uint64 (scope->limits.values[limit]));
  return g_variant_builder_end (&builder);
}

static void
run (const VbSystemdScope *scope,
     gboolean is_change,
     GCancellable *cancellable,
     GAsyncReadyCallback callback,
     gpointer user_data)
{
  GTask *task = g_task_new (NULL, cancellable, callback, user_data);
  Start *start = g_new0 (Start, 1);

  start->unit = g_strdup (scope->unit);
  start->is_change = is_change;
  start->properties = g_variant_ref_sink (make_properties (scope, is_change));
  g_task_set_source_tag (task, run);
  g_task_set_check_cancellable (task, FALSE);
  g_task_set_task_data (task, start, (GDestroyNotify) start_free);
  start->timer = g_timeout_source_new (TIMEOUT_MS);
  g_source_set_callback (start->timer, on_timeout, g_object_ref (task), g_object_unref);
  g_source_attach (start->timer, g_main_context_get_thread_default ());
  if (cancellable != NULL)
    start->cancelled_handler =
        g_signal_connect (cancellable, "cancelled", G_CALLBACK (on_cancelled), task);
  g_bus_get (scope->bus, NULL, on_connected, task);
}

void
vb_systemd_scope_start_async (const VbSystemdScope *scope,
                              GCancellable *cancellable,
                              GAsyncReadyCallback callback,
                              gpointer user_data)
{
  run (scope, FALSE, cancellable, callback, user_data);
}

void
vb_systemd_scope_change_async (const VbSystemdScope *scope,
                               GCancellable *cancellable,
                               GAsyncReadyCallback callback,
                               gpointer user_data)
{
  run (scope, TRUE, cancellable, callback, user_data);
}

gboolean
vb_systemd_scope_start_finish (GAsyncResult *result, GError **error)
{
  return g_task_propagate_boolean (G_TASK (result), error);
}
