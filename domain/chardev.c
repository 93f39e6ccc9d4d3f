/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Character devices: <serial>, <parallel>, <console> and <channel>. What stands at their host's end
 * is read and written by a file of its own.
 */
#include "domain/chardev.h"

#include <arpa/inet.h>

#include "domain/chardev-source-xml.h"
#include "domain/chardev-target.h"
#include "domain/device-class.h"

static const char *const target_words[] = { "serial", "xen", "uml", "virtio", "guestfwd", NULL };
static const char *const console_target_words[] = { "serial", "xen", "uml", "virtio", NULL };

const VbEnumTable vb_chardev_target_table = { target_words, "target type" };
static const VbEnumTable console_target_table = { console_target_words, "console target type" };
static const VbEnumTable channel_target_table = { target_words, "channel target type" };

gboolean
vb_device_kind_is_chardev (VbDeviceKind kind)
{
  return kind == VB_DEVICE_SERIAL || kind == VB_DEVICE_PARALLEL || kind == VB_DEVICE_CONSOLE ||
         kind == VB_DEVICE_CHANNEL;
}

static VbAddressType
get_address_type (const VbDevice *device)
{
  return ((const VbChardev *) device)->target_type == VB_CHARDEV_TARGET_VIRTIO
             ? VB_ADDRESS_VIRTIO_SERIAL
             : VB_ADDRESS_NONE;
}

static void
parse_port (VbXmlReader *reader, xmlNode *target, VbChardev *chardev)
{
  guint64 port = VB_CHARDEV_NO_PORT;

  vb_xml_reader_number (reader, target, "port", 0, VB_CHARDEV_MAX_PORT, &port);
  chardev->target_port = (guint) port;
}

/* A serial or parallel port. */
static gboolean
parse_plain (VbXmlReader *reader, xmlNode *element, VbDevice *device)
{
  VbChardev *chardev = (VbChardev *) device;

  vb_chardev_source_parse (reader, element, VB_CHARDEV_USE_PLAIN, &chardev->source);
  parse_port (reader, vb_xml_reader_child (reader, element, "target"), chardev);
  vb_address_parse (reader, element, VB_ADDRESS_NONE,
                    device->kind == VB_DEVICE_SERIAL ? "a serial port" : "a parallel port",
                    &device->address);
  return TRUE;
}

static gboolean
parse_console (VbXmlReader *reader, xmlNode *element, VbDevice *device)
{
  VbChardev *chardev = (VbChardev *) device;
  int default_target =
      reader->os_type == VB_OS_TYPE_HVM ? VB_CHARDEV_TARGET_SERIAL : VB_CHARDEV_TARGET_XEN;
  xmlNode *target = vb_xml_reader_child (reader, element, "target");
  int type = vb_xml_reader_enum (reader, target, "type", &console_target_table, 0, default_target);

  vb_chardev_source_parse (reader, element, VB_CHARDEV_USE_TTY, &chardev->source);
  chardev->target_type = type >= 0 ? (VbChardevTarget) type : VB_CHARDEV_TARGET_SERIAL;
  parse_port (reader, target, chardev);
  vb_address_parse (reader, element, get_address_type (device), "a console", &device->address);
  return TRUE;
}

static void
parse_guestfwd (VbXmlReader *reader, xmlNode *target, VbChardev *chardev)
{
  g_autofree char *address = vb_xml_reader_required_attribute (reader, target, "address");
  struct in_addr parsed;
  guint64 port = 0;

  if (address != NULL && inet_pton (AF_INET, address, &parsed) != 1)
    vb_xml_reader_error (reader, target, "address",
                         "\"%s\" is not an IPv4 address such as 10.0.2.1", address);
  vb_xml_reader_required_number (reader, target, "port", 1, G_MAXUINT16, &port);
  chardev->target_address = g_steal_pointer (&address);
  chardev->target_port = (guint) port;
}

static void
parse_name (VbXmlReader *reader, xmlNode *target, VbChardev *chardev)
{
  g_autofree char *name = vb_xml_reader_attribute (reader, target, "name");

  if (name != NULL && name[0] != '\0')
    chardev->target_name = g_steal_pointer (&name);
}

static gboolean
parse_channel (VbXmlReader *reader, xmlNode *element, VbDevice *device)
{
  VbChardev *chardev = (VbChardev *) device;
  xmlNode *target = vb_xml_reader_required_child (reader, element, "target");
  int type = vb_xml_reader_enum (reader, target, "type", &channel_target_table,
                                 VB_CHARDEV_TARGET_VIRTIO, VB_XML_REQUIRED);

  chardev->target_type = type >= 0 ? (VbChardevTarget) type : VB_CHARDEV_TARGET_VIRTIO;
  if (type == VB_CHARDEV_TARGET_GUESTFWD)
    {
      vb_chardev_source_parse (reader, element, VB_CHARDEV_USE_PLAIN, &chardev->source);
      parse_guestfwd (reader, target, chardev);
    }
  else
    {
      vb_chardev_source_parse (reader, element, VB_CHARDEV_USE_SPICE | VB_CHARDEV_USE_OPEN_PATH,
                               &chardev->source);
      parse_name (reader, target, chardev);
    }
  vb_address_parse (reader, element, get_address_type (device),
                    type == VB_CHARDEV_TARGET_GUESTFWD ? "a guestfwd channel" : "a virtio channel",
                    &device->address);
  return TRUE;
}

static void
format_port (const VbChardev *chardev, VbXmlWriter *writer)
{
  if (chardev->target_port != VB_CHARDEV_NO_PORT)
    vb_xml_writer_number_attribute (writer, "port", chardev->target_port);
}

static void
format_plain (const VbDevice *device, VbXmlWriter *writer)
{
  const VbChardev *chardev = (const VbChardev *) device;

  vb_chardev_source_format (&chardev->source, writer, VB_CHARDEV_USE_PLAIN);
  vb_xml_writer_begin_optional (writer, "target");
  format_port (chardev, writer);
  vb_xml_writer_end (writer);
}

static void
format_console (const VbDevice *device, VbXmlWriter *writer)
{
  const VbChardev *chardev = (const VbChardev *) device;

  vb_chardev_source_format (&chardev->source, writer, VB_CHARDEV_USE_TTY);
  vb_xml_writer_begin (writer, "target");
  vb_xml_writer_attribute (writer, "type", target_words[chardev->target_type]);
  format_port (chardev, writer);
  vb_xml_writer_end (writer);
}

static void
format_channel (const VbDevice *device, VbXmlWriter *writer)
{
  const VbChardev *chardev = (const VbChardev *) device;

  vb_chardev_source_format (&chardev->source, writer, VB_CHARDEV_USE_PLAIN);
  vb_xml_writer_begin (writer, "target");
  vb_xml_writer_attribute (writer, "type", target_words[chardev->target_type]);
  vb_xml_writer_attribute (writer, "name", chardev->target_name);
  vb_xml_writer_attribute (writer, "address", chardev->target_address);
  if (chardev->target_type == VB_CHARDEV_TARGET_GUESTFWD)
    format_port (chardev, writer);
  vb_xml_writer_end (writer);
}

const VbDeviceClass vb_serial_class = {
  .element = "serial",
  .size = sizeof (VbChardev),
  .parse = parse_plain,
  .format = format_plain,
  .strings = { VB_CHARDEV_SOURCE_STRINGS (VbChardev) },
};

const VbDeviceClass vb_parallel_class = {
  .element = "parallel",
  .size = sizeof (VbChardev),
  .parse = parse_plain,
  .format = format_plain,
  .strings = { VB_CHARDEV_SOURCE_STRINGS (VbChardev) },
};

const VbDeviceClass vb_console_class = {
  .element = "console",
  .size = sizeof (VbChardev),
  .parse = parse_console,
  .format = format_console,
  .get_address_type = get_address_type,
  .strings = { VB_CHARDEV_SOURCE_STRINGS (VbChardev) },
};

const VbDeviceClass vb_channel_class = {
  .element = "channel",
  .size = sizeof (VbChardev),
  .parse = parse_channel,
  .format = format_channel,
  .get_address_type = get_address_type,
  .strings = { VB_CHARDEV_SOURCE_STRINGS (VbChardev), offsetof (VbChardev, target_address),
               offsetof (VbChardev, target_name) },
};
