/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Groups and virtual functions, found from the devices themselves: each names its group and its
 * physical function. So an event about one of them takes no reading of the others.
 */
#include "host/pci-relations.h"

#include <string.h>

/* Sorted ids, which belong to the devices */
typedef struct
{
  GPtrArray *members;  /* (owned) (element-type utf8) */
  GPtrArray *blockers; /* (owned) (element-type utf8) */
} Group;

typedef struct
{
  GHashTable *groups;    /* (owned) (element-type guint Group) */
  GHashTable *functions; /* (owned) (element-type utf8 GPtrArray): of a physical function */
} Relations;

static Group *
group_new (void)
{
  Group *group = g_new (Group, 1);

  group->members = g_ptr_array_new ();
  group->blockers = g_ptr_array_new ();
  return group;
}

static void
group_free (Group *group)
{
  g_ptr_array_unref (group->members);
  g_ptr_array_unref (group->blockers);
  g_free (group);
}

/* Those have a configuration header of another type than devices. */
static gboolean
is_bridge (guint32 class_code)
{
  static const guint16 bridges[] = { 0x0604, 0x0607, 0x0609 }; /* PCI, CardBus, semi-transparent */

  for (guint i = 0; i < G_N_ELEMENTS (bridges); i++)
    if (class_code >> 8 == bridges[i])
      return TRUE;
  return FALSE;
}

/* Those of vendors are called "mlx5_vfio_pci". */
static gboolean
lets_guests_in (const char *driver)
{
  static const char *const drivers[] = { "", "pci-stub", "pcieport", "vfio-pci", NULL };

  return g_strv_contains (drivers, driver) || g_str_has_suffix (driver, "_vfio_pci");
}

/* As vfio_dev_viable() in Linux's drivers/vfio judges it, and later versions of the kernel by
 * driver_managed_dma */
static gboolean
is_blocker (const VbHostDevice *device)
{
  return !is_bridge (device->pci.class_code) && !lets_guests_in (device->driver);
}

static void
add_to_group (GHashTable *groups, const VbHostDevice *device)
{
  gpointer number = GINT_TO_POINTER (device->pci.iommu_group);
  Group *group = g_hash_table_lookup (groups, number);

  if (group == NULL)
    {
      group = group_new ();
      g_hash_table_insert (groups, number, group);
    }
  g_ptr_array_add (group->members, device->id);
  if (is_blocker (device))
    g_ptr_array_add (group->blockers, device->id);
}

static void
add_function (GHashTable *functions, const VbHostDevice *device)
{
  const char *physical = device->pci.physical_function;
  GPtrArray *ids = g_hash_table_lookup (functions, physical);

  if (ids == NULL)
    {
      ids = g_ptr_array_new ();
      g_hash_table_insert (functions, g_strdup (physical), ids);
    }
  g_ptr_array_add (ids, device->id);
}

/* @devices: sorted by id, so that all lists are */
static void
find_relations (Relations *relations, GPtrArray *devices)
{
  relations->groups = g_hash_table_new_full (NULL, NULL, NULL, (GDestroyNotify) group_free);
  relations->functions =
      g_hash_table_new_full (g_str_hash, g_str_equal, g_free, (GDestroyNotify) g_ptr_array_unref);
  for (guint i = 0; i < devices->len; i++)
    {
      const VbHostDevice *device = devices->pdata[i];

      if (device->pci.iommu_group >= 0)
        add_to_group (relations->groups, device);
      if (*device->pci.physical_function != '\0')
        add_function (relations->functions, device);
    }
}

static void
clear_relations (Relations *relations)
{
  g_hash_table_unref (relations->groups);
  g_hash_table_unref (relations->functions);
}

/* (transfer container) (element-type utf8): @ids, which may be %NULL, but @without, as a list */
static GPtrArray *
list_ids (GPtrArray *ids, const char *without)
{
  GPtrArray *list = g_ptr_array_new ();

  for (guint i = 0; ids != NULL && i < ids->len; i++)
    if (g_strcmp0 (ids->pdata[i], without) != 0)
      g_ptr_array_add (list, ids->pdata[i]);
  g_ptr_array_add (list, NULL);
  return list;
}

static gboolean
is_list (char **list, GPtrArray *ids)
{
  return g_strv_equal ((const char *const *) list, (const char *const *) ids->pdata);
}

static void
take_ids (char ***field, GPtrArray *ids)
{
  vb_host_device_take_list (field, g_strdupv ((char **) ids->pdata));
}

/* (transfer full) (nullable): %NULL if @device is as it should be */
static VbHostDevice *
correct (const VbHostDevice *device, const Relations *relations)
{
  const VbPciDevice *pci = &device->pci;
  const Group *group = g_hash_table_lookup (relations->groups, GINT_TO_POINTER (pci->iommu_group));
  g_autoptr (GPtrArray) members = list_ids (group != NULL ? group->members : NULL, NULL);
  g_autoptr (GPtrArray) blockers = list_ids (group != NULL ? group->blockers : NULL, device->id);
  g_autoptr (GPtrArray) functions =
      list_ids (g_hash_table_lookup (relations->functions, device->id), NULL);
  gboolean viable = group != NULL && blockers->pdata[0] == NULL;
  VbHostDevice *corrected;

  if (pci->viable == viable && is_list (pci->group, members) && is_list (pci->blockers, blockers) &&
      is_list (pci->virtual_functions, functions))
    return NULL;
  corrected = vb_host_device_copy (device);
  corrected->pci.viable = viable;
  take_ids (&corrected->pci.group, members);
  take_ids (&corrected->pci.blockers, blockers);
  take_ids (&corrected->pci.virtual_functions, functions);
  return corrected;
}

static gint
compare_ids (gconstpointer a, gconstpointer b)
{
  return strcmp ((*(VbHostDevice *const *) a)->id, (*(VbHostDevice *const *) b)->id);
}

/* (transfer full) (element-type VbHostDevice): sorted by id */
static GPtrArray *
list_pci_devices (GHashTable *devices)
{
  GPtrArray *list = g_ptr_array_new_with_free_func ((GDestroyNotify) vb_host_device_unref);
  GHashTableIter iter;
  gpointer device;

  g_hash_table_iter_init (&iter, devices);
  while (g_hash_table_iter_next (&iter, NULL, &device))
    if (((VbHostDevice *) device)->kind == VB_HOST_DEVICE_PCI)
      g_ptr_array_add (list, vb_host_device_ref (device));
  g_ptr_array_sort (list, compare_ids);
  return list;
}

void
vb_pci_relations_update (GHashTable *devices)
{
  g_autoptr (GPtrArray) list = list_pci_devices (devices);
  Relations relations;

  find_relations (&relations, list);
  for (guint i = 0; i < list->len; i++)
    {
      VbHostDevice *device = list->pdata[i];
      VbHostDevice *corrected = correct (device, &relations);

      if (corrected != NULL)
        g_hash_table_replace (devices, g_strdup (corrected->id), corrected);
    }
  clear_relations (&relations);
}
