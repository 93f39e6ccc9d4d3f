/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The setters: one table of what each checks, changes in a definition, and tells a guest. The live
 * side comes first, because it may refuse; what is stored then follows.
 */
#include "engine/definition.h"

#include "engine/engine-private.h"
#include "engine/machine-private.h"
#include "engine/resources.h"
#include "engine/run.h"

#include <string.h>

typedef struct
{
  VbOperation operation;
  /* Whether the value can be set in @domain. Errors: VB_ENGINE_ERROR_INVALID_ARGUMENT. */
  gboolean (*check) (const VbModification *modification, const VbDomain *domain, GError **error);
  void (*apply) (const VbModification *modification, VbDomain *domain);
  gboolean has_live_side;
  /* (nullable) What has to be done before the live domain is another. Ends with on_asked() or
   * on_limited(). */
  void (*ask) (GTask *task);
} ModifyRow;

typedef struct
{
  VbMachine *machine; /* (owned) */
  const ModifyRow *row;
  VbModification modification; /* text owned */
  gboolean is_live;
  gboolean is_config;
  VbStored *stored; /* (owned) (nullable) what is written */
  GError *failure;  /* (owned) (nullable) why it is undone */
} Modify;

static void ask_balloon (GTask *task);
static void ask_affinity (GTask *task);
static void ask_limits (GTask *task);

static gboolean
set_invalid (GError **error, const char *message)
{
  g_set_error_literal (error, VB_ENGINE_ERROR, VB_ENGINE_ERROR_INVALID_ARGUMENT, message);
  return FALSE;
}

/* An argument of a call is no document: the domain room's error is translated. */
static gboolean
translate (GError *invalid, GError **error)
{
  gboolean is_valid = invalid == NULL;

  if (!is_valid)
    set_invalid (error, invalid->message);
  g_clear_error (&invalid);
  return is_valid;
}

static gboolean
check_title (const VbModification *modification, const VbDomain *domain, GError **error)
{
  GError *invalid = NULL;

  vb_domain_check_title (modification->text, &invalid);
  return translate (invalid, error);
}

static gboolean
check_description (const VbModification *modification, const VbDomain *domain, GError **error)
{
  GError *invalid = NULL;

  vb_domain_check_description (modification->text, &invalid);
  return translate (invalid, error);
}

static gboolean
check_name (const VbModification *modification, const VbDomain *domain, GError **error)
{
  GError *invalid = NULL;

  vb_domain_check_name (modification->text, &invalid);
  return translate (invalid, error);
}

static gboolean
check_memory (const VbModification *modification, const VbDomain *domain, GError **error)
{
  if (modification->number > 0 && modification->number <= domain->memory_kib)
    return TRUE;
  g_set_error (error, VB_ENGINE_ERROR, VB_ENGINE_ERROR_INVALID_ARGUMENT,
               "%" G_GUINT64_FORMAT " KiB cannot be the memory of domain '%s': it is from 1 to"
               " %" G_GUINT64_FORMAT " KiB, its most memory (SetMaxMemory changes that)",
               modification->number, domain->name, domain->memory_kib);
  return FALSE;
}

static gboolean
check_max_memory (const VbModification *modification, const VbDomain *domain, GError **error)
{
  /* Sizes in bytes are signed 64-bit numbers to QEMU. */
  if (modification->number > 0 && modification->number <= G_MAXINT64 / 1024)
    return TRUE;
  g_set_error (error, VB_ENGINE_ERROR, VB_ENGINE_ERROR_INVALID_ARGUMENT,
               "%" G_GUINT64_FORMAT " KiB cannot be the most memory of domain '%s': it is from 1 to"
               " %" G_GINT64_FORMAT " KiB",
               modification->number, domain->name, G_MAXINT64 / 1024);
  return FALSE;
}

static gboolean
check_vcpus (const VbModification *modification, const VbDomain *domain, GError **error)
{
  if (modification->number > 0 && modification->number <= domain->vcpus)
    return TRUE;
  g_set_error (error, VB_ENGINE_ERROR, VB_ENGINE_ERROR_INVALID_ARGUMENT,
               "domain '%s' cannot have %" G_GUINT64_FORMAT
               " CPUs: its definition allows from 1 to %u; define it with a larger <vcpu>",
               domain->name, modification->number, domain->vcpus);
  return FALSE;
}

static gboolean
check_pin (const VbModification *modification, const VbDomain *domain, GError **error)
{
  g_autoptr (VbCpuset) cpus = vb_cpuset_parse (modification->text);

  if (modification->number >= domain->vcpus)
    g_set_error (error, VB_ENGINE_ERROR, VB_ENGINE_ERROR_INVALID_ARGUMENT,
                 "domain '%s' has no virtual CPU %" G_GUINT64_FORMAT ": they are from 0 to %u",
                 domain->name, modification->number, domain->vcpus - 1);
  else if (cpus == NULL)
    g_set_error (error, VB_ENGINE_ERROR, VB_ENGINE_ERROR_INVALID_ARGUMENT,
                 "'%s' is no set of the host's CPUs; write one such as 0-3,^2,8",
                 modification->text);
  else
    return TRUE;
  return FALSE;
}

static gboolean
check_tuning (const VbModification *modification, const VbDomain *domain, GError **error)
{
  return vb_tuning_change_check (&modification->tuning, &domain->tuning, error);
}

static void
set_text (char **place, const char *text)
{
  g_autofree char *former = g_steal_pointer (place);

  *place = text != NULL && *text != '\0' ? g_strdup (text) : NULL;
}

static void
apply_title (const VbModification *modification, VbDomain *domain)
{
  set_text (&domain->title, modification->text);
}

static void
apply_description (const VbModification *modification, VbDomain *domain)
{
  set_text (&domain->description, modification->text);
}

static void
apply_name (const VbModification *modification, VbDomain *domain)
{
  set_text (&domain->name, modification->text);
}

static void
apply_memory (const VbModification *modification, VbDomain *domain)
{
  domain->current_memory_kib = modification->number;
}

static void
apply_max_memory (const VbModification *modification, VbDomain *domain)
{
  domain->memory_kib = modification->number;
  domain->current_memory_kib = MIN (domain->current_memory_kib, modification->number);
}

static void
apply_vcpus (const VbModification *modification, VbDomain *domain)
{
  domain->current_vcpus = (guint) modification->number;
}

static void
apply_pin (const VbModification *modification, VbDomain *domain)
{
  vb_tuning_pin (&domain->tuning, (guint) modification->number,
                 vb_cpuset_parse (modification->text));
}

static void
apply_tuning (const VbModification *modification, VbDomain *domain)
{
  vb_tuning_change_apply (&modification->tuning, &domain->tuning);
}

static const ModifyRow rows[] = {
  { VB_OPERATION_SET_TITLE, check_title, apply_title, TRUE },
  { VB_OPERATION_SET_DESCRIPTION, check_description, apply_description, TRUE },
  { VB_OPERATION_RENAME, check_name, apply_name, FALSE },
  { VB_OPERATION_SET_MEMORY, check_memory, apply_memory, TRUE, ask_balloon },
  { VB_OPERATION_SET_MAX_MEMORY, check_max_memory, apply_max_memory, FALSE },
  { VB_OPERATION_SET_VCPUS, check_vcpus, apply_vcpus, FALSE },
  { VB_OPERATION_PIN_VCPU, check_pin, apply_pin, TRUE, ask_affinity },
  { VB_OPERATION_SET_TUNING, check_tuning, apply_tuning, TRUE, ask_limits },
  { VB_OPERATION_SET_AUTOSTART, NULL, NULL, FALSE },
};

/* Its live side is the balloon, which the guest may let go of or not. */
static gboolean
is_asked_of_guest (const ModifyRow *row)
{
  return row->ask == ask_balloon;
}

static void
modify_free (Modify *modify)
{
  g_object_unref (modify->machine);
  g_free ((char *) modify->modification.text);
  g_clear_pointer (&modify->stored, vb_stored_unref);
  g_clear_error (&modify->failure);
  g_free (modify);
}

static const ModifyRow *
find_row (VbOperation operation)
{
  for (gsize i = 0; i < G_N_ELEMENTS (rows); i++)
    if (rows[i].operation == operation)
      return &rows[i];
  g_return_val_if_reached (NULL);
}

static gboolean
has_balloon (const VbDomain *domain)
{
  for (guint i = 0; i < domain->devices->len; i++)
    {
      const VbDevice *device = domain->devices->pdata[i];

      if (device->kind == VB_DEVICE_MEMBALLOON &&
          ((const VbMemballoon *) device)->model != VB_MEMBALLOON_NONE)
        return TRUE;
    }
  return FALSE;
}

/* Which sides are meant, and whether they are there. */
static gboolean
choose_sides (Modify *modify, GError **error)
{
  const char *work = vb_operation_to_string (modify->row->operation);
  VbMachine *machine = modify->machine;
  const char *name = vb_machine_get_name (machine);
  gboolean runs = vb_machine_get_live (machine) != NULL;
  VbScope scope = modify->modification.scope;

  modify->is_live = scope == 0 ? runs && modify->row->has_live_side : (scope & VB_SCOPE_LIVE) != 0;
  modify->is_config =
      scope == 0 ? vb_machine_is_persistent (machine) : (scope & VB_SCOPE_CONFIG) != 0;
  if (modify->is_live && !modify->row->has_live_side)
    g_set_error (error, VB_ENGINE_ERROR, VB_ENGINE_ERROR_UNSUPPORTED,
                 "%s cannot change a running machine; without the option live it changes the"
                 " definition, for the next start",
                 work);
  else if (modify->is_live && !runs)
    g_set_error (error, VB_ENGINE_ERROR, VB_ENGINE_ERROR_INVALID_STATE,
                 "domain '%s' is %s; %s with the option live needs it running", name,
                 vb_state_to_string (vb_machine_get_state (machine)), work);
  else if (modify->is_config && !vb_machine_is_persistent (machine))
    g_set_error (error, VB_ENGINE_ERROR, VB_ENGINE_ERROR_INVALID_STATE,
                 "domain '%s' is transient; %s with the option config needs a stored definition",
                 name, work);
  else if (modify->is_live && is_asked_of_guest (modify->row) &&
           !has_balloon (vb_machine_get_live (machine)))
    g_set_error (error, VB_ENGINE_ERROR, VB_ENGINE_ERROR_UNSUPPORTED,
                 "domain '%s' has no memory balloon; add <memballoon model='virtio'/> for the next"
                 " start, or use the option config",
                 name);
  else
    return TRUE;
  return FALSE;
}

static gboolean
check_value (Modify *modify, GError **error)
{
  const ModifyRow *row = modify->row;
  VbMachine *machine = modify->machine;

  if (row->check == NULL)
    return TRUE;
  return (!modify->is_live ||
          row->check (&modify->modification, vb_machine_get_live (machine), error)) &&
         (!modify->is_config ||
          row->check (&modify->modification, vb_machine_get_definition (machine), error));
}

static VbDomain *
modified (Modify *modify, const VbDomain *domain)
{
  VbDomain *copy = vb_domain_copy (domain);

  modify->row->apply (&modify->modification, copy);
  return copy;
}

static gboolean
is_rename (const Modify *modify)
{
  return modify->row->operation == VB_OPERATION_RENAME;
}

/* @error (transfer full) (nullable) */
static void
finish (GTask *task, GError *error)
{
  Modify *modify = g_task_get_task_data (task);

  vb_machine_end_work (modify->machine);
  if (error != NULL)
    g_task_return_error (task, error);
  else
    g_task_return_boolean (task, TRUE);
}

/* The live domain, and what it is compared with to tell pending changes, get the new value; but
 * what was asked of the guest is live when the guest has done it. */
static gboolean
change_live (Modify *modify, GError **error)
{
  VbMachine *machine = modify->machine;
  VbRun *run = vb_machine_get_run (machine);
  g_autoptr (VbDomain) live = NULL;
  g_autoptr (VbDomain) origin = NULL;

  if (run == NULL)
    return TRUE;
  live = is_asked_of_guest (modify->row) ? vb_domain_ref (vb_machine_get_live (machine))
                                         : modified (modify, vb_machine_get_live (machine));
  origin = modified (modify, vb_machine_get_origin (machine));
  vb_machine_set_live (machine, live);
  vb_machine_set_origin (machine, origin);
  return vb_run_record_save_domains (run->record, origin, live, error);
}

/* Both sides at one instant, so that nobody sees the one as a pending change of the other. */
static void
take_effect (GTask *task)
{
  Modify *modify = g_task_get_task_data (task);
  GError *error = NULL;

  if (modify->stored != NULL)
    vb_machine_set_stored (modify->machine, modify->stored);
  if (modify->is_live)
    change_live (modify, &error);
  finish (task, error);
}

static void
on_saved (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  VbEngine *engine = g_task_get_source_object (task);
  Modify *modify = g_task_get_task_data (task);
  GError *error = NULL;

  if (is_rename (modify))
    vb_engine_release (engine, NULL, modify->modification.text);
  if (vb_store_finish (result, &error))
    {
      if (is_rename (modify))
        vb_registry_index_name (vb_engine_get_registry (engine), modify->machine,
                                modify->modification.text);
      take_effect (task);
    }
  else
    finish (task, error);
}

static VbStored *
make_stored (Modify *modify)
{
  VbStored *previous = vb_machine_get_stored (modify->machine);

  if (modify->row->apply == NULL)
    return vb_stored_with_autostart (previous, modify->modification.number != 0);
  return vb_stored_succeed (previous, modified (modify, previous->definition));
}

static void
store_config (GTask *task)
{
  VbEngine *engine = g_task_get_source_object (task);
  Modify *modify = g_task_get_task_data (task);
  const char *name = modify->modification.text;
  GError *error = NULL;

  modify->stored = make_stored (modify);
  if (modify->stored == vb_machine_get_stored (modify->machine))
    take_effect (task);
  else if (is_rename (modify) && !vb_engine_reserve (engine, NULL, name, &error))
    finish (task, error);
  else
    vb_store_save_async (vb_engine_get_store (engine), modify->stored, FALSE, on_saved,
                         g_object_ref (task));
}

static void
change_sides (GTask *task)
{
  Modify *modify = g_task_get_task_data (task);

  if (modify->is_config)
    store_config (task);
  else
    take_effect (task);
}

static void
on_asked (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  GError *error = NULL;

  if (vb_qemu_instance_command_finish (VB_QEMU_INSTANCE (source), result, &error))
    change_sides (task);
  else
    finish (task, error);
}

static void
ask_balloon (GTask *task)
{
  Modify *modify = g_task_get_task_data (task);

  vb_qemu_instance_set_memory_async (vb_machine_get_run (modify->machine)->instance,
                                     modify->modification.number,
                                     vb_machine_get_slot (modify->machine)->cancellable, on_asked,
                                     g_object_ref (task));
}

static void
ask_affinity (GTask *task)
{
  Modify *modify = g_task_get_task_data (task);
  g_autoptr (VbCpuset) cpus = vb_cpuset_parse (modify->modification.text);

  vb_qemu_instance_pin_async (vb_machine_get_run (modify->machine)->instance,
                              (guint) modify->modification.number, cpus,
                              vb_machine_get_slot (modify->machine)->cancellable, on_asked,
                              g_object_ref (task));
}

static void
on_restored (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  Modify *modify = g_task_get_task_data (task);

  vb_resources_apply_finish (result, NULL);
  finish (task, g_steal_pointer (&modify->failure));
}

/* Some of the limits may hold already. */
static void
restore_limits (GTask *task, GError *error)
{
  Modify *modify = g_task_get_task_data (task);
  VbRun *run = vb_machine_get_run (modify->machine);
  const VbDomain *live = vb_machine_get_live (modify->machine);
  g_autoptr (VbDomain) failed = run != NULL ? modified (modify, live) : NULL;
  VbCgroupLimits limits;

  modify->failure = error;
  if (run == NULL)
    {
      finish (task, g_steal_pointer (&modify->failure));
      return;
    }
  limits = vb_resources_get_change (&failed->tuning, &live->tuning);
  vb_resources_apply_async (run, &limits, NULL, on_restored, g_object_ref (task));
}

static void
on_limited (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  GError *error = NULL;

  if (vb_resources_apply_finish (result, &error))
    change_sides (task);
  else
    restore_limits (task, error);
}

static void
ask_limits (GTask *task)
{
  Modify *modify = g_task_get_task_data (task);
  const VbDomain *live = vb_machine_get_live (modify->machine);
  g_autoptr (VbDomain) wanted = modified (modify, live);
  VbCgroupLimits limits = vb_resources_get_change (&live->tuning, &wanted->tuning);

  if (vb_cgroup_limits_is_empty (&limits))
    change_sides (task);
  else
    vb_resources_apply_async (vb_machine_get_run (modify->machine), &limits,
                              vb_machine_get_slot (modify->machine)->cancellable, on_limited,
                              g_object_ref (task));
}

void
vb_engine_modify_async (VbEngine *engine,
                        VbMachine *machine,
                        const VbModification *modification,
                        GCancellable *cancellable,
                        GAsyncReadyCallback callback,
                        gpointer user_data)
{
  g_autoptr (GTask) task = g_task_new (engine, cancellable, callback, user_data);
  Modify *modify = g_new0 (Modify, 1);
  GError *error = NULL;

  modify->machine = g_object_ref (machine);
  modify->row = find_row (modification->operation);
  modify->modification = *modification;
  modify->modification.text = g_strdup (modification->text);
  g_task_set_source_tag (task, vb_engine_modify_async);
  g_task_set_check_cancellable (task, FALSE);
  g_task_set_task_data (task, modify, (GDestroyNotify) modify_free);

  if (!vb_machine_begin_operation (machine, modification->operation, &error))
    {
      g_task_return_error (task, error);
      return;
    }
  if (!choose_sides (modify, &error) || !check_value (modify, &error))
    {
      finish (task, error);
      return;
    }
  vb_machine_publish (machine);
  if (modify->is_live && modify->row->ask != NULL)
    modify->row->ask (task);
  else
    change_sides (task);
}

gboolean
vb_engine_modify_finish (VbEngine *engine, GAsyncResult *result, GError **error)
{
  return g_task_propagate_boolean (G_TASK (result), error);
}
