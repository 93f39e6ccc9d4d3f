/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * on_poweroff, on_reboot and on_crash, and the clearing away of what ran.
 */
#include "engine/ending.h"

#include "engine/engine-private.h"
#include "engine/operations.h"
#include "engine/resources.h"
#include "engine/start-job.h"

#include <string.h>
#include <sys/wait.h>

/* A guest that ends as soon as it has started is not started for ever. */
#define SHORT_RUN_US G_USEC_PER_SEC
#define MAX_SHORT_RUNS 5

typedef struct
{
  VbEngine *engine;    /* (owned) */
  VbMachine *machine;  /* (owned) */
  VbRunRecord *record; /* (owned) of the run that ended */
} Restart;

static void
restart_free (Restart *restart)
{
  g_object_unref (restart->engine);
  g_object_unref (restart->machine);
  vb_run_record_free (restart->record);
  g_free (restart);
}

static void
on_restarted (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (VbMachine) machine = user_data;
  g_autoptr (GError) error = NULL;

  if (!vb_start_job_finish (result, &error))
    g_message ("domain '%s' was not started again: %s", vb_machine_get_name (machine),
               error->message);
}

static void
restart_now (gpointer user_data)
{
  Restart *restart = user_data;
  VbMachine *machine = restart->machine;
  VbStartJobOptions options = { .client = vb_machine_get_client (machine) };

  /* Somebody else may have started or undefined it while this waited. */
  if (vb_machine_begin_operation (machine, VB_OPERATION_START, NULL))
    vb_start_job_run_async (restart->engine, machine, &options, on_restarted,
                            g_object_ref (machine));
  else if (vb_machine_get_state (machine) == VB_STATE_SHUTOFF)
    vb_run_record_remove (restart->record);
}

/* @record: (transfer full). It stays until the new start writes its own, so that a service that is
 * killed between the two leaves a guest that ended and is to be started again. */
static void
restart_machine (VbEngine *engine, VbMachine *machine, VbRunRecord *record)
{
  Restart *restart = g_new (Restart, 1);
  g_autoptr (GError) error = NULL;

  record->restarting = TRUE;
  if (!vb_run_record_save (record, &error))
    g_warning ("the record of domain '%s' is not up to date: %s", vb_machine_get_name (machine),
               error->message);
  restart->engine = g_object_ref (engine);
  restart->machine = g_object_ref (machine);
  restart->record = record;
  vb_slot_wait (vb_machine_get_slot (machine), restart_now, restart, (GDestroyNotify) restart_free);
  vb_slot_serve (vb_machine_get_slot (machine));
  vb_machine_publish (machine);
}

static void
leave_off (VbEngine *engine, VbMachine *machine, const VbRunRecord *record)
{
  vb_machine_set_client (machine, NULL);
  vb_machine_publish (machine);
  vb_run_record_remove (record);
  if (!vb_machine_is_persistent (machine))
    vb_registry_remove (vb_engine_get_registry (engine), machine);
}

/* (transfer full) */
static GError *
describe_crash (const char *name, const VbQemuExit *exit)
{
  g_autofree char *how = NULL;
  const char *words = exit->last_words != NULL ? exit->last_words : "";

  if (!exit->status_known)
    how = g_strdup ("died while no service could see how");
  else if (WIFSIGNALED (exit->wait_status))
    how = g_strdup_printf ("was killed by signal %d (%s)", WTERMSIG (exit->wait_status),
                           strsignal (WTERMSIG (exit->wait_status)));
  else
    how = g_strdup_printf ("ended with status %d", WEXITSTATUS (exit->wait_status));
  return g_error_new (VB_QEMU_ERROR, VB_QEMU_ERROR_EMULATOR, "QEMU of domain '%s' %s%s%s", name,
                      how, *words != '\0' ? "; its last words: " : "", words);
}

static gboolean
wants_restart (VbRun *run, VbEnd end)
{
  const VbDomain *domain = vb_machine_get_domain (run->machine);
  VbLifecycleAction action = vb_ending_choose_action (domain, end);

  if (run->stays_off)
    return FALSE;
  if (run->record->restarting)
    return TRUE;
  if (run->record->rebooting && end == VB_END_GUEST_SHUTDOWN)
    return TRUE;
  return action == VB_LIFECYCLE_RESTART;
}

static gboolean
is_in_a_loop (VbRun *run)
{
  gint64 lived_us = g_get_monotonic_time () - run->started_us;
  gboolean was_short = run->started_us != 0 && lived_us < SHORT_RUN_US;

  return vb_machine_count_run (run->machine, was_short) >= MAX_SHORT_RUNS;
}

static void
note_error (VbRun *run, VbEnd end, const VbQemuExit *exit)
{
  const char *name = vb_machine_get_name (run->machine);
  g_autoptr (GError) crash = NULL;

  if (run->is_ended)
    {
      if (run->ending_error != NULL)
        vb_machine_set_last_error (run->machine, run->ending_error);
      return;
    }
  if (end != VB_END_CRASH)
    return;
  crash = describe_crash (name, exit);
  g_message ("%s", crash->message);
  vb_machine_set_last_error (run->machine, crash);
}

static void
note_loop (VbMachine *machine)
{
  g_autoptr (GError) error = g_error_new (
      VB_QEMU_ERROR, VB_QEMU_ERROR_EMULATOR,
      "domain '%s' ended %d times in a row within a second of its start, so it is not started"
      " again; see why in its log, or set on_poweroff, on_reboot and on_crash to destroy",
      vb_machine_get_name (machine), MAX_SHORT_RUNS);

  vb_machine_set_last_error (machine, error);
  vb_machine_count_run (machine, FALSE);
}

VbLifecycleAction
vb_ending_choose_action (const VbDomain *domain, VbEnd end)
{
  switch (end)
    {
    case VB_END_GUEST_SHUTDOWN:
      return domain->on_poweroff;
    case VB_END_GUEST_RESET:
      return domain->on_reboot;
    case VB_END_GUEST_PANIC:
    case VB_END_CRASH:
      return domain->on_crash;
    case VB_END_UNKNOWN:
    case VB_END_HOST_REQUEST:
    case VB_END_HOST_SIGNAL:
      break;
    }
  return VB_LIFECYCLE_DESTROY;
}

void
vb_ending_hold (VbRun *run, VbEnd end)
{
  const VbDomain *domain = vb_qemu_instance_get_domain (run->instance);
  gboolean reboots = run->record->rebooting && end == VB_END_GUEST_SHUTDOWN;
  /* Some end is to be preserved; where nobody knows which this was, it may be that one. */
  gboolean preserves =
      end == VB_END_UNKNOWN || vb_ending_choose_action (domain, end) == VB_LIFECYCLE_PRESERVE;

  if (!reboots && preserves)
    {
      run->has_told = TRUE;
      run->told_state = VB_STATE_PAUSED;
      run->told_reason = VB_REASON_PRESERVED;
      if (run->settled)
        vb_run_tell (run, VB_STATE_PAUSED, VB_REASON_PRESERVED);
      return;
    }
  run->was_held = TRUE;
  run->held_end = end;
  vb_qemu_instance_end_async (run->instance, NULL, NULL);
}

void
vb_ending_finish (VbRun *run, const VbQemuExit *exit)
{
  g_autoptr (VbEngine) engine = g_object_ref (run->engine);
  g_autoptr (VbMachine) machine = g_object_ref (run->machine);
  g_autoptr (VbRunRecord) record = NULL;
  VbEnd end = run->was_held ? run->held_end : exit->end;
  gboolean restarts = wants_restart (run, end);

  note_error (run, end, exit);
  if (restarts && is_in_a_loop (run))
    {
      note_loop (machine);
      restarts = FALSE;
    }
  record = g_steal_pointer (&run->record);
  vb_resources_release (engine, record);
  vb_registry_index_id (vb_engine_get_registry (engine), machine, -1);
  vb_machine_set_id (machine, -1);
  vb_machine_set_state (machine, VB_STATE_SHUTOFF,
                        run->is_ended ? run->ending_reason : vb_end_to_reason (end));
  vb_machine_set_live (machine, NULL);
  vb_machine_set_run (machine, NULL);

  if (restarts)
    restart_machine (engine, machine, g_steal_pointer (&record));
  else
    leave_off (engine, machine, record);
}
