/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * org.virtbus1.Controller: what other devices are connected to, as properties of a device.
 */
#include "objects/device.h"

#include "introspection/virtbus-interfaces.h"
#include "policy/authority.h"

static const VbController *
controller_of (const VbView *view)
{
  return (const VbController *) view->device;
}

static GVariant *
get_type (const VbView *view)
{
  return vb_value_from_text (
      vb_enum_to_string (&vb_controller_type_table, controller_of (view)->type));
}

static GVariant *
get_index (const VbView *view)
{
  return g_variant_new_uint32 (controller_of (view)->index);
}

static GVariant *
get_model (const VbView *view)
{
  const VbController *controller = controller_of (view);
  gboolean is_said = controller->model != VB_SCSI_MODEL_DEFAULT;

  return vb_value_from_text (is_said ? vb_enum_to_string (&vb_scsi_model_table, controller->model)
                                     : "");
}

static const VbPropertyRow properties[] = {
  { "Type", VB_FACET_DOMAIN, get_type },
  { "Index", VB_FACET_DOMAIN, get_index },
  { "Model", VB_FACET_DOMAIN, get_model },
  { NULL },
};

const VbInterfaceTable vb_controller_interface_table = {
  .name = "org.virtbus1.Controller",
  .info = &vb_bus_controller_interface,
  .read_action = VB_ACTION_DOMAIN_LIST,
  .properties = properties,
};
