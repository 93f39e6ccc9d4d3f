/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * How the use cases change the registry.
 */
#pragma once

#include "engine/registry.h"

VbRegistry *vb_registry_new (void);
/* Neither its UUID nor its name is known. */
void vb_registry_add (VbRegistry *registry, VbMachine *machine);
void vb_registry_remove (VbRegistry *registry, VbMachine *machine);
/* Before its id (-1: none) or its name changes, which the caller does next. */
void vb_registry_index_id (VbRegistry *registry, VbMachine *machine, int id);
void vb_registry_index_name (VbRegistry *registry, VbMachine *machine, const char *name);

/* (transfer full) (nullable): lower case with dashes, from any spelling with or without */
char *vb_uuid_normalize (const char *spelling);
