/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Where a device sits inside the guest: the <address> element. Which address fits which device is
 * told by the devices.
 */
#include "domain/address-xml.h"

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

void
vb_address_parse (VbXmlReader *reader,
                  xmlNode *element,
                  VbAddressType fitting,
                  const char *owner,
                  VbAddress *address)
{
  xmlNode *child = vb_xml_reader_peek_child (element, "address");
  g_autofree char *word = NULL;
  VbAddress parsed;
  gboolean is_good;
  int type;

  if (child == NULL)
    return;
  word = vb_xml_reader_peek_attribute (child, "type");
  if (word != NULL && vb_enum_from_string (&type_table, word) > VB_ADDRESS_DRIVE)
    return; /* a type that is not handled is kept with all else that nobody asks for */

  vb_xml_reader_child (reader, element, "address");
  type = vb_xml_reader_enum (reader, child, "type", &type_table, 1, VB_XML_REQUIRED);
  if (type < 0)
    return;
  if (type != (int) fitting)
    {
      vb_xml_reader_error (reader, child, "type", "%s has no address of type \"%s\"%s%s", owner,
                           type_words[type], fitting != VB_ADDRESS_NONE ? "; known there: " : "",
                           fitting != VB_ADDRESS_NONE ? type_words[fitting] : "");
      return;
    }
  is_good = type == VB_ADDRESS_PCI ? vb_address_parse_pci (reader, child, &parsed)
                                   : parse_drive (reader, child, &parsed);
  if (is_good)
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

void
vb_address_format (const VbAddress *address, VbXmlWriter *writer)
{
  vb_xml_writer_begin_optional (writer, "address");
  if (address->type == VB_ADDRESS_PCI)
    {
      vb_xml_writer_attribute (writer, "type", "pci");
      vb_address_format_pci (address, writer);
    }
  else if (address->type == VB_ADDRESS_DRIVE)
    {
      vb_xml_writer_attribute (writer, "type", "drive");
      vb_xml_writer_number_attribute (writer, "controller", address->controller);
      vb_xml_writer_number_attribute (writer, "bus", address->bus);
      vb_xml_writer_number_attribute (writer, "unit", address->unit);
    }
  vb_xml_writer_end (writer);
}

gboolean
vb_address_equal (const VbAddress *a, const VbAddress *b)
{
  return a->type == b->type && a->bus == b->bus && a->slot == b->slot &&
         a->function == b->function && a->domain == b->domain && a->controller == b->controller &&
         a->unit == b->unit;
}

char *
vb_address_to_string (const VbAddress *address)
{
  switch (address->type)
    {
    case VB_ADDRESS_PCI:
      return g_strdup_printf ("pci:%04x:%02x:%02x.%x", address->domain, address->bus, address->slot,
                              address->function);
    case VB_ADDRESS_DRIVE:
      return g_strdup_printf ("drive:%u:%u:%u", address->controller, address->bus, address->unit);
    default:
      return g_strdup ("");
    }
}
