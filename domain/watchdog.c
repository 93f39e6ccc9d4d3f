/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The <watchdog> element.
 */
#include "domain/watchdog.h"

#include "domain/device-class.h"

static const char *const model_words[] = { "i6300esb", "ib700", NULL };
static const char *const action_words[] = { "reset", "shutdown", "poweroff", "pause",
                                            "none",  "dump",     NULL };

const VbEnumTable vb_watchdog_model_table = { model_words, "watchdog model" };
const VbEnumTable vb_watchdog_action_table = { action_words, "watchdog action" };

static VbAddressType
get_address_type (const VbDevice *device)
{
  return ((const VbWatchdog *) device)->model == VB_WATCHDOG_I6300ESB ? VB_ADDRESS_PCI
                                                                      : VB_ADDRESS_NONE;
}

static gboolean
parse (VbXmlReader *reader, xmlNode *element, VbDevice *device)
{
  VbWatchdog *watchdog = (VbWatchdog *) device;
  int model =
      vb_xml_reader_enum (reader, element, "model", &vb_watchdog_model_table, 0, VB_XML_REQUIRED);
  int action = vb_xml_reader_enum (reader, element, "action", &vb_watchdog_action_table, 0,
                                   VB_WATCHDOG_ACTION_RESET);
  g_autofree char *owner = NULL;

  watchdog->model = model >= 0 ? (VbWatchdogModel) model : VB_WATCHDOG_I6300ESB;
  watchdog->action = action >= 0 ? (VbWatchdogAction) action : VB_WATCHDOG_ACTION_RESET;
  owner = g_strdup_printf ("a watchdog of model \"%s\"", model_words[watchdog->model]);
  vb_address_parse (reader, element, get_address_type (device), owner, &device->address);
  return TRUE;
}

static void
format (const VbDevice *device, VbXmlWriter *writer)
{
  const VbWatchdog *watchdog = (const VbWatchdog *) device;

  vb_xml_writer_attribute (writer, "model", model_words[watchdog->model]);
  vb_xml_writer_attribute (writer, "action", action_words[watchdog->action]);
}

const VbDeviceClass vb_watchdog_class = {
  .element = "watchdog",
  .size = sizeof (VbWatchdog),
  .parse = parse,
  .format = format,
  .get_address_type = get_address_type,
};
