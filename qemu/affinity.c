/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * On which of the host's CPUs a process or a thread runs.
 */
#include "qemu/affinity.h"

#include <errno.h>
#include <sched.h>

#define BITS_PER_WORD 64

struct _VbAffinity
{
  cpu_set_t *previous; /* (owned) (nullable): nothing was changed */
};

#define SET_SIZE CPU_ALLOC_SIZE (VB_CPUSET_MAX_CPU + 1)

/* (transfer full): CPU_FREE() */
static cpu_set_t *
to_cpu_set (const VbCpuset *cpus)
{
  cpu_set_t *set = CPU_ALLOC (VB_CPUSET_MAX_CPU + 1);
  CPU_ZERO_S (SET_SIZE, set);
  for (guint cpu = 0; cpu < cpus->n_words * BITS_PER_WORD; cpu++)
    if ((cpus->words[cpu / BITS_PER_WORD] >> (cpu % BITS_PER_WORD) & 1) != 0)
      CPU_SET_S (cpu, SET_SIZE, set);
  return set;
}

/* @thread_id: 0: the calling one. 0, or an errno. */
static int
apply (int thread_id, const VbCpuset *cpus)
{
  cpu_set_t *set = to_cpu_set (cpus);
  int result = sched_setaffinity (thread_id, SET_SIZE, set) < 0 ? errno : 0;
  CPU_FREE (set);
  return result;
}

static const char *
get_remedy (int error_number)
{
  return error_number == EINVAL ? "; name CPUs that are online and allowed to the service" : "";
}

VbAffinity *
vb_affinity_enter (const VbCpuset *cpus, GError **error)
{
  g_autoptr (VbAffinity) affinity = g_new0 (VbAffinity, 1);
  g_autofree char *text = NULL;
  cpu_set_t *previous;
  int error_number;

  if (cpus == NULL)
    return g_steal_pointer (&affinity);
  previous = CPU_ALLOC (VB_CPUSET_MAX_CPU + 1);
  CPU_ZERO_S (SET_SIZE, previous);
  sched_getaffinity (0, SET_SIZE, previous);
  error_number = apply (0, cpus);
  if (error_number == 0)
    {
      affinity->previous = previous;
      return g_steal_pointer (&affinity);
    }
  CPU_FREE (previous);
  text = vb_cpuset_to_string (cpus);
  g_set_error (error, VB_QEMU_ERROR, VB_QEMU_ERROR_HOST_RESOURCE,
               "the machine cannot run on the host's CPUs %s: %s%s", text,
               g_strerror (error_number), get_remedy (error_number));
  return NULL;
}

void
vb_affinity_leave (VbAffinity *affinity)
{
  if (affinity->previous != NULL)
    {
      if (sched_setaffinity (0, SET_SIZE, affinity->previous) < 0)
        g_warning ("the service stays on the CPUs of the machine that it has started: %s",
                   g_strerror (errno));
      CPU_FREE (affinity->previous);
    }
  g_free (affinity);
}

gboolean
vb_affinity_pin (int thread_id, guint vcpu, const VbCpuset *cpus, GError **error)
{
  g_autofree char *text = vb_cpuset_to_string (cpus);
  int error_number = apply (thread_id, cpus);
  if (error_number == 0)
    return TRUE;
  g_set_error (error, VB_QEMU_ERROR, VB_QEMU_ERROR_HOST_RESOURCE,
               "the virtual CPU %u cannot run on the host's CPUs %s: %s%s", vcpu, text,
               g_strerror (error_number), get_remedy (error_number));
  return FALSE;
}
