/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Sorts and packs what a builder has noted. A name that comes twice counts once. What the functions
 * return is floating.
 */
#include "qemu/facts-builder-private.h"

#include <string.h>

/* Names by which rows are found, each with its row. */
typedef struct
{
  const char *name;
  guint32 row;
} Place;

static int
compare_places (gconstpointer a, gconstpointer b)
{
  return strcmp (((const Place *) a)->name, ((const Place *) b)->name);
}

static void
add_place (GArray *places, const char *name, guint32 row)
{
  const Place place = { name, row };

  g_array_append_val (places, place);
}

static GVariant *
pack_order (GArray *places)
{
  GVariantBuilder order = G_VARIANT_BUILDER_INIT (G_VARIANT_TYPE (VB_FACTS_ORDER));

  g_array_sort (places, compare_places);
  for (guint i = 0; i < places->len; i++)
    g_variant_builder_add (&order, "u", g_array_index (places, Place, i).row);
  return g_variant_builder_end (&order);
}

static int
compare_machines (gconstpointer a, gconstpointer b)
{
  const Machine *left = *(const Machine *const *) a;
  const Machine *right = *(const Machine *const *) b;

  if (left->is_default != right->is_default)
    return left->is_default ? -1 : 1;
  return strcmp (left->name, right->name);
}

/* @places: (element-type Place): where the names are */
static GVariant *
pack_machines (VbFactsBuilder *builder, GArray *places)
{
  GVariantBuilder rows = G_VARIANT_BUILDER_INIT (G_VARIANT_TYPE (VB_FACTS_MACHINES));
  g_autoptr (GHashTable) seen = g_hash_table_new (g_str_hash, g_str_equal);

  g_ptr_array_sort (builder->machines, compare_machines);
  for (guint i = 0; i < builder->machines->len; i++)
    {
      const Machine *machine = builder->machines->pdata[i];
      const char *names[] = { machine->alias, machine->name };

      for (guint j = 0; j < G_N_ELEMENTS (names); j++)
        if (names[j] && g_hash_table_add (seen, (gpointer) names[j]))
          {
            add_place (places, names[j], places->len);
            g_variant_builder_add (&rows, "(ssubb)", names[j], machine->name, machine->max_cpus,
                                   machine->is_default, machine->is_deprecated);
          }
    }
  return g_variant_builder_end (&rows);
}

static int
compare_cpus (gconstpointer a, gconstpointer b)
{
  return strcmp ((*(const Cpu *const *) a)->name, (*(const Cpu *const *) b)->name);
}

static GVariant *
pack_cpus (VbFactsBuilder *builder)
{
  GVariantBuilder rows = G_VARIANT_BUILDER_INIT (G_VARIANT_TYPE (VB_FACTS_CPUS));
  const char *previous = "";

  g_ptr_array_sort (builder->cpus, compare_cpus);
  for (guint i = 0; i < builder->cpus->len; i++)
    {
      const Cpu *cpu = builder->cpus->pdata[i];

      if (!g_str_equal (cpu->name, previous))
        g_variant_builder_add (&rows, "(sb@as)", cpu->name,
                               g_variant_n_children (cpu->blockers) == 0, cpu->blockers);
      previous = cpu->name;
    }
  return g_variant_builder_end (&rows);
}

static int
compare_texts (gconstpointer a, gconstpointer b, gpointer user_data)
{
  return strcmp (*(const char *const *) a, *(const char *const *) b);
}

/* (transfer container): the keys */
static const char **
list_sorted (GHashTable *table, guint *n)
{
  const char **names = (const char **) g_hash_table_get_keys_as_array (table, n);

  g_qsort_with_data (names, (int) *n, sizeof *names, compare_texts, NULL);
  return names;
}

static GVariant *
pack_words (VbFactsBuilder *builder)
{
  GVariantBuilder lists = G_VARIANT_BUILDER_INIT (G_VARIANT_TYPE (VB_FACTS_WORDS));

  for (guint kind = 0; kind < VB_N_EMULATOR_WORDS; kind++)
    {
      guint n;
      g_autofree const char **words = list_sorted (builder->words[kind], &n);

      g_variant_builder_add_value (&lists, g_variant_new_strv (words, n));
    }
  return g_variant_builder_end (&lists);
}

static const char *
or_empty (const char *text)
{
  return text ? text : "";
}

static GVariant *
pack_device (const Device *device)
{
  GVariant *columns[] = {
    g_variant_new_string (device->name),
    g_variant_new_string (or_empty (device->bus)),
    g_variant_new_string (or_empty (device->description)),
    g_variant_new_string (or_empty (device->category)),
    g_variant_new_string (or_empty (device->alias)),
    g_variant_new_boolean (device->is_pluggable),
  };

  return g_variant_new_tuple (columns, G_N_ELEMENTS (columns));
}

/* Adds the properties of one device behind those that are there. */
static VbFactsRange
add_properties (GVariantBuilder *properties, guint32 n_there, GVariant *own)
{
  VbFactsRange range = { n_there, VB_FACTS_UNKNOWN };

  if (!own)
    return range;
  range.n = (guint32) g_variant_n_children (own);
  for (guint32 i = 0; i < range.n; i++)
    {
      g_autoptr (GVariant) property = g_variant_get_child_value (own, i);

      g_variant_builder_add_value (properties, property);
    }
  return range;
}

/* @ranges: (element-type VbFactsRange); @aliases: (element-type Place) */
static GVariant *
pack_devices (VbFactsBuilder *builder, GVariantBuilder *properties, GArray *ranges, GArray *aliases)
{
  GVariantBuilder rows = G_VARIANT_BUILDER_INIT (G_VARIANT_TYPE (VB_FACTS_DEVICES));
  guint n;
  g_autofree const char **names = list_sorted (builder->devices, &n);
  guint32 n_properties = 0;

  for (guint i = 0; i < n; i++)
    {
      const Device *device = g_hash_table_lookup (builder->devices, names[i]);
      const VbFactsRange range = add_properties (properties, n_properties, device->properties);

      g_array_append_val (ranges, range);
      n_properties += range.n != VB_FACTS_UNKNOWN ? range.n : 0;
      g_variant_builder_add_value (&rows, pack_device (device));
      if (device->alias && *device->alias)
        add_place (aliases, device->alias, i);
    }
  return g_variant_builder_end (&rows);
}

GVariant *
vb_facts_builder_pack (VbFactsBuilder *builder)
{
  GVariantBuilder properties = G_VARIANT_BUILDER_INIT (G_VARIANT_TYPE (VB_FACTS_PROPERTIES));
  g_autoptr (GArray) machine_places = g_array_new (FALSE, FALSE, sizeof (Place));
  g_autoptr (GArray) aliases = g_array_new (FALSE, FALSE, sizeof (Place));
  g_autoptr (GArray) ranges = g_array_new (FALSE, FALSE, sizeof (VbFactsRange));
  GVariant *machines = pack_machines (builder, machine_places);
  GVariant *devices = pack_devices (builder, &properties, ranges, aliases);
  GVariant *parts[] = {
    g_variant_new_string (""),
    g_variant_new_string (or_empty (builder->version)),
    g_variant_new_string (or_empty (builder->target)),
    g_variant_new_boolean (builder->has_kvm),
    machines,
    pack_order (machine_places),
    pack_cpus (builder),
    devices,
    pack_order (aliases),
    g_variant_new_fixed_array (G_VARIANT_TYPE ("(uu)"), ranges->data, ranges->len,
                               sizeof (VbFactsRange)),
    g_variant_builder_end (&properties),
    pack_words (builder),
  };

  return g_variant_new_tuple (parts, G_N_ELEMENTS (parts));
}
