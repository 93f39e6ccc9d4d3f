/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The doors of the use cases that change whether a machine runs. Each begins the one operation at
 * work, or refuses.
 */
#include "engine/lifecycle.h"

#include "engine/engine-private.h"
#include "engine/given-names.h"
#include "engine/run.h"
#include "engine/start-job.h"

#include <string.h>

typedef struct
{
  VbOperation operation;
  VbQemuCommand command;
  gboolean has_state; /* it brings the guest to: */
  VbState state;
  gboolean reboots; /* the next power-off is followed by a start */
} OperateRow;

static const OperateRow operate_rows[] = {
  { VB_OPERATION_SHUTDOWN, VB_QEMU_POWERDOWN, FALSE, VB_STATE_RUNNING, FALSE },
  { VB_OPERATION_REBOOT, VB_QEMU_POWERDOWN, FALSE, VB_STATE_RUNNING, TRUE },
  { VB_OPERATION_RESET, VB_QEMU_RESET, FALSE, VB_STATE_RUNNING, FALSE },
  { VB_OPERATION_SUSPEND, VB_QEMU_STOP, TRUE, VB_STATE_PAUSED, FALSE },
  { VB_OPERATION_RESUME, VB_QEMU_CONT, TRUE, VB_STATE_RUNNING, FALSE },
};

typedef struct
{
  VbMachine *machine; /* (owned) */
  const OperateRow *row;
} Operate;

static void
operate_free (Operate *operate)
{
  g_object_unref (operate->machine);
  g_free (operate);
}

static const OperateRow *
find_row (VbOperation operation)
{
  for (gsize i = 0; i < G_N_ELEMENTS (operate_rows); i++)
    if (operate_rows[i].operation == operation)
      return &operate_rows[i];
  g_return_val_if_reached (NULL);
}

/* Whether the guest has the power button that it would be asked by. */
static gboolean
check_button (const Operate *operate, GError **error)
{
  const VbDomain *live = vb_machine_get_live (operate->machine);
  gboolean is_pc = strcmp (live->os.arch, "x86_64") == 0 || strcmp (live->os.arch, "i686") == 0;

  if (operate->row->command != VB_QEMU_POWERDOWN || !is_pc ||
      (live->features & VB_FEATURE_ACPI) != 0)
    return TRUE;
  g_set_error (
      error, VB_ENGINE_ERROR, VB_ENGINE_ERROR_UNSUPPORTED,
      "domain '%s' has no ACPI and so no power button; add <features><acpi/></features> for"
      " the next start, or use Destroy",
      live->name);
  return FALSE;
}

/* The guest has done it, or was asked. */
static gboolean
note_obedience (Operate *operate, VbQemuInstance *instance, GError **error)
{
  VbRun *run = vb_machine_get_run (operate->machine);
  const OperateRow *row = operate->row;

  if (run == NULL || run->instance != instance)
    {
      g_set_error (error, VB_ENGINE_ERROR, VB_ENGINE_ERROR_INVALID_STATE,
                   "domain '%s' ended while %s was at work; start it again",
                   vb_machine_get_name (operate->machine), vb_operation_to_string (row->operation));
      return FALSE;
    }
  if (row->has_state)
    return vb_run_reach (run, row->state, VB_REASON_USER, error);
  if (row->command != VB_QEMU_POWERDOWN)
    return TRUE;
  run->record->rebooting = row->reboots;
  return vb_run_record_save (run->record, error);
}

static void
on_commanded (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  Operate *operate = g_task_get_task_data (task);
  VbQemuInstance *instance = VB_QEMU_INSTANCE (source);
  GCancellable *cancellable = vb_machine_get_slot (operate->machine)->cancellable;
  const char *name = vb_operation_to_string (operate->row->operation);
  GError *error = NULL;
  gboolean done = vb_qemu_instance_command_finish (instance, result, &error) &&
                  note_obedience (operate, instance, &error);

  if (!done && g_cancellable_is_cancelled (cancellable))
    {
      g_clear_error (&error);
      error = g_error_new (VB_ENGINE_ERROR, VB_ENGINE_ERROR_CANCELLED,
                           "%s of domain '%s' was ended by Destroy", name,
                           vb_machine_get_name (operate->machine));
    }
  vb_machine_end_work (operate->machine);
  if (done)
    g_task_return_boolean (task, TRUE);
  else
    g_task_return_error (task, error);
}

static void
on_created (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  GError *error = NULL;

  if (vb_start_job_finish (result, &error))
    g_task_return_pointer (task, g_object_ref (g_task_get_task_data (task)), g_object_unref);
  else
    g_task_return_error (task, error);
}

/* (transfer full) (nullable) */
static VbDomain *
parse_new_domain (VbEngine *engine, const char *xml, GError **error)
{
  g_autoptr (VbDomain) domain = vb_domain_parse (xml, strlen (xml), FALSE, NULL, error);
  VbMachine *holder = NULL;

  if (domain == NULL)
    return NULL;
  if (domain->uuid != NULL)
    holder = vb_registry_find_uuid (vb_engine_get_registry (engine), domain->uuid);
  if (holder != NULL)
    {
      g_set_error (error, VB_ENGINE_ERROR, VB_ENGINE_ERROR_ALREADY_EXISTS,
                   "domain '%s' has the UUID %s already; leave the UUID out to be given another",
                   vb_machine_get_name (holder), domain->uuid);
      return NULL;
    }
  vb_domain_complete (domain, NULL, NULL);
  /* Taken at once if it is free: what makes it exist comes in the same turn of the main loop. */
  if (!vb_engine_reserve (engine, domain->uuid, domain->name, error))
    return NULL;
  vb_engine_release (engine, domain->uuid, domain->name);
  return g_steal_pointer (&domain);
}

/* A start goes on when its caller leaves. */
void
vb_engine_start_async (VbEngine *engine,
                       VbMachine *machine,
                       const VbStartOptions *options,
                       GCancellable *cancellable,
                       GAsyncReadyCallback callback,
                       gpointer user_data)
{
  g_autoptr (VbGiven) given = options->given;
  VbStartJobOptions job_options = { .paused = options->paused,
                                    .client = options->autodestroy_client };
  GError *error = NULL;

  if (!vb_machine_begin_operation (machine, VB_OPERATION_START, &error))
    {
      g_task_report_error (engine, callback, user_data, vb_engine_start_async, error);
      return;
    }
  if (!vb_given_names_check (given, vb_machine_get_domain (machine), &error))
    {
      vb_machine_end_work (machine);
      g_task_report_error (engine, callback, user_data, vb_engine_start_async, error);
      return;
    }
  job_options.given = g_steal_pointer (&given);
  vb_start_job_run_async (engine, machine, &job_options, callback, user_data);
}

gboolean
vb_engine_start_finish (VbEngine *engine, GAsyncResult *result, GError **error)
{
  return vb_start_job_finish (result, error);
}

void
vb_engine_create_async (VbEngine *engine,
                        const char *xml,
                        const VbStartOptions *options,
                        GCancellable *cancellable,
                        GAsyncReadyCallback callback,
                        gpointer user_data)
{
  g_autoptr (GTask) task = g_task_new (engine, cancellable, callback, user_data);
  g_autoptr (VbGiven) given = options->given;
  VbStartJobOptions job_options = { .paused = options->paused,
                                    .client = options->autodestroy_client };
  g_autoptr (VbDomain) domain = NULL;
  VbMachine *machine;
  GError *error = NULL;

  g_task_set_source_tag (task, vb_engine_create_async);
  g_task_set_check_cancellable (task, FALSE);
  domain = parse_new_domain (engine, xml, &error);
  if (domain == NULL || !vb_given_names_check (given, domain, &error))
    {
      g_task_return_error (task, error);
      return;
    }
  job_options.given = g_steal_pointer (&given);
  machine = vb_machine_new (domain->uuid, options->owner);
  g_task_set_task_data (task, machine, g_object_unref);
  vb_machine_set_origin (machine, domain);
  vb_registry_add (vb_engine_get_registry (engine), machine);
  vb_machine_begin_operation (machine, VB_OPERATION_START, NULL);
  vb_start_job_run_async (engine, machine, &job_options, on_created, g_object_ref (task));
}

VbMachine *
vb_engine_create_finish (VbEngine *engine, GAsyncResult *result, GError **error)
{
  /* The registry holds it; what ended meanwhile is held by the task until its callback is over. */
  g_autoptr (VbMachine) machine = g_task_propagate_pointer (G_TASK (result), error);

  return machine;
}

void
vb_engine_operate_async (VbEngine *engine,
                         VbMachine *machine,
                         VbOperation operation,
                         GCancellable *cancellable,
                         GAsyncReadyCallback callback,
                         gpointer user_data)
{
  g_autoptr (GTask) task = g_task_new (engine, cancellable, callback, user_data);
  const OperateRow *row = find_row (operation);
  Operate *operate = g_new0 (Operate, 1);
  GError *error = NULL;

  operate->machine = g_object_ref (machine);
  operate->row = row;
  g_task_set_source_tag (task, vb_engine_operate_async);
  g_task_set_check_cancellable (task, FALSE);
  g_task_set_task_data (task, operate, (GDestroyNotify) operate_free);
  if (!vb_machine_begin_operation (machine, operation, &error))
    {
      g_task_return_error (task, error);
      return;
    }
  if (row->has_state && vb_machine_get_state (machine) == row->state)
    {
      vb_machine_end_work (machine);
      g_task_return_boolean (task, TRUE);
      return;
    }
  if (!check_button (operate, &error))
    {
      vb_machine_end_work (machine);
      g_task_return_error (task, error);
      return;
    }
  vb_machine_publish (machine);
  vb_run_expect (vb_machine_get_run (machine));
  vb_qemu_instance_command_async (vb_machine_get_run (machine)->instance, row->command,
                                  vb_machine_get_slot (machine)->cancellable, on_commanded,
                                  g_object_ref (task));
}

gboolean
vb_engine_operate_finish (VbEngine *engine, GAsyncResult *result, GError **error)
{
  return g_task_propagate_boolean (G_TASK (result), error);
}
