/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The engine object: it holds what the use cases work on. Their decisions are in files of their
 * own: load.c, definition.c, modify.c, lifecycle.c, destroy.c, ending.c.
 */
#include "engine/engine-private.h"

#include "engine/assignment.h"
#include "engine/host-view.h"
#include "engine/lifecycle.h"
#include "engine/machine-private.h"

#include <limits.h>
#include <string.h>

#define LOG_SUFFIX ".log"
/* What is set for the steps of a start may be too short for an emulator that says all it can do. */
#define MIN_EMULATOR_TIMEOUT_MS (10 * 1000)
/* How long it is believed that an emulator cannot be asked. */
#define EMULATOR_RETRY_MS (10 * 1000)

struct _VbEngine
{
  GObject parent_instance;

  VbEngineConfig *config;       /* (owned) */
  VbHost *host;                 /* (owned) */
  VbHostDevices *host_devices;  /* (owned) */
  VbClaims *claims;             /* (owned) on them */
  VbQemuHost *qemu_host;        /* (owned) the same, as guests see it; of when the service began */
  VbCapabilities *capabilities; /* (owned) */
  VbMacvtaps *macvtaps;         /* (owned) */
  VbRegistry *registry;         /* (owned) */
  VbStore *store;               /* (owned) (nullable: not loaded) */
  GHashTable *reserved;         /* (owned) (element-type utf8): UUIDs and names about to be taken */
  int next_id;
};

G_DEFINE_FINAL_TYPE (VbEngine, vb_engine, G_TYPE_OBJECT)

static void
drop_run (VbMachine *machine, gpointer user_data)
{
  vb_machine_set_run (machine, NULL);
}

static void
vb_engine_dispose (GObject *object)
{
  VbEngine *engine = VB_ENGINE (object);

  /* Runs point to their engine. Their guests go on. */
  vb_registry_foreach (engine->registry, drop_run, NULL);
  G_OBJECT_CLASS (vb_engine_parent_class)->dispose (object);
}

static void
vb_engine_finalize (GObject *object)
{
  VbEngine *engine = VB_ENGINE (object);

  g_hash_table_unref (engine->reserved);
  g_clear_pointer (&engine->store, vb_store_unref);
  g_object_unref (engine->registry);
  g_object_unref (engine->capabilities);
  vb_macvtaps_unref (engine->macvtaps);
  vb_qemu_host_unref (engine->qemu_host);
  g_object_unref (engine->claims);
  g_object_unref (engine->host_devices);
  g_object_unref (engine->host);
  vb_engine_config_free (engine->config);
  G_OBJECT_CLASS (vb_engine_parent_class)->finalize (object);
}

static void
vb_engine_class_init (VbEngineClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = vb_engine_dispose;
  G_OBJECT_CLASS (klass)->finalize = vb_engine_finalize;
}

static void
vb_engine_init (VbEngine *engine)
{
  engine->registry = vb_registry_new ();
  engine->claims = vb_claims_new ();
  engine->reserved = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  engine->next_id = 1;
}

static void
note_activity (VbMachine *machine, gpointer user_data)
{
  gboolean *is_idle = user_data;

  *is_idle = *is_idle && vb_machine_get_state (machine) == VB_STATE_SHUTOFF &&
             !vb_machine_is_busy (machine);
}

static void
add_client (VbMachine *machine, gpointer user_data)
{
  const char *client = vb_machine_get_client (machine);
  GPtrArray *clients = user_data;

  if (client != NULL && !g_ptr_array_find_with_equal_func (clients, client, g_str_equal, NULL))
    g_ptr_array_add (clients, (gpointer) client);
}

static void
add_autostart (VbMachine *machine, gpointer user_data)
{
  if (vb_machine_get_autostart (machine) && vb_machine_allows (machine, VB_OPERATION_START))
    g_ptr_array_add (user_data, machine);
}

static void
on_autostarted (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (VbMachine) machine = user_data;
  g_autoptr (GError) error = NULL;

  if (!vb_engine_start_finish (VB_ENGINE (source), result, &error))
    g_message ("domain '%s' was not started: %s", vb_machine_get_name (machine), error->message);
}

static void
on_host_device_changed (VbHostDevices *host_devices,
                        const VbHostDevice *before,
                        const VbHostDevice *after,
                        VbEngine *engine)
{
  if (after == NULL)
    vb_assignment_forget (engine, before);
}

void
vb_engine_config_free (VbEngineConfig *config)
{
  g_free (config->state_dir);
  g_free (config->runtime_dir);
  g_free (config->log_dir);
  g_free (config->cache_dir);
  g_free (config->secrets_dir);
  g_free (config->certificates_dir);
  g_clear_pointer (&config->cgroups, vb_cgroups_unref);
  g_free (config);
}

VbEngine *
vb_engine_new (VbEngineConfig *config, VbHost *host, VbHostDevices *host_devices)
{
  VbEngine *engine = g_object_new (VB_TYPE_ENGINE, NULL);
  VbEmulatorsConfig emulators = { .cache_dir = config->cache_dir,
                                  .uid = config->qemu.uid,
                                  .gid = config->qemu.gid,
                                  .timeout_ms =
                                      MAX (config->qemu.start_timeout_ms, MIN_EMULATOR_TIMEOUT_MS),
                                  .retry_ms = EMULATOR_RETRY_MS };

  engine->config = config;
  engine->host = g_object_ref (host);
  engine->macvtaps = vb_macvtaps_new (config->runtime_dir);
  engine->host_devices = g_object_ref (host_devices);
  g_signal_connect_object (host_devices, "changed", G_CALLBACK (on_host_device_changed), engine, 0);
  engine->capabilities = vb_capabilities_new (host, &emulators);
  engine->qemu_host = vb_host_view_new (vb_host_get_facts (host));
  return engine;
}

void
vb_engine_autostart (VbEngine *engine)
{
  static const VbStartOptions options = { 0 };
  g_autoptr (GPtrArray) machines = g_ptr_array_new ();

  vb_registry_foreach (engine->registry, add_autostart, machines);
  for (guint i = 0; i < machines->len; i++)
    vb_engine_start_async (engine, machines->pdata[i], &options, NULL, on_autostarted,
                           g_object_ref (machines->pdata[i]));
}

gboolean
vb_engine_is_idle (VbEngine *engine)
{
  gboolean is_idle = g_hash_table_size (engine->reserved) == 0;

  vb_registry_foreach (engine->registry, note_activity, &is_idle);
  return is_idle;
}

VbRegistry *
vb_engine_get_registry (VbEngine *engine)
{
  return engine->registry;
}

VbHost *
vb_engine_get_host (VbEngine *engine)
{
  return engine->host;
}

VbHostDevices *
vb_engine_get_host_devices (VbEngine *engine)
{
  return engine->host_devices;
}

VbClaims *
vb_engine_get_claims (VbEngine *engine)
{
  return engine->claims;
}

VbCapabilities *
vb_engine_get_capabilities (VbEngine *engine)
{
  return engine->capabilities;
}

GPtrArray *
vb_engine_list_autodestroy_clients (VbEngine *engine)
{
  GPtrArray *clients = g_ptr_array_new ();

  vb_registry_foreach (engine->registry, add_client, clients);
  return clients;
}

const VbEngineConfig *
vb_engine_get_config (VbEngine *engine)
{
  return engine->config;
}

VbMacvtaps *
vb_engine_get_macvtaps (VbEngine *engine)
{
  return engine->macvtaps;
}

VbStore *
vb_engine_get_store (VbEngine *engine)
{
  return engine->store;
}

void
vb_engine_set_store (VbEngine *engine, VbStore *store)
{
  g_clear_pointer (&engine->store, vb_store_unref);
  engine->store = store;
}

VbQemuSettings
vb_engine_get_qemu_settings (VbEngine *engine)
{
  const VbHostFacts *facts = vb_host_get_facts (engine->host);
  VbQemuSettings settings = engine->config->qemu;

  settings.kvm_usable = facts->kvm_usable;
  settings.kvm_reason = facts->kvm_reason;
  settings.host = engine->qemu_host;
  settings.secrets_dir = engine->config->secrets_dir;
  settings.certificates_dir = engine->config->certificates_dir;
  return settings;
}

char *
vb_engine_get_log_path (VbEngine *engine, const char *name, const char *uuid)
{
  gboolean fits = strlen (name) + strlen (LOG_SUFFIX) <= NAME_MAX;
  g_autofree char *file = g_strconcat (fits ? name : uuid, LOG_SUFFIX, NULL);

  return g_build_filename (engine->config->log_dir, file, NULL);
}

int
vb_engine_take_id (VbEngine *engine)
{
  return engine->next_id++;
}

void
vb_engine_skip_id (VbEngine *engine, int id)
{
  engine->next_id = MAX (engine->next_id, id + 1);
}

gboolean
vb_engine_check_name (VbEngine *engine, const char *name, const char *uuid, GError **error)
{
  VbMachine *holder = vb_registry_find_name (engine->registry, name);

  if (holder != NULL && g_strcmp0 (vb_machine_get_uuid (holder), uuid) != 0)
    {
      g_set_error (error, VB_ENGINE_ERROR, VB_ENGINE_ERROR_ALREADY_EXISTS,
                   "the name '%s' is that of the domain with UUID %s; choose another name, or give"
                   " that UUID to mean that domain",
                   name, vb_machine_get_uuid (holder));
      return FALSE;
    }
  if (holder == NULL && g_hash_table_contains (engine->reserved, name))
    {
      g_set_error (error, VB_ENGINE_ERROR, VB_ENGINE_ERROR_BUSY,
                   "another call is about to give the name '%s' to a domain; try again when it is"
                   " done",
                   name);
      return FALSE;
    }
  return TRUE;
}

gboolean
vb_engine_reserve (VbEngine *engine, const char *uuid, const char *name, GError **error)
{
  if (uuid != NULL && g_hash_table_contains (engine->reserved, uuid))
    {
      g_set_error (error, VB_ENGINE_ERROR, VB_ENGINE_ERROR_BUSY,
                   "another call is about to define the domain with UUID %s; try again when it is"
                   " done",
                   uuid);
      return FALSE;
    }
  if (name != NULL && !vb_engine_check_name (engine, name, uuid, error))
    return FALSE;
  if (uuid != NULL)
    g_hash_table_add (engine->reserved, g_strdup (uuid));
  if (name != NULL)
    g_hash_table_add (engine->reserved, g_strdup (name));
  return TRUE;
}

void
vb_engine_release (VbEngine *engine, const char *uuid, const char *name)
{
  if (uuid != NULL)
    g_hash_table_remove (engine->reserved, uuid);
  if (name != NULL)
    g_hash_table_remove (engine->reserved, name);
}
