/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Facts are read where they lie: a string that is returned is a place in the packed bytes, and a
 * lookup is a binary search in them.
 */
#include "qemu/emulator-facts-private.h"

#include <string.h>

typedef enum
{
  PART_ERROR,
  PART_VERSION,
  PART_TARGET,
  PART_KVM,
  PART_MACHINES,
  PART_MACHINE_ORDER,
  PART_CPUS,
  PART_DEVICES,
  PART_ALIAS_ORDER,
  PART_RANGES,
  PART_PROPERTIES,
  PART_WORDS,
  N_PARTS,
} Part;

#define DEVICE_ALIAS_COLUMN 4
/* Of rows that are strings themselves. */
#define NO_COLUMN -1

struct _VbEmulatorFacts
{
  gatomicrefcount ref_count;
  GVariant *packed;         /* (owned): in serialized form, so that its strings stay in place */
  GVariant *parts[N_PARTS]; /* (owned) */
  GVariant *
      *default_values; /* (owned) (nullable elements): of properties, since they were asked for */
};

/* Rows that can be searched: some or all of a part. */
typedef struct
{
  GVariant *rows;
  int column;           /* that they are sorted by, of strings */
  const guint32 *order; /* (nullable): the rows in that order, where it is not their own */
  guint first;
  guint n;
} Sorted;

/* (transfer none): it lies in the packed bytes */
static const char *
get_string (GVariant *rows, guint index, int column)
{
  g_autoptr (GVariant) row = g_variant_get_child_value (rows, index);
  g_autoptr (GVariant) string = NULL;

  if (column == NO_COLUMN)
    return g_variant_get_string (row, NULL);
  string = g_variant_get_child_value (row, (gsize) column);
  return g_variant_get_string (string, NULL);
}

static guint
sorted_get_row (const Sorted *sorted, guint position)
{
  return sorted->order ? sorted->order[position] : sorted->first + position;
}

static gboolean
sorted_find (const Sorted *sorted, const char *name, guint *row)
{
  guint low = 0;
  guint high = sorted->n;

  while (low < high)
    {
      guint middle = low + (high - low) / 2;
      int order;

      *row = sorted_get_row (sorted, middle);
      order = strcmp (name, get_string (sorted->rows, *row, sorted->column));
      if (order == 0)
        return TRUE;
      if (order < 0)
        high = middle;
      else
        low = middle + 1;
    }
  return FALSE;
}

static gboolean
find_by_name (GVariant *rows, const char *name, guint *row)
{
  const Sorted sorted = { .rows = rows, .n = (guint) g_variant_n_children (rows) };

  return sorted_find (&sorted, name, row);
}

static const guint32 *
get_order (const VbEmulatorFacts *facts, Part part, guint *n)
{
  gsize n_elements;
  const guint32 *order =
      g_variant_get_fixed_array (facts->parts[part], &n_elements, sizeof (guint32));

  *n = (guint) n_elements;
  return order;
}

static gboolean
order_is_within (const VbEmulatorFacts *facts, Part order_part, Part rows_part)
{
  gsize n_rows = g_variant_n_children (facts->parts[rows_part]);
  guint n;
  const guint32 *order = get_order (facts, order_part, &n);

  for (guint i = 0; i < n; i++)
    if (order[i] >= n_rows)
      return FALSE;
  return TRUE;
}

static const VbFactsRange *
get_ranges (const VbEmulatorFacts *facts, gsize *n)
{
  return g_variant_get_fixed_array (facts->parts[PART_RANGES], n, sizeof (VbFactsRange));
}

static gboolean
ranges_are_within (const VbEmulatorFacts *facts)
{
  gsize n_properties = g_variant_n_children (facts->parts[PART_PROPERTIES]);
  gsize n_ranges;
  const VbFactsRange *ranges = get_ranges (facts, &n_ranges);

  for (gsize i = 0; i < n_ranges; i++)
    if (ranges[i].n != VB_FACTS_UNKNOWN &&
        (ranges[i].first > n_properties || ranges[i].n > n_properties - ranges[i].first))
      return FALSE;
  return n_ranges == g_variant_n_children (facts->parts[PART_DEVICES]);
}

/* Whether all that leads from one part to another leads to something. */
static gboolean
facts_are_sound (const VbEmulatorFacts *facts)
{
  return order_is_within (facts, PART_MACHINE_ORDER, PART_MACHINES) &&
         order_is_within (facts, PART_ALIAS_ORDER, PART_DEVICES) && ranges_are_within (facts) &&
         g_variant_n_children (facts->parts[PART_WORDS]) == VB_N_EMULATOR_WORDS;
}

/* @packed: (transfer full) */
static VbEmulatorFacts *
facts_new (GVariant *packed)
{
  VbEmulatorFacts *facts = g_new0 (VbEmulatorFacts, 1);

  g_atomic_ref_count_init (&facts->ref_count);
  facts->packed = packed;
  g_variant_get_data (packed);
  for (guint part = 0; part < N_PARTS; part++)
    facts->parts[part] = g_variant_get_child_value (packed, part);
  facts->default_values = g_new0 (GVariant *, g_variant_n_children (facts->parts[PART_PROPERTIES]));
  return facts;
}

VbEmulatorFacts *
vb_emulator_facts_new_packed (GVariant *packed)
{
  g_return_val_if_fail (g_variant_is_of_type (packed, G_VARIANT_TYPE (VB_FACTS_TYPE)), NULL);

  return facts_new (g_variant_ref_sink (packed));
}

VbEmulatorFacts *
vb_emulator_facts_new_failed (const char *message)
{
  GVariantBuilder words = G_VARIANT_BUILDER_INIT (G_VARIANT_TYPE (VB_FACTS_WORDS));

  for (guint kind = 0; kind < VB_N_EMULATOR_WORDS; kind++)
    g_variant_builder_add_value (&words, g_variant_new_strv (NULL, 0));
  return vb_emulator_facts_new_packed (g_variant_new (VB_FACTS_TYPE, message, "", "", FALSE, NULL,
                                                      NULL, NULL, NULL, NULL, NULL, NULL, &words));
}

VbEmulatorFacts *
vb_emulator_facts_new_checked (GVariant *packed)
{
  g_autoptr (VbEmulatorFacts) facts = NULL;

  if (!g_variant_is_of_type (packed, G_VARIANT_TYPE (VB_FACTS_TYPE)) ||
      !g_variant_is_normal_form (packed))
    return NULL;
  facts = facts_new (g_variant_ref (packed));
  return facts_are_sound (facts) ? g_steal_pointer (&facts) : NULL;
}

GVariant *
vb_emulator_facts_get_packed (const VbEmulatorFacts *facts)
{
  return facts->packed;
}

VbEmulatorFacts *
vb_emulator_facts_ref (VbEmulatorFacts *facts)
{
  g_atomic_ref_count_inc (&facts->ref_count);
  return facts;
}

void
vb_emulator_facts_unref (VbEmulatorFacts *facts)
{
  gsize n_properties;

  if (!g_atomic_ref_count_dec (&facts->ref_count))
    return;
  n_properties = g_variant_n_children (facts->parts[PART_PROPERTIES]);
  for (gsize i = 0; i < n_properties; i++)
    g_clear_pointer (&facts->default_values[i], g_variant_unref);
  g_free (facts->default_values);
  for (guint part = 0; part < N_PARTS; part++)
    g_variant_unref (facts->parts[part]);
  g_variant_unref (facts->packed);
  g_free (facts);
}

gboolean
vb_emulator_facts_equal (const VbEmulatorFacts *a, const VbEmulatorFacts *b)
{
  return a == b || g_variant_equal (a->packed, b->packed);
}

const char *
vb_emulator_facts_get_error (const VbEmulatorFacts *facts)
{
  const char *error = g_variant_get_string (facts->parts[PART_ERROR], NULL);

  return *error ? error : NULL;
}

const char *
vb_emulator_facts_get_version (const VbEmulatorFacts *facts)
{
  return g_variant_get_string (facts->parts[PART_VERSION], NULL);
}

const char *
vb_emulator_facts_get_target (const VbEmulatorFacts *facts)
{
  return g_variant_get_string (facts->parts[PART_TARGET], NULL);
}

gboolean
vb_emulator_facts_has_kvm (const VbEmulatorFacts *facts)
{
  return g_variant_get_boolean (facts->parts[PART_KVM]);
}

guint
vb_emulator_facts_get_n_machines (const VbEmulatorFacts *facts)
{
  return (guint) g_variant_n_children (facts->parts[PART_MACHINES]);
}

void
vb_emulator_facts_get_machine (const VbEmulatorFacts *facts,
                               guint index,
                               VbEmulatorMachine *machine)
{
  g_return_if_fail (index < vb_emulator_facts_get_n_machines (facts));

  g_variant_get_child (facts->parts[PART_MACHINES], index, "(&s&subb)", &machine->name,
                       &machine->canonical, &machine->max_cpus, &machine->is_default,
                       &machine->is_deprecated);
}

gboolean
vb_emulator_facts_find_machine (const VbEmulatorFacts *facts,
                                const char *name,
                                VbEmulatorMachine *machine)
{
  Sorted sorted = { .rows = facts->parts[PART_MACHINES] };
  guint row;

  sorted.order = get_order (facts, PART_MACHINE_ORDER, &sorted.n);
  if (!sorted_find (&sorted, name, &row))
    return FALSE;
  vb_emulator_facts_get_machine (facts, row, machine);
  return TRUE;
}

guint
vb_emulator_facts_get_n_cpus (const VbEmulatorFacts *facts)
{
  return (guint) g_variant_n_children (facts->parts[PART_CPUS]);
}

void
vb_emulator_facts_get_cpu (const VbEmulatorFacts *facts, guint index, VbEmulatorCpu *cpu)
{
  g_return_if_fail (index < vb_emulator_facts_get_n_cpus (facts));

  g_variant_get_child (facts->parts[PART_CPUS], index, "(&sb^a&s)", &cpu->name, &cpu->is_usable,
                       &cpu->blockers);
}

gboolean
vb_emulator_facts_find_cpu (const VbEmulatorFacts *facts, const char *name, VbEmulatorCpu *cpu)
{
  guint row;

  if (!find_by_name (facts->parts[PART_CPUS], name, &row))
    return FALSE;
  vb_emulator_facts_get_cpu (facts, row, cpu);
  return TRUE;
}

guint
vb_emulator_facts_get_n_devices (const VbEmulatorFacts *facts)
{
  return (guint) g_variant_n_children (facts->parts[PART_DEVICES]);
}

void
vb_emulator_facts_get_device (const VbEmulatorFacts *facts, guint index, VbEmulatorDevice *device)
{
  g_return_if_fail (index < vb_emulator_facts_get_n_devices (facts));

  g_variant_get_child (facts->parts[PART_DEVICES], index, "(&s&s&s&s&sb)", &device->name,
                       &device->bus, &device->description, &device->category, &device->alias,
                       &device->is_pluggable);
}

static gboolean
find_device_row (const VbEmulatorFacts *facts, const char *name, guint *row)
{
  Sorted aliases = { .rows = facts->parts[PART_DEVICES], .column = DEVICE_ALIAS_COLUMN };

  aliases.order = get_order (facts, PART_ALIAS_ORDER, &aliases.n);
  return find_by_name (facts->parts[PART_DEVICES], name, row) || sorted_find (&aliases, name, row);
}

gboolean
vb_emulator_facts_find_device (const VbEmulatorFacts *facts,
                               const char *name,
                               VbEmulatorDevice *device)
{
  guint row;

  if (!find_device_row (facts, name, &row))
    return FALSE;
  vb_emulator_facts_get_device (facts, row, device);
  return TRUE;
}

/* (nullable): %NULL where there is no such device, or nothing known of its properties */
static const VbFactsRange *
find_range (const VbEmulatorFacts *facts, const char *device)
{
  gsize n_ranges;
  const VbFactsRange *ranges = get_ranges (facts, &n_ranges);
  guint row;

  return find_device_row (facts, device, &row) && ranges[row].n != VB_FACTS_UNKNOWN ? &ranges[row]
                                                                                    : NULL;
}

gboolean
vb_emulator_facts_knows_properties (const VbEmulatorFacts *facts, const char *device)
{
  return find_range (facts, device) != NULL;
}

static Sorted
get_properties (const VbEmulatorFacts *facts, const char *device)
{
  const VbFactsRange *range = find_range (facts, device);

  return (Sorted){ .rows = facts->parts[PART_PROPERTIES],
                   .first = range ? range->first : 0,
                   .n = range ? range->n : 0 };
}

guint
vb_emulator_facts_get_n_properties (const VbEmulatorFacts *facts, const char *device)
{
  return get_properties (facts, device).n;
}

/* (transfer none) (nullable). Several threads may ask for the same one at once. @maybe: of type "mv" */
static GVariant *
get_default_value (const VbEmulatorFacts *facts, guint row, GVariant *maybe)
{
  GVariant **kept = &facts->default_values[row];
  g_autoptr (GVariant) boxed = g_variant_get_maybe (maybe);
  g_autoptr (GVariant) value = boxed ? g_variant_get_variant (boxed) : NULL;

  if (value && g_atomic_pointer_compare_and_exchange (kept, NULL, value))
    g_steal_pointer (&value);
  return g_atomic_pointer_get (kept);
}

static void
read_property (const VbEmulatorFacts *facts, guint row, VbEmulatorProperty *property)
{
  g_autoptr (GVariant) maybe = NULL;

  g_variant_get_child (facts->parts[PART_PROPERTIES], row, "(&s&s&s@mv)", &property->name,
                       &property->type, &property->description, &maybe);
  property->default_value = get_default_value (facts, row, maybe);
}

void
vb_emulator_facts_get_property (const VbEmulatorFacts *facts,
                                const char *device,
                                guint index,
                                VbEmulatorProperty *property)
{
  const Sorted properties = get_properties (facts, device);

  g_return_if_fail (index < properties.n);

  read_property (facts, sorted_get_row (&properties, index), property);
}

gboolean
vb_emulator_facts_find_property (const VbEmulatorFacts *facts,
                                 const char *device,
                                 const char *name,
                                 VbEmulatorProperty *property)
{
  const Sorted properties = get_properties (facts, device);
  guint row;

  if (!sorted_find (&properties, name, &row))
    return FALSE;
  read_property (facts, row, property);
  return TRUE;
}

gboolean
vb_emulator_facts_has (const VbEmulatorFacts *facts, VbEmulatorWord kind, const char *word)
{
  g_autoptr (GVariant) words = g_variant_get_child_value (facts->parts[PART_WORDS], kind);
  const Sorted sorted = { .rows = words,
                          .column = NO_COLUMN,
                          .n = (guint) g_variant_n_children (words) };
  guint row;

  return sorted_find (&sorted, word, &row);
}

const char **
vb_emulator_facts_list (const VbEmulatorFacts *facts, VbEmulatorWord kind)
{
  g_autoptr (GVariant) words = g_variant_get_child_value (facts->parts[PART_WORDS], kind);

  return g_variant_get_strv (words, NULL);
}

/* (transfer floating) */
static GVariant *
join (GVariant *rows, GVariant *more)
{
  GVariantBuilder builder = G_VARIANT_BUILDER_INIT (g_variant_get_type (rows));
  GVariant *sources[] = { rows, more };

  for (guint source = 0; source < G_N_ELEMENTS (sources); source++)
    for (guint i = 0; i < g_variant_n_children (sources[source]); i++)
      {
        g_autoptr (GVariant) row = g_variant_get_child_value (sources[source], i);

        g_variant_builder_add_value (&builder, row);
      }
  return g_variant_builder_end (&builder);
}

/* (transfer floating): the ranges, one of them another */
static GVariant *
with_range (const VbEmulatorFacts *facts, guint row, VbFactsRange range)
{
  gsize n;
  const VbFactsRange *ranges = get_ranges (facts, &n);
  g_autofree VbFactsRange *copy = g_memdup2 (ranges, n * sizeof *ranges);

  copy[row] = range;
  return g_variant_new_fixed_array (G_VARIANT_TYPE ("(uu)"), copy, n, sizeof *copy);
}

VbEmulatorFacts *
vb_emulator_facts_with_properties (VbEmulatorFacts *facts, const char *device, GVariant *properties)
{
  g_autoptr (GVariant) more = g_variant_ref_sink (properties);
  GVariant *parts[N_PARTS];
  VbFactsRange range;
  guint row;

  if (!find_device_row (facts, device, &row) || vb_emulator_facts_knows_properties (facts, device))
    return vb_emulator_facts_ref (facts);
  range.first = (guint32) g_variant_n_children (facts->parts[PART_PROPERTIES]);
  range.n = (guint32) g_variant_n_children (more);
  memcpy (parts, facts->parts, sizeof parts);
  parts[PART_RANGES] = with_range (facts, row, range);
  parts[PART_PROPERTIES] = join (facts->parts[PART_PROPERTIES], more);
  return vb_emulator_facts_new_packed (g_variant_new_tuple (parts, N_PARTS));
}
