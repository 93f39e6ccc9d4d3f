/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * org.virtbus1.Manager: defines, creates, checks, converts and finds domains.
 */
#include "objects/manager.h"

#include "engine/capabilities-document.h"
#include "engine/conversion.h"
#include "engine/definition.h"
#include "engine/lifecycle.h"
#include "introspection/virtbus-interfaces.h"
#include "objects/call.h"
#include "objects/host.h"
#include "objects/path.h"
#include "objects/standard.h"
#include "policy/authority.h"

/* What a client can test for; words are added and never removed. */
static const char *const api_features[] = { "autodestroy",  "capabilities", "devices",  "fds",
                                            "host-devices", "lifecycle",    "native",   "pending",
                                            "qmp",          "tuning",       "validate", NULL };

static GVariant *
get_version (const VbView *view)
{
  return vb_value_from_text (VB_VERSION);
}

static GVariant *
get_mode (const VbView *view)
{
  return vb_value_from_text (view->system_mode ? "system" : "session");
}

static GVariant *
get_api_features (const VbView *view)
{
  return g_variant_new_strv (api_features, -1);
}

/* @machine: (nullable): the call failed with @error */
static void
complete_with_machine (VbCall *call, VbMachine *machine, GError *error)
{
  g_autofree char *path = NULL;

  if (machine == NULL)
    {
      vb_call_fail (call, error);
      return;
    }
  path = vb_path_for_domain (vb_machine_get_uuid (machine));
  vb_call_complete (call, g_variant_new ("(o)", path));
}

static void
on_defined (GObject *source, GAsyncResult *result, gpointer call)
{
  GError *error = NULL;
  VbMachine *machine = vb_engine_define_finish (VB_ENGINE (source), result, &error);

  complete_with_machine (call, machine, error);
}

static void
on_created (GObject *source, GAsyncResult *result, gpointer call)
{
  GError *error = NULL;
  VbMachine *machine = vb_engine_create_finish (VB_ENGINE (source), result, &error);

  complete_with_machine (call, machine, error);
}

static void
define_for (VbCall *call, const char *owner)
{
  VbDefineOptions options = {
    .expected_generation = vb_call_get_uint64_option (call, "expected-generation", 0),
    .fail_if_exists = vb_call_get_boolean_option (call, "fail-if-exists", FALSE),
    .owner = owner,
  };

  vb_engine_define_async (call->tree->engine, vb_call_get_text (call), &options, NULL, on_defined,
                          call);
}

static void
create_for (VbCall *call, const char *owner)
{
  VbStartOptions options = {
    .paused = vb_call_get_boolean_option (call, "paused", FALSE),
    .autodestroy_client = vb_call_get_autodestroy_client (call),
    .owner = owner,
  };

  if (vb_call_take_given_option (call, "fds", &options.given))
    vb_engine_create_async (call->tree->engine, vb_call_get_text (call), &options, NULL, on_created,
                            call);
}

static void
on_definer_known (GObject *source, GAsyncResult *result, gpointer data)
{
  VbCall *call = data;
  GError *error = NULL;
  g_autofree char *owner = vb_callers_get_user_finish (result, &error);

  if (owner != NULL)
    define_for (call, owner);
  else
    vb_call_fail (call, error);
}

static void
on_creator_known (GObject *source, GAsyncResult *result, gpointer data)
{
  VbCall *call = data;
  GError *error = NULL;
  g_autofree char *owner = vb_callers_get_user_finish (result, &error);

  if (owner != NULL)
    create_for (call, owner);
  else
    vb_call_fail (call, error);
}

static void
handle_define_domain (VbCall *call, const VbView *view)
{
  vb_callers_get_user_async (call->tree->callers, vb_call_get_sender (call), on_definer_known,
                             call);
}

static void
handle_create_domain (VbCall *call, const VbView *view)
{
  vb_callers_get_user_async (call->tree->callers, vb_call_get_sender (call), on_creator_known,
                             call);
}

static GVariant *
list_diagnostics (const VbDiagnostics *diagnostics)
{
  GVariantBuilder rows;

  g_variant_builder_init (&rows, G_VARIANT_TYPE ("a(sssu)"));
  for (guint i = 0; i < vb_diagnostics_get_length (diagnostics); i++)
    {
      const VbDiagnostic *diagnostic = vb_diagnostics_get (diagnostics, i);
      g_variant_builder_add (&rows, "(s@s@su)", vb_severity_to_string (diagnostic->severity),
                             vb_value_from_foreign_text (diagnostic->path),
                             vb_value_from_foreign_text (diagnostic->message), diagnostic->line);
    }
  return g_variant_builder_end (&rows);
}

static void
on_validated (GObject *source, GAsyncResult *result, gpointer call)
{
  g_autoptr (VbDiagnostics) diagnostics = NULL;
  GError *error = NULL;
  g_autofree char *canonical =
      vb_engine_validate_finish (VB_ENGINE (source), result, &diagnostics, &error);

  if (error != NULL)
    vb_call_fail (call, error);
  else
    vb_call_complete (call, g_variant_new ("(@a(sssu)s)", list_diagnostics (diagnostics),
                                           canonical != NULL ? canonical : ""));
}

static void
handle_validate_domain (VbCall *call, const VbView *view)
{
  vb_engine_validate_async (call->tree->engine, vb_call_get_text (call),
                            vb_call_get_boolean_option (call, "start", FALSE), NULL, on_validated,
                            call);
}

static void
on_capabilities_known (GObject *source, GAsyncResult *result, gpointer call)
{
  GError *error = NULL;
  g_autofree char *xml = vb_capabilities_document_finish (VB_CAPABILITIES (source), result, &error);

  if (xml != NULL)
    vb_call_complete (call, g_variant_new ("(s)", xml));
  else
    vb_call_fail (call, error);
}

static void
handle_get_capabilities (VbCall *call, const VbView *view)
{
  VbEngine *engine = call->tree->engine;

  vb_capabilities_document_async (vb_engine_get_capabilities (engine), vb_engine_get_host (engine),
                                  NULL, on_capabilities_known, call);
}

/* A floating `as` */
static GVariant *
list_warnings (const VbDiagnostics *diagnostics)
{
  GVariantBuilder rows;

  g_variant_builder_init (&rows, G_VARIANT_TYPE_STRING_ARRAY);
  for (guint i = 0; i < vb_diagnostics_get_length (diagnostics); i++)
    {
      const VbDiagnostic *diagnostic = vb_diagnostics_get (diagnostics, i);
      g_autofree char *text = g_strdup_printf ("%s: %s", diagnostic->path, diagnostic->message);
      if (diagnostic->severity == VB_SEVERITY_WARNING)
        g_variant_builder_add_value (&rows, vb_value_from_foreign_text (text));
    }
  return g_variant_builder_end (&rows);
}

static void
handle_convert_to_native (VbCall *call, const VbView *view)
{
  GVariant *parameters = g_dbus_method_invocation_get_parameters (call->invocation);
  g_autoptr (VbDiagnostics) diagnostics = vb_diagnostics_new ();
  g_autofree char *config = NULL;
  const char *xml;
  GError *error = NULL;

  g_variant_get_child (parameters, 1, "&s", &xml);
  config = vb_engine_convert_to_native (call->tree->engine, vb_call_get_text (call), xml,
                                        vb_call_get_boolean_option (call, "pretty", FALSE),
                                        diagnostics, &error);
  if (config == NULL)
    vb_call_fail (call, error);
  else
    vb_call_complete (call, g_variant_new ("(s@as)", config, list_warnings (diagnostics)));
}

static void
handle_lookup_domain (VbCall *call, const VbView *view)
{
  const char *key = vb_call_get_text (call);
  VbRegistry *registry = vb_engine_get_registry (call->tree->engine);
  VbMachine *machine = vb_registry_find (registry, key);

  if (machine != NULL)
    complete_with_machine (call, machine, NULL);
  else
    vb_call_refuse (call, VB_ENGINE_ERROR_NOT_FOUND, "no domain has the UUID, name or id '%s'",
                    key);
}

typedef struct
{
  int state;          /* VbState; -1: any */
  int persistent;     /* gboolean; -1: either */
  int autostart;      /* gboolean; -1: either */
  GPatternSpec *name; /* (owned) (nullable) */
  GVariantBuilder rows;
} Listing;

static void
list_machine (VbMachine *machine, gpointer data)
{
  Listing *listing = data;
  const char *name = vb_machine_get_name (machine);
  const char *uuid = vb_machine_get_uuid (machine);
  VbState state = vb_machine_get_state (machine);
  g_autofree char *path = NULL;

  if ((listing->state >= 0 && listing->state != (int) state) ||
      (listing->persistent >= 0 && listing->persistent != vb_machine_is_persistent (machine)) ||
      (listing->autostart >= 0 && listing->autostart != vb_machine_get_autostart (machine)) ||
      (listing->name != NULL && !g_pattern_spec_match_string (listing->name, name)))
    return;
  path = vb_path_for_domain (uuid);
  g_variant_builder_add (&listing->rows, "(osss)", path, name, uuid, vb_state_to_string (state));
}

static void
handle_list_domains (VbCall *call, const VbView *view)
{
  const char *state = vb_call_get_text_option (call, "state");
  const char *name = vb_call_get_text_option (call, "name");
  Listing listing = {
    .state = state != NULL ? vb_state_from_string (state) : -1,
    .persistent = vb_call_get_boolean_option (call, "persistent", -1),
    .autostart = vb_call_get_boolean_option (call, "autostart", -1),
  };

  if (state != NULL && listing.state < 0)
    {
      vb_call_refuse (call, VB_ENGINE_ERROR_INVALID_ARGUMENT,
                      "ListDomains: option 'state': '%s' is no state of a domain", state);
      return;
    }
  listing.name = name != NULL ? g_pattern_spec_new (name) : NULL;
  g_variant_builder_init (&listing.rows, G_VARIANT_TYPE ("a(osss)"));
  vb_registry_foreach (vb_engine_get_registry (call->tree->engine), list_machine, &listing);
  g_clear_pointer (&listing.name, g_pattern_spec_free);
  vb_call_complete (call, g_variant_new ("(a(osss))", &listing.rows));
}

static const VbOptionRow define_options[] = {
  { "expected-generation", "t" },
  { "fail-if-exists", "b" },
  { NULL },
};

static const VbOptionRow create_options[] = {
  { "autodestroy", "b" },
  { "fds", "a{sh}" },
  { "paused", "b" },
  { NULL },
};

static const VbOptionRow validate_options[] = {
  { "start", "b" },
  { NULL },
};

static const VbOptionRow convert_options[] = {
  { "pretty", "b" },
  { NULL },
};

static const VbOptionRow list_options[] = {
  { "autostart", "b" }, { "name", "s" }, { "persistent", "b" }, { "state", "s" }, { NULL },
};

static const VbPropertyRow properties[] = {
  { "Version", 0, get_version },
  { "Mode", 0, get_mode },
  { "ApiFeatures", 0, get_api_features },
  { NULL },
};

static const VbMethodRow methods[] = {
  { "DefineDomain", VB_ACTION_DOMAIN_DEFINE, handle_define_domain, define_options,
    .takes_document = TRUE, .device_action = VB_ACTION_HOSTDEVICE_ATTACH },
  { "CreateDomain", VB_ACTION_DOMAIN_DEFINE, handle_create_domain, create_options,
    .also = VB_ACTION_DOMAIN_START, .takes_document = TRUE,
    .device_action = VB_ACTION_HOSTDEVICE_ATTACH },
  { "ValidateDomain", VB_ACTION_NONE, handle_validate_domain, validate_options },
  { "GetCapabilities", VB_ACTION_NONE, handle_get_capabilities, vb_no_options },
  { "ConvertToNative", VB_ACTION_NONE, handle_convert_to_native, convert_options },
  { "LookupDomain", VB_ACTION_DOMAIN_LIST, handle_lookup_domain, vb_no_options },
  { "ListDomains", VB_ACTION_DOMAIN_LIST, handle_list_domains, list_options },
  { NULL },
};

const VbInterfaceTable vb_manager_interface_table = {
  .name = "org.virtbus1.Manager",
  .info = &vb_bus_manager_interface,
  .read_action = VB_ACTION_NONE,
  .properties = properties,
  .methods = methods,
};

const VbInterfaceTable *const vb_root_tables[] = {
  &vb_manager_interface_table,
  &vb_host_interface_table,
  &vb_object_manager_interface_table,
  NULL,
};
