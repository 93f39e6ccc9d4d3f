/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The interfaces of D-Bus itself that the door answers: Properties and ObjectManager.
 */
#include "objects/standard.h"

#include "objects/call.h"
#include "objects/device.h"
#include "objects/path.h"
#include "policy/authority.h"

static void
handle_get (VbCall *call, const VbView *view)
{
  const GDBusPropertyInfo *info = g_dbus_method_invocation_get_property_info (call->invocation);
  const VbPropertyRow *row = vb_property_row_find (call->table, info->name);

  vb_call_complete (call, g_variant_new ("(v)", row->get (view)));
}

static void
handle_get_all (VbCall *call, const VbView *view)
{
  vb_call_complete (call, g_variant_new ("(@a{sv})", vb_interface_table_read (call->table, view)));
}

static void
add_domains (GVariantBuilder *objects, GHashTable *domains)
{
  GHashTableIter nodes;
  gpointer node;

  g_hash_table_iter_init (&nodes, domains);
  while (g_hash_table_iter_next (&nodes, NULL, &node))
    {
      g_autofree char *path = vb_node_get_path (node);
      g_variant_builder_add (objects, "{o@a{sa{sv}}}", path, vb_node_get_packed (node));
    }
}

static void
add_devices (GVariantBuilder *objects, const VbNode *node)
{
  g_autofree char *domain_path = vb_node_get_path (node);
  g_autoptr (GPtrArray) devices = vb_machine_facts_list_devices (&node->facts);

  for (guint i = 0; i < devices->len; i++)
    {
      const VbDevice *device = g_ptr_array_index (devices, i);
      g_autofree char *path = vb_path_for_device (domain_path, device);
      VbView view;
      vb_view_init_device (&view, &node->facts, device);
      g_variant_builder_add (objects, "{o@a{sa{sv}}}", path,
                             vb_interface_tables_read (vb_device_get_tables (device->kind), &view));
    }
}

static void
handle_get_managed_objects (VbCall *call, const VbView *view)
{
  GVariantBuilder objects;

  g_variant_builder_init (&objects, G_VARIANT_TYPE ("a{oa{sa{sv}}}"));
  if (view->domain != NULL)
    add_devices (&objects, call->node);
  else
    {
      add_domains (&objects, call->tree->domains);
      for (guint i = 0; i < VB_N_COLLECTIONS; i++)
        vb_collection_add_objects (call->tree->collections[i], &objects);
      vb_bus_tree_complete_capabilities (call->tree);
    }
  vb_call_complete (call, g_variant_new ("(a{oa{sa{sv}}})", &objects));
}

#define ARGUMENT(name, signature)                                                                  \
  {                                                                                                \
    -1, (char *) (name), (char *) (signature), NULL                                                \
  }

static const GDBusArgInfo objects_argument = ARGUMENT ("objects", "a{oa{sa{sv}}}");
static const GDBusArgInfo path_argument = ARGUMENT ("object", "o");
static const GDBusArgInfo properties_argument = ARGUMENT ("interfaces", "a{sa{sv}}");
static const GDBusArgInfo names_argument = ARGUMENT ("interfaces", "as");
static const GDBusArgInfo *const managed_arguments[] = { &objects_argument, NULL };
static const GDBusArgInfo *const added_arguments[] = { &path_argument, &properties_argument, NULL };
static const GDBusArgInfo *const removed_arguments[] = { &path_argument, &names_argument, NULL };

static const GDBusMethodInfo get_managed_objects = { -1, (char *) "GetManagedObjects", NULL,
                                                     (GDBusArgInfo **) managed_arguments, NULL };
static const GDBusSignalInfo interfaces_added = { -1, (char *) "InterfacesAdded",
                                                  (GDBusArgInfo **) added_arguments, NULL };
static const GDBusSignalInfo interfaces_removed = { -1, (char *) "InterfacesRemoved",
                                                    (GDBusArgInfo **) removed_arguments, NULL };
static const GDBusMethodInfo *const object_manager_methods[] = { &get_managed_objects, NULL };
static const GDBusSignalInfo *const object_manager_signals[] = { &interfaces_added,
                                                                 &interfaces_removed, NULL };

static const GDBusInterfaceInfo object_manager_info = {
  .ref_count = -1,
  .name = (char *) "org.freedesktop.DBus.ObjectManager",
  .methods = (GDBusMethodInfo **) object_manager_methods,
  .signals = (GDBusSignalInfo **) object_manager_signals,
};

const VbInterfaceTable vb_object_manager_interface_table = {
  .name = "org.freedesktop.DBus.ObjectManager",
  .info = &object_manager_info,
  .methods =
      (const VbMethodRow[]){
          { "GetManagedObjects", VB_ACTION_DOMAIN_LIST, handle_get_managed_objects },
          { NULL },
      },
};

/* Guarded by what the interface that is read says. */
const VbInterfaceTable vb_properties_interface_table = {
  .name = "org.freedesktop.DBus.Properties",
  .methods =
      (const VbMethodRow[]){
          { "Get", VB_ACTION_NONE, handle_get },
          { "GetAll", VB_ACTION_NONE, handle_get_all },
          { NULL },
      },
};
