/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * What the parts of the object layer share.
 */
#pragma once

#include "objects/bus-tree.h"
#include "objects/caller.h"
#include "objects/node.h"
#include "objects/notify.h"

/* What is in folders of its own beside the domains */
typedef enum
{
  VB_COLLECTION_CAPABILITIES,
  VB_COLLECTION_HOST_DEVICES,
  VB_N_COLLECTIONS,
} VbCollectionId;

struct _VbBusTree
{
  GObject parent;

  GDBusConnection *connection; /* (owned) */
  VbEngine *engine;            /* (owned) */
  VbHostDevices *host_devices; /* (owned) */
  VbSurroundings surroundings; /* that and what the engine has: for capturing facts */
  VbAuthority *authority;      /* (owned) */
  gboolean system_mode;

  VbCollection *collections[VB_N_COLLECTIONS]; /* (owned) */
  VbNode *collection_nodes[VB_N_COLLECTIONS];  /* (owned) */
  VbNode *root;                                /* (owned) */
  VbNode *folder;                              /* (owned) of all domains */
  GHashTable *domains;  /* (owned) VbMachine (unowned, its node's) → VbNode (owned) */
  VbNotifier *notifier; /* (owned) */
  VbCallers *callers;   /* (owned) */

  guint n_calls;
  gint64 last_call_us;
};

/* Has all emulators asked that have not been, without waiting for them. What they answer is announced
 * as a change. */
void vb_bus_tree_complete_capabilities (VbBusTree *tree);
