/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * org.virtbus1.CapabilitySet: what is too long for properties is told by methods. Whoever calls or
 * reads has the emulator asked first; whether it has answered is told here.
 */
#include "objects/capability-set.h"

#include "introspection/virtbus-interfaces.h"
#include "objects/call.h"
#include "objects/capability-lists.h"
#include "objects/path.h"
#include "policy/authority.h"

static void
complete_or_fail (VbCall *call, const char *type, GVariant *rows, GError *error)
{
  if (rows != NULL)
    vb_call_complete (call, g_variant_new (type, rows));
  else
    vb_call_fail (call, error);
}

static void
handle_list_cpu_models (VbCall *call, const VbView *view)
{
  GError *error = NULL;
  GVariant *rows =
      vb_capability_list_cpus (view->set, vb_call_get_text_option (call, "domain-type"), &error);

  complete_or_fail (call, "(@a(sbas))", rows, error);
}

static void
handle_list_device_models (VbCall *call, const VbView *view)
{
  GError *error = NULL;
  GVariant *rows =
      vb_capability_list_devices (view->set, vb_call_get_text_option (call, "category"), &error);

  complete_or_fail (call, "(@a(sss))", rows, error);
}

static void
on_described (GObject *source, GAsyncResult *result, gpointer data)
{
  VbCall *call = data;
  GError *error = NULL;
  g_autoptr (VbEmulatorFacts) facts =
      vb_emulators_describe_finish (VB_EMULATORS (source), result, &error);
  GVariant *rows =
      facts != NULL ? vb_capability_describe_device (facts, vb_call_get_text (call), &error) : NULL;

  complete_or_fail (call, "(@a(sssv))", rows, error);
}

static void
handle_describe_device (VbCall *call, const VbView *view)
{
  VbEmulators *emulators = vb_capabilities_get_emulators (call->tree->surroundings.capabilities);
  GError *error = NULL;
  const char *device = vb_capability_find_device (view->set, vb_call_get_text (call), &error);

  if (device != NULL)
    vb_emulators_describe_async (emulators, view->set->emulator, device, NULL, on_described, call);
  else
    vb_call_fail (call, error);
}

static void
handle_get_xml (VbCall *call, const VbView *view)
{
  GError *error = NULL;
  g_autofree char *xml =
      vb_capability_get_xml (view->set, vb_call_get_text_option (call, "domain-type"),
                             vb_call_get_text_option (call, "machine"), &error);

  if (xml != NULL)
    vb_call_complete (call, g_variant_new ("(s)", xml));
  else
    vb_call_fail (call, error);
}

static void
on_completed (GObject *source, GAsyncResult *result, gpointer call)
{
  vb_capabilities_complete_finish (VB_CAPABILITIES (source), result, NULL);
  vb_call_resume (call);
}

/* One that has failed is asked again when some time has passed. */
static gboolean
prepare (VbCall *call, const VbView *view)
{
  if (vb_capability_set_get_state (view->set, NULL) == VB_SET_READY)
    return TRUE;
  vb_capabilities_complete_async (call->tree->surroundings.capabilities, view->set, NULL,
                                  on_completed, call);
  return FALSE;
}

static const VbOptionRow cpu_options[] = {
  { "domain-type", "s" },
  { NULL },
};

static const VbOptionRow device_options[] = {
  { "category", "s" },
  { NULL },
};

static const VbOptionRow xml_options[] = {
  { "domain-type", "s" },
  { "machine", "s" },
  { NULL },
};

static const VbMethodRow methods[] = {
  { "ListCpuModels", VB_ACTION_NONE, handle_list_cpu_models, cpu_options },
  { "ListDeviceModels", VB_ACTION_NONE, handle_list_device_models, device_options },
  { "DescribeDevice", VB_ACTION_NONE, handle_describe_device, vb_no_options },
  { "GetXml", VB_ACTION_NONE, handle_get_xml, xml_options },
  { NULL },
};

const VbInterfaceTable vb_capability_set_interface_table = {
  .name = "org.virtbus1.CapabilitySet",
  .info = &vb_bus_capability_set_interface,
  .read_action = VB_ACTION_NONE,
  .properties = vb_capability_set_properties,
  .methods = methods,
  .prepare = prepare,
};

static const VbInterfaceTable *const tables[] = { &vb_capability_set_interface_table, NULL };

static const VbInterfaceTable *const *
get_tables (gconstpointer value)
{
  return tables;
}

static gpointer
ref (gpointer value)
{
  return vb_capability_set_ref (value);
}

static void
unref (gpointer value)
{
  vb_capability_set_unref (value);
}

static char *
get_name (gconstpointer value)
{
  const VbCapabilitySet *set = value;

  return vb_path_capability_set_node (set->os_type, set->arch);
}

static void
init_view (VbView *view, gpointer value)
{
  *view = (VbView){ .set = value };
}

const VbCollectionKind vb_capability_set_kind = {
  .path = VB_PATH_CAPABILITIES,
  .ref = ref,
  .unref = unref,
  .get_name = get_name,
  .init_view = init_view,
  .get_tables = get_tables,
};
