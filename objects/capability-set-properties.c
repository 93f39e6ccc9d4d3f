/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * org.virtbus1.CapabilitySet, its properties: how each is read from a capability set, which may not
 * know its emulator yet.
 */
#include "objects/capability-set.h"

static const char *const state_words[] = {
  [VB_SET_READY] = "ready",
  [VB_SET_UNKNOWN] = "unknown",
  [VB_SET_PROBING] = "probing",
  [VB_SET_FAILED] = "failed",
};

VbSetState
vb_capability_set_get_state (const VbCapabilitySet *set, const VbEmulatorFacts **failed)
{
  VbSetState state = VB_SET_READY;

  for (guint i = 0; i < set->domain_types->len; i++)
    {
      VbDomainType type = g_array_index (set->domain_types, VbDomainType, i);
      const VbEmulatorFacts *facts = vb_capability_set_get_facts (set, type);

      if (type == VB_DOMAIN_TYPE_XEN)
        continue;
      if (facts == NULL)
        return set->is_probing ? VB_SET_PROBING : VB_SET_UNKNOWN;
      if (vb_emulator_facts_get_error (facts) == NULL)
        continue;
      state = VB_SET_FAILED;
      if (failed != NULL)
        *failed = facts;
    }
  return state;
}

static GVariant *
get_os_type (const VbView *view)
{
  return vb_value_from_text (vb_enum_to_string (&vb_os_type_table, view->set->os_type));
}

static GVariant *
get_architecture (const VbView *view)
{
  return vb_value_from_text (view->set->arch);
}

static GVariant *
get_word_size (const VbView *view)
{
  return g_variant_new_uint32 (view->set->word_size);
}

static GVariant *
get_state (const VbView *view)
{
  return vb_value_from_text (state_words[vb_capability_set_get_state (view->set, NULL)]);
}

static GVariant *
get_error (const VbView *view)
{
  const VbEmulatorFacts *failed = NULL;

  vb_capability_set_get_state (view->set, &failed);
  return vb_value_from_foreign_text (failed != NULL ? vb_emulator_facts_get_error (failed) : "");
}

static GVariant *
get_domain_types (const VbView *view)
{
  const GArray *types = view->set->domain_types;
  GVariantBuilder words;

  g_variant_builder_init (&words, G_VARIANT_TYPE_STRING_ARRAY);
  for (guint i = 0; i < types->len; i++)
    g_variant_builder_add (&words, "s",
                           vb_enum_to_string (&vb_domain_type_table,
                                              g_array_index (types, VbDomainType, i)));
  return g_variant_builder_end (&words);
}

static GVariant *
get_emulator (const VbView *view)
{
  return vb_value_from_foreign_text (view->set->emulator);
}

static GVariant *
get_emulator_version (const VbView *view)
{
  const VbEmulatorFacts *facts = view->set->facts;

  return vb_value_from_text (facts != NULL ? vb_emulator_facts_get_version (facts) : "");
}

static GVariant *
get_loader (const VbView *view)
{
  return vb_value_from_foreign_text (view->set->loader);
}

/* It is the first one, if there is one. */
static GVariant *
get_default_machine (const VbView *view)
{
  const VbEmulatorFacts *facts = view->set->facts;
  VbEmulatorMachine machine = { NULL };

  if (facts != NULL && vb_emulator_facts_get_n_machines (facts) > 0)
    vb_emulator_facts_get_machine (facts, 0, &machine);
  return vb_value_from_text (machine.is_default ? machine.name : "");
}

/* @facts: (nullable) */
static GVariant *
list_machines (const VbEmulatorFacts *facts)
{
  guint n_machines = facts != NULL ? vb_emulator_facts_get_n_machines (facts) : 0;
  GVariantBuilder rows;

  g_variant_builder_init (&rows, G_VARIANT_TYPE ("a(ssub)"));
  for (guint i = 0; i < n_machines; i++)
    {
      VbEmulatorMachine machine;
      vb_emulator_facts_get_machine (facts, i, &machine);
      g_variant_builder_add (&rows, "(ssub)", machine.name, machine.canonical, machine.max_cpus,
                             machine.is_deprecated);
    }
  return g_variant_builder_end (&rows);
}

static GVariant *
get_machines (const VbView *view)
{
  return list_machines (view->set->facts);
}

static void
add_feature (GVariantBuilder *features,
             gboolean exists,
             const char *name,
             gboolean by_default,
             gboolean can_change)
{
  if (exists)
    g_variant_builder_add (features, "{s(bb)}", name, by_default, can_change);
}

/* A domain that does not ask for PAE has none, where it can be without. */
static GVariant *
get_features (const VbView *view)
{
  const VbCapabilitySet *set = view->set;
  gboolean choice = set->pae && set->nonpae;
  GVariantBuilder features;

  g_variant_builder_init (&features, G_VARIANT_TYPE ("a{s(bb)}"));
  add_feature (&features, set->has_acpi, "acpi", set->acpi_default, set->acpi_toggle);
  add_feature (&features, set->has_apic, "apic", set->apic_default, set->apic_toggle);
  add_feature (&features, set->pae, "pae", !set->nonpae, choice);
  add_feature (&features, set->nonpae, "nonpae", TRUE, choice);
  return g_variant_builder_end (&features);
}

static GVariant *
describe_override (const VbCapabilityOverride *override)
{
  GVariantBuilder values;

  g_variant_builder_init (&values, G_VARIANT_TYPE_VARDICT);
  if (override->emulator != NULL)
    g_variant_builder_add (&values, "{sv}", "Emulator",
                           vb_value_from_foreign_text (override->emulator));
  if (override->loader != NULL)
    g_variant_builder_add (&values, "{sv}", "Loader",
                           vb_value_from_foreign_text (override->loader));
  if (override->facts != NULL)
    g_variant_builder_add (&values, "{sv}", "Machines", list_machines (override->facts));
  return g_variant_builder_end (&values);
}

static GVariant *
get_domain_type_overrides (const VbView *view)
{
  GVariantBuilder types;

  g_variant_builder_init (&types, G_VARIANT_TYPE ("a{sa{sv}}"));
  for (guint i = 0; i < view->set->overrides->len; i++)
    {
      const VbCapabilityOverride *override = g_ptr_array_index (view->set->overrides, i);
      g_variant_builder_add (&types, "{s@a{sv}}",
                             vb_enum_to_string (&vb_domain_type_table, override->type),
                             describe_override (override));
    }
  return g_variant_builder_end (&types);
}

const VbPropertyRow vb_capability_set_properties[] = {
  { "OsType", 0, get_os_type },
  { "Architecture", 0, get_architecture },
  { "WordSize", 0, get_word_size },
  { "State", VB_FACET_HOST, get_state },
  { "Error", VB_FACET_HOST, get_error },
  { "DomainTypes", VB_FACET_HOST, get_domain_types },
  { "Emulator", VB_FACET_HOST, get_emulator },
  { "EmulatorVersion", VB_FACET_HOST, get_emulator_version },
  { "Loader", VB_FACET_HOST, get_loader },
  { "DefaultMachine", VB_FACET_HOST, get_default_machine },
  { "Machines", VB_FACET_HOST, get_machines },
  { "Features", VB_FACET_HOST, get_features },
  { "DomainTypeOverrides", VB_FACET_HOST, get_domain_type_overrides },
  { NULL },
};
