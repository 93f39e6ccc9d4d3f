/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Character devices: <serial> and <console>, and what stands at their host end. Other host ends
 * than the enumeration's are kept whole.
 */
#include "domain/chardev.h"

#include <stddef.h>

#include "domain/chardev-port.h"
#include "domain/device-class.h"

/* Words whose devices are kept whole stand behind the enumeration's. */
static const char *const type_words[] = { "null", "pty",   "file", "unix", "vc", "dev",
                                          "pipe", "stdio", "udp",  "tcp",  NULL };
static const char *const mode_words[] = { "bind", "connect", NULL };
static const char *const target_words[] = { "serial", "xen", "virtio", "uml", NULL };

const VbEnumTable vb_chardev_type_table = { type_words, "character device type" };
const VbEnumTable vb_chardev_mode_table = { mode_words, "socket mode" };
const VbEnumTable vb_chardev_target_table = { target_words, "console target type" };

static void
parse_pty (VbXmlReader *reader, xmlNode *element, xmlNode *source, VbChardev *chardev)
{
  g_autofree char *path = vb_xml_reader_path (reader, source, "path");
  g_autofree char *tty = vb_xml_reader_path (reader, element, "tty");

  if (reader->live)
    chardev->path = path != NULL ? g_steal_pointer (&path) : g_steal_pointer (&tty);
  else if (path != NULL || tty != NULL)
    vb_xml_reader_inform (reader, path != NULL ? source : element, path != NULL ? "path" : "tty",
                          "\"%s\" is dropped: the terminal is chosen when the domain starts",
                          path != NULL ? path : tty);
}

static void
parse_path (VbXmlReader *reader, xmlNode *element, xmlNode *source, VbChardev *chardev)
{
  g_autofree char *given = source != NULL ? vb_xml_reader_peek_attribute (source, "path") : NULL;

  if (given != NULL && given[0] != '\0')
    chardev->path = vb_xml_reader_path (reader, source, "path");
  else
    vb_xml_reader_error (reader, source != NULL ? source : element, NULL,
                         "a %s of type \"%s\" needs <source path='/…'/>", element->name,
                         type_words[chardev->type]);
}

static void
parse_source (VbXmlReader *reader, xmlNode *element, VbChardev *chardev)
{
  xmlNode *source = vb_xml_reader_child (reader, element, "source");
  int mode;

  chardev->mode = VB_CHARDEV_MODE_CONNECT;
  switch (chardev->type)
    {
    case VB_CHARDEV_TYPE_NULL:
      return;
    case VB_CHARDEV_TYPE_PTY:
      parse_pty (reader, element, source, chardev);
      return;
    case VB_CHARDEV_TYPE_UNIX:
      mode = vb_xml_reader_enum (reader, source, "mode", &vb_chardev_mode_table, 0,
                                 VB_CHARDEV_MODE_CONNECT);
      chardev->mode = mode == VB_CHARDEV_MODE_BIND ? VB_CHARDEV_MODE_BIND : VB_CHARDEV_MODE_CONNECT;
      break;
    case VB_CHARDEV_TYPE_FILE:
      break;
    }
  parse_path (reader, element, source, chardev);
}

/* %FALSE: of a type that is not handled. */
static gboolean
parse_host_end (VbXmlReader *reader, xmlNode *element, VbChardev *chardev)
{
  int type =
      vb_xml_reader_enum (reader, element, "type", &vb_chardev_type_table, 0, VB_CHARDEV_TYPE_PTY);

  if (type > VB_CHARDEV_TYPE_UNIX)
    return FALSE;
  chardev->type = type >= 0 ? (VbChardevType) type : VB_CHARDEV_TYPE_NULL;
  parse_source (reader, element, chardev);
  return TRUE;
}

static void
parse_port (VbXmlReader *reader, xmlNode *target, VbChardev *chardev)
{
  guint64 port = VB_CHARDEV_NO_PORT;

  vb_xml_reader_number (reader, target, "port", 0, VB_CHARDEV_MAX_PORT, &port);
  chardev->target_port = (guint) port;
}

static gboolean
parse_serial (VbXmlReader *reader, xmlNode *element, VbDevice *device)
{
  VbChardev *chardev = (VbChardev *) device;

  if (!parse_host_end (reader, element, chardev))
    return FALSE;
  parse_port (reader, vb_xml_reader_child (reader, element, "target"), chardev);
  vb_address_parse (reader, element, VB_ADDRESS_NONE, "a serial port", &device->address);
  return TRUE;
}

static VbAddressType
get_console_address_type (const VbDevice *device)
{
  return ((const VbChardev *) device)->target_type == VB_CHARDEV_TARGET_VIRTIO
             ? VB_ADDRESS_VIRTIO_SERIAL
             : VB_ADDRESS_NONE;
}

static gboolean
parse_console (VbXmlReader *reader, xmlNode *element, VbDevice *device)
{
  VbChardev *chardev = (VbChardev *) device;
  int default_target =
      reader->os_type == VB_OS_TYPE_HVM ? VB_CHARDEV_TARGET_SERIAL : VB_CHARDEV_TARGET_XEN;
  xmlNode *target = vb_xml_reader_peek_child (element, "target");
  int type =
      vb_xml_reader_enum (reader, target, "type", &vb_chardev_target_table, 0, default_target);

  if (type > VB_CHARDEV_TARGET_VIRTIO || !parse_host_end (reader, element, chardev))
    return FALSE;
  chardev->target_type = type >= 0 ? (VbChardevTarget) type : VB_CHARDEV_TARGET_SERIAL;
  parse_port (reader, vb_xml_reader_child (reader, element, "target"), chardev);
  vb_address_parse (reader, element, get_console_address_type (device), "a console",
                    &device->address);
  return TRUE;
}

static gboolean
is_path_written (const VbChardev *chardev, const VbXmlWriter *writer)
{
  if (chardev->type == VB_CHARDEV_TYPE_PTY)
    return (writer->flags & VB_FORMAT_LIVE) != 0;
  return chardev->type != VB_CHARDEV_TYPE_NULL;
}

static void
format (const VbDevice *device, VbXmlWriter *writer)
{
  const VbChardev *chardev = (const VbChardev *) device;
  const char *path = is_path_written (chardev, writer) ? chardev->path : NULL;
  gboolean is_console = device->kind == VB_DEVICE_CONSOLE;

  vb_xml_writer_attribute (writer, "type", type_words[chardev->type]);
  if (is_console && chardev->type == VB_CHARDEV_TYPE_PTY)
    vb_xml_writer_attribute (writer, "tty", path);
  vb_xml_writer_begin_optional (writer, "source");
  if (chardev->type == VB_CHARDEV_TYPE_UNIX)
    vb_xml_writer_attribute (writer, "mode", mode_words[chardev->mode]);
  vb_xml_writer_attribute (writer, "path", path);
  vb_xml_writer_end (writer);
  vb_xml_writer_begin_optional (writer, "target");
  if (is_console)
    vb_xml_writer_attribute (writer, "type", target_words[chardev->target_type]);
  if (chardev->target_port != VB_CHARDEV_NO_PORT)
    vb_xml_writer_number_attribute (writer, "port", chardev->target_port);
  vb_xml_writer_end (writer);
}

const VbDeviceClass vb_serial_class = {
  .element = "serial",
  .size = sizeof (VbChardev),
  .parse = parse_serial,
  .format = format,
  .strings = { offsetof (VbChardev, path) },
};

const VbDeviceClass vb_console_class = {
  .element = "console",
  .size = sizeof (VbChardev),
  .parse = parse_console,
  .format = format,
  .get_address_type = get_console_address_type,
  .strings = { offsetof (VbChardev, path) },
};
