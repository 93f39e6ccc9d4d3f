/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * What a valid domain may ask of the machine itself, all but its devices, that cannot be had here.
 * Elements that ask for what happens anyway are not refused.
 */
#include "qemu/argv-parts.h"
#include "qemu/check-parts.h"

#include <string.h>

#define MAX_VCPUS 255

static void
check_type (VbCheck *check, const VbQemuSettings *settings)
{
  const VbDomain *domain = check->domain;
  if (domain->type != VB_DOMAIN_TYPE_KVM && domain->type != VB_DOMAIN_TYPE_QEMU)
    vb_check_refuse (check, "/domain/@type",
                     "domain type '%s' cannot be started here; use kvm or qemu",
                     vb_enum_to_string (&vb_domain_type_table, (int) domain->type));
  else if (domain->type == VB_DOMAIN_TYPE_KVM && !settings->kvm_usable)
    vb_check_refuse (check, "/domain/@type",
                     "KVM cannot be used on this host: %s; or use type='qemu', which is slower",
                     settings->kvm_reason != NULL ? settings->kvm_reason : "it was not found");
}

static void
check_os (VbCheck *check, const VbQemuSettings *settings)
{
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
  else if (os->smbios == VB_SMBIOS_HOST &&
           (settings->host == NULL || !settings->host->sysinfo.is_given))
    vb_check_refuse (check, "/domain/os/smbios/@mode",
                     "this host does not say what it is; use mode sysinfo or emulate");
}

/* With KVM the guest's processor is the host's: what it lacks cannot be added, and programs of the
 * guest find what it has. */
static void
check_cpu_feature (VbCheck *check, const VbQemuSettings *settings, guint index)
{
  const VbCpuFeature *feature = &g_array_index (check->domain->cpu.features, VbCpuFeature, index);
  gboolean is_kvm = check->domain->type == VB_DOMAIN_TYPE_KVM;
  g_autofree char *path = g_strdup_printf ("/domain/cpu/feature[%u]", index + 1);

  if (is_kvm && feature->policy == VB_CPU_POLICY_REQUIRE &&
      !vb_qemu_host_has_feature (settings->host, feature->name))
    vb_check_refuse (check, path,
                     "the host's processor does not have the feature '%s', which is required; use "
                     "policy optional, or force to let KVM try",
                     feature->name);
  else if (is_kvm && feature->policy == VB_CPU_POLICY_FORBID &&
           vb_qemu_host_has_feature (settings->host, feature->name))
    vb_check_refuse (check, path,
                     "the host's processor has the feature '%s', which is forbidden; use policy "
                     "disable to hide it",
                     feature->name);
}

static void
check_cpu_vendor (VbCheck *check, const VbQemuSettings *settings)
{
  VbCpuVendor vendor = check->domain->cpu.vendor;
  const char *word = vb_enum_to_string (&vb_cpu_vendor_table, (int) vendor);
  const char *of_processor = vb_argv_cpu_vendor (vendor);
  const char *host_vendor = settings->host != NULL ? settings->host->cpu_vendor : NULL;

  if (vendor == VB_CPU_VENDOR_ANY)
    return;
  if (of_processor == NULL || check->board == VB_BOARD_OTHER)
    vb_check_refuse (check, "/domain/cpu/vendor",
                     "vendor '%s' cannot be had on architecture '%s'; remove it", word,
                     check->domain->os.arch);
  else if (check->domain->type == VB_DOMAIN_TYPE_KVM && g_strcmp0 (host_vendor, of_processor) != 0)
    vb_check_refuse (check, "/domain/cpu/vendor",
                     "the host's processor is by '%s', not by '%s'; use type='qemu', or another "
                     "host",
                     host_vendor != NULL ? host_vendor : "an unknown maker", word);
}

static void
check_cpu (VbCheck *check, const VbQemuSettings *settings)
{
  const VbDomain *domain = check->domain;
  if (domain->vcpus > MAX_VCPUS)
    vb_check_refuse (check, "/domain/vcpu", "%u virtual CPUs are not supported; use at most %d",
                     domain->vcpus, MAX_VCPUS);
  if (domain->cpu.model == NULL)
    return;
  if (domain->cpu.match == VB_CPU_MATCH_STRICT && domain->type == VB_DOMAIN_TYPE_KVM)
    vb_check_refuse (check, "/domain/cpu/@match",
                     "whether the host's processor is strictly a '%s' is not known; use exact",
                     domain->cpu.model);
  check_cpu_vendor (check, settings);
  for (guint i = 0; domain->cpu.features != NULL && i < domain->cpu.features->len; i++)
    check_cpu_feature (check, settings, i);
}

static void
check_tuning (VbCheck *check)
{
  const VbDomain *domain = check->domain;
  const VbTuning *tuning = &domain->tuning;
  const gint64 *limits = tuning->limits_kib;
  const struct
  {
    gboolean is_set;
    const char *path;
    const char *what;
  } rows[] = {
    { domain->vcpu_placement == VB_VCPU_PLACEMENT_AUTO, "vcpu/@placement",
      "automatic placement of virtual CPUs" },
    { tuning->blkio_weight > 0, "blkiotune/weight", "a weight of block input and output" },
    { limits[VB_MEMORY_HARD_LIMIT] > 0, "memtune/hard_limit", "a limit of memory" },
    { limits[VB_MEMORY_SOFT_LIMIT] > 0, "memtune/soft_limit", "a soft limit of memory" },
    { limits[VB_MEMORY_SWAP_HARD_LIMIT] > 0, "memtune/swap_hard_limit",
      "a limit of memory and swap" },
    { limits[VB_MEMORY_MIN_GUARANTEE] > 0, "memtune/min_guarantee", "guaranteed memory" },
    { tuning->cpu_shares > 0, "cputune/shares", "a share of CPU time" },
  };
  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    if (rows[i].is_set)
      {
        g_autofree char *path = g_strconcat ("/domain/", rows[i].path, NULL);
        vb_check_refuse (check, path, "%s (%s) is not supported; remove it", rows[i].what,
                         rows[i].path);
      }
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
vb_check_machine (VbCheck *check, const VbQemuSettings *settings)
{
  check_type (check, settings);
  check_os (check, settings);
  check_cpu (check, settings);
  check_tuning (check);
  for (guint i = 0; i < check->domain->clock.n_timers; i++)
    check_timer (check, i);
}
