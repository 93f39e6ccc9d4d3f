/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Groups, what stands in the way of giving one to a guest, and functions of one card.
 */
#include "host/pci-relations.h"

static GHashTable *
table_new (void)
{
  return g_hash_table_new_full (g_str_hash, g_str_equal, g_free,
                                (GDestroyNotify) vb_host_device_unref);
}

/* (transfer none) */
static VbHostDevice *
add (GHashTable *table, const char *id, gint group, const char *driver)
{
  VbHostDevice *device = vb_host_device_new (VB_HOST_DEVICE_PCI);

  vb_host_device_take_text (&device->id, g_strdup (id));
  vb_host_device_take_text (&device->driver, g_strdup (driver));
  device->pci.iommu_group = group;
  device->pci.class_code = 0x020000;
  g_hash_table_insert (table, g_strdup (id), device);
  return device;
}

static void
assert_group (GHashTable *table, const char *id, const char *members, const char *blockers)
{
  const VbHostDevice *device = g_hash_table_lookup (table, id);
  g_autofree char *actual_members = g_strjoinv (" ", device->pci.group);
  g_autofree char *actual_blockers = g_strjoinv (" ", device->pci.blockers);

  g_assert_cmpstr (actual_members, ==, members);
  g_assert_cmpstr (actual_blockers, ==, blockers);
  g_assert_cmpint (device->pci.viable, ==, *members != '\0' && *blockers == '\0');
}

/* A card with two functions, of which the guest gets both or none */
static void
test_group (void)
{
  g_autoptr (GHashTable) table = table_new ();

  add (table, "b", 7, "snd_hda_intel");
  add (table, "a", 7, "nouveau");
  add (table, "c", 0, "e1000e");
  add (table, "d", -1, "e1000e");
  add (table, "e", -1, "");
  vb_pci_relations_update (table);

  assert_group (table, "a", "a b", "b");
  assert_group (table, "b", "a b", "a");
  assert_group (table, "c", "c", "");
  assert_group (table, "d", "", "");
  assert_group (table, "e", "", "");
}

static const struct
{
  guint32 class_code;
  const char *driver;
  gboolean blocks;
} members[] = {
  { 0x040300, "snd_hda_intel", TRUE },
  { 0x040300, "", FALSE },
  { 0x040300, "vfio-pci", FALSE },
  { 0x040300, "pci-stub", FALSE },
  { 0x020000, "mlx5_vfio_pci", FALSE },
  { 0x020000, "vfio-pci-not", TRUE },
  { 0x060400, "pcieport", FALSE },
  { 0x060400, "shpchp", FALSE },
  { 0x060700, "yenta_cardbus", FALSE },
  /* These have the header of a device. */
  { 0x060000, "skl_uncore", TRUE },
  { 0x060100, "lpc_ich", TRUE },
  { 0x060100, "", FALSE },
};

static void
test_viable (void)
{
  for (guint i = 0; i < G_N_ELEMENTS (members); i++)
    {
      g_autoptr (GHashTable) table = table_new ();

      add (table, "a", 7, "nouveau");
      add (table, "b", 7, members[i].driver)->pci.class_code = members[i].class_code;
      vb_pci_relations_update (table);
      assert_group (table, "a", "a b", members[i].blocks ? "b" : "");
    }
}

static void
test_functions (void)
{
  g_autoptr (GHashTable) table = table_new ();
  g_autofree char *functions = NULL;

  add (table, "nic", 1, "igb");
  vb_host_device_take_text (&add (table, "nic_2", 2, "")->pci.physical_function, g_strdup ("nic"));
  vb_host_device_take_text (&add (table, "nic_1", 3, "")->pci.physical_function, g_strdup ("nic"));
  vb_host_device_take_text (&add (table, "orphan", 4, "")->pci.physical_function,
                            g_strdup ("gone"));
  vb_pci_relations_update (table);

  functions =
      g_strjoinv (" ",
                  ((VbHostDevice *) g_hash_table_lookup (table, "nic"))->pci.virtual_functions);
  g_assert_cmpstr (functions, ==, "nic_1 nic_2");
}

/* One member goes to vfio-pci: a copy takes the place of each whose facts change, and of no other. */
static void
test_update (void)
{
  g_autoptr (GHashTable) table = table_new ();
  g_autoptr (VbHostDevice) before = NULL;
  VbHostDevice *bound, *other;

  add (table, "a", 7, "nouveau");
  add (table, "b", 7, "snd_hda_intel");
  add (table, "c", 8, "e1000e");
  g_hash_table_insert (table, g_strdup ("usb"), vb_host_device_new (VB_HOST_DEVICE_USB));
  vb_pci_relations_update (table);
  before = vb_host_device_ref (g_hash_table_lookup (table, "a"));
  other = g_hash_table_lookup (table, "c");
  bound = vb_host_device_copy (g_hash_table_lookup (table, "b"));
  vb_host_device_take_text (&bound->driver, g_strdup ("vfio-pci"));
  g_hash_table_replace (table, g_strdup ("b"), bound);
  vb_pci_relations_update (table);

  assert_group (table, "a", "a b", "");
  g_assert_false (before->pci.viable);
  g_assert_true (g_hash_table_lookup (table, "b") == bound);
  g_assert_true (g_hash_table_lookup (table, "c") == other);

  g_hash_table_remove (table, "b");
  vb_pci_relations_update (table);
  assert_group (table, "a", "a", "");
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/pci-relations/group", test_group);
  g_test_add_func ("/pci-relations/viable", test_viable);
  g_test_add_func ("/pci-relations/functions", test_functions);
  g_test_add_func ("/pci-relations/update", test_update);
  return g_test_run ();
}
