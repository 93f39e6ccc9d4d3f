/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * org.virtbus1.MemBalloon: what takes memory from a running guest and gives it back, as properties
 * of a device.
 */
#include "objects/device.h"

#include "introspection/virtbus-interfaces.h"
#include "policy/authority.h"

static const VbMemballoon *
memballoon_of (const VbView *view)
{
  return (const VbMemballoon *) view->device;
}

static GVariant *
get_model (const VbView *view)
{
  return vb_value_from_text (
      vb_enum_to_string (&vb_memballoon_model_table, memballoon_of (view)->model));
}

static GVariant *
get_actual_kib (const VbView *view)
{
  const VbMachineFacts *machine = view->machine;

  return g_variant_new_uint64 (machine->live != NULL ? machine->balloon_kib : 0);
}

static const VbPropertyRow properties[] = {
  { "Model", VB_FACET_DOMAIN, get_model },
  { "ActualKiB", VB_FACET_DOMAIN | VB_FACET_BALLOON, get_actual_kib },
  { NULL },
};

const VbInterfaceTable vb_mem_balloon_interface_table = {
  .name = "org.virtbus1.MemBalloon",
  .info = &vb_bus_mem_balloon_interface,
  .read_action = VB_ACTION_DOMAIN_LIST,
  .properties = properties,
};
