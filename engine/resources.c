/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The words of the domain XML are those of cgroup v1; what a guest is given is in cgroup v2.
 */
#include "engine/resources.h"

#include "engine/engine-private.h"
#include "host/cgroup.h"
#include "host/host-error.h"

#define BYTES_PER_KIB 1024
/* The word of other managers for no limit; more than any machine has. */
#define UNLIMITED_KIB G_GINT64_CONSTANT (9007199254740991)

static guint64
to_bytes (gint64 kib)
{
  return kib < UNLIMITED_KIB ? (guint64) kib * BYTES_PER_KIB : VB_CGROUP_UNLIMITED;
}

VbCgroupLimits
vb_resources_get_limits (const VbTuning *tuning)
{
  gint64 hard_kib = tuning->limits_kib[VB_MEMORY_HARD_LIMIT];
  gint64 soft_kib = tuning->limits_kib[VB_MEMORY_SOFT_LIMIT];
  gint64 total_kib = tuning->limits_kib[VB_MEMORY_SWAP_HARD_LIMIT];
  VbCgroupLimits limits = { 0 };

  if (hard_kib > 0)
    vb_cgroup_limits_set (&limits, VB_CGROUP_MEMORY_MAX, to_bytes (hard_kib));
  if (soft_kib > 0)
    vb_cgroup_limits_set (&limits, VB_CGROUP_MEMORY_HIGH, to_bytes (soft_kib));
  /* That is of memory and swap together. */
  if (total_kib > 0)
    vb_cgroup_limits_set (&limits, VB_CGROUP_MEMORY_SWAP_MAX,
                          total_kib < UNLIMITED_KIB ? to_bytes (total_kib - MAX (hard_kib, 0))
                                                    : VB_CGROUP_UNLIMITED);
  if (tuning->blkio_weight > 0)
    vb_cgroup_limits_set (&limits, VB_CGROUP_IO_WEIGHT,
                          vb_cgroup_weight_from_blkio (tuning->blkio_weight));
  if (tuning->cpu_shares > 0)
    vb_cgroup_limits_set (&limits, VB_CGROUP_CPU_WEIGHT,
                          vb_cgroup_weight_from_shares ((guint64) tuning->cpu_shares));
  return limits;
}

VbCgroupLimits
vb_resources_get_change (const VbTuning *former, const VbTuning *tuning)
{
  const VbCgroupLimits was = vb_resources_get_limits (former);
  VbCgroupLimits limits = vb_resources_get_limits (tuning);

  for (int limit = 0; limit < VB_N_CGROUP_LIMITS; limit++)
    if (was.is_set[limit] && !limits.is_set[limit])
      vb_cgroup_limits_set (&limits, (VbCgroupLimit) limit,
                            limit <= VB_CGROUP_MEMORY_SWAP_MAX ? VB_CGROUP_UNLIMITED
                                                               : VB_CGROUP_DEFAULT_WEIGHT);
  return limits;
}

/* (transfer full): no later run has it again, so that the one's end and the next one's start may
 * cross */
static char *
name_group (const VbRunRecord *record)
{
  return g_strdup_printf ("virtbus-%s.%d", record->uuid, record->id);
}

static void
add_pid (VbMachine *machine, gpointer user_data)
{
  const VbRun *run = vb_machine_get_run (machine);
  int pid = run != NULL ? vb_qemu_instance_get_pid (run->instance) : 0;

  if (pid > 0)
    g_array_append_val ((GArray *) user_data, pid);
}

static void
on_confined (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  const char *name = g_task_get_task_data (task);
  g_autoptr (GError) error = NULL;

  if (vb_cgroups_confine_finish (result, &error))
    g_task_return_boolean (task, TRUE);
  else if (error->domain == VB_HOST_ERROR)
    g_task_return_new_error (task, VB_ENGINE_ERROR, VB_ENGINE_ERROR_HOST_RESOURCE,
                             "domain '%s' cannot be given the limits of its <memtune>, <blkiotune> "
                             "or <cputune>: %s",
                             name, error->message);
  else
    g_task_return_error (task, g_steal_pointer (&error));
}

void
vb_resources_apply_async (VbRun *run,
                          const VbCgroupLimits *limits,
                          GCancellable *cancellable,
                          GAsyncReadyCallback callback,
                          gpointer user_data)
{
  g_autoptr (GTask) task = g_task_new (NULL, cancellable, callback, user_data);
  const char *name = vb_machine_get_name (run->machine);
  g_autoptr (GArray) pids = g_array_new (FALSE, FALSE, sizeof (int));
  g_autofree char *group = name_group (run->record);
  g_autofree char *scope = g_strdup_printf ("virtbus-%s", run->record->uuid);
  g_autofree char *description = g_strdup_printf ("Virtual machine %s", name);
  GError *error = NULL;

  g_task_set_source_tag (task, vb_resources_apply_async);
  g_task_set_check_cancellable (task, FALSE);
  g_task_set_task_data (task, g_strdup (name), g_free);
  run->record->confined = TRUE;
  if (!vb_run_record_save (run->record, &error))
    {
      g_task_return_error (task, error);
      return;
    }
  vb_registry_foreach (vb_engine_get_registry (run->engine), add_pid, pids);
  vb_cgroups_confine_async (vb_engine_get_config (run->engine)->cgroups,
                            &(VbCgroupRequest){ .scope = scope,
                                                .group = group,
                                                .description = description,
                                                .pid = vb_qemu_instance_get_pid (run->instance),
                                                .own_pids = (const int *) pids->data,
                                                .n_own_pids = pids->len,
                                                .limits = *limits },
                            cancellable, on_confined, g_object_ref (task));
}

gboolean
vb_resources_apply_finish (GAsyncResult *result, GError **error)
{
  return g_task_propagate_boolean (G_TASK (result), error);
}

void
vb_resources_release (VbEngine *engine, const VbRunRecord *record)
{
  g_autofree char *group = NULL;

  if (!record->confined)
    return;
  group = name_group (record);
  vb_cgroups_remove (vb_engine_get_config (engine)->cgroups, group);
}
