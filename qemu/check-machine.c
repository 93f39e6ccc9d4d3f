/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * What a valid domain may ask of the machine itself, all but its devices, that cannot be had here.
 * Elements that ask for what happens anyway are not refused.
 */
#include "qemu/check-parts.h"

#include "qemu/architecture.h"
#include "qemu/nearest-word.h"

#include <string.h>

#define MACHINE_PATH "/domain/os/type/@machine"

static void
check_type (VbCheck *check)
{
  const VbQemuSettings *settings = check->settings;
  const VbDomain *domain = check->domain;
  if (domain->type != VB_DOMAIN_TYPE_KVM && domain->type != VB_DOMAIN_TYPE_QEMU)
    vb_check_refuse (check, "/domain/@type",
                     "domain type '%s' cannot be started here; use kvm or qemu",
                     vb_enum_to_string (&vb_domain_type_table, (int) domain->type));
  else if (domain->type == VB_DOMAIN_TYPE_KVM && !settings->kvm_usable)
    vb_check_refuse (check, "/domain/@type",
                     "KVM cannot be used on this host: %s; or use type='qemu', which is slower",
                     settings->kvm_reason != NULL ? settings->kvm_reason : "it was not found");
  else if (domain->type == VB_DOMAIN_TYPE_KVM && check->facts != NULL &&
           !vb_emulator_facts_has_kvm (check->facts))
    vb_check_refuse (check, "/domain/@type",
                     "the emulator of architecture '%s' cannot use KVM on this host; use "
                     "type='qemu', which is slower, or name another <emulator>",
                     domain->os.arch);
}

static void
check_os (VbCheck *check)
{
  const VbQemuHost *host = check->settings->host;
  const VbDomain *domain = check->domain;
  const VbOs *os = &domain->os;
  if (os->type != VB_OS_TYPE_HVM)
    vb_check_refuse (check, "/domain/os/type", "OS type '%s' cannot be started here; use hvm",
                     vb_enum_to_string (&vb_os_type_table, (int) os->type));
  if (os->bootloader != NULL)
    vb_check_refuse (check, "/domain/bootloader",
                     "a boot loader in the host is not supported by QEMU; use <os> with <boot> or "
                     "<kernel>");
  if (os->smbios == VB_SMBIOS_SYSINFO && !domain->sysinfo.is_given)
    vb_check_refuse (check, "/domain/os/smbios/@mode", "SMBIOS mode 'sysinfo' needs a <sysinfo>");
  else if (os->smbios == VB_SMBIOS_HOST && (host == NULL || !host->sysinfo.is_given))
    vb_check_refuse (check, "/domain/os/smbios/@mode",
                     "this host does not say what it is; use mode sysinfo or emulate");
}

static gboolean
find_default_machine (const VbEmulatorFacts *facts, VbEmulatorMachine *machine)
{
  if (vb_emulator_facts_get_n_machines (facts) == 0)
    return FALSE;
  vb_emulator_facts_get_machine (facts, 0, machine);
  return machine->is_default;
}

/* (nullable): a machine to use instead of @name (nullable), which is not there */
static const char *
suggest_machine (const VbEmulatorFacts *facts, const char *name)
{
  guint n_machines = vb_emulator_facts_get_n_machines (facts);
  g_autofree const char **names = g_new0 (const char *, n_machines + 1);
  guint n_names = 0;
  const char *nearest = NULL;
  VbEmulatorMachine machine;

  for (guint i = 0; i < n_machines; i++)
    {
      vb_emulator_facts_get_machine (facts, i, &machine);
      if (!machine.is_deprecated)
        names[n_names++] = machine.name;
    }
  if (name != NULL)
    nearest = vb_nearest_word (name, names);
  if (nearest == NULL && !find_default_machine (facts, &machine) &&
      vb_emulator_facts_find_machine (facts, "virt", &machine))
    nearest = machine.name;
  return nearest != NULL ? nearest : names[0];
}

/* (transfer full) */
static char *
make_remedy (const VbEmulatorFacts *facts, const char *name)
{
  const char *suggested = suggest_machine (facts, name);

  return suggested != NULL ? g_strdup_printf ("use '%s'", suggested)
                           : g_strdup ("name another <emulator>");
}

static void
refuse_machine (VbCheck *check, const char *name)
{
  g_autofree char *remedy = make_remedy (check->facts, name);

  if (name != NULL)
    vb_check_refuse (check, MACHINE_PATH,
                     "machine '%s' is not known to the emulator, QEMU %s for %s; %s", name,
                     vb_emulator_facts_get_version (check->facts),
                     vb_emulator_facts_get_target (check->facts), remedy);
  else
    vb_check_refuse (check, MACHINE_PATH, "architecture '%s' has no default machine; %s",
                     check->domain->os.arch, remedy);
}

static void
warn_of_machine (VbCheck *check, const char *name)
{
  g_autofree char *remedy = make_remedy (check->facts, name);

  vb_diagnostics_add (check->diagnostics, VB_SEVERITY_WARNING, MACHINE_PATH, 0,
                      "machine '%s' is deprecated and will not be in a later QEMU; %s", name,
                      remedy);
}

/* Whether the domain's machine, or the default one, is there. */
static gboolean
find_machine (VbCheck *check, VbEmulatorMachine *machine)
{
  const char *name = check->domain->os.machine;
  gboolean is_there = name != NULL ? vb_emulator_facts_find_machine (check->facts, name, machine)
                                   : find_default_machine (check->facts, machine);

  if (!is_there)
    refuse_machine (check, name);
  return is_there;
}

/* What the emulator knows best. */
static void
check_board (VbCheck *check)
{
  const VbDomain *domain = check->domain;
  VbEmulatorMachine machine;

  if (!vb_architecture_is_emulated_by (domain->os.arch,
                                       vb_emulator_facts_get_target (check->facts)))
    {
      vb_check_refuse (check, "/domain/os/type/@arch",
                       "the emulator is for architecture '%s' and cannot run '%s'; name another "
                       "<emulator> or correct arch",
                       vb_architecture_to_set (vb_emulator_facts_get_target (check->facts)),
                       domain->os.arch);
      return;
    }
  if (!find_machine (check, &machine))
    return;
  if (machine.is_deprecated)
    warn_of_machine (check, machine.name);
  if (domain->vcpus > machine.max_cpus)
    vb_check_refuse (check, "/domain/vcpu",
                     "%u virtual CPUs are more than machine '%s' can have; use at most %u",
                     domain->vcpus, machine.name, machine.max_cpus);
}

/* Whether the host can limit the guest is found out when it is to. */
static void
check_tuning (VbCheck *check)
{
  const VbDomain *domain = check->domain;
  const gint64 *limits_kib = domain->tuning.limits_kib;

  if (domain->vcpu_placement == VB_VCPU_PLACEMENT_AUTO)
    vb_check_refuse (check, "/domain/vcpu/@placement",
                     "automatic placement of virtual CPUs (vcpu/@placement) is not supported; "
                     "remove it");
  if (limits_kib[VB_MEMORY_MIN_GUARANTEE] > 0)
    vb_check_refuse (check, "/domain/memtune/min_guarantee",
                     "guaranteed memory is not supported by QEMU; remove it");
  if (vb_tuning_limits_swap_alone (&domain->tuning))
    vb_check_refuse (check, "/domain/memtune/swap_hard_limit",
                     "a limit of memory and swap together cannot be had without one of memory; add "
                     "<hard_limit>");
}

/* What QEMU's timers can be told, as bit sets. */
#define BIT(value) (1u << (value))
static const struct
{
  guint tracks;
  guint tick_policies;
  gboolean can_be_absent;
  gboolean has_frequency;
} timer_abilities[VB_N_TIMERS] = {
  [VB_TIMER_PIT] = { .tick_policies = BIT (VB_TICK_POLICY_DELAY) | BIT (VB_TICK_POLICY_CATCHUP) |
                                      BIT (VB_TICK_POLICY_DISCARD),
                     .can_be_absent = TRUE },
  [VB_TIMER_RTC] = { .tracks = BIT (VB_TIMER_TRACK_GUEST) | BIT (VB_TIMER_TRACK_WALL),
                     .tick_policies = BIT (VB_TICK_POLICY_DELAY) | BIT (VB_TICK_POLICY_CATCHUP) },
  [VB_TIMER_HPET] = { .tick_policies = BIT (VB_TICK_POLICY_DELAY), .can_be_absent = TRUE },
  [VB_TIMER_TSC] = { .has_frequency = TRUE },
};

/* (nullable): where the first thing is that is asked of @timer and cannot be had */
static const char *
find_impossible (const VbTimer *timer)
{
  if (timer->track != VB_TIMER_TRACK_DEFAULT &&
      (timer_abilities[timer->name].tracks & BIT (timer->track)) == 0)
    return "/@track";
  if (timer->tick_policy != VB_TICK_POLICY_DEFAULT &&
      (timer_abilities[timer->name].tick_policies & BIT (timer->tick_policy)) == 0)
    return "/@tickpolicy";
  if (timer->frequency_hz > 0 && !timer_abilities[timer->name].has_frequency)
    return "/@frequency";
  if (timer->mode != VB_TIMER_MODE_DEFAULT)
    return "/@mode";
  if (timer->present == VB_SWITCH_NO && !timer_abilities[timer->name].can_be_absent)
    return "/@present";
  return timer->catchup_threshold > 0 || timer->catchup_slew > 0 || timer->catchup_limit > 0
             ? "/catchup"
             : NULL;
}

static void
check_timer (VbCheck *check, guint index)
{
  const VbTimer *timer = &check->domain->clock.timers[index];
  const char *name = vb_enum_to_string (&vb_timer_name_table, (int) timer->name);
  const char *impossible = timer->name == VB_TIMER_PLATFORM ? "/@name" : find_impossible (timer);
  g_autofree char *path = NULL;
  if (impossible == NULL)
    return;
  path = g_strdup_printf ("/domain/clock/timer[%u]%s", index + 1, impossible);
  if (timer->name == VB_TIMER_PLATFORM)
    vb_check_refuse (check, path, "timer 'platform' is not supported by QEMU; remove it");
  else
    vb_check_refuse (check, path,
                     "timer '%s': what %s asks for is not supported; leave it out for QEMU's own "
                     "way",
                     name, impossible + strspn (impossible, "/@"));
}

void
vb_check_machine (VbCheck *check)
{
  check_type (check);
  check_os (check);
  if (check->facts != NULL)
    check_board (check);
  vb_check_cpu (check);
  check_tuning (check);
  for (guint i = 0; i < check->domain->clock.n_timers; i++)
    check_timer (check, i);
}
