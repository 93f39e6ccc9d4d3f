/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The machines that the service knows, by UUID, name and id. Names are unique.
 */
#pragma once

#include "engine/machine.h"

#define VB_TYPE_REGISTRY (vb_registry_get_type ())
G_DECLARE_FINAL_TYPE (VbRegistry, vb_registry, VB, REGISTRY, GObject)

/**
 * VbRegistry::added:
 * @registry: the registry
 * @machine: the #VbMachine, complete
 */

/**
 * VbRegistry::removed:
 * @registry: the registry
 * @machine: the #VbMachine, no longer found by any look-up
 */

/* All (transfer none) (nullable). @uuid in any spelling. */
VbMachine *vb_registry_find_uuid (VbRegistry *registry, const char *uuid);
VbMachine *vb_registry_find_name (VbRegistry *registry, const char *name);
VbMachine *vb_registry_find_id (VbRegistry *registry, int id);
/* By UUID, name or decimal id, in this order */
VbMachine *vb_registry_find (VbRegistry *registry, const char *key);
guint vb_registry_get_n_machines (VbRegistry *registry);

typedef void (*VbMachineFunc) (VbMachine *machine, gpointer user_data);
/* @func must not add or remove machines */
void vb_registry_foreach (VbRegistry *registry, VbMachineFunc func, gpointer user_data);
