/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * One registration on the bus, and the objects that it serves.
 */
#include "objects/node.h"

#include "objects/bus-tree-private.h"
#include "objects/device.h"
#include "objects/domain.h"
#include "objects/path.h"

VbNode *
vb_node_new (VbBusTree *tree, guint depth, const VbInterfaceTable *const *tables)
{
  VbNode *node = g_new0 (VbNode, 1);

  g_ref_count_init (&node->ref_count);
  node->tree = tree;
  node->depth = depth;
  node->tables = tables;
  return node;
}

VbNode *
vb_node_new_collection (VbBusTree *tree, VbCollection *collection)
{
  VbNode *node = vb_node_new (tree, VB_PATH_FOLDER_DEPTH, NULL);

  node->collection = collection;
  return node;
}

VbNode *
vb_node_new_domain (VbBusTree *tree, VbMachine *machine)
{
  VbNode *node = vb_node_new (tree, VB_PATH_DOMAIN_DEPTH, NULL);

  node->machine = g_object_ref (machine);
  vb_machine_facts_capture (&node->facts, machine, &tree->surroundings);
  return node;
}

VbNode *
vb_node_ref (VbNode *node)
{
  g_ref_count_inc (&node->ref_count);
  return node;
}

void
vb_node_unref (VbNode *node)
{
  if (!g_ref_count_dec (&node->ref_count))
    return;
  g_clear_pointer (&node->packed, g_variant_unref);
  vb_machine_facts_clear (&node->facts);
  g_clear_object (&node->machine);
  g_free (node);
}

char *
vb_node_get_path (const VbNode *node)
{
  return vb_path_for_domain (vb_machine_get_uuid (node->machine));
}

static char **
list_device_names (const VbNode *node)
{
  g_autoptr (GPtrArray) names = g_ptr_array_new ();
  g_autoptr (GPtrArray) devices = vb_machine_facts_list_devices (&node->facts);

  for (guint i = 0; i < devices->len; i++)
    g_ptr_array_add (names, vb_path_device_node (g_ptr_array_index (devices, i)));
  g_ptr_array_add (names, NULL);
  return (char **) g_ptr_array_steal (names, NULL);
}

char **
vb_node_list_children (const VbNode *node)
{
  if (node->machine != NULL)
    return list_device_names (node);
  return node->collection != NULL ? vb_collection_list_names (node->collection)
                                  : g_new0 (char *, 1);
}

static const VbInterfaceTable *const *
resolve_domain (const VbNode *node, const char *child, VbView *view)
{
  if (child == NULL)
    {
      vb_view_init_domain (view, &node->facts);
      return vb_domain_get_tables (&node->facts);
    }
  return vb_view_find_device (view, &node->facts, child) ? vb_device_get_tables (view->device->kind)
                                                         : NULL;
}

const VbInterfaceTable *const *
vb_node_resolve (const VbNode *node, const char *child, VbView *view)
{
  if (node->is_gone)
    return NULL;
  if (node->machine != NULL)
    return resolve_domain (node, child, view);
  if (node->collection != NULL)
    return vb_collection_resolve (node->collection, child, view);
  *view = (VbView){
    .host = vb_host_get_facts (vb_engine_get_host (node->tree->engine)),
    .system_mode = node->tree->system_mode,
  };
  return child == NULL ? node->tables : NULL;
}

GVariant *
vb_node_read (const VbNode *node)
{
  VbView view;

  vb_view_init_domain (&view, &node->facts);
  return vb_interface_tables_read (vb_domain_get_tables (&node->facts), &view);
}

GVariant *
vb_node_get_packed (VbNode *node)
{
  if (node->packed == NULL)
    node->packed = vb_value_pack (vb_node_read (node));
  return node->packed;
}

void
vb_node_update (VbNode *node, VbMachineFacts *former)
{
  g_clear_pointer (&node->packed, g_variant_unref);
  *former = node->facts;
  vb_machine_facts_capture (&node->facts, node->machine, &node->tree->surroundings);
}
