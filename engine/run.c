/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The wiring from a QEMU's signals to its machine.
 */
#include "engine/run.h"

#include "engine/ending.h"
#include "engine/guest-clock.h"
#include "engine/guest-watchdog.h"
#include "qemu/descriptors.h"

static VbQemuExit *
copy_exit (const VbQemuExit *exit)
{
  VbQemuExit *copy = g_new (VbQemuExit, 1);

  *copy = *exit;
  copy->last_words = g_strdup (exit->last_words);
  return copy;
}

static gboolean
is_preserved (VbRun *run)
{
  return vb_machine_get_state (run->machine) == VB_STATE_PAUSED &&
         vb_machine_get_state_reason (run->machine) == VB_REASON_PRESERVED;
}

static gboolean
keep_state (VbRun *run, VbState state, VbStateReason reason, GError **error)
{
  vb_machine_set_state (run->machine, state, reason);
  run->record->state = state;
  run->record->reason = reason;
  run->record->since_us = vb_machine_get_state_since_us (run->machine);
  return vb_run_record_save (run->record, error);
}

/* QEMU does not say on whose word its guest stands or runs; who has sent the command does. */
static VbStateReason
attribute (VbRun *run, VbState state, VbStateReason reason)
{
  static const struct
  {
    VbOperation operation;
    VbState state;
  } ours[] = {
    { VB_OPERATION_SUSPEND, VB_STATE_PAUSED },
    { VB_OPERATION_RESUME, VB_STATE_RUNNING },
  };

  for (guint i = 0; i < G_N_ELEMENTS (ours); i++)
    if (ours[i].state == state && vb_machine_works_at (run->machine, ours[i].operation))
      return VB_REASON_USER;
  return reason;
}

static void
on_state (VbQemuInstance *instance, guint state, guint reason, VbRun *run)
{
  run->has_told = TRUE;
  run->told_state = (VbState) state;
  run->told_reason = attribute (run, (VbState) state, (VbStateReason) reason);
  /* How QEMU stands after the guest's end is no news. */
  if (run->settled && !run->was_held && !(is_preserved (run) && state != VB_STATE_RUNNING))
    vb_run_tell (run, run->told_state, run->told_reason);
  vb_guest_watchdog_follow (run, (VbState) state, (VbStateReason) reason);
}

static void
on_event (VbQemuInstance *instance, const char *kind, GVariant *details, VbRun *run)
{
  vb_machine_emit_event (run->machine, kind, details);
}

/* What is not a device may have been changed by a setter since QEMU was launched. */
static VbDomain *
make_live (VbRun *run)
{
  VbDomain *found = vb_qemu_instance_get_domain (run->instance);
  VbDomain *live = vb_machine_get_live (run->machine);

  if (live == NULL)
    return vb_domain_ref (found);
  live = vb_domain_copy (live);
  vb_domain_copy_devices (live, found);
  return live;
}

static void
on_domain (VbQemuInstance *instance, VbRun *run)
{
  g_autoptr (VbDomain) live = make_live (run);
  g_autoptr (GError) error = NULL;

  if (!vb_run_record_save_domains (run->record, vb_machine_get_origin (run->machine), live, &error))
    g_warning ("the record of domain '%s' is not up to date: %s",
               vb_machine_get_name (run->machine), error->message);
  /* A start that is not over takes it from the instance. */
  if (vb_machine_get_live (run->machine) != NULL)
    vb_machine_set_live (run->machine, live);
  if (run->settled)
    vb_machine_publish (run->machine);
}

static void
on_clock (VbQemuInstance *instance, gint64 offset_s, VbRun *run)
{
  vb_guest_clock_change (run, offset_s);
}

static void
on_memory (VbQemuInstance *instance, guint64 actual_kib, VbRun *run)
{
  vb_machine_set_balloon_kib (run->machine, actual_kib);
  if (run->settled)
    vb_machine_publish (run->machine);
}

static void
on_io_status (VbQemuInstance *instance, VbRun *run)
{
  vb_machine_touch_io (run->machine);
  if (run->settled)
    vb_machine_publish (run->machine);
}

static void
on_held (VbQemuInstance *instance, guint end, VbRun *run)
{
  vb_ending_hold (run, (VbEnd) end);
}

static void
on_exited (VbQemuInstance *instance, const VbQemuExit *exit, VbRun *run)
{
  if (run->settled)
    vb_ending_finish (run, exit);
  else if (run->exit == NULL)
    run->exit = copy_exit (exit);
}

/* Noted before it is sent, so that a service that is killed meanwhile has told the next one. */
static void
on_changing (const char *command, const VbQmpRights *rights, gpointer data)
{
  VbRun *run = data;
  g_autofree char *word = g_strdup_printf ("qmp:%s", command);
  g_autoptr (GError) error = NULL;

  g_message ("domain '%s': user '%s' sends QEMU the command '%s'",
             vb_machine_get_name (run->machine), rights->who != NULL ? rights->who : "?", command);
  if (!vb_run_record_taint (run->record, word))
    return;
  if (!vb_run_record_save (run->record, &error))
    g_warning ("the record of domain '%s' is not up to date: %s",
               vb_machine_get_name (run->machine), error->message);
  vb_machine_touch_tainted (run->machine);
  vb_machine_publish (run->machine);
}

static void
on_changed (gpointer data)
{
  VbRun *run = data;

  vb_refresh_async (run->refresh, NULL, NULL);
}

static const VbPassthroughFuncs passthrough_funcs = { on_changing, on_changed };

/* How many descriptor sets QEMU was started with: they are numbered from 1. */
static guint
count_fdsets (const VbDomain *origin)
{
  g_autoptr (VbDescriptors) plan = vb_descriptors_new (origin, "", "", NULL);
  guint n_fdsets = 0;

  for (guint i = 0; i < vb_descriptors_get_length (plan); i++)
    n_fdsets = MAX (n_fdsets, vb_descriptors_get (plan, i)->fdset);
  return n_fdsets;
}

VbRun *
vb_run_new (VbEngine *engine, VbMachine *machine, VbQemuInstance *instance, VbRunRecord *record)
{
  VbRun *run = g_new0 (VbRun, 1);

  run->engine = engine;
  run->machine = machine;
  run->instance = instance;
  run->record = record;
  run->refresh = vb_refresh_new (instance);
  g_signal_connect (instance, "state", G_CALLBACK (on_state), run);
  g_signal_connect (instance, "event", G_CALLBACK (on_event), run);
  g_signal_connect (instance, "domain", G_CALLBACK (on_domain), run);
  g_signal_connect (instance, "clock", G_CALLBACK (on_clock), run);
  g_signal_connect (instance, "memory", G_CALLBACK (on_memory), run);
  g_signal_connect (instance, "io-status", G_CALLBACK (on_io_status), run);
  g_signal_connect (instance, "held", G_CALLBACK (on_held), run);
  g_signal_connect (instance, "exited", G_CALLBACK (on_exited), run);
  return run;
}

void
vb_run_free (VbRun *run)
{
  if (run->passthrough != NULL)
    vb_passthrough_close (run->passthrough);
  g_clear_pointer (&run->passthrough, vb_passthrough_unref);
  g_clear_handle_id (&run->clock_source, g_source_remove);
  vb_refresh_close (run->refresh);
  g_signal_handlers_disconnect_by_data (run->instance, run);
  g_object_unref (run->instance);
  g_clear_pointer (&run->record, vb_run_record_free);
  g_clear_pointer (&run->given, vb_given_free);
  g_clear_pointer (&run->exit, vb_qemu_exit_free);
  g_clear_error (&run->ending_error);
  g_free (run);
}

void
vb_run_expect (VbRun *run)
{
  run->has_told = FALSE;
}

gboolean
vb_run_reach (VbRun *run, VbState state, VbStateReason reason, GError **error)
{
  if (run->has_told && run->told_state != state)
    return keep_state (run, run->told_state, run->told_reason, error);
  return keep_state (run, state, reason, error);
}

void
vb_run_find (VbRun *run, VbState state, VbStateReason reason)
{
  gint64 since_us = run->record->since_us;

  vb_machine_set_state (run->machine, state, reason);
  if (run->record->state == state && since_us != 0)
    vb_machine_set_state_since_us (run->machine, since_us);
  vb_run_tell (run, state, reason);
}

void
vb_run_tell (VbRun *run, VbState state, VbStateReason reason)
{
  g_autoptr (GError) error = NULL;

  if (!keep_state (run, state, reason, &error))
    g_warning ("the record of domain '%s' is not up to date: %s",
               vb_machine_get_name (run->machine), error->message);
  vb_machine_publish (run->machine);
}

VbPassthrough *
vb_run_get_passthrough (VbRun *run)
{
  const VbDomain *origin = vb_machine_get_origin (run->machine);
  g_autofree char *path = NULL;

  if (run->passthrough != NULL)
    return run->passthrough;
  path = vb_qemu_instance_get_monitor_path (run->instance, VB_QEMU_MONITOR_PASSTHROUGH);
  run->passthrough = vb_passthrough_new (path, vb_qmp_own_new (origin, count_fdsets (origin)),
                                         &passthrough_funcs, run);
  return run->passthrough;
}

void
vb_run_end (VbRun *run,
            VbStateReason reason,
            const GError *error,
            GAsyncReadyCallback callback,
            gpointer user_data)
{
  run->is_ended = TRUE;
  run->stays_off = TRUE;
  run->ending_reason = reason;
  g_clear_error (&run->ending_error);
  run->ending_error = error != NULL ? g_error_copy (error) : NULL;
  vb_qemu_instance_end_async (run->instance, callback, user_data);
}
