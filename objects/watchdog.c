/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * org.virtbus1.Watchdog: what acts when the guest stops telling it that all is well, as
 * properties of a device.
 */
#include "objects/device.h"

#include "introspection/virtbus-interfaces.h"
#include "policy/authority.h"

static const VbWatchdog *
watchdog_of (const VbView *view)
{
  return (const VbWatchdog *) view->device;
}

static GVariant *
get_model (const VbView *view)
{
  return vb_value_from_text (
      vb_enum_to_string (&vb_watchdog_model_table, watchdog_of (view)->model));
}

static GVariant *
get_action (const VbView *view)
{
  return vb_value_from_text (
      vb_enum_to_string (&vb_watchdog_action_table, watchdog_of (view)->action));
}

static const VbPropertyRow properties[] = {
  { "Model", VB_FACET_DOMAIN, get_model },
  { "Action", VB_FACET_DOMAIN, get_action },
  { NULL },
};

const VbInterfaceTable vb_watchdog_interface_table = {
  .name = "org.virtbus1.Watchdog",
  .info = &vb_bus_watchdog_interface,
  .read_action = VB_ACTION_DOMAIN_LIST,
  .properties = properties,
};
