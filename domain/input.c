/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The <input> element, and which buses fit which kind of machine.
 */
#include "domain/input.h"

#include "domain/device-class.h"

/* Keyboards are of later releases; they are kept whole. */
static const char *const type_words[] = { "mouse", "tablet", "keyboard", NULL };
static const char *const bus_words[] = { "ps2", "usb", "xen", NULL };

const VbEnumTable vb_input_type_table = { type_words, "input type" };
const VbEnumTable vb_input_bus_table = { bus_words, "input bus" };

static VbInputBus
get_default_bus (VbInputType type, VbOsType os_type)
{
  if (os_type != VB_OS_TYPE_HVM)
    return VB_INPUT_BUS_XEN;
  return type == VB_INPUT_TABLET ? VB_INPUT_BUS_USB : VB_INPUT_BUS_PS2;
}

static void
check_bus (VbXmlReader *reader, xmlNode *element, const VbInput *input)
{
  gboolean is_hvm = reader->os_type == VB_OS_TYPE_HVM;

  if ((input->bus == VB_INPUT_BUS_XEN) == is_hvm)
    vb_xml_reader_error (reader, element, "bus", "\"%s\" does not fit a machine of os type \"%s\"",
                         bus_words[input->bus],
                         vb_enum_to_string (&vb_os_type_table, reader->os_type));
  else if (input->type == VB_INPUT_TABLET && input->bus != VB_INPUT_BUS_USB)
    vb_xml_reader_error (reader, element, "bus", "a tablet cannot be on bus \"%s\"; use \"usb\"",
                         bus_words[input->bus]);
}

static VbAddressType
get_address_type (const VbDevice *device)
{
  return ((const VbInput *) device)->bus == VB_INPUT_BUS_USB ? VB_ADDRESS_USB : VB_ADDRESS_NONE;
}

static gboolean
parse (VbXmlReader *reader, xmlNode *element, VbDevice *device)
{
  VbInput *input = (VbInput *) device;
  int type = vb_xml_reader_enum (reader, element, "type", &vb_input_type_table, 0, VB_XML_REQUIRED);
  int bus;

  if (type > VB_INPUT_TABLET)
    return FALSE;
  input->type = type == VB_INPUT_TABLET ? VB_INPUT_TABLET : VB_INPUT_MOUSE;
  bus = vb_xml_reader_enum (reader, element, "bus", &vb_input_bus_table, 0,
                            (int) get_default_bus (input->type, reader->os_type));
  if (type >= 0 && bus >= 0)
    {
      input->bus = (VbInputBus) bus;
      check_bus (reader, element, input);
    }
  vb_address_parse (reader, element, get_address_type (device), "an input device",
                    &device->address);
  return TRUE;
}

static void
format (const VbDevice *device, VbXmlWriter *writer)
{
  const VbInput *input = (const VbInput *) device;

  vb_xml_writer_attribute (writer, "type", type_words[input->type]);
  vb_xml_writer_attribute (writer, "bus", bus_words[input->bus]);
}

const VbDeviceClass vb_input_class = {
  .element = "input",
  .size = sizeof (VbInput),
  .parse = parse,
  .format = format,
  .get_address_type = get_address_type,
};
