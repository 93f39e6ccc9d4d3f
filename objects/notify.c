/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Tells the bus what has changed. The order of signals about a domain: devices that came, interfaces
 * that it has got, changed properties (devices before their domain), interfaces that it has lost,
 * devices that went, and at its end the domain itself. What a
 * domain refers to comes before the domain tells of it, and goes after.
 */
#include "objects/notify.h"

#include "objects/bus-tree-private.h"
#include "objects/device.h"
#include "objects/domain.h"
#include "objects/host.h"
#include "objects/path.h"
#include "objects/signals.h"

struct _VbNotifier
{
  GDBusConnection *connection;      /* (owned) */
  VbNode *root;                     /* (owned) */
  VbCollection *const *collections; /* (not owned) */
  GQueue marked;                    /* (element-type VbNode) (owned), each once */
  gboolean is_host_marked;
  GVariant *host; /* (owned) the host's properties as announced last */
  guint flush_id; /* 0: nothing is marked */
};

static GVariant *
read_host (const VbNode *root)
{
  VbView view;

  vb_node_resolve (root, NULL, &view);
  return g_variant_ref_sink (vb_interface_table_read (&vb_host_interface_table, &view));
}

/* Devices that came and devices that are not as they were. */
static void
announce_devices (VbNotifier *notifier,
                  const char *path,
                  VbFacets facets,
                  const VbMachineFacts *before,
                  const VbMachineFacts *after)
{
  g_autoptr (GPtrArray) devices = vb_machine_facts_list_devices (after);

  for (guint i = 0; i < devices->len; i++)
    {
      const VbDevice *device = g_ptr_array_index (devices, i);
      const VbInterfaceTable *const *tables = vb_device_get_tables (device->kind);
      g_autofree char *device_path = vb_path_for_device (path, device);
      VbView old_view, new_view;

      vb_view_init_device (&new_view, after, device);
      if (!vb_view_init_device (&old_view, before, device))
        vb_signal_added (notifier->connection, path, device_path,
                         vb_interface_tables_read (tables, &new_view));
      else
        vb_signal_differences (notifier->connection, device_path, tables, facets, &old_view,
                               &new_view);
    }
}

/* @after: (nullable): the domain itself goes, and all devices with it */
static void
announce_gone_devices (VbNotifier *notifier,
                       const char *path,
                       const VbMachineFacts *before,
                       const VbMachineFacts *after)
{
  g_autoptr (GPtrArray) devices = vb_machine_facts_list_devices (before);

  for (guint i = 0; i < devices->len; i++)
    {
      const VbDevice *device = g_ptr_array_index (devices, i);
      g_autofree char *device_path = vb_path_for_device (path, device);
      VbView view;

      if (after == NULL || !vb_view_init_device (&view, after, device))
        vb_signal_removed (notifier->connection, path, device_path,
                           vb_device_get_tables (device->kind));
    }
}

/* (transfer container): those of @tables that are not among @others */
static GPtrArray *
list_missing (const VbInterfaceTable *const *tables, const VbInterfaceTable *const *others)
{
  GPtrArray *missing = g_ptr_array_new ();

  for (; *tables != NULL; tables++)
    if (vb_interface_table_find (others, (*tables)->name) == NULL)
      g_ptr_array_add (missing, (gpointer) *tables);
  g_ptr_array_add (missing, NULL);
  return missing;
}

static void
announce_new_interfaces (VbNotifier *notifier,
                         const char *path,
                         const VbMachineFacts *before,
                         const VbMachineFacts *after,
                         const VbView *view)
{
  g_autoptr (GPtrArray) missing =
      list_missing (vb_domain_get_tables (after), vb_domain_get_tables (before));

  if (missing->pdata[0] != NULL)
    vb_signal_added (notifier->connection, VB_PATH_ROOT, path,
                     vb_interface_tables_read ((const VbInterfaceTable *const *) missing->pdata,
                                               view));
}

static void
announce_lost_interfaces (VbNotifier *notifier,
                          const char *path,
                          const VbMachineFacts *before,
                          const VbMachineFacts *after)
{
  g_autoptr (GPtrArray) missing =
      list_missing (vb_domain_get_tables (before), vb_domain_get_tables (after));

  if (missing->pdata[0] != NULL)
    vb_signal_removed (notifier->connection, VB_PATH_ROOT, path,
                       (const VbInterfaceTable *const *) missing->pdata);
}

static void
announce_changes (VbNotifier *notifier, VbNode *node, const char *path)
{
  g_auto (VbMachineFacts) before = { NULL };
  const VbMachineFacts *after = &node->facts;
  VbFacets facets;
  VbView old_view, new_view;

  vb_node_update (node, &before);
  facets = vb_machine_facts_compare (&before, after);
  vb_view_init_domain (&old_view, &before);
  vb_view_init_domain (&new_view, after);
  if (facets & (VB_FACET_DOMAIN | VB_FACET_BALLOON | VB_FACET_HOST | VB_FACET_IO))
    announce_devices (notifier, path, facets, &before, after);
  announce_new_interfaces (notifier, path, &before, after, &new_view);
  vb_signal_differences (notifier->connection, path, vb_domain_tables, facets, &old_view,
                         &new_view);
  announce_lost_interfaces (notifier, path, &before, after);
  if (facets & VB_FACET_DOMAIN)
    announce_gone_devices (notifier, path, &before, after);
}

/* A manager that comes brings its objects along: the devices of a new domain are no news of their
 * own. */
static void
announce_domain (VbNotifier *notifier, VbNode *node, const char *path)
{
  g_auto (VbMachineFacts) before = { NULL };

  vb_node_update (node, &before);
  vb_signal_added (notifier->connection, VB_PATH_ROOT, path, vb_node_read (node));
  node->is_announced = TRUE;
}

static void
announce (VbNotifier *notifier, VbNode *node)
{
  g_autofree char *path = vb_node_get_path (node);

  node->is_marked = FALSE;
  if (node->is_announced)
    announce_changes (notifier, node, path);
  else
    announce_domain (notifier, node, path);
}

/* The host's facts are gone when it has new ones, so that its old properties are kept instead. */
static void
announce_host (VbNotifier *notifier)
{
  g_autoptr (GVariant) before = g_steal_pointer (&notifier->host);
  g_autoptr (GVariant) differences = NULL;
  GVariantBuilder changed;
  GVariantIter properties;
  const char *name;
  GVariant *value;

  notifier->host = read_host (notifier->root);
  g_variant_builder_init (&changed, G_VARIANT_TYPE_VARDICT);
  g_variant_iter_init (&properties, notifier->host);
  while (g_variant_iter_loop (&properties, "{&sv}", &name, &value))
    {
      g_autoptr (GVariant) old_value = g_variant_lookup_value (before, name, NULL);
      if (!g_variant_equal (old_value, value))
        g_variant_builder_add (&changed, "{sv}", name, value);
    }
  differences = g_variant_ref_sink (g_variant_builder_end (&changed));
  if (g_variant_n_children (differences) > 0)
    vb_signal_properties (notifier->connection, VB_PATH_ROOT, &vb_host_interface_table,
                          differences);
}

static gboolean
on_flush (gpointer data)
{
  VbNotifier *notifier = data;

  notifier->flush_id = 0;
  vb_notifier_flush (notifier);
  return G_SOURCE_REMOVE;
}

/* Not at idle priority: a stream of calls must not keep news back. */
static void
schedule_flush (VbNotifier *notifier)
{
  if (notifier->flush_id == 0)
    notifier->flush_id = g_idle_add_full (G_PRIORITY_DEFAULT, on_flush, notifier, NULL);
}

VbNotifier *
vb_notifier_new (GDBusConnection *connection, VbNode *root, VbCollection *const *collections)
{
  VbNotifier *notifier = g_new0 (VbNotifier, 1);

  notifier->connection = g_object_ref (connection);
  notifier->root = vb_node_ref (root);
  notifier->collections = collections;
  notifier->host = read_host (root);
  g_queue_init (&notifier->marked);
  return notifier;
}

void
vb_notifier_free (VbNotifier *notifier)
{
  g_clear_handle_id (&notifier->flush_id, g_source_remove);
  g_queue_clear_full (&notifier->marked, (GDestroyNotify) vb_node_unref);
  g_variant_unref (notifier->host);
  vb_node_unref (notifier->root);
  g_object_unref (notifier->connection);
  g_free (notifier);
}

void
vb_notifier_mark (VbNotifier *notifier, VbNode *node)
{
  if (!node->is_marked)
    g_queue_push_tail (&notifier->marked, vb_node_ref (node));
  node->is_marked = TRUE;
  schedule_flush (notifier);
}

void
vb_notifier_mark_host (VbNotifier *notifier)
{
  notifier->is_host_marked = TRUE;
  schedule_flush (notifier);
}

void
vb_notifier_mark_value (VbNotifier *notifier, guint collection, gpointer before, gpointer after)
{
  vb_collection_change (notifier->collections[collection], before, after);
  schedule_flush (notifier);
}

void
vb_notifier_flush (VbNotifier *notifier)
{
  VbNode *next;

  g_clear_handle_id (&notifier->flush_id, g_source_remove);
  if (notifier->is_host_marked)
    announce_host (notifier);
  notifier->is_host_marked = FALSE;
  for (guint i = 0; i < VB_N_COLLECTIONS; i++)
    vb_collection_announce_present (notifier->collections[i], notifier->connection);
  while ((next = g_queue_pop_head (&notifier->marked)) != NULL)
    {
      g_autoptr (VbNode) node = next;
      announce (notifier, node);
    }
  for (guint i = 0; i < VB_N_COLLECTIONS; i++)
    vb_collection_announce_gone (notifier->collections[i], notifier->connection);
}

void
vb_notifier_remove (VbNotifier *notifier, VbNode *node)
{
  g_autofree char *path = vb_node_get_path (node);

  if (g_queue_remove (&notifier->marked, node))
    {
      g_autoptr (VbNode) marked = node;
      if (marked->is_announced)
        announce (notifier, marked);
    }
  if (!node->is_announced)
    return;
  announce_gone_devices (notifier, path, &node->facts, NULL);
  vb_signal_removed (notifier->connection, VB_PATH_ROOT, path, vb_domain_get_tables (&node->facts));
}

void
vb_notifier_send_event (VbNotifier *notifier, VbNode *node, const char *kind, GVariant *details)
{
  g_autofree char *path = vb_node_get_path (node);

  vb_notifier_flush (notifier);
  vb_signal_emit (notifier->connection, path, vb_domain_interface_table.name, "Event",
                  g_variant_new ("(s@a{sv})", kind, details));
}
