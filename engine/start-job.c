/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The steps of a start in reading order: know the emulator, check, record, claim, connect, launch,
 * limit, let go. The record is there before QEMU is, so that a service that is killed at any line
 * leaves nothing that the next cannot find.
 */
#include "engine/start-job.h"

#include "engine/assignment.h"
#include "engine/ending.h"
#include "engine/engine-private.h"
#include "engine/network.h"
#include "engine/operations.h"
#include "engine/resources.h"
#include "engine/run.h"

typedef struct
{
  VbEngine *engine;          /* (owned) */
  VbMachine *machine;        /* (owned) */
  VbRunRecord *record;       /* (owned) (nullable) until the run has it */
  VbDomain *domain;          /* (owned) (nullable) what is launched */
  VbGiven *open;             /* (owned) (nullable) what QEMU gets that is open already */
  VbQemuInstance *instance;  /* (owned) (nullable) */
  GCancellable *cancellable; /* (owned) Destroy cancels it */
  GError *error;             /* (owned) (nullable) why it fails */
  VbGiven *given;            /* (owned) (nullable) a client's, until the run has it */
  gboolean paused;
  gboolean keeps_error;
} StartJob;

static void
start_job_free (StartJob *job)
{
  g_clear_pointer (&job->record, vb_run_record_free);
  g_clear_pointer (&job->domain, vb_domain_unref);
  g_clear_pointer (&job->open, vb_given_free);
  g_clear_pointer (&job->given, vb_given_free);
  g_clear_object (&job->instance);
  g_clear_error (&job->error);
  g_object_unref (job->cancellable);
  g_object_unref (job->machine);
  g_object_unref (job->engine);
  g_free (job);
}

/* Undoes all but QEMU, which is gone. */
static void
start_job_undo (StartJob *job)
{
  VbMachine *machine = job->machine;
  gboolean was_cancelled = g_error_matches (job->error, VB_ENGINE_ERROR, VB_ENGINE_ERROR_CANCELLED);
  VbRun *run = vb_machine_get_run (machine);

  if (run != NULL)
    job->record = g_steal_pointer (&run->record);
  vb_machine_set_run (machine, NULL);
  vb_registry_index_id (vb_engine_get_registry (job->engine), machine, -1);
  vb_machine_set_id (machine, -1);
  vb_machine_set_live (machine, NULL);
  vb_machine_set_client (machine, NULL);
  vb_machine_set_state (machine, VB_STATE_SHUTOFF,
                        was_cancelled ? VB_REASON_DESTROYED : VB_REASON_FAILED);
  if (!was_cancelled)
    vb_machine_set_last_error (machine, job->error);
  if (job->record != NULL)
    {
      vb_resources_release (job->engine, job->record);
      vb_network_disconnect (vb_engine_get_macvtaps (job->engine), job->record);
      vb_assignment_end (job->engine, job->record);
      vb_run_record_remove (job->record);
    }
}

static void
finish_failed (GTask *task)
{
  StartJob *job = g_task_get_task_data (task);

  start_job_undo (job);
  vb_machine_end_work (job->machine);
  if (!vb_machine_is_persistent (job->machine))
    vb_registry_remove (vb_engine_get_registry (job->engine), job->machine);
  g_task_return_error (task, g_steal_pointer (&job->error));
}

static void
on_failed_ended (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;

  vb_qemu_instance_end_finish (VB_QEMU_INSTANCE (source), result);
  finish_failed (task);
}

/* @error (transfer full) */
static void
start_job_fail (GTask *task, GError *error)
{
  StartJob *job = g_task_get_task_data (task);

  job->error = error;
  if (g_cancellable_is_cancelled (job->cancellable))
    {
      g_clear_error (&job->error);
      job->error = g_error_new (VB_ENGINE_ERROR, VB_ENGINE_ERROR_CANCELLED,
                                "the start of domain '%s' was ended by Destroy",
                                vb_machine_get_name (job->machine));
    }
  /* A launch that failed has left nothing; one that succeeded is a run. */
  if (vb_machine_get_run (job->machine) != NULL)
    vb_qemu_instance_end_async (job->instance, on_failed_ended, g_object_ref (task));
  else
    finish_failed (task);
}

static void
start_job_succeed (GTask *task)
{
  StartJob *job = g_task_get_task_data (task);
  VbMachine *machine = job->machine;
  VbRun *run = vb_machine_get_run (machine);
  GError *error = NULL;

  run->record->finished = TRUE;
  run->started_us = g_get_monotonic_time ();
  vb_registry_index_id (vb_engine_get_registry (job->engine), machine, run->record->id);
  vb_machine_set_id (machine, run->record->id);
  vb_machine_set_live (machine, vb_qemu_instance_get_domain (job->instance));
  if (!vb_run_reach (run, job->paused ? VB_STATE_PAUSED : VB_STATE_RUNNING,
                     job->paused ? VB_REASON_USER : VB_REASON_BOOTED, &error))
    {
      start_job_fail (task, error);
      return;
    }
  run->settled = TRUE;
  if (!job->keeps_error)
    vb_machine_set_last_error (machine, NULL);
  vb_machine_end_work (machine);
  g_task_return_boolean (task, TRUE);

  run = vb_machine_get_run (machine);
  if (run != NULL && run->exit != NULL)
    {
      VbQemuExit *early = g_steal_pointer (&run->exit);

      vb_ending_finish (run, early);
      vb_qemu_exit_free (early);
    }
}

static void
on_let_go (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  GError *error = NULL;

  if (vb_qemu_instance_command_finish (VB_QEMU_INSTANCE (source), result, &error))
    start_job_succeed (task);
  else
    start_job_fail (task, error);
}

static void
let_go (GTask *task)
{
  StartJob *job = g_task_get_task_data (task);

  if (job->paused)
    start_job_succeed (task);
  else
    vb_qemu_instance_command_async (job->instance, VB_QEMU_CONT, job->cancellable, on_let_go,
                                    g_object_ref (task));
}

static void
on_limited (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  StartJob *job = g_task_get_task_data (task);
  GError *error = NULL;

  if (vb_resources_apply_finish (result, &error) &&
      !g_cancellable_set_error_if_cancelled (job->cancellable, &error))
    let_go (task);
  else
    start_job_fail (task, error);
}

static void
limit (GTask *task)
{
  StartJob *job = g_task_get_task_data (task);
  VbCgroupLimits limits =
      vb_resources_get_limits (&vb_qemu_instance_get_domain (job->instance)->tuning);

  if (vb_cgroup_limits_is_empty (&limits))
    let_go (task);
  else
    vb_resources_apply_async (vb_machine_get_run (job->machine), &limits, job->cancellable,
                              on_limited, g_object_ref (task));
}

static void
on_launched (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  StartJob *job = g_task_get_task_data (task);
  GError *error = NULL;
  const VbRunRecord *record = job->record;

  if (!vb_qemu_instance_launch_finish (job->instance, result, &error))
    {
      start_job_fail (task, error);
      return;
    }
  vb_machine_set_run (job->machine,
                      vb_run_new (job->engine, job->machine, g_object_ref (job->instance),
                                  g_steal_pointer (&job->record)));
  vb_machine_get_run (job->machine)->given = g_steal_pointer (&job->given);
  if (!vb_run_record_save_domains (record, vb_machine_get_origin (job->machine),
                                   vb_qemu_instance_get_domain (job->instance), &error) ||
      g_cancellable_set_error_if_cancelled (job->cancellable, &error))
    start_job_fail (task, error);
  else
    limit (task);
}

static gboolean
start_job_record (StartJob *job, const VbDomain *origin, GError **error)
{
  VbRunRecord *record =
      vb_run_record_new (vb_engine_get_config (job->engine)->runtime_dir, origin->uuid);

  job->record = record;
  record->id = vb_engine_take_id (job->engine);
  record->owner = g_strdup (vb_machine_get_owner (job->machine));
  record->client = g_strdup (vb_machine_get_client (job->machine));
  record->adjustment_s = origin->clock.adjustment_s;
  return vb_run_record_begin (record, origin, error);
}

static VbQemuSettings
start_job_get_settings (const StartJob *job)
{
  VbQemuSettings settings = vb_engine_get_qemu_settings (job->engine);

  /* Where QEMU runs as another user, so do others define domains. */
  if (settings.uid >= 0)
    settings.owner = g_intern_string (vb_machine_get_owner (job->machine));
  return settings;
}

/* @facts: (nullable): of the emulator, unless there is none */
static gboolean
start_job_prepare (StartJob *job, const VbEmulatorFacts *facts, GError **error)
{
  VbQemuSettings settings = start_job_get_settings (job);
  VbDomain *origin = vb_machine_get_origin (job->machine);

  if (!vb_qemu_check (&settings, origin, facts, NULL, error) ||
      !start_job_record (job, origin, error))
    return FALSE;
  job->domain = vb_domain_copy (origin);
  job->domain->id = job->record->id;
  return TRUE;
}

static void
start_job_launch (GTask *task)
{
  StartJob *job = g_task_get_task_data (task);
  VbQemuSettings settings = start_job_get_settings (job);
  g_autofree char *log_path =
      vb_engine_get_log_path (job->engine, job->domain->name, job->domain->uuid);

  job->instance = vb_qemu_instance_new (&settings, job->domain, job->record->folder, log_path);
  vb_qemu_instance_launch_async (job->instance, g_steal_pointer (&job->open), job->cancellable,
                                 on_launched, g_object_ref (task));
}

static void
on_connected (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  StartJob *job = g_task_get_task_data (task);
  GError *error = NULL;
  VbGiven *given = vb_network_connect_finish (result, job->domain, &error);

  vb_given_merge (job->open, given);
  if (given == NULL || g_cancellable_set_error_if_cancelled (job->cancellable, &error))
    start_job_fail (task, error);
  else
    start_job_launch (task);
}

static void
start_job_claim (GTask *task, const VbEmulatorFacts *facts)
{
  StartJob *job = g_task_get_task_data (task);
  GError *error = NULL;
  VbGiven *assigned = NULL;

  job->open = vb_given_copy (job->given, &error);
  if (job->open != NULL && start_job_prepare (job, facts, &error))
    assigned = vb_assignment_begin (job->engine, job->domain, job->record, &error);
  if (assigned == NULL)
    {
      start_job_fail (task, error);
      return;
    }
  vb_given_merge (job->open, assigned);
  if (vb_network_is_needed (job->domain))
    vb_network_connect_async (vb_engine_get_macvtaps (job->engine), job->domain, job->record,
                              job->cancellable, on_connected, g_object_ref (task));
  else
    start_job_launch (task);
}

static void
on_emulator_known (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  GError *error = NULL;
  g_autoptr (VbEmulatorFacts) facts =
      vb_emulators_probe_finish (VB_EMULATORS (source), result, &error);

  if (facts != NULL)
    start_job_claim (task, facts);
  else
    start_job_fail (task, error);
}

/* An emulator that is known, as it mostly is, costs no turn of the main loop. */
static void
start_job_know_emulator (GTask *task)
{
  StartJob *job = g_task_get_task_data (task);
  VbEmulators *emulators = vb_capabilities_get_emulators (vb_engine_get_capabilities (job->engine));
  g_autofree char *path = vb_qemu_find_emulator (vb_machine_get_origin (job->machine), NULL);
  const VbEmulatorFacts *facts = path != NULL ? vb_emulators_peek_current (emulators, path) : NULL;

  if (path == NULL || facts != NULL)
    start_job_claim (task, facts);
  else
    vb_emulators_probe_async (emulators, path, job->cancellable, on_emulator_known,
                              g_object_ref (task));
}

void
vb_start_job_run_async (VbEngine *engine,
                        VbMachine *machine,
                        const VbStartJobOptions *options,
                        GAsyncReadyCallback callback,
                        gpointer user_data)
{
  g_autoptr (GTask) task = g_task_new (engine, NULL, callback, user_data);
  StartJob *job = g_new0 (StartJob, 1);

  job->engine = g_object_ref (engine);
  job->machine = g_object_ref (machine);
  job->cancellable = g_object_ref (vb_machine_get_slot (machine)->cancellable);
  job->paused = options->paused;
  job->keeps_error = options->keeps_error;
  job->given = options->given;
  g_task_set_source_tag (task, vb_start_job_run_async);
  g_task_set_task_data (task, job, (GDestroyNotify) start_job_free);

  if (vb_machine_is_persistent (machine))
    vb_machine_set_origin (machine, vb_machine_get_definition (machine));
  vb_machine_set_client (machine, options->client);
  vb_machine_set_state (machine, VB_STATE_STARTING, vb_machine_get_state_reason (machine));
  vb_machine_publish (machine);
  start_job_know_emulator (task);
}

gboolean
vb_start_job_finish (GAsyncResult *result, GError **error)
{
  return g_task_propagate_boolean (G_TASK (result), error);
}
