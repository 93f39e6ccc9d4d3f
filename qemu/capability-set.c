/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * A set is made of what has the same OS type and architecture: QEMU's emulator, another one for KVM,
 * and Xen. The first of them has its emulator in the set, the others in overrides.
 */
#include "qemu/capability-set.h"

#include "qemu/architecture.h"
#include "qemu/emulator.h"
#include "qemu/xen-capabilities.h"

#include <string.h>

typedef struct
{
  GPtrArray *sets; /* (element-type VbCapabilitySet) */
  gboolean kvm_usable;
  const char *host_arch;
} Build;

/* Best first: Xen's full virtualization is by the processor, too. */
static const VbDomainType types_best_first[] = {
  VB_DOMAIN_TYPE_KVM,
  VB_DOMAIN_TYPE_XEN,
  VB_DOMAIN_TYPE_QEMU,
};

static void
override_free (gpointer data)
{
  VbCapabilityOverride *override = data;

  g_free (override->emulator);
  g_free (override->loader);
  g_clear_pointer (&override->facts, vb_emulator_facts_unref);
  g_free (override);
}

VbCapabilitySet *
vb_capability_set_ref (VbCapabilitySet *set)
{
  g_ref_count_inc (&set->ref_count);
  return set;
}

void
vb_capability_set_unref (VbCapabilitySet *set)
{
  if (!g_ref_count_dec (&set->ref_count))
    return;
  g_free (set->arch);
  g_free (set->emulator);
  g_free (set->loader);
  g_clear_pointer (&set->facts, vb_emulator_facts_unref);
  g_array_unref (set->domain_types);
  g_ptr_array_unref (set->overrides);
  g_free (set);
}

static gboolean
is_same_facts (const VbEmulatorFacts *a, const VbEmulatorFacts *b)
{
  if (a == NULL || b == NULL)
    return a == b;
  return vb_emulator_facts_equal (a, b);
}

static gboolean
has_same_types (const VbCapabilitySet *a, const VbCapabilitySet *b)
{
  return a->domain_types->len == b->domain_types->len &&
         memcmp (a->domain_types->data, b->domain_types->data,
                 a->domain_types->len * sizeof (VbDomainType)) == 0;
}

static gboolean
has_same_overrides (const VbCapabilitySet *a, const VbCapabilitySet *b)
{
  if (a->overrides->len != b->overrides->len)
    return FALSE;
  for (guint i = 0; i < a->overrides->len; i++)
    {
      const VbCapabilityOverride *one = g_ptr_array_index (a->overrides, i);
      const VbCapabilityOverride *other = g_ptr_array_index (b->overrides, i);

      if (one->type != other->type || g_strcmp0 (one->emulator, other->emulator) != 0 ||
          g_strcmp0 (one->loader, other->loader) != 0 || !is_same_facts (one->facts, other->facts))
        return FALSE;
    }
  return TRUE;
}

gboolean
vb_capability_set_equal (const VbCapabilitySet *a, const VbCapabilitySet *b)
{
  return a == b ||
         (a->os_type == b->os_type && g_str_equal (a->arch, b->arch) &&
          a->word_size == b->word_size && g_strcmp0 (a->emulator, b->emulator) == 0 &&
          g_strcmp0 (a->loader, b->loader) == 0 && a->pae == b->pae && a->nonpae == b->nonpae &&
          a->has_acpi == b->has_acpi && a->acpi_default == b->acpi_default &&
          a->acpi_toggle == b->acpi_toggle && a->has_apic == b->has_apic &&
          a->apic_default == b->apic_default && a->apic_toggle == b->apic_toggle &&
          a->is_probing == b->is_probing && has_same_types (a, b) && has_same_overrides (a, b) &&
          is_same_facts (a->facts, b->facts));
}

const VbCapabilityOverride *
vb_capability_set_get_override (const VbCapabilitySet *set, VbDomainType type)
{
  for (guint i = 0; i < set->overrides->len; i++)
    {
      const VbCapabilityOverride *override = g_ptr_array_index (set->overrides, i);

      if (override->type == type)
        return override;
    }
  return NULL;
}

const VbEmulatorFacts *
vb_capability_set_get_facts (const VbCapabilitySet *set, VbDomainType type)
{
  const VbCapabilityOverride *override = vb_capability_set_get_override (set, type);

  return override != NULL ? override->facts : set->facts;
}

static guint
get_rank (VbDomainType type)
{
  guint rank = 0;

  while (rank < G_N_ELEMENTS (types_best_first) && types_best_first[rank] != type)
    rank++;
  return rank;
}

static void
set_add_type (VbCapabilitySet *set, VbDomainType type)
{
  const VbDomainType *types = (const VbDomainType *) (gpointer) set->domain_types->data;
  guint position = 0;

  while (position < set->domain_types->len && get_rank (types[position]) < get_rank (type))
    position++;
  if (position == set->domain_types->len || types[position] != type)
    g_array_insert_val (set->domain_types, position, type);
}

static void
set_add_override (VbCapabilitySet *set,
                  VbDomainType type,
                  const char *emulator,
                  const char *loader,
                  VbEmulatorFacts *facts)
{
  VbCapabilityOverride *override = g_new0 (VbCapabilityOverride, 1);

  override->type = type;
  override->emulator = g_strdup (emulator);
  override->loader = g_strdup (loader);
  override->facts = facts != NULL ? vb_emulator_facts_ref (facts) : NULL;
  g_ptr_array_add (set->overrides, override);
}

/* (nullable) */
static VbCapabilitySet *
build_find (Build *build, VbOsType os_type, const char *arch)
{
  for (guint i = 0; i < build->sets->len; i++)
    {
      VbCapabilitySet *set = g_ptr_array_index (build->sets, i);

      if (set->os_type == os_type && g_str_equal (set->arch, arch))
        return set;
    }
  return NULL;
}

/* (transfer none): a new set, which has no types yet. @facts: (nullable) */
static VbCapabilitySet *
build_add (
    Build *build, VbOsType os_type, const char *arch, const char *emulator, VbEmulatorFacts *facts)
{
  VbCapabilitySet *set = g_new0 (VbCapabilitySet, 1);

  g_ref_count_init (&set->ref_count);
  set->os_type = os_type;
  set->arch = g_strdup (arch);
  set->word_size = vb_architecture_get_word_size (arch);
  set->emulator = g_strdup (emulator);
  set->facts = facts != NULL ? vb_emulator_facts_ref (facts) : NULL;
  set->domain_types = g_array_new (FALSE, FALSE, sizeof (VbDomainType));
  set->overrides = g_ptr_array_new_with_free_func (override_free);
  g_ptr_array_add (build->sets, set);
  return set;
}

/* What a whole PC has: a guest may find no ACPI, but always an APIC. The processor of a 32-bit guest
 * can be had with PAE and without. */
static void
set_add_pc_features (VbCapabilitySet *set)
{
  if (!vb_architecture_is_x86 (set->arch))
    return;
  set->has_acpi = set->acpi_default = set->acpi_toggle = TRUE;
  set->has_apic = set->apic_default = TRUE;
  set->pae = set->nonpae = set->word_size == 32;
}

static gboolean
is_probing (const VbCapabilitySource *source)
{
  return source->facts == NULL && source->is_busy;
}

static void
add_emulator (Build *build, const VbCapabilitySource *source, const char *qemu_arch)
{
  const char *arch = vb_architecture_to_set (qemu_arch);
  VbCapabilitySet *set;

  /* Two names of one architecture: the first has it. */
  if (build_find (build, VB_OS_TYPE_HVM, arch) != NULL)
    return;
  set = build_add (build, VB_OS_TYPE_HVM, arch, source->path, source->facts);
  set->is_probing = is_probing (source);
  set_add_type (set, VB_DOMAIN_TYPE_QEMU);
  set_add_pc_features (set);
  if (build->kvm_usable && source->facts != NULL && vb_emulator_facts_has_kvm (source->facts) &&
      vb_architecture_is_native (arch, build->host_arch))
    set_add_type (set, VB_DOMAIN_TYPE_KVM);
}

/* The architecture of a qemu-kvm: what it tells, or else the host's. */
static const char *
get_kvm_arch (Build *build, const VbCapabilitySource *source)
{
  const char *target = source->facts != NULL ? vb_emulator_facts_get_target (source->facts) : "";

  return vb_architecture_to_set (*target != '\0' ? target : build->host_arch);
}

static void
add_kvm_emulator (Build *build, const VbCapabilitySource *source)
{
  const char *arch = get_kvm_arch (build, source);
  VbCapabilitySet *set = build_find (build, VB_OS_TYPE_HVM, arch);

  if (set == NULL)
    {
      add_emulator (build, source, arch);
      return;
    }
  if (!build->kvm_usable || g_str_equal (set->emulator, source->path) ||
      (source->facts != NULL && !vb_emulator_facts_has_kvm (source->facts)) ||
      vb_capability_set_get_override (set, VB_DOMAIN_TYPE_KVM) != NULL)
    return;
  set_add_type (set, VB_DOMAIN_TYPE_KVM);
  set_add_override (set, VB_DOMAIN_TYPE_KVM, source->path, NULL, source->facts);
  set->is_probing |= is_probing (source);
}

static void
add_xen (Build *build, const VbCapabilityXen *xen, const VbXenCapability *capability)
{
  gboolean is_hvm = capability->os_type == VB_OS_TYPE_HVM;
  const char *loader = is_hvm ? xen->loader : NULL;
  VbCapabilitySet *set = build_find (build, capability->os_type, capability->arch);

  if (set != NULL)
    set_add_override (set, VB_DOMAIN_TYPE_XEN, xen->emulator, loader, NULL);
  else
    {
      set = build_add (build, capability->os_type, capability->arch, xen->emulator, NULL);
      set->loader = g_strdup (loader);
      if (is_hvm)
        set_add_pc_features (set);
      set->pae = set->nonpae = FALSE;
    }
  set->pae |= capability->pae;
  set->nonpae |= capability->nonpae;
  set_add_type (set, VB_DOMAIN_TYPE_XEN);
}

static int
compare_sets (gconstpointer a, gconstpointer b)
{
  const VbCapabilitySet *one = *(const VbCapabilitySet *const *) a;
  const VbCapabilitySet *other = *(const VbCapabilitySet *const *) b;
  int order = strcmp (one->arch, other->arch);

  return order != 0 ? order : (int) one->os_type - (int) other->os_type;
}

GPtrArray *
vb_capability_sets_build (const VbCapabilitySource *sources,
                          guint n_sources,
                          gboolean kvm_usable,
                          const char *host_arch,
                          const VbCapabilityXen *xen)
{
  Build build = { .kvm_usable = kvm_usable, .host_arch = host_arch };
  g_autoptr (GArray) capabilities = NULL;

  build.sets = g_ptr_array_new_with_free_func ((GDestroyNotify) vb_capability_set_unref);
  for (guint i = 0; i < n_sources; i++)
    {
      g_autofree char *name = g_path_get_basename (sources[i].path);
      const char *arch = vb_architecture_from_program (name);

      if (arch != NULL)
        add_emulator (&build, &sources[i], arch);
    }
  for (guint i = 0; i < n_sources; i++)
    if (vb_emulator_is_for_kvm (sources[i].path))
      add_kvm_emulator (&build, &sources[i]);
  if (xen != NULL)
    capabilities = vb_xen_capabilities_parse (xen->capabilities);
  for (guint i = 0; capabilities != NULL && i < capabilities->len; i++)
    add_xen (&build, xen, &g_array_index (capabilities, VbXenCapability, i));
  g_ptr_array_sort (build.sets, compare_sets);
  return build.sets;
}
