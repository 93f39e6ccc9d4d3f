/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * What the use cases share beyond the registry: store, settings, ids, and reservations of what is
 * about to be defined.
 */
#pragma once

#include "engine/engine.h"
#include "engine/macvtaps.h"
#include "engine/registry-private.h"
#include "engine/store.h"

const VbEngineConfig *vb_engine_get_config (VbEngine *engine);
VbMacvtaps *vb_engine_get_macvtaps (VbEngine *engine);
/* (nullable) before the load */
VbStore *vb_engine_get_store (VbEngine *engine);
/* (transfer full) */
void vb_engine_set_store (VbEngine *engine, VbStore *store);
/* The settings with the present facts about KVM; valid until the host changes. */
VbQemuSettings vb_engine_get_qemu_settings (VbEngine *engine);
/* (transfer full): called after the name, or after the UUID where a file cannot have so long a
 * name */
char *vb_engine_get_log_path (VbEngine *engine, const char *name, const char *uuid);

/* An id that no machine had while this service ran. */
int vb_engine_take_id (VbEngine *engine);
/* An earlier service gave @id. */
void vb_engine_skip_id (VbEngine *engine, int id);

/* Whether @name can be that of the domain @uuid, and nobody is about to take it. Errors:
 * %VB_ENGINE_ERROR_ALREADY_EXISTS, %VB_ENGINE_ERROR_BUSY. */
gboolean
vb_engine_check_name (VbEngine *engine, const char *name, const char *uuid, GError **error);
/* Keeps a UUID and a name (each nullable) for an operation until it ends. %VB_ENGINE_ERROR_BUSY */
gboolean vb_engine_reserve (VbEngine *engine, const char *uuid, const char *name, GError **error);
void vb_engine_release (VbEngine *engine, const char *uuid, const char *name);
