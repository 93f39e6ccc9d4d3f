/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Where a device sits inside the guest: the <address> element. Which address fits which device is
 * told by the devices.
 */
#include "domain/address-xml.h"

#include <string.h>

#include "domain/controller.h"
#include "domain/number.h"
#include "domain/text-hash.h"

static const char *const type_words[] = { "none", "pci", "drive", "virtio-serial",
                                          "ccid", "usb", NULL };
static const VbEnumTable type_table = { type_words, "address type" };

static gboolean
parse_part (VbXmlReader *reader,
            xmlNode *element,
            const char *name,
            gboolean is_required,
            guint64 maximum,
            guint64 *value)
{
  *value = 0;
  return vb_xml_reader_c_number (reader, element, name, is_required, 0, maximum, value);
}

gboolean
vb_address_parse_pci (VbXmlReader *reader, xmlNode *element, VbAddress *address)
{
  guint64 domain, bus, slot, function;
  gboolean is_good = parse_part (reader, element, "domain", FALSE, 0xffff, &domain);

  is_good &= parse_part (reader, element, "bus", TRUE, 0xff, &bus);
  is_good &= parse_part (reader, element, "slot", TRUE, 0x1f, &slot);
  is_good &= parse_part (reader, element, "function", TRUE, 0x7, &function);
  *address = (VbAddress){
    .type = VB_ADDRESS_PCI,
    .domain = (guint16) domain,
    .bus = (guint8) bus,
    .slot = (guint8) slot,
    .function = (guint8) function,
  };
  return is_good;
}

static gboolean
parse_drive (VbXmlReader *reader, xmlNode *element, VbAddress *address)
{
  guint64 controller, bus, unit;
  gboolean is_good =
      parse_part (reader, element, "controller", FALSE, VB_ADDRESS_MAX_CONTROLLER, &controller);

  is_good &= parse_part (reader, element, "bus", FALSE, 0xff, &bus);
  is_good &= parse_part (reader, element, "unit", FALSE, 0xffff, &unit);
  *address = (VbAddress){
    .type = VB_ADDRESS_DRIVE,
    .controller = (guint16) controller,
    .bus = (guint8) bus,
    .unit = (guint16) unit,
  };
  return is_good;
}

static gboolean
parse_virtio_serial (VbXmlReader *reader, xmlNode *element, VbAddress *address)
{
  guint64 controller, bus, port;
  gboolean is_good =
      parse_part (reader, element, "controller", FALSE, VB_ADDRESS_MAX_CONTROLLER, &controller);

  is_good &= parse_part (reader, element, "bus", FALSE, 0, &bus);
  is_good &= parse_part (reader, element, "port", FALSE, VB_CONTROLLER_MAX_PORTS - 1, &port);
  *address = (VbAddress){
    .type = VB_ADDRESS_VIRTIO_SERIAL,
    .controller = (guint16) controller,
    .bus = (guint8) bus,
    .port = (guint16) port,
  };
  return is_good;
}

/* The format's page calls the controller `bus` in its text, and `controller` in its example. */
static gboolean
parse_ccid (VbXmlReader *reader, xmlNode *element, VbAddress *address)
{
  g_autofree char *word = vb_xml_reader_peek_attribute (element, "controller");
  g_autofree char *other = vb_xml_reader_peek_attribute (element, "bus");
  const char *name = word == NULL && other != NULL ? "bus" : "controller";
  guint64 controller, slot;
  gboolean is_good =
      parse_part (reader, element, name, TRUE, VB_ADDRESS_MAX_CONTROLLER, &controller);

  is_good &= parse_part (reader, element, "slot", FALSE, 0xff, &slot);
  *address = (VbAddress){
    .type = VB_ADDRESS_CCID,
    .controller = (guint16) controller,
    .slot = (guint8) slot,
  };
  return is_good;
}

static gboolean
parse_usb_ports (const char *text, guint8 *ports)
{
  g_auto (GStrv) parts = g_strsplit (text, ".", VB_ADDRESS_USB_DEPTH + 1);
  guint64 port;

  if (g_strv_length (parts) > VB_ADDRESS_USB_DEPTH)
    return FALSE;
  for (guint i = 0; parts[i] != NULL; i++)
    {
      if (!vb_number_parse (parts[i], G_MAXUINT8, &port) || port == 0)
        return FALSE;
      ports[i] = (guint8) port;
    }
  return ports[0] != 0;
}

static gboolean
parse_usb (VbXmlReader *reader, xmlNode *element, VbAddress *address)
{
  g_autofree char *text = vb_xml_reader_attribute (reader, element, "port");
  guint64 bus;
  gboolean is_good = parse_part (reader, element, "bus", FALSE, 0xff, &bus);

  *address = (VbAddress){ .type = VB_ADDRESS_USB, .bus = (guint8) bus };
  if (text == NULL || parse_usb_ports (text, address->usb_ports))
    return is_good;
  vb_xml_reader_error (reader, element, "port",
                       "\"%s\" is not a usb port: up to %d numbers from 1 to 255, as in \"1.2\"",
                       text, VB_ADDRESS_USB_DEPTH);
  return FALSE;
}

static gboolean (*const parsers[]) (VbXmlReader *reader, xmlNode *element, VbAddress *address) = {
  [VB_ADDRESS_PCI] = vb_address_parse_pci,
  [VB_ADDRESS_DRIVE] = parse_drive,
  [VB_ADDRESS_CCID] = parse_ccid,
  [VB_ADDRESS_VIRTIO_SERIAL] = parse_virtio_serial,
  [VB_ADDRESS_USB] = parse_usb,
};

void
vb_address_parse (VbXmlReader *reader,
                  xmlNode *element,
                  VbAddressType fitting,
                  const char *owner,
                  VbAddress *address)
{
  xmlNode *child = vb_xml_reader_child (reader, element, "address");
  VbAddress parsed;
  int type;

  if (child == NULL)
    return;
  type = vb_xml_reader_enum (reader, child, "type", &type_table, VB_ADDRESS_PCI, VB_XML_REQUIRED);
  if (type < 0)
    return;
  if (type != (int) fitting)
    {
      vb_xml_reader_error (reader, child, "type", "%s has no address of type \"%s\"%s%s", owner,
                           type_words[type], fitting != VB_ADDRESS_NONE ? "; known there: " : "",
                           fitting != VB_ADDRESS_NONE ? type_words[fitting] : "");
      return;
    }
  if (parsers[type](reader, child, &parsed))
    *address = parsed;
}

void
vb_address_format_pci (const VbAddress *address, VbXmlWriter *writer)
{
  vb_xml_writer_hex_attribute (writer, "domain", address->domain, 4);
  vb_xml_writer_hex_attribute (writer, "bus", address->bus, 2);
  vb_xml_writer_hex_attribute (writer, "slot", address->slot, 2);
  vb_xml_writer_hex_attribute (writer, "function", address->function, 1);
}

static void
format_drive (const VbAddress *address, VbXmlWriter *writer)
{
  vb_xml_writer_number_attribute (writer, "controller", address->controller);
  vb_xml_writer_number_attribute (writer, "bus", address->bus);
  vb_xml_writer_number_attribute (writer, "unit", address->unit);
}

static void
format_virtio_serial (const VbAddress *address, VbXmlWriter *writer)
{
  vb_xml_writer_number_attribute (writer, "controller", address->controller);
  vb_xml_writer_number_attribute (writer, "bus", address->bus);
  vb_xml_writer_number_attribute (writer, "port", address->port);
}

static void
format_ccid (const VbAddress *address, VbXmlWriter *writer)
{
  vb_xml_writer_number_attribute (writer, "controller", address->controller);
  vb_xml_writer_number_attribute (writer, "slot", address->slot);
}

static void
format_usb (const VbAddress *address, VbXmlWriter *writer)
{
  g_autofree char *port = vb_address_get_usb_port (address);

  vb_xml_writer_number_attribute (writer, "bus", address->bus);
  vb_xml_writer_attribute (writer, "port", port);
}

static void (*const formatters[]) (const VbAddress *address, VbXmlWriter *writer) = {
  [VB_ADDRESS_PCI] = vb_address_format_pci,
  [VB_ADDRESS_DRIVE] = format_drive,
  [VB_ADDRESS_CCID] = format_ccid,
  [VB_ADDRESS_VIRTIO_SERIAL] = format_virtio_serial,
  [VB_ADDRESS_USB] = format_usb,
};

void
vb_address_format (const VbAddress *address, VbXmlWriter *writer)
{
  vb_xml_writer_begin_optional (writer, "address");
  if (address->type != VB_ADDRESS_NONE)
    {
      vb_xml_writer_attribute (writer, "type", type_words[address->type]);
      formatters[address->type](address, writer);
    }
  vb_xml_writer_end (writer);
}

gboolean
vb_address_equal (const VbAddress *a, const VbAddress *b)
{
  return a->type == b->type && a->bus == b->bus && a->slot == b->slot &&
         a->function == b->function && a->domain == b->domain && a->controller == b->controller &&
         a->unit == b->unit && a->port == b->port &&
         memcmp (a->usb_ports, b->usb_ports, sizeof a->usb_ports) == 0;
}

guint
vb_address_hash (const VbAddress *address)
{
  guint16 parts[] = { address->type, address->domain,   address->controller, address->bus,
                      address->slot, address->function, address->unit,       address->port };
  guint8 bytes[sizeof parts + VB_ADDRESS_USB_DEPTH];

  memcpy (bytes, parts, sizeof parts);
  memcpy (bytes + sizeof parts, address->usb_ports, VB_ADDRESS_USB_DEPTH);
  return vb_bytes_hash (bytes, sizeof bytes);
}

char *
vb_address_get_usb_port (const VbAddress *address)
{
  g_autoptr (GString) text = NULL;

  if (address->usb_ports[0] == 0)
    return NULL;
  text = g_string_new (NULL);
  for (guint i = 0; i < VB_ADDRESS_USB_DEPTH && address->usb_ports[i] != 0; i++)
    g_string_append_printf (text, "%s%u", i > 0 ? "." : "", address->usb_ports[i]);
  return g_string_free (g_steal_pointer (&text), FALSE);
}

gboolean
vb_address_get_hub (const VbAddress *address, VbAddress *hub)
{
  guint depth = 0;

  while (depth < VB_ADDRESS_USB_DEPTH && address->usb_ports[depth] != 0)
    depth++;
  *hub = *address;
  if (depth < 2)
    return FALSE;
  hub->usb_ports[depth - 1] = 0;
  return TRUE;
}

static char *
usb_to_string (const VbAddress *address)
{
  g_autofree char *port = vb_address_get_usb_port (address);

  return port != NULL ? g_strdup_printf ("usb:%u.%s", address->bus, port)
                      : g_strdup_printf ("usb:%u", address->bus);
}

char *
vb_address_to_string (const VbAddress *address)
{
  switch ((VbAddressType) address->type)
    {
    case VB_ADDRESS_PCI:
      return g_strdup_printf ("pci:%04x:%02x:%02x.%x", address->domain, address->bus, address->slot,
                              address->function);
    case VB_ADDRESS_DRIVE:
      return g_strdup_printf ("drive:%u:%u:%u", address->controller, address->bus, address->unit);
    case VB_ADDRESS_VIRTIO_SERIAL:
      return g_strdup_printf ("virtio-serial:%u:%u:%u", address->controller, address->bus,
                              address->port);
    case VB_ADDRESS_CCID:
      return g_strdup_printf ("ccid:%u:%u", address->controller, address->slot);
    case VB_ADDRESS_USB:
      return usb_to_string (address);
    case VB_ADDRESS_NONE:
      break;
    }
  return g_strdup ("");
}
