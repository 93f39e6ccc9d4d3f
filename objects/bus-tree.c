/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The exported tree. A subtree of GDBus serves its own path and one level below, so that there is one
 * for the root, one for each folder, and one for each domain with its devices. The folder of the
 * domains lists what is registered in it; the other folders are collections, and serve all in them. All
 * calls go through the door; GDBus hands it the reading of properties, too, because the door's vtable
 * has neither get_property nor set_property.
 */
#include "objects/bus-tree.h"

#include "objects/bus-tree-private.h"
#include "objects/capability-set.h"
#include "objects/domain.h"
#include "objects/door.h"
#include "objects/host-device-facts.h"
#include "objects/host-device.h"
#include "objects/manager.h"
#include "objects/path.h"

G_DEFINE_FINAL_TYPE (VbBusTree, vb_bus_tree, G_TYPE_OBJECT)

static const VbCollectionKind *const collection_kinds[VB_N_COLLECTIONS] = {
  [VB_COLLECTION_CAPABILITIES] = &vb_capability_set_kind,
  [VB_COLLECTION_HOST_DEVICES] = &vb_host_device_kind,
};

/* The folder shows nothing itself; what is in it is registered, and GDBus lists it. */
static const VbInterfaceTable *const folder_tables[] = { NULL };

/* Called for introspection only. Who looks around wants to know what the emulators can do. */
static char **
enumerate_children (GDBusConnection *connection,
                    const char *sender,
                    const char *path,
                    gpointer data)
{
  const VbNode *node = data;

  if (node->machine == NULL)
    vb_bus_tree_complete_capabilities (node->tree);
  vb_notifier_flush (node->tree->notifier);
  return vb_node_list_children (node);
}

/* Called before each call. The infos are static. */
static GDBusInterfaceInfo **
introspect_child (GDBusConnection *connection,
                  const char *sender,
                  const char *path,
                  const char *child,
                  gpointer data)
{
  const VbNode *node = data;
  const VbInterfaceTable *const *tables;
  GPtrArray *infos;
  VbView view;

  vb_notifier_flush (node->tree->notifier);
  tables = vb_node_resolve (node, child, &view);
  if (tables == NULL)
    return NULL;
  infos = g_ptr_array_new ();
  for (; *tables != NULL; tables++)
    g_ptr_array_add (infos, (GDBusInterfaceInfo *) (*tables)->info);
  g_ptr_array_add (infos, NULL);
  return (GDBusInterfaceInfo **) g_ptr_array_free (infos, FALSE);
}

static const GDBusInterfaceVTable *
dispatch_child (GDBusConnection *connection,
                const char *sender,
                const char *path,
                const char *interface,
                const char *child,
                gpointer *door_data,
                gpointer data)
{
  *door_data = data;
  return &vb_door_vtable;
}

static const GDBusSubtreeVTable subtree_vtable = {
  .enumerate = enumerate_children,
  .introspect = introspect_child,
  .dispatch = dispatch_child,
};

static gboolean
register_node (VbBusTree *tree, VbNode *node, const char *path, GError **error)
{
  node->registration_id =
      g_dbus_connection_register_subtree (tree->connection, path, &subtree_vtable,
                                          G_DBUS_SUBTREE_FLAGS_DISPATCH_TO_UNENUMERATED_NODES,
                                          vb_node_ref (node), (GDestroyNotify) vb_node_unref,
                                          error);
  return node->registration_id != 0;
}

static void
unregister_node (VbBusTree *tree, VbNode *node)
{
  node->is_gone = TRUE;
  if (node->registration_id != 0)
    g_dbus_connection_unregister_subtree (tree->connection, node->registration_id);
  node->registration_id = 0;
}

static void
on_machine_changed (VbMachine *machine, VbFacets facets, VbNode *node)
{
  vb_notifier_mark (node->tree->notifier, node);
}

static void
on_machine_event (VbMachine *machine, const char *kind, GVariant *details, VbNode *node)
{
  vb_notifier_send_event (node->tree->notifier, node, kind, details);
}

/* (transfer none) (nullable) */
static VbNode *
add_machine (VbBusTree *tree, VbMachine *machine, GError **error)
{
  g_autoptr (VbNode) node = vb_node_new_domain (tree, machine);
  g_autofree char *path = vb_node_get_path (node);

  if (!register_node (tree, node, path, error))
    return NULL;
  g_signal_connect (machine, "changed", G_CALLBACK (on_machine_changed), node);
  g_signal_connect (machine, "event", G_CALLBACK (on_machine_event), node);
  g_hash_table_insert (tree->domains, machine, vb_node_ref (node));
  return node;
}

static void
remove_node (VbBusTree *tree, VbNode *node)
{
  g_signal_handlers_disconnect_by_data (node->machine, node);
  unregister_node (tree, node);
}

static void
on_machine_added (VbRegistry *registry, VbMachine *machine, VbBusTree *tree)
{
  g_autoptr (GError) error = NULL;
  VbNode *node = add_machine (tree, machine, &error);

  if (node != NULL)
    vb_notifier_mark (tree->notifier, node);
  else
    g_critical ("the domain %s cannot be published: %s", vb_machine_get_name (machine),
                error->message);
}

static void
on_machine_removed (VbRegistry *registry, VbMachine *machine, VbBusTree *tree)
{
  VbNode *node = g_hash_table_lookup (tree->domains, machine);

  if (node == NULL)
    return;
  vb_notifier_remove (tree->notifier, node);
  remove_node (tree, node);
  g_hash_table_remove (tree->domains, machine);
}

/* Those that name a device of the host, and others too: the notifier tells of what differs. */
static void
mark_domains (VbBusTree *tree, gboolean with_host_devices)
{
  GHashTableIter nodes;
  gpointer value;

  g_hash_table_iter_init (&nodes, tree->domains);
  while (g_hash_table_iter_next (&nodes, NULL, &value))
    {
      VbNode *node = value;
      if (!with_host_devices || node->facts.host_devices != NULL)
        vb_notifier_mark (tree->notifier, node);
    }
}

static void
on_set_changed (VbCapabilities *capabilities,
                VbCapabilitySet *before,
                VbCapabilitySet *after,
                VbBusTree *tree)
{
  vb_notifier_mark_value (tree->notifier, VB_COLLECTION_CAPABILITIES, before, after);
  if (before == NULL || after == NULL)
    mark_domains (tree, FALSE);
}

/* @before, @after: (nullable) */
static void
mark_host_device (VbBusTree *tree, VbHostDevice *before, VbHostDevice *after)
{
  VbClaims *claims = tree->surroundings.claims;
  g_autoptr (VbHostDeviceFacts) former =
      before != NULL ? vb_host_device_facts_new (before, claims) : NULL;
  g_autoptr (VbHostDeviceFacts) present =
      after != NULL ? vb_host_device_facts_new (after, claims) : NULL;

  vb_notifier_mark_value (tree->notifier, VB_COLLECTION_HOST_DEVICES, former, present);
}

static void
on_host_device_changed (VbHostDevices *host_devices,
                        VbHostDevice *before,
                        VbHostDevice *after,
                        VbBusTree *tree)
{
  mark_host_device (tree, before, after);
  mark_domains (tree, TRUE);
}

static void
on_claim_changed (VbClaims *claims, const char *id, VbBusTree *tree)
{
  VbHostDevice *device = vb_host_devices_find (tree->host_devices, id);

  if (device != NULL)
    mark_host_device (tree, device, device);
  mark_domains (tree, TRUE);
}

static void
on_host_changed (VbHost *host, VbBusTree *tree)
{
  vb_notifier_mark_host (tree->notifier);
}

static void
on_caller_gone (const char *caller, gpointer data)
{
  VbBusTree *tree = data;

  vb_engine_client_gone (tree->engine, caller);
}

/* Clients of before a restart of the service */
static void
watch_autodestroy_clients (VbBusTree *tree)
{
  g_autoptr (GPtrArray) clients = vb_engine_list_autodestroy_clients (tree->engine);

  for (guint i = 0; i < clients->len; i++)
    vb_callers_watch (tree->callers, g_ptr_array_index (clients, i));
}

typedef struct
{
  VbBusTree *tree;
  GError *error; /* (owned) (nullable) the first one */
} Export;

/* Who comes to the bus now finds it there: it is no news. */
static void
export_machine (VbMachine *machine, gpointer data)
{
  Export *export = data;
  VbNode *node = NULL;

  if (export->error == NULL)
    node = add_machine (export->tree, machine, &export->error);
  if (node != NULL)
    node->is_announced = TRUE;
}

static void
vb_bus_tree_finalize (GObject *object)
{
  VbBusTree *tree = VB_BUS_TREE (object);

  vb_bus_tree_unexport (tree);
  g_clear_pointer (&tree->notifier, vb_notifier_free);
  g_clear_pointer (&tree->callers, vb_callers_free);
  g_clear_pointer (&tree->domains, g_hash_table_unref);
  g_clear_pointer (&tree->folder, vb_node_unref);
  g_clear_pointer (&tree->root, vb_node_unref);
  for (guint i = 0; i < VB_N_COLLECTIONS; i++)
    {
      g_clear_pointer (&tree->collection_nodes[i], vb_node_unref);
      g_clear_pointer (&tree->collections[i], vb_collection_free);
    }
  g_clear_object (&tree->authority);
  g_clear_object (&tree->host_devices);
  g_clear_object (&tree->engine);
  g_clear_object (&tree->connection);
  G_OBJECT_CLASS (vb_bus_tree_parent_class)->finalize (object);
}

static void
vb_bus_tree_class_init (VbBusTreeClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = vb_bus_tree_finalize;
}

static void
vb_bus_tree_init (VbBusTree *tree)
{
  tree->domains = g_hash_table_new_full (NULL, NULL, NULL, (GDestroyNotify) vb_node_unref);
  tree->last_call_us = g_get_monotonic_time ();
}

VbBusTree *
vb_bus_tree_new (GDBusConnection *connection,
                 VbEngine *engine,
                 VbAuthority *authority,
                 gboolean system_mode)
{
  VbBusTree *tree = g_object_new (VB_TYPE_BUS_TREE, NULL);

  tree->connection = g_object_ref (connection);
  tree->engine = g_object_ref (engine);
  tree->host_devices = g_object_ref (vb_engine_get_host_devices (engine));
  tree->surroundings = (VbSurroundings){ vb_engine_get_capabilities (engine), tree->host_devices,
                                         vb_engine_get_claims (engine) };
  tree->authority = g_object_ref (authority);
  tree->system_mode = system_mode;
  tree->callers = vb_callers_new (connection, !system_mode, on_caller_gone, tree);
  for (guint i = 0; i < VB_N_COLLECTIONS; i++)
    {
      tree->collections[i] = vb_collection_new (collection_kinds[i]);
      tree->collection_nodes[i] = vb_node_new_collection (tree, tree->collections[i]);
    }
  tree->root = vb_node_new (tree, VB_PATH_ROOT_DEPTH, vb_root_tables);
  tree->folder = vb_node_new (tree, VB_PATH_FOLDER_DEPTH, folder_tables);
  tree->notifier = vb_notifier_new (connection, tree->root, tree->collections);
  return tree;
}

static gboolean
register_collections (VbBusTree *tree, GError **error)
{
  for (guint i = 0; i < VB_N_COLLECTIONS; i++)
    if (!register_node (tree, tree->collection_nodes[i], collection_kinds[i]->path, error))
      return FALSE;
  return TRUE;
}

/* (transfer full) (element-type VbHostDeviceFacts) */
static GPtrArray *
list_host_devices (VbBusTree *tree)
{
  g_autoptr (GPtrArray) devices = vb_host_devices_list (tree->host_devices);
  GPtrArray *list = g_ptr_array_new_with_free_func ((GDestroyNotify) vb_host_device_facts_unref);

  for (guint i = 0; i < devices->len; i++)
    g_ptr_array_add (list, vb_host_device_facts_new (g_ptr_array_index (devices, i),
                                                     tree->surroundings.claims));
  return list;
}

static void
load_collections (VbBusTree *tree)
{
  g_autoptr (GPtrArray) sets = vb_capabilities_list (tree->surroundings.capabilities);
  g_autoptr (GPtrArray) devices = list_host_devices (tree);

  vb_collection_load (tree->collections[VB_COLLECTION_CAPABILITIES], sets);
  vb_collection_load (tree->collections[VB_COLLECTION_HOST_DEVICES], devices);
}

/* They are of the engine, and of this host. */
static void
follow (VbBusTree *tree)
{
  VbRegistry *registry = vb_engine_get_registry (tree->engine);

  g_signal_connect_object (registry, "added", G_CALLBACK (on_machine_added), tree, 0);
  g_signal_connect_object (registry, "removed", G_CALLBACK (on_machine_removed), tree, 0);
  g_signal_connect_object (vb_engine_get_host (tree->engine), "changed",
                           G_CALLBACK (on_host_changed), tree, 0);
  g_signal_connect_object (tree->surroundings.capabilities, "changed", G_CALLBACK (on_set_changed),
                           tree, 0);
  g_signal_connect_object (tree->host_devices, "changed", G_CALLBACK (on_host_device_changed), tree,
                           0);
  g_signal_connect_object (tree->surroundings.claims, "changed", G_CALLBACK (on_claim_changed),
                           tree, 0);
}

gboolean
vb_bus_tree_export (VbBusTree *tree, GError **error)
{
  Export export = { tree, NULL };

  if (!register_node (tree, tree->root, VB_PATH_ROOT, error) ||
      !register_node (tree, tree->folder, VB_PATH_DOMAINS, error) ||
      !register_collections (tree, error))
    return FALSE;
  load_collections (tree);
  vb_registry_foreach (vb_engine_get_registry (tree->engine), export_machine, &export);
  if (export.error != NULL)
    {
      g_propagate_error (error, export.error);
      return FALSE;
    }
  follow (tree);
  watch_autodestroy_clients (tree);
  return TRUE;
}

void
vb_bus_tree_unexport (VbBusTree *tree)
{
  GHashTableIter nodes;
  gpointer node;

  gpointer const followed[] = {
    vb_engine_get_registry (tree->engine),
    vb_engine_get_host (tree->engine),
    tree->surroundings.capabilities,
    tree->host_devices,
    tree->surroundings.claims,
  };

  vb_notifier_flush (tree->notifier);
  for (guint i = 0; i < G_N_ELEMENTS (followed); i++)
    g_signal_handlers_disconnect_by_data (followed[i], tree);
  g_hash_table_iter_init (&nodes, tree->domains);
  while (g_hash_table_iter_next (&nodes, NULL, &node))
    remove_node (tree, node);
  g_hash_table_remove_all (tree->domains);
  for (guint i = 0; i < VB_N_COLLECTIONS; i++)
    unregister_node (tree, tree->collection_nodes[i]);
  unregister_node (tree, tree->folder);
  unregister_node (tree, tree->root);
}

void
vb_bus_tree_complete_capabilities (VbBusTree *tree)
{
  vb_capabilities_complete_async (tree->surroundings.capabilities, NULL, NULL, NULL, NULL);
}

guint
vb_bus_tree_get_n_calls (VbBusTree *tree)
{
  return tree->n_calls;
}

gint64
vb_bus_tree_get_last_call_us (VbBusTree *tree)
{
  return tree->last_call_us;
}
