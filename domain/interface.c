/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The <interface> element: a network card and what it is connected to. Connections other than
 * QEMU's own are kept whole.
 */
#include "domain/interface.h"

#include <stddef.h>
#include <string.h>

#include "domain/device-class.h"
#include "domain/mac.h"

#define MAX_TOKEN_LENGTH 64
#define MAX_TARGET_LENGTH 15 /* IFNAMSIZ - 1 */

static const char *const type_words[] = { "user",  "network", "bridge", "ethernet", "direct",
                                          "mcast", "server",  "client", "internal", NULL };

const VbEnumTable vb_interface_type_table = { type_words, "interface type" };

static void
parse_mac (VbXmlReader *reader, xmlNode *element, VbInterface *interface)
{
  xmlNode *child = vb_xml_reader_child (reader, element, "mac");
  g_autofree char *text = vb_xml_reader_required_attribute (reader, child, "address");
  g_autofree char *mac = NULL;

  if (text == NULL)
    return;
  mac = vb_mac_normalize (text);
  if (mac == NULL)
    vb_xml_reader_error (reader, child, "address",
                         "\"%s\" is not a MAC address such as 52:54:00:12:34:56", text);
  else if (vb_mac_is_multicast (mac))
    vb_xml_reader_error (reader, child, "address",
                         "\"%s\" is a multicast address; the second digit must be even", text);
  else
    interface->mac = g_steal_pointer (&mac);
}

/* Names with these prefixes are given by programs such as this one. */
static gboolean
is_reserved_target (const char *target)
{
  return g_str_has_prefix (target, "vnet") || g_str_has_prefix (target, "vif");
}

static void
parse_target (VbXmlReader *reader, xmlNode *element, VbInterface *interface)
{
  xmlNode *child = vb_xml_reader_child (reader, element, "target");
  g_autofree char *target = vb_xml_reader_token (reader, child, "dev", "_-.@", MAX_TARGET_LENGTH);

  if (target == NULL)
    return;
  if (!reader->live && is_reserved_target (target))
    vb_xml_reader_inform (reader, child, "dev",
                          "\"%s\" is dropped: names that begin with vnet or vif are given when the "
                          "domain starts",
                          target);
  else
    interface->target = g_steal_pointer (&target);
}

/* One model is a card for the bus before PCI. */
static VbAddressType
get_address_type (const VbDevice *device)
{
  const char *model = ((const VbInterface *) device)->model;

  return g_strcmp0 (model, "ne2k_isa") == 0 ? VB_ADDRESS_NONE : VB_ADDRESS_PCI;
}

static gboolean
parse (VbXmlReader *reader, xmlNode *element, VbDevice *device)
{
  VbInterface *interface = (VbInterface *) device;
  int type =
      vb_xml_reader_enum (reader, element, "type", &vb_interface_type_table, 0, VB_INTERFACE_USER);

  if (type > VB_INTERFACE_USER)
    return FALSE;
  parse_mac (reader, element, interface);
  parse_target (reader, element, interface);
  interface->model = vb_xml_reader_token (reader, vb_xml_reader_child (reader, element, "model"),
                                          "type", "_-", MAX_TOKEN_LENGTH);
  vb_address_parse (reader, element, get_address_type (device),
                    get_address_type (device) == VB_ADDRESS_PCI ? "an interface" : "an ISA card",
                    &device->address);
  return TRUE;
}

static void
format_child (VbXmlWriter *writer, const char *name, const char *attribute, const char *value)
{
  vb_xml_writer_begin_optional (writer, name);
  vb_xml_writer_attribute (writer, attribute, value);
  vb_xml_writer_end (writer);
}

static gboolean
is_written_target (const VbInterface *interface, const VbXmlWriter *writer)
{
  return interface->target != NULL &&
         ((writer->flags & VB_FORMAT_LIVE) != 0 || !is_reserved_target (interface->target));
}

static void
format (const VbDevice *device, VbXmlWriter *writer)
{
  const VbInterface *interface = (const VbInterface *) device;

  vb_xml_writer_attribute (writer, "type", type_words[interface->type]);
  format_child (writer, "mac", "address", interface->mac);
  format_child (writer, "target", "dev",
                is_written_target (interface, writer) ? interface->target : NULL);
  format_child (writer, "model", "type", interface->model);
}

const VbDeviceClass vb_interface_class = {
  .element = "interface",
  .size = sizeof (VbInterface),
  .is_bootable = TRUE,
  .parse = parse,
  .format = format,
  .get_address_type = get_address_type,
  .strings = { offsetof (VbInterface, mac), offsetof (VbInterface, model),
               offsetof (VbInterface, target) },
};
