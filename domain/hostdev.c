/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The <hostdev> element, and the ways to say which device of the host is meant. What containers are
 * given (mode "capabilities") is kept whole.
 */
#include "domain/hostdev.h"

#include "domain/device-class.h"

#define MAX_ID 0xffff

typedef enum
{
  MODE_SUBSYSTEM,
  MODE_CAPABILITIES
} Mode;

static const char *const mode_words[] = { "subsystem", "capabilities", NULL };
static const char *const type_words[] = { "usb", "pci", NULL };

static const VbEnumTable mode_table = { mode_words, "host device mode" };
const VbEnumTable vb_hostdev_type_table = { type_words, "host device type" };

static void
parse_usb_ids (VbXmlReader *reader, xmlNode *source, VbHostdev *hostdev)
{
  xmlNode *vendor = vb_xml_reader_required_child (reader, source, "vendor");
  xmlNode *product = vb_xml_reader_required_child (reader, source, "product");
  guint64 vendor_id = 0, product_id = 0;

  vb_xml_reader_c_number (reader, vendor, "id", TRUE, 1, MAX_ID, &vendor_id);
  vb_xml_reader_c_number (reader, product, "id", TRUE, 0, MAX_ID, &product_id);
  hostdev->vendor_id = (guint16) vendor_id;
  hostdev->product_id = (guint16) product_id;
}

static void
parse_usb_place (VbXmlReader *reader, xmlNode *source, VbHostdev *hostdev)
{
  xmlNode *address = vb_xml_reader_child (reader, source, "address");
  guint64 bus = 0, device = 0;

  vb_xml_reader_c_number (reader, address, "bus", TRUE, 0, G_MAXUINT, &bus);
  vb_xml_reader_c_number (reader, address, "device", TRUE, 0, G_MAXUINT, &device);
  hostdev->usb_bus = (guint) bus;
  hostdev->usb_device = (guint) device;
}

static void
parse_usb (VbXmlReader *reader, xmlNode *source, VbHostdev *hostdev)
{
  gboolean has_ids = vb_xml_reader_peek_child (source, "vendor") != NULL ||
                     vb_xml_reader_peek_child (source, "product") != NULL;
  gboolean has_place = vb_xml_reader_peek_child (source, "address") != NULL;

  if (has_ids && has_place)
    vb_xml_reader_error (reader, source, NULL,
                         "a USB device is told by <vendor> and <product> or by <address>: remove "
                         "either");
  else if (has_ids)
    parse_usb_ids (reader, source, hostdev);
  else if (has_place)
    parse_usb_place (reader, source, hostdev);
  else
    vb_xml_reader_error (reader, source, NULL,
                         "which USB device? <vendor id='…'/> and <product id='…'/>, or <address "
                         "bus='…' device='…'/> is missing");
}

static void
parse_source (VbXmlReader *reader, xmlNode *element, VbHostdev *hostdev)
{
  xmlNode *source = vb_xml_reader_required_child (reader, element, "source");
  xmlNode *address;

  if (source == NULL)
    return;
  if (hostdev->type == VB_HOSTDEV_USB)
    {
      parse_usb (reader, source, hostdev);
      return;
    }
  address = vb_xml_reader_required_child (reader, source, "address");
  if (address != NULL)
    vb_address_parse_pci (reader, address, &hostdev->pci);
}

static VbAddressType
get_address_type (const VbDevice *device)
{
  return ((const VbHostdev *) device)->type == VB_HOSTDEV_USB ? VB_ADDRESS_USB : VB_ADDRESS_PCI;
}

static gboolean
parse (VbXmlReader *reader, xmlNode *element, VbDevice *device)
{
  VbHostdev *hostdev = (VbHostdev *) device;
  int mode = vb_xml_reader_enum (reader, element, "mode", &mode_table, 0, MODE_SUBSYSTEM);
  int type;

  if (mode == MODE_CAPABILITIES)
    return FALSE;
  type = vb_xml_reader_enum (reader, element, "type", &vb_hostdev_type_table, 0, VB_XML_REQUIRED);
  hostdev->is_managed = vb_xml_reader_flag (reader, element, "managed", FALSE);
  if (type < 0)
    {
      vb_xml_reader_child (reader, element, "source");
      return TRUE;
    }
  hostdev->type = (VbHostdevType) type;
  parse_source (reader, element, hostdev);
  vb_address_parse (reader, element, get_address_type (device),
                    type == VB_HOSTDEV_USB ? "a USB device" : "a PCI device", &device->address);
  return TRUE;
}

static void
format_id (VbXmlWriter *writer, const char *name, guint16 id)
{
  vb_xml_writer_begin (writer, name);
  vb_xml_writer_hex_attribute (writer, "id", id, 4);
  vb_xml_writer_end (writer);
}

static void
format_source (const VbHostdev *hostdev, VbXmlWriter *writer)
{
  if (hostdev->vendor_id != 0)
    {
      format_id (writer, "vendor", hostdev->vendor_id);
      format_id (writer, "product", hostdev->product_id);
      return;
    }
  vb_xml_writer_begin (writer, "address");
  if (hostdev->type == VB_HOSTDEV_PCI)
    vb_address_format_pci (&hostdev->pci, writer);
  else
    {
      vb_xml_writer_number_attribute (writer, "bus", hostdev->usb_bus);
      vb_xml_writer_number_attribute (writer, "device", hostdev->usb_device);
    }
  vb_xml_writer_end (writer);
}

static void
format (const VbDevice *device, VbXmlWriter *writer)
{
  const VbHostdev *hostdev = (const VbHostdev *) device;

  vb_xml_writer_attribute (writer, "mode", mode_words[MODE_SUBSYSTEM]);
  vb_xml_writer_attribute (writer, "type", type_words[hostdev->type]);
  vb_xml_writer_attribute (writer, "managed", hostdev->is_managed ? "yes" : "no");
  vb_xml_writer_begin (writer, "source");
  format_source (hostdev, writer);
  vb_xml_writer_end (writer);
}

char *
vb_hostdev_get_pci_address (const VbHostdev *hostdev)
{
  const VbAddress *pci = &hostdev->pci;

  return g_strdup_printf ("%04x:%02x:%02x.%x", pci->domain, pci->bus, pci->slot, pci->function);
}

char *
vb_hostdev_describe (const VbHostdev *hostdev)
{
  g_autofree char *address = NULL;

  if (hostdev->type == VB_HOSTDEV_PCI)
    {
      address = vb_hostdev_get_pci_address (hostdev);
      return g_strconcat ("PCI device ", address, NULL);
    }
  if (hostdev->vendor_id != 0)
    return g_strdup_printf ("USB device %04x:%04x", hostdev->vendor_id, hostdev->product_id);
  return g_strdup_printf ("USB device %03u:%03u", hostdev->usb_bus, hostdev->usb_device);
}

const VbDeviceClass vb_hostdev_class = {
  .element = "hostdev",
  .size = sizeof (VbHostdev),
  .is_bootable = TRUE,
  .parse = parse,
  .format = format,
  .get_address_type = get_address_type,
};
