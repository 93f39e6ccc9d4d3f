/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * <vcpu> and <cpu>: how many processors, how they are arranged, and what they can do. What this host
 * cannot give is found by QEMU, and taken out of the processor unless a policy is against that.
 */
#include "qemu/argv-parts.h"

/* Everything that the accelerator can give: the model named is the least. */
#define CPU_EVERYTHING "max"

static const char *const vendors[] = {
  [VB_CPU_VENDOR_INTEL] = "GenuineIntel",
  [VB_CPU_VENDOR_AMD] = "AuthenticAMD",
  [VB_CPU_VENDOR_HYGON] = "HygonGenuine",
};

static const char *const switches[] = {
  [VB_CPU_POLICY_FORCE] = "on",    [VB_CPU_POLICY_REQUIRE] = "on", [VB_CPU_POLICY_OPTIONAL] = "on",
  [VB_CPU_POLICY_DISABLE] = "off", [VB_CPU_POLICY_FORBID] = "off",
};

const char *
vb_argv_cpu_vendor (VbCpuVendor vendor)
{
  return vendor < G_N_ELEMENTS (vendors) ? vendors[vendor] : NULL;
}

/* 0: not given */
static guint64
get_tsc_frequency (const VbClock *clock)
{
  for (guint i = 0; i < clock->n_timers; i++)
    if (clock->timers[i].name == VB_TIMER_TSC)
      return clock->timers[i].frequency_hz;
  return 0;
}

static const char *
get_model (const VbDomain *domain)
{
  if (domain->cpu.model != NULL)
    return domain->cpu.match == VB_CPU_MATCH_MINIMUM ? CPU_EVERYTHING : domain->cpu.model;
  return g_str_equal (domain->os.arch, "x86_64") ? "qemu64" : "qemu32";
}

static void
add_model (VbArgv *argv)
{
  const VbCpu *cpu = &argv->domain->cpu;
  guint64 tsc_hz = get_tsc_frequency (&argv->domain->clock);
  g_autoptr (GString) text = NULL;

  if (cpu->model == NULL && tsc_hz == 0)
    return;
  text = g_string_new (get_model (argv->domain));
  if (vb_argv_cpu_vendor (cpu->vendor) != NULL)
    g_string_append_printf (text, ",vendor=%s", vb_argv_cpu_vendor (cpu->vendor));
  for (guint i = 0; cpu->features != NULL && i < cpu->features->len; i++)
    {
      const VbCpuFeature *feature = &g_array_index (cpu->features, VbCpuFeature, i);
      g_string_append_printf (text, ",%s=%s", feature->name, switches[feature->policy]);
    }
  if (tsc_hz != 0)
    g_string_append_printf (text, ",tsc-frequency=%" G_GUINT64_FORMAT, tsc_hz);
  vb_argv_add (argv, "-cpu", text->str);
}

/* Without a topology each processor has a socket of its own. */
static void
add_topology (VbArgv *argv)
{
  const VbDomain *domain = argv->domain;
  gboolean is_given = domain->cpu.sockets > 0;
  vb_argv_add_format (argv, "-smp", "cpus=%u,maxcpus=%u,sockets=%u,cores=%u,threads=%u",
                      domain->current_vcpus, domain->vcpus,
                      is_given ? domain->cpu.sockets : domain->vcpus,
                      is_given ? domain->cpu.cores : 1, is_given ? domain->cpu.threads : 1);
}

void
vb_argv_add_cpus (VbArgv *argv)
{
  add_topology (argv);
  add_model (argv);
}
