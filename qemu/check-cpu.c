/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * What a valid <cpu> may ask for that the emulator does not know or this host's processor cannot do.
 * With KVM the guest's processor is the host's: what it lacks cannot be added, and programs of the
 * guest find what it has.
 */
#include "qemu/argv-parts.h"
#include "qemu/check-parts.h"
#include "qemu/nearest-word.h"

#define MODEL_PATH "/domain/cpu/model"

static void
refuse_unknown (VbCheck *check)
{
  const VbEmulatorFacts *facts = check->facts;
  guint n_cpus = vb_emulator_facts_get_n_cpus (facts);
  g_autofree const char **names = g_new0 (const char *, n_cpus + 1);
  const char *nearest;

  for (guint i = 0; i < n_cpus; i++)
    {
      VbEmulatorCpu cpu;
      vb_emulator_facts_get_cpu (facts, i, &cpu);
      names[i] = cpu.name;
      g_free (cpu.blockers);
    }
  nearest = vb_nearest_word (check->domain->cpu.model, names);
  vb_check_refuse (check, MODEL_PATH,
                   "CPU model '%s' is not known to the emulator, QEMU %s for %s; use %s%s%s",
                   check->domain->cpu.model, vb_emulator_facts_get_version (facts),
                   vb_emulator_facts_get_target (facts), nearest != NULL ? "'" : "",
                   nearest != NULL ? nearest : "one that ListCpuModels names",
                   nearest != NULL ? "'" : "");
}

static void
check_model (VbCheck *check)
{
  gboolean is_kvm = check->domain->type == VB_DOMAIN_TYPE_KVM;
  g_autofree char **blockers = NULL;
  g_autofree char *missing = NULL;
  VbEmulatorCpu cpu;

  if (!vb_emulator_facts_find_cpu (check->facts, check->domain->cpu.model, &cpu))
    {
      refuse_unknown (check);
      return;
    }
  blockers = cpu.blockers;
  if (!is_kvm || !vb_emulator_facts_has_kvm (check->facts) || cpu.is_usable)
    return;
  missing = g_strjoinv (", ", blockers);
  vb_check_refuse (check, MODEL_PATH,
                   "the host's processor cannot be a '%s': it has no %s; use another model, or "
                   "type='qemu', which is slower",
                   cpu.name, missing);
}

static void
check_feature (VbCheck *check, const VbQemuHost *host, guint index)
{
  const VbCpuFeature *feature = &g_array_index (check->domain->cpu.features, VbCpuFeature, index);
  gboolean is_there = vb_qemu_host_has_feature (host, feature->name);
  g_autofree char *path = g_strdup_printf ("/domain/cpu/feature[%u]", index + 1);

  if (check->domain->type != VB_DOMAIN_TYPE_KVM)
    return;
  if (feature->policy == VB_CPU_POLICY_REQUIRE && !is_there)
    vb_check_refuse (check, path,
                     "the host's processor does not have the feature '%s', which is required; use "
                     "policy optional, or force to let KVM try",
                     feature->name);
  else if (feature->policy == VB_CPU_POLICY_FORBID && is_there)
    vb_check_refuse (check, path,
                     "the host's processor has the feature '%s', which is forbidden; use policy "
                     "disable to hide it",
                     feature->name);
}

static void
check_vendor (VbCheck *check, const VbQemuHost *host)
{
  VbCpuVendor vendor = check->domain->cpu.vendor;
  const char *word = vb_enum_to_string (&vb_cpu_vendor_table, (int) vendor);
  const char *of_processor = vb_argv_cpu_vendor (vendor);
  const char *of_host = host != NULL ? host->cpu_vendor : NULL;

  if (vendor == VB_CPU_VENDOR_ANY)
    return;
  if (of_processor == NULL || check->board == VB_BOARD_OTHER)
    vb_check_refuse (check, "/domain/cpu/vendor",
                     "vendor '%s' cannot be had on architecture '%s'; remove it", word,
                     check->domain->os.arch);
  else if (check->domain->type == VB_DOMAIN_TYPE_KVM && g_strcmp0 (of_host, of_processor) != 0)
    vb_check_refuse (check, "/domain/cpu/vendor",
                     "the host's processor is by '%s', not by '%s'; use type='qemu', or another "
                     "host",
                     of_host != NULL ? of_host : "an unknown maker", word);
}

void
vb_check_cpu (VbCheck *check)
{
  const VbQemuHost *host = check->settings->host;
  const VbCpu *cpu = &check->domain->cpu;

  if (cpu->model == NULL)
    return;
  if (check->facts != NULL && vb_emulator_facts_get_n_cpus (check->facts) > 0)
    check_model (check);
  if (cpu->match == VB_CPU_MATCH_STRICT && check->domain->type == VB_DOMAIN_TYPE_KVM)
    vb_check_refuse (check, "/domain/cpu/@match",
                     "whether the host's processor is strictly a '%s' is not known; use exact",
                     cpu->model);
  check_vendor (check, host);
  for (guint i = 0; cpu->features != NULL && i < cpu->features->len; i++)
    check_feature (check, host, i);
}
