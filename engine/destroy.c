/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Powering off: what is at work is cancelled and waited for, the guest is asked where it is to be
 * asked, and then QEMU is ended, hung or not.
 */
#include "engine/lifecycle.h"

#include "engine/machine-private.h"
#include "engine/run.h"

typedef struct
{
  VbMachine *machine; /* (owned) */
  guint grace_ms;
  VbStateReason reason;
  VbQemuInstance *instance; /* (owned) (nullable) while the guest is given time: */
  gulong exited_handler;
  guint grace_source;
  GCancellable *hurry; /* (owned) (nullable) with the instance: another Destroy will not wait */
  gulong hurry_handler;
} Destroy;

typedef struct
{
  const char *client;
  GPtrArray *machines; /* (element-type VbMachine) */
} ClientMachines;

static void
destroy_end_grace (Destroy *destroy)
{
  g_clear_signal_handler (&destroy->exited_handler, destroy->instance);
  g_clear_handle_id (&destroy->grace_source, g_source_remove);
  g_clear_signal_handler (&destroy->hurry_handler, destroy->hurry);
}

static void
destroy_free (Destroy *destroy)
{
  destroy_end_grace (destroy);
  g_clear_object (&destroy->instance);
  g_clear_object (&destroy->hurry);
  g_object_unref (destroy->machine);
  g_free (destroy);
}

static void
complete (GTask *task)
{
  Destroy *destroy = g_task_get_task_data (task);

  destroy_end_grace (destroy);
  vb_machine_end_work (destroy->machine);
  g_task_return_boolean (task, TRUE);
}

static void
on_ended (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;

  vb_qemu_instance_end_finish (VB_QEMU_INSTANCE (source), result);
  complete (task);
}

static void
end_now (GTask *task)
{
  Destroy *destroy = g_task_get_task_data (task);

  destroy_end_grace (destroy);
  vb_run_end (vb_machine_get_run (destroy->machine), destroy->reason, NULL, on_ended,
              g_object_ref (task));
  vb_machine_publish (destroy->machine);
}

static gboolean
on_grace_over (gpointer user_data)
{
  GTask *task = user_data;
  Destroy *destroy = g_task_get_task_data (task);

  destroy->grace_source = 0;
  end_now (task);
  return G_SOURCE_REMOVE;
}

/* Called after the run's own handler, which has told the end. The task is kept by the source. */
static void
on_exited (VbQemuInstance *instance, const VbQemuExit *exit, GTask *task)
{
  g_autoptr (GTask) kept = g_object_ref (task);

  complete (kept);
}

static void
on_hurry (GCancellable *hurry, GTask *task)
{
  g_autoptr (GTask) kept = g_object_ref (task);

  end_now (kept);
}

static void
give_time (GTask *task, VbRun *run)
{
  Destroy *destroy = g_task_get_task_data (task);

  run->stays_off = TRUE;
  destroy->instance = g_object_ref (run->instance);
  destroy->exited_handler =
      g_signal_connect (run->instance, "exited", G_CALLBACK (on_exited), task);
  destroy->grace_source = g_timeout_add_full (G_PRIORITY_DEFAULT, destroy->grace_ms, on_grace_over,
                                              g_object_ref (task), g_object_unref);
  destroy->hurry = g_object_ref (vb_machine_get_slot (destroy->machine)->cancellable);
  destroy->hurry_handler =
      g_signal_connect (destroy->hurry, "cancelled", G_CALLBACK (on_hurry), task);
  /* A guest that cannot be asked is one that does not obey. */
  vb_qemu_instance_command_async (run->instance, VB_QEMU_POWERDOWN, NULL, NULL, NULL);
}

/* The slot is free. */
static void
begin (gpointer user_data)
{
  GTask *task = user_data;
  Destroy *destroy = g_task_get_task_data (task);
  VbRun *run = vb_machine_get_run (destroy->machine);

  if (run == NULL)
    {
      /* What was at work was a start, or the guest went by itself. */
      g_task_return_boolean (task, TRUE);
      return;
    }
  vb_machine_begin (destroy->machine, vb_operation_to_string (VB_OPERATION_DESTROY), NULL);
  vb_machine_publish (destroy->machine);
  if (destroy->grace_ms > 0 && vb_machine_get_state (destroy->machine) == VB_STATE_RUNNING)
    give_time (task, run);
  else
    end_now (task);
}

static void
add_of_client (VbMachine *machine, gpointer user_data)
{
  ClientMachines *found = user_data;

  if (g_strcmp0 (vb_machine_get_client (machine), found->client) == 0)
    g_ptr_array_add (found->machines, g_object_ref (machine));
}

static void
power_off (VbEngine *engine,
           VbMachine *machine,
           guint grace_ms,
           VbStateReason reason,
           GAsyncReadyCallback callback,
           gpointer user_data)
{
  g_autoptr (GTask) task = g_task_new (engine, NULL, callback, user_data);
  VbSlot *slot = vb_machine_get_slot (machine);
  Destroy *destroy = g_new0 (Destroy, 1);
  GError *error = NULL;

  destroy->machine = g_object_ref (machine);
  destroy->grace_ms = grace_ms;
  destroy->reason = reason;
  g_task_set_source_tag (task, power_off);
  g_task_set_task_data (task, destroy, (GDestroyNotify) destroy_free);

  if (vb_machine_works_at (machine, VB_OPERATION_DESTROY) &&
      !(grace_ms == 0 && vb_machine_awaits_guest (machine)))
    {
      vb_machine_begin (machine, vb_operation_to_string (VB_OPERATION_DESTROY), &error);
      g_task_return_error (task, error);
    }
  else if (!vb_machine_check_operation (machine, VB_OPERATION_DESTROY, &error))
    g_task_return_error (task, error);
  else
    {
      vb_slot_wait (slot, begin, g_object_ref (task), g_object_unref);
      if (vb_machine_is_busy (machine))
        g_cancellable_cancel (slot->cancellable);
      else
        vb_slot_serve (slot);
    }
}

void
vb_engine_destroy_async (VbEngine *engine,
                         VbMachine *machine,
                         guint grace_ms,
                         GCancellable *cancellable,
                         GAsyncReadyCallback callback,
                         gpointer user_data)
{
  power_off (engine, machine, grace_ms, VB_REASON_DESTROYED, callback, user_data);
}

gboolean
vb_engine_destroy_finish (VbEngine *engine, GAsyncResult *result, GError **error)
{
  return g_task_propagate_boolean (G_TASK (result), error);
}

void
vb_engine_client_gone (VbEngine *engine, const char *client)
{
  g_autoptr (GPtrArray) machines = g_ptr_array_new_with_free_func (g_object_unref);
  ClientMachines found = { .client = client, .machines = machines };

  vb_registry_foreach (vb_engine_get_registry (engine), add_of_client, &found);
  for (guint i = 0; i < machines->len; i++)
    power_off (engine, machines->pdata[i], 0, VB_REASON_DAEMON, NULL, NULL);
}
