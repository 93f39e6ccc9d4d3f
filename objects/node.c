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
vb_node_new (VbBusTree *tree, const VbInterfaceTable *const *tables, VbMachine *machine)
{
  VbNode *node = g_new0 (VbNode, 1);

  g_ref_count_init (&node->ref_count);
  node->tree = tree;
  node->tables = tables;
  if (machine != NULL)
    {
      node->machine = g_object_ref (machine);
      vb_machine_facts_capture (&node->facts, machine);
    }
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

const VbInterfaceTable *const *
vb_node_resolve (const VbNode *node, const char *child, VbView *view)
{
  if (node->is_gone)
    return NULL;
  if (node->machine == NULL)
    {
      *view = (VbView){
        .host = vb_host_get_facts (vb_engine_get_host (node->tree->engine)),
        .system_mode = node->tree->system_mode,
      };
      return child == NULL ? node->tables : NULL;
    }
  if (child == NULL)
    {
      vb_view_init_domain (view, &node->facts);
      return vb_domain_get_tables (&node->facts);
    }
  return vb_view_find_device (view, &node->facts, child) ? vb_device_get_tables (view->device->kind)
                                                         : NULL;
}

GVariant *
vb_node_read (const VbNode *node)
{
  VbView view;

  vb_view_init_domain (&view, &node->facts);
  return vb_interface_tables_read (vb_domain_get_tables (&node->facts), &view);
}

/* The data is asked for only to make GVariant pack it: a tree of small values takes several times
 * the memory. */
GVariant *
vb_node_get_packed (VbNode *node)
{
  if (node->packed == NULL)
    {
      node->packed = g_variant_ref_sink (vb_node_read (node));
      g_variant_get_data (node->packed);
    }
  return node->packed;
}

void
vb_node_update (VbNode *node, VbMachineFacts *former)
{
  g_clear_pointer (&node->packed, g_variant_unref);
  *former = node->facts;
  vb_machine_facts_capture (&node->facts, node->machine);
}
