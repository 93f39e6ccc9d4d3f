/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The use cases' common ground: registry, store, settings, host. Knows neither the bus nor who may.
 */
#pragma once

#include <gio/gio.h>

#include "engine/capabilities.h"
#include "engine/claims.h"
#include "engine/engine-error.h"
#include "engine/registry.h"
#include "host/cgroup.h"
#include "host/host-devices.h"
#include "host/host.h"
#include "qemu/instance.h"

typedef struct
{
  char *state_dir;   /* (owned) holds `domains/` */
  char *runtime_dir; /* (owned) holds a folder per running machine */
  char *log_dir;     /* (owned) holds NAME.log per domain */
  char *cache_dir;   /* (owned) (nullable) holds what emulators can do; %NULL: nothing is kept */
  char *secrets_dir; /* (owned) (nullable) holds passphrases of disks */
  char *certificates_dir; /* (owned) (nullable) holds those of displays */
  VbCgroups *cgroups;     /* (owned) */
  VbQemuSettings qemu;    /* KVM facts are filled in from the host */
} VbEngineConfig;

void vb_engine_config_free (VbEngineConfig *config);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (VbEngineConfig, vb_engine_config_free)

#define VB_TYPE_ENGINE (vb_engine_get_type ())
G_DECLARE_FINAL_TYPE (VbEngine, vb_engine, VB, ENGINE, GObject)

/* @config: (transfer full). What the cache has of emulators is known at once; none is asked. */
VbEngine *vb_engine_new (VbEngineConfig *config, VbHost *host, VbHostDevices *host_devices);

/* Makes the folders, loads every definition, finds every guest that an earlier service left. What
 * cannot be read is reported in the log and left in place. Errors: %VB_ENGINE_ERROR_HOST_RESOURCE
 * where the folders cannot be used, or another service uses them. */
void vb_engine_load_async (VbEngine *engine,
                           GCancellable *cancellable,
                           GAsyncReadyCallback callback,
                           gpointer user_data);
gboolean vb_engine_load_finish (VbEngine *engine, GAsyncResult *result, GError **error);
/* Starts every machine marked so that does not run; failures are kept as the machine's last error. */
void vb_engine_autostart (VbEngine *engine);
/* Whether nothing runs and no operation is at work, so that the service may go. */
gboolean vb_engine_is_idle (VbEngine *engine);

/* All (transfer none) */
VbRegistry *vb_engine_get_registry (VbEngine *engine);
VbHost *vb_engine_get_host (VbEngine *engine);
VbHostDevices *vb_engine_get_host_devices (VbEngine *engine);
VbClaims *vb_engine_get_claims (VbEngine *engine);
VbCapabilities *vb_engine_get_capabilities (VbEngine *engine);

/* Clients (opaque names) whose departure ends a machine, for the bus to watch. (transfer container)
 * (element-type utf8) */
GPtrArray *vb_engine_list_autodestroy_clients (VbEngine *engine);
void vb_engine_client_gone (VbEngine *engine, const char *client);
