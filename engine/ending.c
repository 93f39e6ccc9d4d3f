/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * on_poweroff, on_reboot and on_crash, and the clearing away of what ran.
 */
#include "engine/ending.h"

#include "engine/assignment.h"
#include "engine/core-dump.h"
#include "engine/engine-private.h"
#include "engine/guest-clock.h"
#include "engine/network.h"
#include "engine/resources.h"
#include "engine/restart.h"

#include <string.h>
#include <sys/wait.h>

/* A guest that ends as soon as it has started is not started for ever. */
#define SHORT_RUN_US G_USEC_PER_SEC
#define MAX_SHORT_RUNS 5

/* What an action is made of. */
typedef struct
{
  gboolean preserves;
  gboolean dumps; /* the guest's memory, before the rest */
  gboolean restarts;
  gboolean renames;
} Plan;

static const Plan plans[] = {
  [VB_LIFECYCLE_DESTROY] = { 0 },
  [VB_LIFECYCLE_RESTART] = { .restarts = TRUE },
  [VB_LIFECYCLE_PRESERVE] = { .preserves = TRUE },
  [VB_LIFECYCLE_RENAME_RESTART] = { .restarts = TRUE, .renames = TRUE },
  [VB_LIFECYCLE_COREDUMP_DESTROY] = { .dumps = TRUE },
  [VB_LIFECYCLE_COREDUMP_RESTART] = { .dumps = TRUE, .restarts = TRUE },
};

/* What follows @end of this run: the action that the domain has for it, unless somebody wants
 * something else. */
static Plan
make_plan (VbRun *run, const VbDomain *domain, VbEnd end)
{
  const VbRunRecord *record = run->record;

  if (run->stays_off)
    return plans[VB_LIFECYCLE_DESTROY];
  if (record->restarting)
    return (Plan){ .restarts = TRUE, .renames = record->renaming };
  if (record->rebooting && end == VB_END_GUEST_SHUTDOWN)
    return plans[VB_LIFECYCLE_RESTART];
  return plans[vb_ending_choose_action (domain, end)];
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
describe_crash (const char *name, VbEnd end, const VbQemuExit *exit)
{
  g_autofree char *how = NULL;
  const char *words = exit->last_words != NULL ? exit->last_words : "";

  if (end == VB_END_INTERNAL_ERROR)
    how = g_strdup ("could not go on after an internal error");
  else if (!exit->status_known)
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
is_in_a_loop (VbRun *run)
{
  /* Not with the time that its memory took to be dumped. */
  gint64 end_us = run->was_held ? run->held_us : g_get_monotonic_time ();
  gboolean was_short = run->started_us != 0 && end_us - run->started_us < SHORT_RUN_US;

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
  if (end != VB_END_CRASH && end != VB_END_INTERNAL_ERROR)
    return;
  crash = describe_crash (name, end, exit);
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
    case VB_END_INTERNAL_ERROR:
      return domain->on_crash;
    case VB_END_UNKNOWN:
    case VB_END_HOST_REQUEST:
    case VB_END_HOST_SIGNAL:
      break;
    }
  return VB_LIFECYCLE_DESTROY;
}

/* The machine is in this state while QEMU stays. */
static void
tell_held (VbRun *run, VbState state, VbStateReason reason)
{
  run->has_told = TRUE;
  run->told_state = state;
  run->told_reason = reason;
  if (run->settled)
    vb_run_tell (run, state, reason);
}

static void
end_held (VbRun *run)
{
  vb_qemu_instance_end_async (run->instance, NULL, NULL);
}

void
vb_ending_hold (VbRun *run, VbEnd end)
{
  const VbDomain *domain = vb_qemu_instance_get_domain (run->instance);
  Plan plan = make_plan (run, domain, end);

  /* Some end is to be preserved; where nobody knows which this was, it may be that one. */
  if (plan.preserves || (end == VB_END_UNKNOWN && !run->stays_off))
    {
      if (end == VB_END_INTERNAL_ERROR)
        tell_held (run, VB_STATE_CRASHED, VB_REASON_FAILED);
      else
        tell_held (run, VB_STATE_PAUSED, VB_REASON_PRESERVED);
      return;
    }
  run->was_held = TRUE;
  run->held_end = end;
  run->held_us = g_get_monotonic_time ();
  if (!plan.dumps)
    {
      end_held (run);
      return;
    }
  tell_held (run, VB_STATE_SHUTTING_DOWN, vb_end_to_reason (end));
  vb_core_dump_take (run, end_held);
}

void
vb_ending_finish (VbRun *run, const VbQemuExit *exit)
{
  g_autoptr (VbEngine) engine = g_object_ref (run->engine);
  g_autoptr (VbMachine) machine = g_object_ref (run->machine);
  g_autoptr (VbRunRecord) record = NULL;
  VbEnd end = run->was_held ? run->held_end : exit->end;
  Plan plan = make_plan (run, vb_machine_get_domain (machine), end);
  VbRestartOptions options = { .renames = plan.renames, .keeps_error = run->dump_failed };

  vb_guest_clock_settle (run);
  note_error (run, end, exit);
  if (plan.restarts && is_in_a_loop (run))
    {
      note_loop (machine);
      plan.restarts = FALSE;
    }
  if (plan.restarts)
    options.given = g_steal_pointer (&run->given);
  record = g_steal_pointer (&run->record);
  vb_resources_release (engine, record);
  vb_network_disconnect (vb_engine_get_macvtaps (engine), record);
  vb_assignment_end (engine, record);
  vb_registry_index_id (vb_engine_get_registry (engine), machine, -1);
  vb_machine_set_id (machine, -1);
  vb_machine_set_state (machine, VB_STATE_SHUTOFF,
                        run->is_ended ? run->ending_reason : vb_end_to_reason (end));
  vb_machine_set_live (machine, NULL);
  vb_machine_set_run (machine, NULL);

  if (plan.restarts)
    vb_restart_begin (engine, machine, g_steal_pointer (&record), &options);
  else
    leave_off (engine, machine, record);
}
