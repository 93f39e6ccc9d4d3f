/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * A guest may set its clock in a loop, and its start sets it several times over: the last value of
 * some seconds is stored. The record has every value, so that the next service stores what this one
 * could not.
 */
#include "engine/guest-clock.h"

#include "engine/engine-private.h"

#define STORE_DELAY_S 5

typedef struct
{
  VbEngine *engine;   /* (owned) */
  VbMachine *machine; /* (owned) */
  gint64 adjustment_s;
} Change;

static void
change_clear (Change *change)
{
  g_object_unref (change->machine);
  g_object_unref (change->engine);
}

static void
change_unref (gpointer change)
{
  g_rc_box_release_full (change, (GDestroyNotify) change_clear);
}

/* (transfer full) (nullable): @domain with the adjustment; %NULL where that is nothing new */
static VbDomain *
adjusted (const VbDomain *domain, gint64 adjustment_s)
{
  VbDomain *copy;

  if (domain == NULL || domain->clock.offset != VB_CLOCK_VARIABLE ||
      domain->clock.adjustment_s == adjustment_s)
    return NULL;
  copy = vb_domain_copy (domain);
  copy->clock.adjustment_s = adjustment_s;
  return copy;
}

static void
save_record (VbRun *run)
{
  g_autoptr (GError) error = NULL;

  if (!vb_run_record_save (run->record, &error))
    g_warning ("the record of domain '%s' is not up to date: %s",
               vb_machine_get_name (run->machine), error->message);
}

/* @adjustment_s: (out) FALSE where there is none, or no number for it */
static gboolean
get_adjustment (const VbRun *run, gint64 *adjustment_s)
{
  const VbRunRecord *record = run->record;

  return record->has_clock &&
         !__builtin_add_overflow (record->adjustment_s, record->clock_offset_s, adjustment_s);
}

/* The next service has nothing to do about it. */
static void
note_stored (const Change *change)
{
  VbRun *run = vb_machine_get_run (change->machine);
  gint64 adjustment_s = 0;

  if (run == NULL || !get_adjustment (run, &adjustment_s) || adjustment_s != change->adjustment_s)
    return;
  run->record->is_clock_stored = TRUE;
  save_record (run);
}

static void
on_stored (GObject *source, GAsyncResult *result, gpointer user_data)
{
  Change *change = user_data;
  g_autoptr (GError) error = NULL;

  if (vb_store_finish (result, &error))
    note_stored (change);
  else
    {
      g_message ("the clock of domain '%s' is not stored: %s",
                 vb_machine_get_name (change->machine), error->message);
      vb_machine_set_last_error (change->machine, error);
      vb_machine_publish (change->machine);
    }
  change_unref (change);
}

static void
change_stored (Change *change)
{
  VbStored *former = vb_machine_get_stored (change->machine);
  VbDomain *definition =
      former != NULL ? adjusted (former->definition, change->adjustment_s) : NULL;
  g_autoptr (VbStored) stored = NULL;

  if (definition == NULL)
    {
      note_stored (change);
      return;
    }
  stored = vb_stored_succeed (former, definition);
  vb_machine_set_stored (change->machine, stored);
  vb_store_save_async (vb_engine_get_store (change->engine), stored, FALSE, on_stored,
                       g_rc_box_acquire (change));
}

static void
change_live (const Change *change)
{
  VbRun *run = vb_machine_get_run (change->machine);
  VbDomain *live = vb_machine_get_live (change->machine);
  g_autoptr (VbDomain) new_live = live != NULL ? adjusted (live, change->adjustment_s) : NULL;
  g_autoptr (GError) error = NULL;

  if (run == NULL || new_live == NULL)
    return;
  vb_machine_set_live (change->machine, new_live);
  if (!vb_run_record_save_domains (run->record, vb_machine_get_origin (change->machine), new_live,
                                   &error))
    g_warning ("the record of domain '%s' is not up to date: %s",
               vb_machine_get_name (change->machine), error->message);
}

/* No operation is at work that would overwrite this, or be overwritten by it. All sides at one
 * instant, so that none is a pending change of another. */
static void
change_definitions (gpointer user_data)
{
  Change *change = user_data;
  VbDomain *origin = vb_machine_get_origin (change->machine);
  g_autoptr (VbDomain) new_origin = origin != NULL ? adjusted (origin, change->adjustment_s) : NULL;

  if (new_origin != NULL)
    vb_machine_set_origin (change->machine, new_origin);
  change_stored (change);
  change_live (change);
  vb_machine_publish (change->machine);
}

static void
change_now (VbRun *run)
{
  Change *change = g_rc_box_new0 (Change);

  change->engine = g_object_ref (run->engine);
  change->machine = g_object_ref (run->machine);
  if (get_adjustment (run, &change->adjustment_s))
    {
      vb_slot_wait (vb_machine_get_slot (run->machine), change_definitions,
                    g_rc_box_acquire (change), change_unref);
      vb_slot_serve (vb_machine_get_slot (run->machine));
    }
  change_unref (change);
}

static gboolean
on_delay_over (gpointer user_data)
{
  VbRun *run = user_data;

  run->clock_source = 0;
  change_now (run);
  return G_SOURCE_REMOVE;
}

void
vb_guest_clock_change (VbRun *run, gint64 offset_s)
{
  VbRunRecord *record = run->record;

  if (vb_qemu_instance_get_domain (run->instance)->clock.offset != VB_CLOCK_VARIABLE ||
      (record->has_clock && record->clock_offset_s == offset_s))
    return;
  record->has_clock = TRUE;
  record->clock_offset_s = offset_s;
  record->is_clock_stored = FALSE;
  save_record (run);
  vb_guest_clock_resume (run);
}

void
vb_guest_clock_resume (VbRun *run)
{
  if (run->record->has_clock && !run->record->is_clock_stored && run->clock_source == 0)
    run->clock_source = g_timeout_add_seconds (STORE_DELAY_S, on_delay_over, run);
}

void
vb_guest_clock_settle (VbRun *run)
{
  g_clear_handle_id (&run->clock_source, g_source_remove);
  if (run->record->has_clock && !run->record->is_clock_stored)
    change_now (run);
}
