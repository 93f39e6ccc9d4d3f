/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * org.virtbus1.Domain, its properties: how each is read from the facts of a machine and from the
 * side of it that is shown.
 */
#include "objects/domain.h"

#include "objects/error-map.h"
#include "objects/path.h"

static GVariant *
get_name (const VbView *view)
{
  return vb_value_from_text (view->domain->name);
}

static GVariant *
get_uuid (const VbView *view)
{
  return vb_value_from_text (view->domain->uuid);
}

static GVariant *
get_id (const VbView *view)
{
  return g_variant_new_int32 (view->machine->id);
}

static GVariant *
get_type (const VbView *view)
{
  return vb_value_from_text (vb_enum_to_string (&vb_domain_type_table, view->domain->type));
}

static GVariant *
get_os_type (const VbView *view)
{
  return vb_value_from_text (vb_enum_to_string (&vb_os_type_table, view->domain->os.type));
}

static GVariant *
get_architecture (const VbView *view)
{
  return vb_value_from_text (view->domain->os.arch);
}

static GVariant *
get_machine (const VbView *view)
{
  return vb_value_from_text (view->domain->os.machine);
}

static GVariant *
get_emulator (const VbView *view)
{
  return vb_value_from_text (view->domain->emulator);
}

static GVariant *
get_title (const VbView *view)
{
  return vb_value_from_text (view->domain->title);
}

static GVariant *
get_description (const VbView *view)
{
  return vb_value_from_text (view->domain->description);
}

static GVariant *
get_state (const VbView *view)
{
  return vb_value_from_text (vb_state_to_string (view->machine->state));
}

static GVariant *
get_state_reason (const VbView *view)
{
  return vb_value_from_text (vb_state_reason_to_string (view->machine->reason));
}

static GVariant *
get_state_since (const VbView *view)
{
  return g_variant_new_uint64 ((guint64) view->machine->state_since_us);
}

static GVariant *
get_persistent (const VbView *view)
{
  return g_variant_new_boolean (view->machine->persistent);
}

static GVariant *
get_autostart (const VbView *view)
{
  return g_variant_new_boolean (view->machine->autostart);
}

static GVariant *
get_config_generation (const VbView *view)
{
  return g_variant_new_uint64 (view->machine->generation);
}

static GVariant *
get_pending_changes (const VbView *view)
{
  return g_variant_new_boolean (view->machine->pending_changes);
}

static GVariant *
get_pending (const VbView *view)
{
  return vb_interface_tables_get_pending (vb_domain_tables, view);
}

static GVariant *
get_owner (const VbView *view)
{
  return vb_value_from_foreign_text (view->machine->owner);
}

static GVariant *
get_no_words (const VbView *view)
{
  return vb_value_empty ("as");
}

static GVariant *
get_tainted (const VbView *view)
{
  static const char *const none[] = { NULL };
  char **tainted = view->machine->tainted;

  return g_variant_new_strv (tainted != NULL ? (const char *const *) tainted : none, -1);
}

static GVariant *
get_max_memory (const VbView *view)
{
  return g_variant_new_uint64 (view->domain->memory_kib);
}

static GVariant *
get_current_memory (const VbView *view)
{
  const VbMachineFacts *machine = view->machine;

  return g_variant_new_uint64 (view->domain == machine->live ? machine->balloon_kib
                                                             : view->domain->current_memory_kib);
}

static GVariant *
get_max_vcpus (const VbView *view)
{
  return g_variant_new_uint32 (view->domain->vcpus);
}

static GVariant *
get_current_vcpus (const VbView *view)
{
  return g_variant_new_uint32 (view->domain->current_vcpus);
}

static GVariant *
lifecycle_word (VbLifecycleAction action)
{
  return vb_value_from_text (vb_enum_to_string (&vb_lifecycle_action_table, action));
}

static GVariant *
get_on_poweroff (const VbView *view)
{
  return lifecycle_word (view->domain->on_poweroff);
}

static GVariant *
get_on_reboot (const VbView *view)
{
  return lifecycle_word (view->domain->on_reboot);
}

static GVariant *
get_on_crash (const VbView *view)
{
  return lifecycle_word (view->domain->on_crash);
}

/* There is no way to save a state. */
static GVariant *
get_has_saved_state (const VbView *view)
{
  return g_variant_new_boolean (FALSE);
}

static GVariant *
get_ignored (const VbView *view)
{
  g_auto (GStrv) paths = vb_domain_list_ignored (view->domain);

  return g_variant_new_strv ((const char *const *) paths, -1);
}

static GVariant *
get_allowed_operations (const VbView *view)
{
  const char *words[VB_N_OPERATIONS];
  gssize n_words = 0;

  for (guint operation = 0; operation < VB_N_OPERATIONS; operation++)
    if (view->machine->allowed & 1u << operation)
      words[n_words++] = vb_operation_to_string (operation);
  return g_variant_new_strv (words, n_words);
}

static GVariant *
get_no_object (const VbView *view)
{
  return g_variant_new_object_path (VB_PATH_NONE);
}

static GVariant *
get_no_objects (const VbView *view)
{
  return vb_value_empty ("ao");
}

static GVariant *
get_devices (const VbView *view)
{
  GVariantBuilder paths;
  g_autofree char *domain_path = vb_path_for_domain (view->domain->uuid);
  g_autoptr (GPtrArray) devices = vb_machine_facts_list_devices (view->machine);

  g_variant_builder_init (&paths, G_VARIANT_TYPE_OBJECT_PATH_ARRAY);
  for (guint i = 0; i < devices->len; i++)
    {
      const VbDevice *device = g_ptr_array_index (devices, i);
      g_autofree char *path = vb_path_for_device (domain_path, device);
      g_variant_builder_add (&paths, "o", path);
    }
  return g_variant_builder_end (&paths);
}

static GVariant *
get_capability_set (const VbView *view)
{
  return g_variant_new_object_path (
      vb_machine_facts_get_capability_set (view->machine, view->domain));
}

static GVariant *
get_pid (const VbView *view)
{
  return g_variant_new_uint32 ((guint32) view->machine->pid);
}

static GVariant *
get_last_error (const VbView *view)
{
  const GError *error = view->machine->last_error;

  return g_variant_new ("(s@s)", error != NULL ? vb_error_get_bus_name (error) : "",
                        vb_value_from_foreign_text (error != NULL ? error->message : ""));
}

const VbPropertyRow vb_domain_properties[] = {
  { "Name", VB_FACET_DOMAIN, get_name },
  { "Uuid", 0, get_uuid },
  { "Id", VB_FACET_STATE, get_id },
  { "Type", VB_FACET_DOMAIN, get_type },
  { "OsType", VB_FACET_DOMAIN, get_os_type },
  { "Architecture", VB_FACET_DOMAIN, get_architecture },
  { "Machine", VB_FACET_DOMAIN, get_machine },
  { "Emulator", VB_FACET_DOMAIN, get_emulator },
  { "Title", VB_FACET_DOMAIN, get_title },
  { "Description", VB_FACET_DOMAIN, get_description },
  { "State", VB_FACET_STATE, get_state },
  { "StateReason", VB_FACET_STATE, get_state_reason },
  { "StateSince", VB_FACET_STATE, get_state_since },
  { "Persistent", VB_FACET_SETTINGS, get_persistent },
  { "Autostart", VB_FACET_SETTINGS, get_autostart },
  { "ConfigGeneration", VB_FACET_SETTINGS, get_config_generation },
  { "PendingChanges", VB_FACET_DOMAIN, get_pending_changes },
  { VB_PENDING_NAME, VB_FACET_DOMAIN | VB_FACET_BALLOON | VB_FACET_HOST, get_pending },
  { "Owner", VB_FACET_SETTINGS, get_owner },
  { "Tags", VB_FACET_SETTINGS, get_no_words },
  { "MaxMemory", VB_FACET_DOMAIN, get_max_memory },
  { "CurrentMemory", VB_FACET_DOMAIN | VB_FACET_BALLOON, get_current_memory },
  { "MaxVcpus", VB_FACET_DOMAIN, get_max_vcpus },
  { "CurrentVcpus", VB_FACET_DOMAIN, get_current_vcpus },
  { "OnPoweroff", VB_FACET_DOMAIN, get_on_poweroff },
  { "OnReboot", VB_FACET_DOMAIN, get_on_reboot },
  { "OnCrash", VB_FACET_DOMAIN, get_on_crash },
  { "HasSavedState", VB_FACET_STATE, get_has_saved_state },
  { "Tainted", VB_FACET_TAINTED, get_tainted },
  { "Ignored", VB_FACET_DOMAIN, get_ignored },
  { "AllowedOperations", VB_FACET_OPERATIONS, get_allowed_operations },
  { "CurrentJob", VB_FACET_OPERATIONS, get_no_object },
  { "Devices", VB_FACET_DOMAIN, get_devices },
  { "Snapshots", VB_FACET_DOMAIN, get_no_objects },
  { "CapabilitySet", VB_FACET_DOMAIN | VB_FACET_HOST, get_capability_set },
  { "Pid", VB_FACET_STATE, get_pid },
  { "LastError", VB_FACET_ERROR, get_last_error },
  { NULL },
};
