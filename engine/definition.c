/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Define, undefine and validate: what is said about a document before it is stored, and the storing
 * itself. The model changes after the disk has.
 */
#include "engine/definition.h"

#include "engine/engine-private.h"
#include "engine/machine-private.h"

#include <string.h>

#define DEFINE_WORK "DefineDomain"

typedef struct
{
  VbMachine *machine; /* (owned) (nullable: a new domain, whose UUID and name are reserved) */
  VbStored *stored;   /* (owned) what is written */
} Definition;

typedef struct
{
  VbDomain *domain;           /* (owned) (nullable) it is none */
  VbDiagnostics *diagnostics; /* (owned) (nullable) until they are taken */
  gboolean check_start;
} Validation;

static void
definition_free (Definition *definition)
{
  g_clear_object (&definition->machine);
  g_clear_pointer (&definition->stored, vb_stored_unref);
  g_free (definition);
}

/* The domain, completed beside what it replaces. (transfer full) (nullable) */
static VbDomain *
parse_beside (VbEngine *engine, const char *xml, VbDiagnostics *diagnostics, GError **error)
{
  g_autoptr (VbDomain) domain = vb_domain_parse (xml, strlen (xml), FALSE, diagnostics, error);
  VbMachine *machine = NULL;
  VbStored *stored = NULL;
  VbDomain *previous = NULL;

  if (domain == NULL)
    return NULL;
  if (domain->uuid != NULL)
    machine = vb_registry_find_uuid (vb_engine_get_registry (engine), domain->uuid);
  if (machine != NULL)
    {
      stored = vb_machine_get_stored (machine);
      previous = stored != NULL ? stored->definition : vb_machine_get_origin (machine);
    }
  vb_domain_complete (domain, previous,
                      stored != NULL ? (const char *const *) stored->retired : NULL);
  return g_steal_pointer (&domain);
}

static gboolean
check_names (VbEngine *engine, const VbDomain *domain, VbMachine *machine, GError **error)
{
  if (machine != NULL && strcmp (vb_machine_get_name (machine), domain->name) != 0)
    {
      g_set_error (error, VB_ENGINE_ERROR, VB_ENGINE_ERROR_ALREADY_EXISTS,
                   "the domain with UUID %s has the name '%s', which a new definition cannot change"
                   " to '%s'; use Rename, or leave the UUID out to define another domain",
                   domain->uuid, vb_machine_get_name (machine), domain->name);
      return FALSE;
    }
  return vb_engine_check_name (engine, domain->name, domain->uuid, error);
}

static gboolean
check_options (const VbDomain *domain,
               VbMachine *machine,
               const VbDefineOptions *options,
               GError **error)
{
  guint64 generation = machine != NULL ? vb_machine_get_generation (machine) : 0;

  if (options->fail_if_exists && machine != NULL)
    {
      g_set_error (error, VB_ENGINE_ERROR, VB_ENGINE_ERROR_ALREADY_EXISTS,
                   "domain '%s' with UUID %s exists", domain->name, domain->uuid);
      return FALSE;
    }
  if (options->expected_generation != 0 && options->expected_generation != generation)
    {
      g_set_error (error, VB_ENGINE_ERROR, VB_ENGINE_ERROR_CONFLICT,
                   "the definition of domain '%s' is of generation %" G_GUINT64_FORMAT
                   ", not %" G_GUINT64_FORMAT " as expected; read it again",
                   domain->name, generation, options->expected_generation);
      return FALSE;
    }
  return TRUE;
}

/* Keeps what is to be changed from everybody else. */
static gboolean
begin_definition (VbEngine *engine, const VbDomain *domain, VbMachine *machine, GError **error)
{
  if (machine != NULL && !vb_machine_begin (machine, DEFINE_WORK, error))
    return FALSE;
  /* Also that of a known machine, which may be transient and end meanwhile. */
  if (!vb_engine_reserve (engine, domain->uuid, domain->name, error))
    {
      if (machine != NULL)
        vb_machine_end_work (machine);
      return FALSE;
    }
  if (machine != NULL)
    vb_machine_publish (machine);
  return TRUE;
}

/* @domain (transfer full) */
static VbStored *
make_stored (VbDomain *domain, VbMachine *machine, const VbDefineOptions *options)
{
  VbStored *previous = machine != NULL ? vb_machine_get_stored (machine) : NULL;
  const char *owner = machine != NULL ? vb_machine_get_owner (machine) : options->owner;

  if (previous != NULL)
    return vb_stored_succeed (previous, domain);
  return vb_stored_new (domain, 1, FALSE, owner, NULL);
}

/* (transfer full) */
static VbMachine *
publish_definition (VbEngine *engine, Definition *definition)
{
  VbRegistry *registry = vb_engine_get_registry (engine);
  VbStored *stored = definition->stored;
  VbMachine *machine = definition->machine != NULL
                           ? g_object_ref (definition->machine)
                           : vb_machine_new (stored->definition->uuid, stored->owner);

  vb_machine_set_stored (machine, stored);
  /* It is new, or was transient and ended while its definition was written. */
  if (vb_registry_find_uuid (registry, vb_machine_get_uuid (machine)) == NULL)
    vb_registry_add (registry, machine);
  return machine;
}

static void
end_definition (VbEngine *engine, Definition *definition)
{
  VbDomain *domain = definition->stored->definition;

  vb_engine_release (engine, domain->uuid, domain->name);
  if (definition->machine != NULL)
    vb_machine_end_work (definition->machine);
}

static void
on_defined (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  VbEngine *engine = g_task_get_source_object (task);
  Definition *definition = g_task_get_task_data (task);
  VbMachine *machine = NULL;
  GError *error = NULL;

  if (vb_store_finish (result, &error))
    machine = publish_definition (engine, definition);
  end_definition (engine, definition);
  if (machine != NULL)
    g_task_return_pointer (task, machine, g_object_unref);
  else
    g_task_return_error (task, error);
}

void
vb_engine_define_async (VbEngine *engine,
                        const char *xml,
                        const VbDefineOptions *options,
                        GCancellable *cancellable,
                        GAsyncReadyCallback callback,
                        gpointer user_data)
{
  g_autoptr (GTask) task = g_task_new (engine, cancellable, callback, user_data);
  g_autoptr (VbDomain) domain = NULL;
  VbMachine *machine = NULL;
  Definition *definition;
  VbStored *previous;
  GError *error = NULL;

  g_task_set_source_tag (task, vb_engine_define_async);
  /* What is being written is told as it came out. */
  g_task_set_check_cancellable (task, FALSE);
  domain = parse_beside (engine, xml, NULL, &error);
  if (domain != NULL)
    machine = vb_registry_find_uuid (vb_engine_get_registry (engine), domain->uuid);
  if (domain == NULL || !check_names (engine, domain, machine, &error) ||
      !check_options (domain, machine, options, &error) ||
      !begin_definition (engine, domain, machine, &error))
    {
      g_task_return_error (task, error);
      return;
    }

  previous = machine != NULL ? vb_machine_get_stored (machine) : NULL;
  definition = g_new0 (Definition, 1);
  definition->machine = machine != NULL ? g_object_ref (machine) : NULL;
  definition->stored = make_stored (g_steal_pointer (&domain), machine, options);
  g_task_set_task_data (task, definition, (GDestroyNotify) definition_free);
  if (definition->stored == previous)
    {
      end_definition (engine, definition);
      g_task_return_pointer (task, g_object_ref (machine), g_object_unref);
      return;
    }
  vb_store_save_async (vb_engine_get_store (engine), definition->stored, previous == NULL,
                       on_defined, g_object_ref (task));
}

VbMachine *
vb_engine_define_finish (VbEngine *engine, GAsyncResult *result, GError **error)
{
  /* The registry holds it, or else the task until its callback is over. */
  g_autoptr (VbMachine) machine = g_task_propagate_pointer (G_TASK (result), error);

  return machine;
}

static void
on_undefined (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  VbEngine *engine = g_task_get_source_object (task);
  VbMachine *machine = g_task_get_task_data (task);
  gboolean is_off = vb_machine_get_state (machine) == VB_STATE_SHUTOFF;
  GError *error = NULL;

  if (!vb_store_finish (result, &error))
    {
      vb_machine_end_work (machine);
      g_task_return_error (task, error);
      return;
    }
  /* Whoever hears that it is removed is to see it as it was. */
  if (is_off)
    vb_registry_remove (vb_engine_get_registry (engine), machine);
  else
    vb_machine_set_stored (machine, NULL);
  vb_machine_end_work (machine);
  g_task_return_boolean (task, TRUE);
}

void
vb_engine_undefine_async (VbEngine *engine,
                          VbMachine *machine,
                          GCancellable *cancellable,
                          GAsyncReadyCallback callback,
                          gpointer user_data)
{
  g_autoptr (GTask) task = g_task_new (engine, cancellable, callback, user_data);
  GError *error = NULL;

  g_task_set_source_tag (task, vb_engine_undefine_async);
  g_task_set_check_cancellable (task, FALSE);
  g_task_set_task_data (task, g_object_ref (machine), g_object_unref);
  if (!vb_machine_begin_operation (machine, VB_OPERATION_UNDEFINE, &error))
    {
      g_task_return_error (task, error);
      return;
    }
  vb_machine_publish (machine);
  vb_store_remove_async (vb_engine_get_store (engine), vb_machine_get_uuid (machine), on_undefined,
                         g_object_ref (task));
}

gboolean
vb_engine_undefine_finish (VbEngine *engine, GAsyncResult *result, GError **error)
{
  return g_task_propagate_boolean (G_TASK (result), error);
}

static void
validation_free (Validation *validation)
{
  g_clear_pointer (&validation->domain, vb_domain_unref);
  g_clear_pointer (&validation->diagnostics, vb_diagnostics_free);
  g_free (validation);
}

/* What a start here would refuse is no error of the definition: it may be meant for another host. */
static void
check_start_later (Validation *validation,
                   const VbQemuSettings *settings,
                   const VbEmulatorFacts *facts)
{
  g_autoptr (VbDiagnostics) findings = vb_diagnostics_new ();

  vb_qemu_check (settings, validation->domain, facts, findings, NULL);
  for (guint i = 0; i < vb_diagnostics_get_length (findings); i++)
    {
      const VbDiagnostic *finding = vb_diagnostics_get (findings, i);

      vb_diagnostics_add (validation->diagnostics, VB_SEVERITY_WARNING, finding->path,
                          finding->line, "%s%s",
                          finding->severity == VB_SEVERITY_ERROR ? "a start here would be refused: "
                                                                 : "",
                          finding->message);
    }
}

/* @facts: (nullable): of the domain's emulator */
static void
finish_validation (GTask *task, const VbEmulatorFacts *facts)
{
  Validation *validation = g_task_get_task_data (task);
  VbQemuSettings settings = vb_engine_get_qemu_settings (g_task_get_source_object (task));

  if (validation->check_start)
    vb_qemu_check (&settings, validation->domain, facts, validation->diagnostics, NULL);
  else
    check_start_later (validation, &settings, facts);
  g_task_return_boolean (task, TRUE);
}

static void
on_emulator_known (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  GError *error = NULL;
  g_autoptr (VbEmulatorFacts) facts =
      vb_emulators_probe_finish (VB_EMULATORS (source), result, &error);

  if (facts != NULL)
    finish_validation (task, facts);
  else
    g_task_return_error (task, error);
}

/* Anybody may ask what would be wrong with a document: what is not installed is not run for that. */
static void
know_emulator (GTask *task, const char *path)
{
  Validation *validation = g_task_get_task_data (task);
  VbEngine *engine = g_task_get_source_object (task);
  VbEmulators *emulators = vb_capabilities_get_emulators (vb_engine_get_capabilities (engine));
  const VbEmulatorFacts *facts = vb_emulators_peek_current (emulators, path);

  if (facts == NULL && validation->check_start && vb_emulators_is_installed (emulators, path))
    {
      vb_emulators_probe_async (emulators, path, g_task_get_cancellable (task), on_emulator_known,
                                g_object_ref (task));
      return;
    }
  if (facts == NULL && validation->check_start)
    vb_diagnostics_add (validation->diagnostics, VB_SEVERITY_INFO, "/domain/devices/emulator", 0,
                        "emulator '%s' is not one of the installed ones: what it can do is checked "
                        "when the domain is started",
                        path);
  finish_validation (task, facts);
}

void
vb_engine_validate_async (VbEngine *engine,
                          const char *xml,
                          gboolean check_start,
                          GCancellable *cancellable,
                          GAsyncReadyCallback callback,
                          gpointer user_data)
{
  g_autoptr (GTask) task = g_task_new (engine, cancellable, callback, user_data);
  Validation *validation = g_new0 (Validation, 1);
  g_autofree char *emulator = NULL;
  g_autoptr (GError) error = NULL;
  VbMachine *machine;

  g_task_set_source_tag (task, vb_engine_validate_async);
  g_task_set_task_data (task, validation, (GDestroyNotify) validation_free);
  validation->diagnostics = vb_diagnostics_new ();
  validation->check_start = check_start;
  validation->domain = parse_beside (engine, xml, validation->diagnostics, NULL);
  if (validation->domain == NULL)
    {
      g_task_return_boolean (task, TRUE);
      return;
    }
  machine = vb_registry_find_uuid (vb_engine_get_registry (engine), validation->domain->uuid);
  if (!check_names (engine, validation->domain, machine, &error))
    vb_diagnostics_add (validation->diagnostics, VB_SEVERITY_ERROR, "/domain/name", 0, "%s",
                        error->message);
  emulator = vb_qemu_find_emulator (validation->domain, NULL);
  if (emulator != NULL)
    know_emulator (task, emulator);
  else
    finish_validation (task, NULL);
}

char *
vb_engine_validate_finish (VbEngine *engine,
                           GAsyncResult *result,
                           VbDiagnostics **diagnostics,
                           GError **error)
{
  Validation *validation = g_task_get_task_data (G_TASK (result));

  *diagnostics = NULL;
  if (!g_task_propagate_boolean (G_TASK (result), error))
    return NULL;
  *diagnostics = g_steal_pointer (&validation->diagnostics);
  if (validation->domain == NULL || vb_diagnostics_get_first_error (*diagnostics) != NULL)
    return NULL;
  return vb_domain_format (validation->domain, VB_FORMAT_DEFINITION);
}
