/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The composition root. What is made when is the table of steps at the end; the name is owned only
 * when everything behind it is there. Decides when to leave, and nothing about machines.
 */
#include "service/service.h"

#include "host/host-devices.h"
#include "objects/bus-tree.h"
#include "policy/policy-polkit.h"
#include "service/autostart.h"
#include "service/bus-name.h"

#include <glib-unix.h>
#include <signal.h>

#define BUS_NAME "org.virtbus1"

static const int ending_signals[] = { SIGTERM, SIGINT, SIGHUP };

struct VbService
{
  VbOptions *options;   /* (owned) */
  VbSettings *settings; /* (owned) */
  char *runtime_dir;    /* (owned) */

  GMainLoop *loop;           /* (owned) */
  GCancellable *cancellable; /* (owned) cancels the step that is under way */
  guint next_step;
  gboolean starting;
  gboolean leaving;
  guint n_loading;    /* what is being loaded */
  GError *load_error; /* (owned) (nullable) the first one */
  GError *error;      /* (owned) (nullable) why it could not start, or go on */

  VbHost *host;                /* (owned) */
  VbHostDevices *host_devices; /* (owned) */
  GDBusConnection *connection; /* (owned) */
  VbAuthority *authority;      /* (owned) */
  VbEngine *engine;            /* (owned) */
  VbBusTree *tree;             /* (owned) */

  gulong closed_handler;
  guint name_lost_id; /* 0 while the name is not owned */
  guint idle_source;
};

static void service_step_done (VbService *service, GError *error);
static gboolean on_idle_time (gpointer user_data);

static void
on_flushed (GObject *source, GAsyncResult *result, gpointer user_data)
{
  VbService *service = user_data;

  g_dbus_connection_flush_finish (G_DBUS_CONNECTION (source), result, NULL);
  g_main_loop_quit (service->loop);
}

/* What was answered is sent before the end. A step under way is cancelled and ends the service when
 * it is done with that. */
static void
service_leave (VbService *service)
{
  if (service->leaving)
    return;
  service->leaving = TRUE;
  g_clear_handle_id (&service->idle_source, g_source_remove);
  if (service->starting)
    g_cancellable_cancel (service->cancellable);
  else
    g_dbus_connection_flush (service->connection, NULL, on_flushed, service);
}

static gboolean
on_signal (gpointer user_data)
{
  service_leave (user_data);
  return G_SOURCE_CONTINUE;
}

static void
on_bus_closed (GDBusConnection *connection,
               gboolean remote_peer_vanished,
               GError *error,
               gpointer user_data)
{
  g_printerr ("virtbusd: the connection to the bus was closed: %s\n",
              error != NULL ? error->message : "by request");
  service_leave (user_data);
}

static void
on_name_lost (GDBusConnection *connection,
              const char *sender,
              const char *path,
              const char *interface,
              const char *signal,
              GVariant *parameters,
              gpointer user_data)
{
  g_printerr ("virtbusd: another service has taken over the bus name " BUS_NAME "\n");
  service_leave (user_data);
}

/* Before it is owned: it can be lost again before the bus's answer is seen. */
static void
watch_name (VbService *service)
{
  service->name_lost_id =
      vb_bus_name_watch_lost (service->connection, BUS_NAME, on_name_lost, service);
}

static void
unwatch_name (VbService *service)
{
  if (service->name_lost_id != 0)
    g_dbus_connection_signal_unsubscribe (service->connection, service->name_lost_id);
  service->name_lost_id = 0;
}

/* Leaving for idleness: the name goes first, so that nobody can call any more; who has called just
 * before is still served. */

/* How long it may stay: 0 when it is to go. */
static gint64
time_left_us (VbService *service)
{
  gint64 timeout_us = (gint64) service->settings->idle_timeout_s * G_USEC_PER_SEC;
  gint64 unused_us = g_get_monotonic_time () - vb_bus_tree_get_last_call_us (service->tree);

  if (vb_bus_tree_get_n_calls (service->tree) > 0 || !vb_engine_is_idle (service->engine))
    return timeout_us;
  return MAX (timeout_us - unused_us, 0);
}

static void
watch_idleness (VbService *service, gint64 after_us)
{
  guint after_ms = (guint) MIN (after_us / 1000 + 1, G_MAXUINT);

  service->idle_source = g_timeout_add (after_ms, on_idle_time, service);
}

static void
on_name_owned_again (GObject *source, GAsyncResult *result, gpointer user_data)
{
  VbService *service = user_data;

  if (vb_bus_name_own_finish (result, &service->error))
    watch_idleness (service, time_left_us (service));
  else
    service_leave (service);
}

static gboolean
on_quiet (gpointer user_data)
{
  VbService *service = user_data;

  service->idle_source = 0;
  if (time_left_us (service) == 0)
    {
      vb_autostart_note_idle_exit (service->runtime_dir);
      service_leave (service);
    }
  else
    {
      watch_name (service);
      vb_bus_name_own_async (service->connection, BUS_NAME, NULL, on_name_owned_again, service);
    }
  return G_SOURCE_REMOVE;
}

/* GDBus hands a call over in two turns of the main loop, and the answer about the name in one: a call
 * that came before the answer may still be on its way, but not behind an idle source. */
static void
on_name_released (GObject *source, GAsyncResult *result, gpointer user_data)
{
  VbService *service = user_data;

  if (service->leaving)
    return;
  if (vb_bus_name_release_finish (result, &service->error))
    service->idle_source = g_idle_add (on_quiet, service);
  else
    service_leave (service);
}

static gboolean
on_idle_time (gpointer user_data)
{
  VbService *service = user_data;
  gint64 left_us = time_left_us (service);

  service->idle_source = 0;
  if (left_us > 0)
    watch_idleness (service, left_us);
  else
    {
      unwatch_name (service);
      vb_bus_name_release_async (service->connection, BUS_NAME, on_name_released, service);
    }
  return G_SOURCE_REMOVE;
}

/* The steps of the start, in order. */

static void
make_host (VbService *service)
{
  service->host = vb_host_new (NULL);
  service_step_done (service, NULL);
}

static void
on_connected (GObject *source, GAsyncResult *result, gpointer user_data)
{
  VbService *service = user_data;
  GError *error = NULL;

  service->connection = g_bus_get_finish (result, &error);
  if (service->connection == NULL)
    g_prefix_error (&error, "cannot connect to the %s bus: ",
                    service->options->system_mode ? "system" : "session");
  else
    {
      g_dbus_connection_set_exit_on_close (service->connection, FALSE);
      service->closed_handler =
          g_signal_connect (service->connection, "closed", G_CALLBACK (on_bus_closed), service);
    }
  service_step_done (service, error);
}

static void
connect_to_bus (VbService *service)
{
  g_bus_get (service->options->system_mode ? G_BUS_TYPE_SYSTEM : G_BUS_TYPE_SESSION,
             service->cancellable, on_connected, service);
}

static void
on_name_cleared (GObject *source, GAsyncResult *result, gpointer user_data)
{
  GError *error = NULL;

  vb_bus_name_clear_finish (result, &error);
  service_step_done (user_data, error);
}

static void
clear_name (VbService *service)
{
  vb_bus_name_clear_async (service->connection, BUS_NAME, service->options->replace,
                           service->cancellable, on_name_cleared, service);
}

static void
on_authority_found (GObject *source, GAsyncResult *result, gpointer user_data)
{
  VbService *service = user_data;
  GError *error = NULL;

  service->authority = vb_polkit_authority_new_finish (result, &error);
  service_step_done (service, error);
}

static void
find_authority (VbService *service)
{
  if (service->options->system_mode)
    {
      vb_polkit_authority_new_async (service->cancellable, on_authority_found, service);
      return;
    }
  service->authority = vb_session_authority_new ();
  service_step_done (service, NULL);
}

/* @error: (transfer full) (nullable) */
static void
service_loaded (VbService *service, GError *error)
{
  if (service->load_error == NULL)
    service->load_error = error;
  else
    g_clear_error (&error);
  if (--service->n_loading == 0)
    service_step_done (service, g_steal_pointer (&service->load_error));
}

static void
on_engine_loaded (GObject *source, GAsyncResult *result, gpointer user_data)
{
  GError *error = NULL;

  vb_engine_load_finish (VB_ENGINE (source), result, &error);
  service_loaded (user_data, error);
}

static void
on_host_devices_loaded (GObject *source, GAsyncResult *result, gpointer user_data)
{
  GError *error = NULL;

  vb_host_devices_load_finish (VB_HOST_DEVICES (source), result, &error);
  service_loaded (user_data, error);
}

/* Each takes a while, and neither needs the other: both at once. */
static void
load (VbService *service)
{
  service->host_devices = vb_host_devices_new (NULL);
  service->engine = vb_engine_new (g_steal_pointer (&service->settings->engine), service->host,
                                   service->host_devices);
  service->n_loading = 2;
  vb_host_devices_load_async (service->host_devices, service->cancellable, on_host_devices_loaded,
                              service);
  vb_engine_load_async (service->engine, service->cancellable, on_engine_loaded, service);
}

static void
export_tree (VbService *service)
{
  GError *error = NULL;

  service->tree = vb_bus_tree_new (service->connection, service->engine, service->authority,
                                   service->options->system_mode);
  vb_bus_tree_export (service->tree, &error);
  service_step_done (service, error);
}

static void
on_name_owned (GObject *source, GAsyncResult *result, gpointer user_data)
{
  VbService *service = user_data;
  GError *error = NULL;

  vb_bus_name_own_finish (result, &error);
  service_step_done (service, error);
}

static void
own_name (VbService *service)
{
  watch_name (service);
  vb_bus_name_own_async (service->connection, BUS_NAME, service->cancellable, on_name_owned,
                         service);
}

static void
start_machines (VbService *service)
{
  if (vb_autostart_is_due (service->runtime_dir, service->options->system_mode))
    {
      vb_engine_autostart (service->engine);
      vb_autostart_note_started (service->runtime_dir, service->options->system_mode);
    }
  service_step_done (service, NULL);
}

static void (*const steps[]) (VbService *service) = {
  make_host,      /* what this machine can */
  connect_to_bus, /* system or session */
  clear_name,     /* nobody else serves it; what such a service used is free */
  find_authority, /* polkit on the system bus */
  load,           /* every definition, every guest that runs already, every device */
  export_tree,    /* all of that on the bus */
  own_name,       /* from here on clients find it */
  start_machines, /* those that are marked */
};

/* @error: (transfer full) (nullable) */
static void
service_step_done (VbService *service, GError *error)
{
  if (service->leaving)
    {
      g_clear_error (&error);
      g_main_loop_quit (service->loop);
    }
  else if (error != NULL)
    {
      service->error = error;
      g_main_loop_quit (service->loop);
    }
  else if (service->next_step < G_N_ELEMENTS (steps))
    steps[service->next_step++](service);
  else
    {
      service->starting = FALSE;
      if (service->settings->idle_timeout_s != 0)
        watch_idleness (service, (gint64) service->settings->idle_timeout_s * G_USEC_PER_SEC);
    }
}

static gboolean
on_start (gpointer user_data)
{
  service_step_done (user_data, NULL);
  return G_SOURCE_REMOVE;
}

VbService *
vb_service_new (VbOptions *options, VbSettings *settings)
{
  VbService *service = g_new0 (VbService, 1);

  service->options = options;
  service->settings = settings;
  service->runtime_dir = g_strdup (settings->engine->runtime_dir);
  service->loop = g_main_loop_new (NULL, FALSE);
  service->cancellable = g_cancellable_new ();
  service->starting = TRUE;
  return service;
}

void
vb_service_free (VbService *service)
{
  unwatch_name (service);
  g_clear_handle_id (&service->idle_source, g_source_remove);
  if (service->tree != NULL)
    vb_bus_tree_unexport (service->tree);
  g_clear_object (&service->tree);
  g_clear_object (&service->host_devices);
  g_clear_object (&service->engine);
  g_clear_object (&service->authority);
  if (service->connection != NULL)
    g_clear_signal_handler (&service->closed_handler, service->connection);
  g_clear_object (&service->connection);
  g_clear_object (&service->host);
  g_clear_error (&service->error);
  g_object_unref (service->cancellable);
  g_main_loop_unref (service->loop);
  g_free (service->runtime_dir);
  vb_settings_free (service->settings);
  vb_options_free (service->options);
  g_free (service);
}

gboolean
vb_service_run (VbService *service, GError **error)
{
  guint sources[G_N_ELEMENTS (ending_signals)];

  for (guint i = 0; i < G_N_ELEMENTS (ending_signals); i++)
    sources[i] = g_unix_signal_add (ending_signals[i], on_signal, service);
  g_idle_add (on_start, service);
  g_main_loop_run (service->loop);
  for (guint i = 0; i < G_N_ELEMENTS (ending_signals); i++)
    g_source_remove (sources[i]);

  if (service->error == NULL)
    return TRUE;
  g_propagate_error (error, g_steal_pointer (&service->error));
  return FALSE;
}
