/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * org.virtbus1.Domain, its methods: each decodes its arguments, hands them to the engine, and replies
 * when the engine is done. Whether a call fits the state of the machine is the engine's decision.
 */
#include "objects/domain.h"

#include "engine/definition.h"
#include "engine/lifecycle.h"
#include "introspection/virtbus-interfaces.h"
#include "objects/call.h"
#include "objects/qmp.h"
#include "objects/standard.h"
#include "objects/tuning-values.h"
#include "policy/authority.h"

typedef gboolean (*FinishFunc) (VbEngine *engine, GAsyncResult *result, GError **error);

static void
finish (gpointer call, GObject *source, GAsyncResult *result, FinishFunc finish_func)
{
  GError *error = NULL;

  if (finish_func (VB_ENGINE (source), result, &error))
    vb_call_complete (call, NULL);
  else
    vb_call_fail (call, error);
}

static void
on_started (GObject *source, GAsyncResult *result, gpointer call)
{
  finish (call, source, result, vb_engine_start_finish);
}

static void
on_operated (GObject *source, GAsyncResult *result, gpointer call)
{
  finish (call, source, result, vb_engine_operate_finish);
}

static void
on_destroyed (GObject *source, GAsyncResult *result, gpointer call)
{
  finish (call, source, result, vb_engine_destroy_finish);
}

static void
on_undefined (GObject *source, GAsyncResult *result, gpointer call)
{
  finish (call, source, result, vb_engine_undefine_finish);
}

static void
on_modified (GObject *source, GAsyncResult *result, gpointer call)
{
  finish (call, source, result, vb_engine_modify_finish);
}

static void
handle_start (VbCall *call, const VbView *view)
{
  VbStartOptions options = {
    .paused = vb_call_get_boolean_option (call, "paused", FALSE),
    .autodestroy_client = vb_call_get_autodestroy_client (call),
  };

  if (vb_call_take_given_option (call, "fds", &options.given))
    vb_engine_start_async (call->tree->engine, call->node->machine, &options, NULL, on_started,
                           call);
}

static void
operate (VbCall *call, VbOperation operation)
{
  vb_engine_operate_async (call->tree->engine, call->node->machine, operation, NULL, on_operated,
                           call);
}

static void
handle_shutdown (VbCall *call, const VbView *view)
{
  const char *mode = vb_call_get_text_option (call, "mode");

  if (mode == NULL || g_str_equal (mode, "acpi"))
    operate (call, VB_OPERATION_SHUTDOWN);
  else if (g_str_equal (mode, "agent"))
    vb_call_refuse (call, VB_ENGINE_ERROR_UNSUPPORTED,
                    "Shutdown: the guest agent cannot be asked; the mode 'acpi' can");
  else
    vb_call_refuse (call, VB_ENGINE_ERROR_INVALID_ARGUMENT,
                    "Shutdown: option 'mode': '%s' is no mode; known: acpi, agent", mode);
}

static void
handle_reboot (VbCall *call, const VbView *view)
{
  operate (call, VB_OPERATION_REBOOT);
}

static void
handle_reset (VbCall *call, const VbView *view)
{
  operate (call, VB_OPERATION_RESET);
}

static void
handle_suspend (VbCall *call, const VbView *view)
{
  operate (call, VB_OPERATION_SUSPEND);
}

static void
handle_resume (VbCall *call, const VbView *view)
{
  operate (call, VB_OPERATION_RESUME);
}

static void
handle_destroy (VbCall *call, const VbView *view)
{
  vb_engine_destroy_async (call->tree->engine, call->node->machine,
                           vb_call_get_uint32_option (call, "grace-ms", 0), NULL, on_destroyed,
                           call);
}

static void
handle_undefine (VbCall *call, const VbView *view)
{
  vb_engine_undefine_async (call->tree->engine, call->node->machine, NULL, on_undefined, call);
}

static void
handle_get_xml (VbCall *call, const VbView *view)
{
  gboolean inactive = vb_call_get_boolean_option (call, "inactive", FALSE);
  const VbDomain *domain = inactive ? view->machine->definition : view->domain;
  VbFormatFlags flags = VB_FORMAT_DEFINITION;
  g_autofree char *xml = NULL;

  if (domain == NULL)
    {
      vb_call_refuse (call, VB_ENGINE_ERROR_INVALID_STATE,
                      "GetXml: the domain is transient and has no stored definition");
      return;
    }
  if (domain == view->machine->live && !vb_call_get_boolean_option (call, "migratable", FALSE))
    flags |= VB_FORMAT_LIVE;
  if (vb_call_get_boolean_option (call, "secure", FALSE))
    flags |= VB_FORMAT_SECURE;
  xml = vb_domain_format (domain, flags);
  vb_call_complete (call, g_variant_new ("(s)", xml));
}

static VbScope
get_scope (const VbCall *call)
{
  return (vb_call_get_boolean_option (call, "live", FALSE) ? VB_SCOPE_LIVE : 0) |
         (vb_call_get_boolean_option (call, "config", FALSE) ? VB_SCOPE_CONFIG : 0);
}

static void
modify (VbCall *call, VbModification modification)
{
  modification.scope = get_scope (call);
  vb_engine_modify_async (call->tree->engine, call->node->machine, &modification, NULL, on_modified,
                          call);
}

static void
modify_number (VbCall *call, VbOperation operation)
{
  modify (call, (VbModification){ operation, .number = vb_call_get_number (call) });
}

static void
modify_text (VbCall *call, VbOperation operation)
{
  modify (call, (VbModification){ operation, .text = vb_call_get_text (call) });
}

static void
handle_set_title (VbCall *call, const VbView *view)
{
  modify_text (call, VB_OPERATION_SET_TITLE);
}

static void
handle_set_description (VbCall *call, const VbView *view)
{
  modify_text (call, VB_OPERATION_SET_DESCRIPTION);
}

static void
handle_rename (VbCall *call, const VbView *view)
{
  modify_text (call, VB_OPERATION_RENAME);
}

static void
handle_set_autostart (VbCall *call, const VbView *view)
{
  modify_number (call, VB_OPERATION_SET_AUTOSTART);
}

static void
handle_set_memory (VbCall *call, const VbView *view)
{
  modify_number (call, VB_OPERATION_SET_MEMORY);
}

static void
handle_set_max_memory (VbCall *call, const VbView *view)
{
  modify_number (call, VB_OPERATION_SET_MAX_MEMORY);
}

static void
handle_set_vcpus (VbCall *call, const VbView *view)
{
  modify_number (call, VB_OPERATION_SET_VCPUS);
}

static void
handle_pin_vcpu (VbCall *call, const VbView *view)
{
  VbModification modification = { VB_OPERATION_PIN_VCPU, .number = vb_call_get_number (call) };

  g_variant_get_child (g_dbus_method_invocation_get_parameters (call->invocation), 1, "&s",
                       &modification.text);
  modify (call, modification);
}

static void
handle_set_tuning (VbCall *call, const VbView *view)
{
  g_autoptr (GVariant) values =
      g_variant_get_child_value (g_dbus_method_invocation_get_parameters (call->invocation), 0);
  VbModification modification = { VB_OPERATION_SET_TUNING };
  GError *error = NULL;

  if (vb_tuning_values_read (values, &modification.tuning, &error))
    modify (call, modification);
  else
    vb_call_fail (call, error);
}

static const VbOptionRow start_options[] = {
  { "autodestroy", "b" }, { "fds", "a{sh}" }, { "ignore-saved-state", "b" },
  { "paused", "b" },      { NULL },
};

static const VbOptionRow shutdown_options[] = {
  { "mode", "s" },
  { NULL },
};

static const VbOptionRow destroy_options[] = {
  { "grace-ms", "u" },
  { NULL },
};

/* There are neither saved states nor snapshots, and so nothing to remove. */
static const VbOptionRow undefine_options[] = {
  { "saved-state", "b" },
  { "snapshots", "b" },
  { NULL },
};

static const VbOptionRow get_xml_options[] = {
  { "inactive", "b" },
  { "migratable", "b" },
  { "secure", "b", VB_ACTION_DOMAIN_READ_SECRETS },
  { NULL },
};

static const VbOptionRow scope_options[] = {
  { "config", "b" },
  { "live", "b" },
  { NULL },
};

static const VbMethodRow methods[] = {
  { "Start", VB_ACTION_DOMAIN_START, handle_start, start_options,
    .device_action = VB_ACTION_HOSTDEVICE_ATTACH },
  { "Shutdown", VB_ACTION_DOMAIN_STOP, handle_shutdown, shutdown_options },
  { "Reboot", VB_ACTION_DOMAIN_STOP, handle_reboot, vb_no_options },
  { "Reset", VB_ACTION_DOMAIN_STOP, handle_reset, vb_no_options },
  { "Destroy", VB_ACTION_DOMAIN_STOP, handle_destroy, destroy_options },
  { "Suspend", VB_ACTION_DOMAIN_SUSPEND, handle_suspend, vb_no_options },
  { "Resume", VB_ACTION_DOMAIN_SUSPEND, handle_resume, vb_no_options },
  { "Undefine", VB_ACTION_DOMAIN_UNDEFINE, handle_undefine, undefine_options },
  { "GetXml", VB_ACTION_DOMAIN_LIST, handle_get_xml, get_xml_options },
  { "SetAutostart", VB_ACTION_DOMAIN_MODIFY, handle_set_autostart, vb_no_options },
  { "SetTitle", VB_ACTION_DOMAIN_MODIFY, handle_set_title, scope_options },
  { "SetDescription", VB_ACTION_DOMAIN_MODIFY, handle_set_description, scope_options },
  { "Rename", VB_ACTION_DOMAIN_MODIFY, handle_rename, vb_no_options },
  { "SetMemory", VB_ACTION_DOMAIN_MODIFY, handle_set_memory, scope_options },
  { "SetMaxMemory", VB_ACTION_DOMAIN_MODIFY, handle_set_max_memory, scope_options },
  { "SetVcpus", VB_ACTION_DOMAIN_MODIFY, handle_set_vcpus, scope_options },
  { "PinVcpu", VB_ACTION_DOMAIN_MODIFY, handle_pin_vcpu, scope_options },
  { "SetTuning", VB_ACTION_DOMAIN_MODIFY, handle_set_tuning, scope_options },
  { NULL },
};

const VbInterfaceTable vb_domain_interface_table = {
  .name = "org.virtbus1.Domain",
  .info = &vb_bus_domain_interface,
  .read_action = VB_ACTION_DOMAIN_LIST,
  .properties = vb_domain_properties,
  .methods = methods,
};

const VbInterfaceTable *const vb_domain_tables[] = {
  &vb_domain_interface_table,
  &vb_object_manager_interface_table,
  NULL,
};

static const VbInterfaceTable *const running_tables[] = {
  &vb_domain_interface_table,
  &vb_object_manager_interface_table,
  &vb_qmp_interface_table,
  NULL,
};

const VbInterfaceTable *const *
vb_domain_get_tables (const VbMachineFacts *facts)
{
  return facts->has_monitor ? running_tables : vb_domain_tables;
}
