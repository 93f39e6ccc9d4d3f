/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * What the room that writes documents may not know of is given to it field by field.
 */
#include "engine/capabilities-document.h"

#include "domain/capabilities-xml.h"

static void
add_machines (GArray *machines, const VbEmulatorFacts *facts)
{
  for (guint i = 0; i < vb_emulator_facts_get_n_machines (facts); i++)
    {
      VbEmulatorMachine machine;
      VbCapabilitiesMachine row;

      vb_emulator_facts_get_machine (facts, i, &machine);
      row = (VbCapabilitiesMachine){ machine.name, machine.canonical, machine.max_cpus,
                                     machine.is_deprecated };
      g_array_append_val (machines, row);
    }
}

static void
add_domain (VbCapabilitiesGuest *guest, const VbCapabilitySet *set, VbDomainType type)
{
  const VbCapabilityOverride *override = vb_capability_set_get_override (set, type);
  VbCapabilitiesDomain domain = { .type = type };

  if (override != NULL)
    {
      domain.emulator = override->emulator;
      domain.loader = override->loader;
    }
  if (override != NULL && override->facts != NULL)
    {
      domain.machines = g_array_new (FALSE, TRUE, sizeof (VbCapabilitiesMachine));
      add_machines (domain.machines, override->facts);
    }
  g_array_append_val (guest->domains, domain);
}

static VbCapabilitiesGuest *
make_guest (const VbCapabilitySet *set)
{
  VbCapabilitiesGuest *guest = vb_capabilities_guest_new ();

  guest->os_type = set->os_type;
  guest->arch = set->arch;
  guest->word_size = set->word_size;
  guest->emulator = set->emulator;
  guest->loader = set->loader;
  guest->pae = set->pae;
  guest->nonpae = set->nonpae;
  guest->acpi = (VbCapabilitiesFeature){ set->has_acpi, set->acpi_default, set->acpi_toggle };
  guest->apic = (VbCapabilitiesFeature){ set->has_apic, set->apic_default, set->apic_toggle };
  if (set->facts != NULL)
    add_machines (guest->machines, set->facts);
  for (guint i = 0; i < set->domain_types->len; i++)
    add_domain (guest, set, g_array_index (set->domain_types, VbDomainType, i));
  return guest;
}

char *
vb_capabilities_document_format (const VbHostFacts *host, const GPtrArray *sets)
{
  VbCapabilitiesHost described = {
    .arch = host->architecture,
    .model = host->cpu_model,
    .vendor = host->cpu_vendor,
    .sockets = host->cpu_sockets,
    .cores = host->cpu_cores,
    .threads = host->cpu_threads,
    .features = (const char *const *) host->cpu_features,
    .kvm_usable = host->kvm_usable,
    .kvm_reason = host->kvm_reason,
    .iommu_enabled = host->iommu_enabled,
  };
  g_autoptr (GPtrArray) guests =
      g_ptr_array_new_with_free_func ((GDestroyNotify) vb_capabilities_guest_free);

  for (guint i = 0; i < sets->len; i++)
    g_ptr_array_add (guests, make_guest (g_ptr_array_index (sets, i)));
  return vb_capabilities_format (&described, guests);
}

static void
on_complete (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  VbCapabilities *capabilities = VB_CAPABILITIES (source);
  VbHost *host = g_task_get_task_data (task);
  g_autoptr (GPtrArray) sets = NULL;
  GError *error = NULL;

  if (!vb_capabilities_complete_finish (capabilities, result, &error))
    {
      g_task_return_error (task, error);
      return;
    }
  sets = vb_capabilities_list (capabilities);
  g_task_return_pointer (task, vb_capabilities_document_format (vb_host_get_facts (host), sets),
                         g_free);
}

void
vb_capabilities_document_async (VbCapabilities *capabilities,
                                VbHost *host,
                                GCancellable *cancellable,
                                GAsyncReadyCallback callback,
                                gpointer user_data)
{
  g_autoptr (GTask) task = g_task_new (capabilities, cancellable, callback, user_data);

  g_task_set_source_tag (task, vb_capabilities_document_async);
  g_task_set_task_data (task, g_object_ref (host), g_object_unref);
  vb_capabilities_complete_async (capabilities, NULL, cancellable, on_complete,
                                  g_object_ref (task));
}

char *
vb_capabilities_document_finish (VbCapabilities *capabilities, GAsyncResult *result, GError **error)
{
  return g_task_propagate_pointer (G_TASK (result), error);
}
