/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * What the parts of the object layer share.
 */
#pragma once

#include "objects/bus-tree.h"
#include "objects/caller.h"
#include "objects/node.h"
#include "objects/notify.h"

struct _VbBusTree
{
  GObject parent;

  GDBusConnection *connection; /* (owned) */
  VbEngine *engine;            /* (owned) */
  VbAuthority *authority;      /* (owned) */
  gboolean system_mode;

  VbNode *root;         /* (owned) */
  VbNode *folder;       /* (owned) of all domains */
  GHashTable *domains;  /* (owned) VbMachine (unowned, its node's) → VbNode (owned) */
  VbNotifier *notifier; /* (owned) */
  VbCallers *callers;   /* (owned) */

  guint n_calls;
  gint64 last_call_us;
};
