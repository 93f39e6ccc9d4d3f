/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * What a capability set has to list.
 */
#include "objects/capability-lists.h"

#include "engine/engine-error.h"
#include "objects/capability-set.h"
#include "objects/path.h"
#include "qemu/device-schema.h"
#include "qemu/domain-capabilities.h"
#include "qemu/qemu-error.h"

/* Whether the emulator has told what it can. @facts: (nullable) */
static gboolean
check_facts (const VbCapabilitySet *set, const VbEmulatorFacts *facts, GError **error)
{
  const char *failure = facts != NULL ? vb_emulator_facts_get_error (facts) : NULL;

  if (failure != NULL)
    g_set_error_literal (error, VB_QEMU_ERROR, VB_QEMU_ERROR_EMULATOR, failure);
  else if (facts == NULL && vb_capability_set_get_state (set, NULL) == VB_SET_READY)
    g_set_error (error, VB_ENGINE_ERROR, VB_ENGINE_ERROR_UNSUPPORTED,
                 "the emulator of Xen does not tell what it can; QEMU does");
  else if (facts == NULL)
    g_set_error (error, VB_ENGINE_ERROR, VB_ENGINE_ERROR_BUSY,
                 "the emulator %s was replaced while it was asked; try again", set->emulator);
  return facts != NULL && failure == NULL;
}

static VbDomainType
get_type (const VbCapabilitySet *set, guint index)
{
  return g_array_index (set->domain_types, VbDomainType, index);
}

/* (nullable): of Xen's emulator nothing is known */
static const VbEmulatorFacts *
get_facts (const VbCapabilitySet *set, VbDomainType type)
{
  return type != VB_DOMAIN_TYPE_XEN ? vb_capability_set_get_facts (set, type) : NULL;
}

/* The best one that QEMU runs, if there is one */
static VbDomainType
get_best_type (const VbCapabilitySet *set)
{
  VbDomainType best = VB_DOMAIN_TYPE_XEN;

  for (guint i = 0; i < set->domain_types->len && best == VB_DOMAIN_TYPE_XEN; i++)
    best = get_type (set, i);
  return best;
}

/* @method: which has the option */
static gboolean
find_type (const VbCapabilitySet *set,
           const char *method,
           const char *word,
           VbDomainType *type,
           GError **error)
{
  g_autoptr (GString) known = g_string_new (NULL);

  for (guint i = 0; i < set->domain_types->len; i++)
    {
      const char *other = vb_enum_to_string (&vb_domain_type_table, get_type (set, i));

      *type = get_type (set, i);
      if (g_str_equal (word, other))
        return TRUE;
      g_string_append_printf (known, "%s%s", known->len > 0 ? ", " : "", other);
    }
  g_set_error (error, VB_ENGINE_ERROR, VB_ENGINE_ERROR_INVALID_ARGUMENT,
               "%s: option 'domain-type': '%s' is no domain type of this capability set; known: %s",
               method, word, known->str);
  return FALSE;
}

/* With KVM an emulator tells the models that KVM can, and not those that it can emulate itself. */
static gboolean
check_type (const VbEmulatorFacts *facts, VbDomainType type, GError **error)
{
  gboolean has_kvm = vb_emulator_facts_has_kvm (facts);

  if (has_kvm == (type == VB_DOMAIN_TYPE_KVM))
    return TRUE;
  g_set_error (error, VB_ENGINE_ERROR, VB_ENGINE_ERROR_UNSUPPORTED,
               "ListCpuModels: the CPU models of the domain type '%s' are not known, those of '%s' "
               "are",
               vb_enum_to_string (&vb_domain_type_table, type),
               vb_enum_to_string (&vb_domain_type_table,
                                  has_kvm ? VB_DOMAIN_TYPE_KVM : VB_DOMAIN_TYPE_QEMU));
  return FALSE;
}

GVariant *
vb_capability_list_cpus (const VbCapabilitySet *set, const char *domain_type, GError **error)
{
  VbDomainType type = get_best_type (set);
  const VbEmulatorFacts *facts;
  GVariantBuilder rows;

  if (domain_type != NULL && !find_type (set, "ListCpuModels", domain_type, &type, error))
    return NULL;
  facts = get_facts (set, type);
  if (!check_facts (set, facts, error) || !check_type (facts, type, error))
    return NULL;
  g_variant_builder_init (&rows, G_VARIANT_TYPE ("a(sbas)"));
  for (guint i = 0; i < vb_emulator_facts_get_n_cpus (facts); i++)
    {
      g_autofree char **blockers = NULL;
      VbEmulatorCpu cpu;

      vb_emulator_facts_get_cpu (facts, i, &cpu);
      blockers = cpu.blockers;
      g_variant_builder_add (&rows, "(sb^as)", cpu.name, cpu.is_usable, blockers);
    }
  return g_variant_builder_end (&rows);
}

char *
vb_capability_get_xml (const VbCapabilitySet *set,
                       const char *domain_type,
                       const char *machine,
                       GError **error)
{
  VbDomainType type = get_best_type (set);

  if (domain_type != NULL && !find_type (set, "GetXml", domain_type, &type, error))
    return NULL;
  if (!check_facts (set, get_facts (set, type), error))
    return NULL;
  return vb_domain_capabilities_format (set, (int) type, machine, error);
}

static int
compare_words (gconstpointer a, gconstpointer b)
{
  return g_strcmp0 (*(const char *const *) a, *(const char *const *) b);
}

/* (transfer full): "display, input, network" */
static char *
list_categories (const VbEmulatorFacts *facts)
{
  g_autoptr (GPtrArray) words = g_ptr_array_new ();

  for (guint i = 0; i < vb_emulator_facts_get_n_devices (facts); i++)
    {
      VbEmulatorDevice device;

      vb_emulator_facts_get_device (facts, i, &device);
      if (device.is_pluggable && *device.category != '\0' &&
          !g_ptr_array_find_with_equal_func (words, device.category, g_str_equal, NULL))
        g_ptr_array_add (words, (gpointer) device.category);
    }
  g_ptr_array_sort (words, compare_words);
  g_ptr_array_add (words, NULL);
  return g_strjoinv (", ", (char **) words->pdata);
}

GVariant *
vb_capability_list_devices (const VbCapabilitySet *set, const char *category, GError **error)
{
  const VbEmulatorFacts *facts = set->facts;
  g_autofree char *known = NULL;
  GVariantBuilder rows;
  guint n_rows = 0;

  if (!check_facts (set, facts, error))
    return NULL;
  g_variant_builder_init (&rows, G_VARIANT_TYPE ("a(sss)"));
  for (guint i = 0; i < vb_emulator_facts_get_n_devices (facts); i++)
    {
      VbEmulatorDevice device;

      vb_emulator_facts_get_device (facts, i, &device);
      if (!device.is_pluggable || (category != NULL && !g_str_equal (device.category, category)))
        continue;
      g_variant_builder_add (&rows, "(sss)", device.name, device.bus, device.description);
      n_rows++;
    }
  if (n_rows > 0 || category == NULL)
    return g_variant_builder_end (&rows);
  g_variant_builder_clear (&rows);
  known = list_categories (facts);
  g_set_error (error, VB_ENGINE_ERROR, VB_ENGINE_ERROR_INVALID_ARGUMENT,
               "ListDeviceModels: option 'category': '%s' is no category; known: %s", category,
               known);
  return NULL;
}

const char *
vb_capability_find_device (const VbCapabilitySet *set, const char *model, GError **error)
{
  g_autofree char *name = vb_path_capability_set_node (set->os_type, set->arch);
  VbEmulatorDevice device = { NULL };

  if (check_facts (set, set->facts, error) &&
      !vb_emulator_facts_find_device (set->facts, model, &device))
    g_set_error (
        error, VB_ENGINE_ERROR, VB_ENGINE_ERROR_NOT_FOUND,
        "the capability set %s has no device model '%s'; ListDeviceModels lists those that "
        "it has",
        name, model);
  return device.name;
}

GVariant *
vb_capability_describe_device (const VbEmulatorFacts *facts, const char *model, GError **error)
{
  const char *failure = vb_emulator_facts_get_error (facts);
  VbEmulatorDevice device;
  GVariant *rows = NULL;

  if (failure != NULL)
    g_set_error_literal (error, VB_QEMU_ERROR, VB_QEMU_ERROR_EMULATOR, failure);
  else if (vb_emulator_facts_find_device (facts, model, &device))
    rows = vb_device_schema_describe (facts, device.name);
  if (rows == NULL && failure == NULL)
    g_set_error (error, VB_ENGINE_ERROR, VB_ENGINE_ERROR_NOT_FOUND,
                 "the emulator does not tell of a device model '%s'", model);
  return rows;
}
