/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The machine: facts, and the gathering of what changed. Decides nothing but what its facts imply.
 */
#include "engine/machine-private.h"

#include "engine/engine-error.h"
#include "engine/operations.h"
#include "engine/run.h"

struct _VbMachine
{
  GObject parent_instance;

  char *uuid;         /* (owned) */
  char *owner;        /* (owned) (nullable) */
  VbStored *stored;   /* (owned) (nullable: transient) */
  VbDomain *origin;   /* (owned) (nullable) */
  VbDomain *live;     /* (owned) (nullable: does not run) */
  VbRun *run;         /* (owned) (nullable: does not run) */
  char *client;       /* (owned) (nullable) */
  GError *last_error; /* (owned) (nullable) */
  VbSlot slot;        /* (owned) */
  gint64 since_us;
  guint64 balloon_kib; /* 0: not told yet */
  int id;
  guint n_short_runs;
  VbState state;
  VbStateReason reason;
  VbFacets touched; /* changed and not published yet */
  gboolean known;   /* to the registry */
  gboolean pending; /* stored differs from origin while it runs */
};

G_DEFINE_FINAL_TYPE (VbMachine, vb_machine, G_TYPE_OBJECT)

enum
{
  SIGNAL_CHANGED,
  SIGNAL_EVENT,
  N_SIGNALS,
};

static guint signals[N_SIGNALS];

static void
vb_machine_finalize (GObject *object)
{
  VbMachine *machine = VB_MACHINE (object);

  vb_slot_clear (&machine->slot);
  g_clear_pointer (&machine->run, vb_run_free);
  g_clear_pointer (&machine->stored, vb_stored_unref);
  g_clear_pointer (&machine->origin, vb_domain_unref);
  g_clear_pointer (&machine->live, vb_domain_unref);
  g_clear_error (&machine->last_error);
  g_free (machine->client);
  g_free (machine->owner);
  g_free (machine->uuid);
  G_OBJECT_CLASS (vb_machine_parent_class)->finalize (object);
}

static void
vb_machine_class_init (VbMachineClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = vb_machine_finalize;

  signals[SIGNAL_CHANGED] = g_signal_new ("changed", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST,
                                          0, NULL, NULL, NULL, G_TYPE_NONE, 1, G_TYPE_UINT);
  signals[SIGNAL_EVENT] =
      g_signal_new ("event", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                    G_TYPE_NONE, 2, G_TYPE_STRING, G_TYPE_VARIANT);
}

static void
vb_machine_init (VbMachine *machine)
{
  machine->id = -1;
  machine->since_us = g_get_real_time ();
}

static void
touch (VbMachine *machine, VbFacets facets)
{
  machine->touched |= facets;
}

static void
replace_domain (VbDomain **place, VbDomain *domain)
{
  VbDomain *former = *place;

  *place = domain != NULL ? vb_domain_ref (domain) : NULL;
  g_clear_pointer (&former, vb_domain_unref);
}

/* The origin, with the devices that the machine gained or lost by other means than a definition. */
static VbDomain *
make_running_definition (VbMachine *machine)
{
  VbDomain *running;

  if (vb_domain_has_same_devices (machine->live, machine->origin))
    return vb_domain_ref (machine->origin);
  running = vb_domain_copy (machine->origin);
  vb_domain_copy_devices (running, machine->live);
  return running;
}

static void
compare_definitions (VbMachine *machine)
{
  VbDomain *definition = vb_machine_get_definition (machine);
  g_autoptr (VbDomain) running = NULL;

  machine->pending = FALSE;
  if (machine->live == NULL || definition == NULL || machine->origin == NULL)
    return;
  running = make_running_definition (machine);
  machine->pending = definition != running && !vb_domain_equal (definition, running);
}

static VbCondition
condition_of (VbMachine *machine)
{
  return (VbCondition){
    .name = vb_machine_get_name (machine),
    .state = machine->state,
    .reason = machine->reason,
    .persistent = machine->stored != NULL,
  };
}

static gboolean
check_known (VbMachine *machine, GError **error)
{
  if (!machine->known)
    g_set_error (error, VB_ENGINE_ERROR, VB_ENGINE_ERROR_NOT_FOUND, "domain '%s' (%s) is gone",
                 vb_machine_get_name (machine), machine->uuid);
  return machine->known;
}

VbMachine *
vb_machine_new (const char *uuid, const char *owner)
{
  VbMachine *machine = g_object_new (VB_TYPE_MACHINE, NULL);

  machine->uuid = g_strdup (uuid);
  machine->owner = g_strdup (owner);
  return machine;
}

void
vb_machine_publish (VbMachine *machine)
{
  VbFacets facets = machine->touched;

  machine->touched = 0;
  if (facets != 0)
    g_signal_emit (machine, signals[SIGNAL_CHANGED], 0, (guint) facets);
}

void
vb_machine_set_known (VbMachine *machine, gboolean known)
{
  machine->known = known;
}

void
vb_machine_emit_event (VbMachine *machine, const char *kind, GVariant *details)
{
  g_signal_emit (machine, signals[SIGNAL_EVENT], 0, kind, details);
}

void
vb_machine_set_stored (VbMachine *machine, VbStored *stored)
{
  g_autoptr (VbStored) former = g_steal_pointer (&machine->stored);

  machine->stored = stored != NULL ? vb_stored_ref (stored) : NULL;
  compare_definitions (machine);
  touch (machine, VB_FACET_DOMAIN | VB_FACET_SETTINGS | VB_FACET_OPERATIONS);
}

VbStored *
vb_machine_get_stored (VbMachine *machine)
{
  return machine->stored;
}

void
vb_machine_set_origin (VbMachine *machine, VbDomain *origin)
{
  replace_domain (&machine->origin, origin);
  compare_definitions (machine);
  touch (machine, VB_FACET_DOMAIN);
}

VbDomain *
vb_machine_get_origin (VbMachine *machine)
{
  return machine->origin;
}

void
vb_machine_set_state (VbMachine *machine, VbState state, VbStateReason reason)
{
  if (machine->state == state && machine->reason == reason)
    return;
  machine->state = state;
  machine->reason = reason;
  machine->since_us = g_get_real_time ();
  touch (machine, VB_FACET_STATE | VB_FACET_OPERATIONS);
}

void
vb_machine_set_state_since_us (VbMachine *machine, gint64 since_us)
{
  machine->since_us = since_us;
  touch (machine, VB_FACET_STATE);
}

void
vb_machine_set_live (VbMachine *machine, VbDomain *live)
{
  replace_domain (&machine->live, live);
  if (live == NULL)
    machine->balloon_kib = 0;
  compare_definitions (machine);
  touch (machine, VB_FACET_DOMAIN | VB_FACET_BALLOON);
}

void
vb_machine_set_id (VbMachine *machine, int id)
{
  machine->id = id;
  touch (machine, VB_FACET_STATE);
}

void
vb_machine_set_balloon_kib (VbMachine *machine, guint64 kib)
{
  machine->balloon_kib = kib;
  touch (machine, VB_FACET_BALLOON);
}

void
vb_machine_set_last_error (VbMachine *machine, const GError *error)
{
  if (machine->last_error == NULL && error == NULL)
    return;
  g_clear_error (&machine->last_error);
  machine->last_error = error != NULL ? g_error_copy (error) : NULL;
  touch (machine, VB_FACET_ERROR);
}

void
vb_machine_touch_tainted (VbMachine *machine)
{
  touch (machine, VB_FACET_TAINTED);
}

void
vb_machine_touch_io (VbMachine *machine)
{
  touch (machine, VB_FACET_IO);
}

void
vb_machine_set_client (VbMachine *machine, const char *client)
{
  g_autofree char *former = g_steal_pointer (&machine->client);

  machine->client = g_strdup (client);
}

const char *
vb_machine_get_client (VbMachine *machine)
{
  return machine->client;
}

void
vb_machine_set_run (VbMachine *machine, VbRun *run)
{
  VbRun *former = g_steal_pointer (&machine->run);

  machine->run = run;
  g_clear_pointer (&former, vb_run_free);
  touch (machine, VB_FACET_STATE | VB_FACET_TAINTED);
}

VbRun *
vb_machine_get_run (VbMachine *machine)
{
  return machine->run;
}

guint
vb_machine_count_run (VbMachine *machine, gboolean ended_at_once)
{
  machine->n_short_runs = ended_at_once ? machine->n_short_runs + 1 : 0;
  return machine->n_short_runs;
}

gboolean
vb_machine_begin (VbMachine *machine, const char *work, GError **error)
{
  if (!check_known (machine, error))
    return FALSE;
  if (machine->slot.work != NULL)
    {
      g_set_error (error, VB_ENGINE_ERROR, VB_ENGINE_ERROR_BUSY,
                   "domain '%s' is busy: %s is at work; try again when it is done",
                   vb_machine_get_name (machine), machine->slot.work);
      return FALSE;
    }
  vb_slot_take (&machine->slot, work);
  touch (machine, VB_FACET_OPERATIONS);
  return TRUE;
}

gboolean
vb_machine_begin_operation (VbMachine *machine, VbOperation operation, GError **error)
{
  const char *work = vb_operation_to_string (operation);

  if (machine->slot.work != NULL)
    return vb_machine_begin (machine, work, error);
  return vb_machine_check_operation (machine, operation, error) &&
         vb_machine_begin (machine, work, error);
}

gboolean
vb_machine_check_operation (VbMachine *machine, VbOperation operation, GError **error)
{
  VbCondition condition = condition_of (machine);

  return check_known (machine, error) && vb_operation_check (operation, &condition, error);
}

void
vb_machine_end_work (VbMachine *machine)
{
  g_autoptr (VbMachine) kept = g_object_ref (machine);

  vb_slot_release (&machine->slot);
  touch (machine, VB_FACET_OPERATIONS);
  vb_machine_publish (machine);
  vb_slot_serve (&machine->slot);
}

gboolean
vb_machine_is_busy (VbMachine *machine)
{
  return machine->slot.work != NULL;
}

gboolean
vb_machine_works_at (VbMachine *machine, VbOperation operation)
{
  return g_strcmp0 (machine->slot.work, vb_operation_to_string (operation)) == 0;
}

gboolean
vb_machine_awaits_guest (VbMachine *machine)
{
  return vb_machine_works_at (machine, VB_OPERATION_DESTROY) && machine->run != NULL &&
         !machine->run->is_ended;
}

VbSlot *
vb_machine_get_slot (VbMachine *machine)
{
  return &machine->slot;
}

const char *
vb_machine_get_uuid (VbMachine *machine)
{
  return machine->uuid;
}

const char *
vb_machine_get_name (VbMachine *machine)
{
  return vb_machine_get_domain (machine)->name;
}

VbState
vb_machine_get_state (VbMachine *machine)
{
  return machine->state;
}

VbStateReason
vb_machine_get_state_reason (VbMachine *machine)
{
  return machine->reason;
}

gint64
vb_machine_get_state_since_us (VbMachine *machine)
{
  return machine->since_us;
}

int
vb_machine_get_id (VbMachine *machine)
{
  return machine->id;
}

int
vb_machine_get_pid (VbMachine *machine)
{
  return machine->run != NULL ? vb_qemu_instance_get_pid (machine->run->instance) : 0;
}

VbDomain *
vb_machine_get_definition (VbMachine *machine)
{
  return machine->stored != NULL ? machine->stored->definition : NULL;
}

VbDomain *
vb_machine_get_live (VbMachine *machine)
{
  return machine->live;
}

VbDomain *
vb_machine_get_domain (VbMachine *machine)
{
  if (machine->live != NULL)
    return machine->live;
  return machine->stored != NULL ? machine->stored->definition : machine->origin;
}

gboolean
vb_machine_is_persistent (VbMachine *machine)
{
  return machine->stored != NULL;
}

gboolean
vb_machine_get_autostart (VbMachine *machine)
{
  return machine->stored != NULL && machine->stored->autostart;
}

guint64
vb_machine_get_generation (VbMachine *machine)
{
  return machine->stored != NULL ? machine->stored->generation : 0;
}

gboolean
vb_machine_has_pending_changes (VbMachine *machine)
{
  return machine->pending;
}

const char *
vb_machine_get_owner (VbMachine *machine)
{
  return machine->stored != NULL ? machine->stored->owner : machine->owner;
}

const GError *
vb_machine_get_last_error (VbMachine *machine)
{
  return machine->last_error;
}

guint64
vb_machine_get_balloon_kib (VbMachine *machine)
{
  if (machine->live != NULL && machine->balloon_kib != 0)
    return machine->balloon_kib;
  return vb_machine_get_domain (machine)->current_memory_kib;
}

const char *const *
vb_machine_get_tainted (VbMachine *machine)
{
  const VbRunRecord *record = machine->run != NULL ? machine->run->record : NULL;

  return record != NULL ? (const char *const *) record->tainted : NULL;
}

VbIoStatus
vb_machine_get_io_status (VbMachine *machine, const char *alias)
{
  return machine->run != NULL ? vb_qemu_instance_get_io_status (machine->run->instance, alias)
                              : VB_IO_OK;
}

gboolean
vb_machine_has_monitor (VbMachine *machine)
{
  return machine->run != NULL && machine->state != VB_STATE_STARTING &&
         machine->state != VB_STATE_SHUTOFF;
}

/* Told by state, not by what is at work: else each call would switch a client's buttons off and on
 * again. Only a start and an end take long enough to show; Destroy does not wait for a start. */
gboolean
vb_machine_allows (VbMachine *machine, VbOperation operation)
{
  VbCondition condition = condition_of (machine);
  gboolean has_way = condition.state != VB_STATE_STARTING || operation == VB_OPERATION_DESTROY;
  gboolean is_ending = vb_machine_works_at (machine, VB_OPERATION_DESTROY) &&
                       !(operation == VB_OPERATION_DESTROY && vb_machine_awaits_guest (machine));

  return machine->known && has_way && !is_ending && vb_operation_is_useful (operation, &condition);
}
