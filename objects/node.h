/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * One registration on the bus: the root, the folder of all domains, a domain, which serves its
 * devices as well, or a collection, which serves all that is in it. A node is small because there are
 * many: devices are looked up when they are asked for, and all that is kept of what a domain shows is
 * one packed value.
 */
#pragma once

#include "objects/bus-tree.h"
#include "objects/collection.h"
#include "objects/table.h"

typedef struct
{
  grefcount ref_count;
  gboolean is_announced; /* InterfacesAdded was sent */
  gboolean is_marked;    /* its changes are to be announced */
  gboolean is_gone;
  guint depth; /* how many elements its path has */
  guint registration_id;
  VbBusTree *tree;                       /* (not owned) every call holds it */
  const VbInterfaceTable *const *tables; /* (nullable) of the root, or the folder of all domains */
  VbCollection *collection;              /* (nullable) (not owned): the tree's */
  VbMachine *machine;                    /* (owned) (nullable) of a domain */
  VbMachineFacts facts;                  /* of a domain, as announced last */
  GVariant *packed; /* (owned) (nullable) what vb_node_get_packed() has made of the facts */
} VbNode;

VbNode *vb_node_new (VbBusTree *tree, guint depth, const VbInterfaceTable *const *tables);
VbNode *vb_node_new_collection (VbBusTree *tree, VbCollection *collection);
VbNode *vb_node_new_domain (VbBusTree *tree, VbMachine *machine);
VbNode *vb_node_ref (VbNode *node);
void vb_node_unref (VbNode *node);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (VbNode, vb_node_unref)

/* (transfer full): of a domain's node */
char *vb_node_get_path (const VbNode *node);

/* (transfer full) (array zero-terminated=1): the names of the objects below its own that it serves */
char **vb_node_list_children (const VbNode *node);

/* What the object @child (nullable: the node's own) shows now. (transfer none) (nullable): its
 * tables; %NULL where there is no such object. */
const VbInterfaceTable *const *
vb_node_resolve (const VbNode *node, const char *child, VbView *view);

/* All interfaces and properties of a domain's own object, `a{sa{sv}}`. (transfer floating) */
GVariant *vb_node_read (const VbNode *node);
/* The same (transfer none): packed, and kept until the next vb_node_update(), so that the first
 * screen of many domains is quick. */
GVariant *vb_node_get_packed (VbNode *node);
/* Takes the facts of a domain anew. @former gets those that it had, to be cleared. */
void vb_node_update (VbNode *node, VbMachineFacts *former);
