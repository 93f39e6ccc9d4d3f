/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The coming up: the disk is read in a thread, then every definition becomes a machine, and every
 * guest that an earlier service left is taken over, all at the same time. A guest that does not
 * answer holds nobody up.
 */
#include "engine/engine-private.h"

#include "engine/assignment.h"
#include "engine/ending.h"
#include "engine/file.h"
#include "engine/guest-clock.h"
#include "engine/machine-private.h"
#include "engine/run-record.h"
#include "engine/run.h"

#include <string.h>
#include <unistd.h>

/* How long the load waits for guests to answer; those that do later are published as `running`,
 * reason `unknown`, till then. */
#define ADOPTION_WAIT_MS 250

typedef struct
{
  char *state_dir;      /* (owned) */
  char *runtime_dir;    /* (owned) */
  char *log_dir;        /* (owned) */
  VbStore *store;       /* (owned) (nullable) */
  GPtrArray *stored;    /* (owned) (nullable) (element-type VbStored) */
  GPtrArray *remnants;  /* (owned) (nullable) (element-type VbRemnant) */
  VbCgroups *cgroups;   /* (owned) */
  VbMacvtaps *macvtaps; /* (owned) */
  guint n_adoptions;    /* that did not answer yet */
  guint waiting_source; /* 0: the load is over */
} Load;

typedef struct
{
  GTask *load_task;   /* (owned) */
  VbEngine *engine;   /* (owned) */
  VbMachine *machine; /* (owned) */
} Adoption;

static void
load_free (Load *load)
{
  g_free (load->state_dir);
  g_free (load->runtime_dir);
  g_free (load->log_dir);
  g_clear_pointer (&load->store, vb_store_unref);
  g_clear_pointer (&load->stored, g_ptr_array_unref);
  g_clear_pointer (&load->remnants, g_ptr_array_unref);
  vb_cgroups_unref (load->cgroups);
  vb_macvtaps_unref (load->macvtaps);
  g_free (load);
}

static void
adoption_free (Adoption *adoption)
{
  g_object_unref (adoption->load_task);
  g_object_unref (adoption->machine);
  g_object_unref (adoption->engine);
  g_free (adoption);
}
G_DEFINE_AUTOPTR_CLEANUP_FUNC (Adoption, adoption_free)

static gboolean
make_folder (const char *path, GError **error)
{
  int fd = vb_file_open_folder (path, error);

  if (fd >= 0)
    close (fd);
  return fd >= 0;
}

static void
load_in_thread (GTask *task, gpointer source, gpointer task_data, GCancellable *cancellable)
{
  Load *load = task_data;
  GError *error = NULL;

  if (make_folder (load->runtime_dir, &error) && make_folder (load->log_dir, &error))
    load->store = vb_store_open (load->state_dir, &error);
  if (error != NULL)
    {
      g_task_return_error (task, error);
      return;
    }
  load->stored = vb_store_load (load->store);
  load->remnants = vb_run_record_load_all (load->runtime_dir);
  vb_cgroups_sweep (load->cgroups);
  vb_macvtaps_sweep (load->macvtaps, load->remnants);
  g_task_return_boolean (task, TRUE);
}

static void
load_over (GTask *task)
{
  Load *load = g_task_get_task_data (task);

  g_clear_handle_id (&load->waiting_source, g_source_remove);
  g_task_return_boolean (task, TRUE);
}

static gboolean
on_waited_enough (gpointer user_data)
{
  GTask *task = user_data;
  Load *load = g_task_get_task_data (task);

  load->waiting_source = 0;
  g_task_return_boolean (task, TRUE);
  return G_SOURCE_REMOVE;
}

static void
adoption_over (GTask *load_task)
{
  Load *load = g_task_get_task_data (load_task);

  load->n_adoptions--;
  if (load->n_adoptions == 0 && load->waiting_source != 0)
    load_over (load_task);
}

/* (transfer full) */
static GError *
describe_half_start (const char *name)
{
  return g_error_new (VB_ENGINE_ERROR, VB_ENGINE_ERROR_CANCELLED,
                      "the service was stopped while it started domain '%s'; start it again", name);
}

static void
take_over (VbRun *run, VbState state)
{
  VbStateReason reason = VB_REASON_UNKNOWN;

  if (run->has_told)
    {
      state = run->told_state;
      reason = run->told_reason;
    }
  else if (run->record->state == state)
    reason = run->record->reason;
  /* Also when it was let go by a command that the former service had still sent. */
  if (state == VB_STATE_RUNNING)
    reason = VB_REASON_RECONNECTED;
  run->record->finished = TRUE;
  vb_run_find (run, state, reason);
  vb_guest_clock_resume (run);
}

static void
take_over_unfinished (VbRun *run)
{
  g_autoptr (GError) error = NULL;

  if (run->record->finished)
    {
      /* It was started with the option `paused`. */
      vb_run_find (run, VB_STATE_PAUSED, VB_REASON_USER);
      return;
    }
  error = describe_half_start (vb_machine_get_name (run->machine));
  vb_run_end (run, VB_REASON_FAILED, error, NULL, NULL);
}

static void
bury (VbRun *run, const VbQemuExit *exit)
{
  gboolean is_told =
      run->record->restarting || (exit->end != VB_END_UNKNOWN && exit->end != VB_END_CRASH);

  /* Without its last word nobody knows what the guest wanted. */
  run->stays_off = run->stays_off || !is_told;
  if (!is_told && !run->record->finished)
    {
      run->is_ended = TRUE;
      run->ending_reason = VB_REASON_FAILED;
      run->ending_error = describe_half_start (vb_machine_get_name (run->machine));
    }
  vb_ending_finish (run, exit);
}

static void
take_over_as (
    VbRun *run, gboolean answered, VbAdoptResult adopted, VbState state, const VbQemuExit *exit)
{
  run->settled = TRUE;
  if (!answered)
    return;
  if (adopted == VB_ADOPT_GONE)
    {
      bury (run, exit);
      return;
    }
  if (adopted == VB_ADOPT_RUNNING)
    take_over (run, state);
  else
    take_over_unfinished (run);
  if (run->exit != NULL)
    {
      /* It has ended since it answered. */
      VbQemuExit *early = g_steal_pointer (&run->exit);

      vb_ending_finish (run, early);
      vb_qemu_exit_free (early);
    }
}

static void
on_adopted (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (Adoption) adoption = user_data;
  g_autoptr (GError) error = NULL;
  VbQemuInstance *instance = VB_QEMU_INSTANCE (source);
  VbRun *run = vb_machine_get_run (adoption->machine);
  VbAdoptResult adopted = VB_ADOPT_GONE;
  VbState state = VB_STATE_RUNNING;
  VbQemuExit *exit = NULL;
  gboolean answered =
      vb_qemu_instance_adopt_finish (instance, result, &adopted, &state, &exit, &error);

  if (run == NULL || run->instance != instance)
    g_debug ("domain '%s' was ended before it was taken over",
             vb_machine_get_name (adoption->machine));
  else
    {
      if (!answered && !run->is_ended)
        g_warning ("the guest of domain '%s' was found, but does not answer: %s",
                   vb_machine_get_name (adoption->machine), error->message);
      take_over_as (run, answered, adopted, state, exit);
    }
  g_clear_pointer (&exit, vb_qemu_exit_free);
  adoption_over (adoption->load_task);
}

/* (transfer full) (nullable): the machine that @remnant is of */
static VbMachine *
find_or_make_machine (VbEngine *engine, const VbRemnant *remnant, VbDomain *origin)
{
  const VbRunRecord *record = remnant->record;
  VbMachine *machine = vb_registry_find_uuid (vb_engine_get_registry (engine), record->uuid);
  g_autoptr (GError) error = NULL;

  if (machine != NULL)
    return g_object_ref (machine);
  if (origin == NULL)
    {
      g_warning ("%s is left as it is: nothing there tells which domain it is of", record->folder);
      return NULL;
    }
  if (!vb_engine_check_name (engine, origin->name, record->uuid, &error))
    {
      g_warning ("%s is left as it is: %s", record->folder, error->message);
      return NULL;
    }
  machine = vb_machine_new (record->uuid, record->owner);
  vb_machine_set_origin (machine, origin);
  vb_registry_add (vb_engine_get_registry (engine), machine);
  return machine;
}

/* The machine as the remnant shows it, until its QEMU has answered. */
static VbRun *
make_run (VbEngine *engine, VbMachine *machine, VbRemnant *remnant, VbDomain *origin)
{
  VbQemuSettings settings = vb_engine_get_qemu_settings (engine);
  const char *name = vb_machine_get_name (machine);
  g_autofree char *log_path = vb_engine_get_log_path (engine, name, vb_machine_get_uuid (machine));
  g_autoptr (VbDomain) live = vb_domain_copy (remnant->live != NULL ? remnant->live : origin);
  VbRunRecord *record = g_steal_pointer (&remnant->record);
  VbRun *run;

  vb_assignment_resume (engine, record);
  if (record->id <= 0)
    record->id = vb_engine_take_id (engine);
  live->id = record->id;
  /* It may have been renamed when its QEMU was gone already. */
  if (strcmp (live->name, name) != 0)
    {
      g_free (live->name);
      live->name = g_strdup (name);
    }
  vb_machine_set_origin (machine, origin);
  vb_machine_set_client (machine, record->client);
  vb_machine_set_state (machine, VB_STATE_RUNNING, VB_REASON_UNKNOWN);
  vb_machine_set_live (machine, live);
  vb_registry_index_id (vb_engine_get_registry (engine), machine, record->id);
  vb_machine_set_id (machine, record->id);
  run = vb_run_new (engine, machine,
                    vb_qemu_instance_new (&settings, live, record->folder, log_path), record);
  vb_machine_set_run (machine, run);
  return run;
}

static void
adopt (GTask *task, VbRemnant *remnant)
{
  VbEngine *engine = g_task_get_source_object (task);
  Load *load = g_task_get_task_data (task);
  VbMachine *known = vb_registry_find_uuid (vb_engine_get_registry (engine), remnant->record->uuid);
  VbDomain *origin = remnant->definition != NULL ? remnant->definition : remnant->live;
  g_autoptr (VbMachine) machine = NULL;
  Adoption *adoption;
  VbRun *run;

  if (origin == NULL && known != NULL)
    origin = vb_machine_get_definition (known);
  machine = find_or_make_machine (engine, remnant, origin);
  if (machine == NULL)
    return;
  run = make_run (engine, machine, remnant, origin);
  vb_machine_publish (machine);
  adoption = g_new (Adoption, 1);
  adoption->load_task = g_object_ref (task);
  adoption->engine = g_object_ref (engine);
  adoption->machine = g_object_ref (machine);
  load->n_adoptions++;
  vb_qemu_instance_adopt_async (run->instance, NULL, on_adopted, adoption);
}

static void
add_stored (VbEngine *engine, VbStored *stored)
{
  g_autoptr (VbMachine) machine = vb_machine_new (stored->definition->uuid, stored->owner);

  vb_machine_set_stored (machine, stored);
  vb_registry_add (vb_engine_get_registry (engine), machine);
}

static void
on_read (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  VbEngine *engine = g_task_get_source_object (task);
  Load *load = g_task_get_task_data (task);
  GError *error = NULL;

  if (!g_task_propagate_boolean (G_TASK (result), &error))
    {
      g_task_return_error (task, error);
      return;
    }
  vb_engine_set_store (engine, g_steal_pointer (&load->store));
  for (guint i = 0; i < load->stored->len; i++)
    add_stored (engine, load->stored->pdata[i]);
  for (guint i = 0; i < load->remnants->len; i++)
    vb_engine_skip_id (engine, ((VbRemnant *) load->remnants->pdata[i])->record->id);
  load->waiting_source = g_timeout_add_full (G_PRIORITY_DEFAULT, ADOPTION_WAIT_MS, on_waited_enough,
                                             g_object_ref (task), g_object_unref);
  for (guint i = 0; i < load->remnants->len; i++)
    adopt (task, load->remnants->pdata[i]);
  if (load->n_adoptions == 0)
    load_over (task);
}

void
vb_engine_load_async (VbEngine *engine,
                      GCancellable *cancellable,
                      GAsyncReadyCallback callback,
                      gpointer user_data)
{
  const VbEngineConfig *config = vb_engine_get_config (engine);
  GTask *task = g_task_new (engine, cancellable, callback, user_data);
  /* Without the engine: the thread's reference may be the last of it, and the model is ours. */
  g_autoptr (GTask) reading = g_task_new (NULL, NULL, on_read, task);
  Load *load = g_new0 (Load, 1);

  load->state_dir = g_strdup (config->state_dir);
  load->runtime_dir = g_strdup (config->runtime_dir);
  load->log_dir = g_strdup (config->log_dir);
  load->cgroups = vb_cgroups_ref (config->cgroups);
  load->macvtaps = vb_macvtaps_ref (vb_engine_get_macvtaps (engine));
  g_task_set_source_tag (task, vb_engine_load_async);
  g_task_set_task_data (task, load, (GDestroyNotify) load_free);
  g_task_set_source_tag (reading, load_in_thread);
  g_task_set_task_data (reading, load, NULL);
  g_task_run_in_thread (reading, load_in_thread);
}

gboolean
vb_engine_load_finish (VbEngine *engine, GAsyncResult *result, GError **error)
{
  return g_task_propagate_boolean (G_TASK (result), error);
}
