/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The life of a domain as a value: reference, copy, comparison, look-up.
 */
#include "domain/domain.h"

#include "domain/domain-parts.h"
#include "domain/secret.h"

static const char *const type_words[] = { "kvm",    "qemu",   "kqemu",   "qvm86", "xen",  "lxc",
                                          "uml",    "openvz", "vserver", "ldom",  "test", "vmware",
                                          "hyperv", "vbox",   "one",     "phyp",  NULL };

const VbEnumTable vb_domain_type_table = { type_words, "domain type" };

gboolean
vb_domain_type_is_qemu (VbDomainType type)
{
  return type == VB_DOMAIN_TYPE_KVM || type == VB_DOMAIN_TYPE_QEMU || type == VB_DOMAIN_TYPE_KQEMU;
}

VbDomain *
vb_domain_ref (VbDomain *domain)
{
  g_atomic_ref_count_inc (&domain->ref_count);
  return domain;
}

void
vb_domain_unref (VbDomain *domain)
{
  if (!g_atomic_ref_count_dec (&domain->ref_count))
    return;
  g_free (domain->name);
  g_free (domain->uuid);
  g_free (domain->title);
  g_free (domain->description);
  g_clear_pointer (&domain->metadata, vb_kept_free);
  g_clear_pointer (&domain->vcpu_cpus, vb_cpuset_free);
  g_free (domain->emulator);
  vb_tuning_clear (&domain->tuning);
  vb_sysinfo_clear (&domain->sysinfo);
  vb_os_clear (&domain->os);
  vb_cpu_clear (&domain->cpu);
  vb_clock_clear (&domain->clock);
  g_ptr_array_unref (domain->devices);
  g_clear_pointer (&domain->kept, g_ptr_array_unref);
  g_free (domain);
}

VbDomain *
vb_domain_copy (const VbDomain *domain)
{
  VbDomain *copy = g_memdup2 (domain, sizeof *domain);

  g_atomic_ref_count_init (&copy->ref_count);
  copy->name = g_strdup (domain->name);
  copy->uuid = g_strdup (domain->uuid);
  copy->title = g_strdup (domain->title);
  copy->description = g_strdup (domain->description);
  copy->metadata = vb_kept_copy (domain->metadata);
  copy->vcpu_cpus = vb_cpuset_copy (domain->vcpu_cpus);
  copy->emulator = g_strdup (domain->emulator);
  vb_tuning_copy (&copy->tuning, &domain->tuning);
  vb_sysinfo_copy (&copy->sysinfo, &domain->sysinfo);
  vb_os_copy (&copy->os, &domain->os);
  vb_cpu_copy (&copy->cpu, &domain->cpu);
  vb_clock_copy (&copy->clock, &domain->clock);
  copy->devices = g_ptr_array_new_full (domain->devices->len, (GDestroyNotify) vb_device_free);
  for (guint i = 0; i < domain->devices->len; i++)
    g_ptr_array_add (copy->devices, vb_device_copy (g_ptr_array_index (domain->devices, i)));
  copy->kept = vb_kept_list_copy (domain->kept);
  return copy;
}

gboolean
vb_domain_equal (const VbDomain *a, const VbDomain *b)
{
  g_autoptr (VbSecret) text_a = NULL;
  g_autoptr (VbSecret) text_b = NULL;

  if (a == b)
    return TRUE;
  text_a = vb_secret_take (vb_domain_format (a, VB_FORMAT_SECURE));
  text_b = vb_secret_take (vb_domain_format (b, VB_FORMAT_SECURE));
  return g_str_equal (vb_secret_reveal (text_a), vb_secret_reveal (text_b));
}

VbDevice *
vb_domain_find_device (const VbDomain *domain, const char *alias)
{
  for (guint i = 0; i < domain->devices->len; i++)
    {
      VbDevice *device = g_ptr_array_index (domain->devices, i);

      if (g_strcmp0 (device->alias, alias) == 0)
        return device;
    }
  return NULL;
}

VbDevice *
vb_domain_find_first (const VbDomain *domain, VbDeviceKind kind)
{
  for (guint i = 0; i < domain->devices->len; i++)
    {
      VbDevice *device = g_ptr_array_index (domain->devices, i);

      if (device->kind == kind)
        return device;
    }
  return NULL;
}

VbController *
vb_domain_find_controller (const VbDomain *domain, VbControllerType type, guint index)
{
  for (guint i = 0; i < domain->devices->len; i++)
    {
      VbController *controller = g_ptr_array_index (domain->devices, i);

      if (controller->base.kind == VB_DEVICE_CONTROLLER && controller->type == type &&
          controller->index == index)
        return controller;
    }
  return NULL;
}

VbGraphics *
vb_domain_find_graphics (const VbDomain *domain, VbGraphicsType type)
{
  for (guint i = 0; i < domain->devices->len; i++)
    {
      VbGraphics *graphics = g_ptr_array_index (domain->devices, i);

      if (graphics->base.kind == VB_DEVICE_GRAPHICS && graphics->type == type)
        return graphics;
    }
  return NULL;
}

VbWatchdogAction
vb_domain_get_watchdog_action (const VbDomain *domain)
{
  const VbWatchdog *watchdog =
      (const VbWatchdog *) vb_domain_find_first (domain, VB_DEVICE_WATCHDOG);

  return watchdog != NULL ? watchdog->action : VB_WATCHDOG_ACTION_NONE;
}

static int
compare_kinds (gconstpointer a, gconstpointer b)
{
  const VbDevice *device_a = *(VbDevice *const *) a;
  const VbDevice *device_b = *(VbDevice *const *) b;

  return (int) device_a->kind - (int) device_b->kind;
}

void
vb_domain_sort_devices (VbDomain *domain)
{
  /* a merge sort: devices of a kind stay in the order in which they were written */
  g_ptr_array_sort (domain->devices, compare_kinds);
}
