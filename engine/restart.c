/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The new name is in the record before it is anywhere else: whichever of the next steps a service
 * comes to, the next one takes the others.
 */
#include "engine/restart.h"

#include "engine/engine-private.h"
#include "engine/machine-private.h"
#include "engine/operations.h"
#include "engine/start-job.h"

#include <string.h>

typedef struct
{
  VbEngine *engine;    /* (owned) */
  VbMachine *machine;  /* (owned) */
  VbRunRecord *record; /* (owned) of the run that ended */
  VbRestartOptions options;
  VbStored *stored;     /* (owned) (nullable) what is written to rename it */
  gboolean is_reserved; /* the record's new name, for this */
} Restart;

static void
restart_release (Restart *restart)
{
  if (restart->is_reserved)
    vb_engine_release (restart->engine, NULL, restart->record->new_name);
  restart->is_reserved = FALSE;
}

static void
restart_clear (Restart *restart)
{
  restart_release (restart);
  g_clear_pointer (&restart->stored, vb_stored_unref);
  g_clear_pointer (&restart->options.given, vb_given_free);
  g_object_unref (restart->engine);
  g_object_unref (restart->machine);
  vb_run_record_free (restart->record);
}

static void
restart_unref (gpointer restart)
{
  g_rc_box_release_full (restart, (GDestroyNotify) restart_clear);
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
start (Restart *restart)
{
  VbMachine *machine = restart->machine;
  VbStartJobOptions options = { .client = vb_machine_get_client (machine),
                                .keeps_error = restart->options.keeps_error,
                                .given = g_steal_pointer (&restart->options.given) };

  vb_start_job_run_async (restart->engine, machine, &options, on_restarted, g_object_ref (machine));
}

/* It stays off, for it is not to start under its old name. */
static void
give_up (Restart *restart, const GError *error)
{
  VbMachine *machine = restart->machine;

  g_message ("domain '%s' was not started again: %s", vb_machine_get_name (machine),
             error->message);
  vb_machine_set_last_error (machine, error);
  vb_machine_set_client (machine, NULL);
  vb_run_record_remove (restart->record);
  vb_machine_end_work (machine);
  if (!vb_machine_is_persistent (machine))
    vb_registry_remove (vb_engine_get_registry (restart->engine), machine);
}

/* (transfer full) */
static VbDomain *
renamed (const VbDomain *domain, const char *name)
{
  VbDomain *copy = vb_domain_copy (domain);

  g_free (copy->name);
  copy->name = g_strdup (name);
  return copy;
}

/* The name is stored, or need not be. */
static void
take_name (Restart *restart)
{
  VbMachine *machine = restart->machine;
  VbDomain *origin = vb_machine_get_origin (machine);
  const char *name = restart->record->new_name;
  g_autoptr (VbDomain) new_origin = renamed (origin, name);

  restart_release (restart);
  vb_registry_index_name (vb_engine_get_registry (restart->engine), machine, name);
  if (restart->stored != NULL)
    vb_machine_set_stored (machine, restart->stored);
  vb_machine_set_origin (machine, new_origin);
  start (restart);
}

static void
on_stored (GObject *source, GAsyncResult *result, gpointer user_data)
{
  Restart *restart = user_data;
  g_autoptr (GError) error = NULL;

  if (vb_store_finish (result, &error))
    take_name (restart);
  else
    give_up (restart, error);
  restart_unref (restart);
}

static void
store_name (Restart *restart)
{
  VbStored *former = vb_machine_get_stored (restart->machine);

  if (former == NULL)
    {
      take_name (restart);
      return;
    }
  restart->stored =
      vb_stored_succeed (former, renamed (former->definition, restart->record->new_name));
  vb_store_save_async (vb_engine_get_store (restart->engine), restart->stored, FALSE, on_stored,
                       g_rc_box_acquire (restart));
}

/* Takes the first name that nobody has, or is about to have. */
static gboolean
choose_name (Restart *restart, GError **error)
{
  VbRunRecord *record = restart->record;
  const char *name = vb_machine_get_name (restart->machine);
  guint n_machines = vb_registry_get_n_machines (vb_engine_get_registry (restart->engine));
  g_autofree char *candidate = NULL;

  for (guint number = 1; !restart->is_reserved && number <= n_machines + 1; number++)
    {
      g_free (candidate);
      candidate = vb_restart_make_name (name, number);
      restart->is_reserved = vb_engine_reserve (restart->engine, NULL, candidate, NULL);
    }
  if (!restart->is_reserved || !vb_domain_check_name (candidate, error))
    {
      if (error != NULL && *error == NULL)
        g_set_error (error, VB_ENGINE_ERROR, VB_ENGINE_ERROR_BUSY,
                     "other calls are about to give domains each name that '%s' could have", name);
      return FALSE;
    }
  g_free (record->new_name);
  record->new_name = g_steal_pointer (&candidate);
  return vb_run_record_save (record, error);
}

/* The operation has begun. */
static void
begin (Restart *restart)
{
  const char *new_name = restart->record->new_name;
  g_autoptr (GError) error = NULL;

  /* An earlier service may have got so far. */
  if (!restart->options.renames ||
      g_strcmp0 (new_name, vb_machine_get_name (restart->machine)) == 0)
    start (restart);
  else if (choose_name (restart, &error))
    store_name (restart);
  else
    give_up (restart, error);
}

static void
on_free (gpointer user_data)
{
  Restart *restart = user_data;
  VbMachine *machine = restart->machine;

  /* Somebody else may have started or undefined it while this waited. */
  if (vb_machine_begin_operation (machine, VB_OPERATION_START, NULL))
    begin (restart);
  else if (vb_machine_get_state (machine) == VB_STATE_SHUTOFF)
    vb_run_record_remove (restart->record);
}

void
vb_restart_begin (VbEngine *engine,
                  VbMachine *machine,
                  VbRunRecord *record,
                  const VbRestartOptions *options)
{
  Restart *restart = g_rc_box_new0 (Restart);
  g_autoptr (GError) error = NULL;

  record->restarting = TRUE;
  record->renaming = options->renames;
  if (!vb_run_record_save (record, &error))
    g_warning ("the record of domain '%s' is not up to date: %s", vb_machine_get_name (machine),
               error->message);
  restart->engine = g_object_ref (engine);
  restart->machine = g_object_ref (machine);
  restart->record = record;
  restart->options = *options;
  vb_slot_wait (vb_machine_get_slot (machine), on_free, restart, restart_unref);
  vb_slot_serve (vb_machine_get_slot (machine));
  vb_machine_publish (machine);
}

/* A name that was made so before gets another number, not one more. */
char *
vb_restart_make_name (const char *name, guint number)
{
  gsize length = strlen (name);
  gsize base = length;

  while (base > 0 && g_ascii_isdigit (name[base - 1]))
    base--;
  if (base == length || base < 2 || name[base - 1] != '-')
    return g_strdup_printf ("%s-%u", name, number);
  return g_strdup_printf ("%.*s%u", (int) base, name, number);
}
