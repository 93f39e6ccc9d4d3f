/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The <graphics> element: how the guest's display is served. Displays other than VNC are kept whole.
 */
#include "domain/graphics.h"

#include <stddef.h>
#include <string.h>

#include "domain/device-class.h"
#include "domain/number.h"

#define AUTOMATIC_PORT (-1)
#define MIN_VNC_PORT 5900
#define MAX_PORT 65535
#define MAX_HOST_LENGTH 255
#define MAX_TOKEN_LENGTH 64

static const char *const type_words[] = { "vnc", "sdl", "spice", "rdp", "desktop", NULL };

const VbEnumTable vb_graphics_type_table = { type_words, "graphics type" };

static void
parse_port (VbXmlReader *reader, xmlNode *element, VbGraphics *graphics)
{
  g_autofree char *text = vb_xml_reader_attribute (reader, element, "port");
  gint64 port = AUTOMATIC_PORT;
  gboolean autoport;

  if (text != NULL && (!vb_number_parse_signed (text, AUTOMATIC_PORT, MAX_PORT, &port) ||
                       (port != AUTOMATIC_PORT && port < MIN_VNC_PORT)))
    {
      vb_xml_reader_error (reader, element, "port",
                           "\"%s\" is not a vnc port: -1 for any, or %d to %d", text, MIN_VNC_PORT,
                           MAX_PORT);
      port = AUTOMATIC_PORT;
    }
  autoport = vb_xml_reader_flag (reader, element, "autoport", port == AUTOMATIC_PORT);
  graphics->autoport = autoport || port == AUTOMATIC_PORT;
  if (!autoport && port == AUTOMATIC_PORT)
    vb_xml_reader_warn (reader, element, "autoport",
                        "without a port it is chosen when the domain starts, as with \"yes\"");
  if (graphics->autoport && port != AUTOMATIC_PORT && !reader->live)
    {
      vb_xml_reader_inform (reader, element, "port",
                            "\"%s\" is dropped: autoport='yes' chooses one when the domain starts",
                            text);
      port = AUTOMATIC_PORT;
    }
  graphics->port = (int) port;
}

static void
parse_socket (VbXmlReader *reader, xmlNode *element, VbGraphics *graphics)
{
  graphics->socket = vb_xml_reader_path (reader, element, "socket");
  if (graphics->socket == NULL)
    return;
  if (graphics->port != AUTOMATIC_PORT || graphics->listen != NULL)
    vb_xml_reader_error (reader, element, "socket",
                         "a socket stands instead of port and listen: remove either");
  graphics->autoport = FALSE;
}

/* "2011-04-09T15:51:00" */
static gboolean
is_time (const char *text)
{
  g_autoptr (GTimeZone) utc = g_time_zone_new_utc ();
  g_autoptr (GDateTime) time = NULL;
  static const char form[] = "dddd-dd-ddTdd:dd:dd";

  if (strlen (text) != strlen (form))
    return FALSE;
  for (gsize i = 0; form[i] != '\0'; i++)
    if (form[i] == 'd' ? !g_ascii_isdigit (text[i]) : text[i] != form[i])
      return FALSE;
  time = g_date_time_new_from_iso8601 (text, utc);
  return time != NULL;
}

static void
parse_password (VbXmlReader *reader, xmlNode *element, VbGraphics *graphics)
{
  g_autofree char *time = vb_xml_reader_attribute (reader, element, "passwdValidTo");

  graphics->password = vb_xml_reader_attribute (reader, element, "passwd");
  if (time == NULL)
    return;
  if (is_time (time))
    graphics->password_valid_to = g_steal_pointer (&time);
  else
    vb_xml_reader_error (reader, element, "passwdValidTo",
                         "\"%s\" is not a time in UTC such as 2011-04-09T15:51:00", time);
}

static char *
parse_listen (VbXmlReader *reader, xmlNode *element)
{
  g_autofree char *given = vb_xml_reader_peek_attribute (element, "listen");

  if (given != NULL && given[0] == '\0')
    {
      g_autofree char *none = vb_xml_reader_attribute (reader, element, "listen");

      return NULL;
    }
  return vb_xml_reader_token (reader, element, "listen", ".:%-", MAX_HOST_LENGTH);
}

static gboolean
parse (VbXmlReader *reader, xmlNode *element, VbDevice *device)
{
  VbGraphics *graphics = (VbGraphics *) device;
  int type =
      vb_xml_reader_enum (reader, element, "type", &vb_graphics_type_table, 0, VB_XML_REQUIRED);

  if (type > VB_GRAPHICS_VNC)
    return FALSE;
  parse_port (reader, element, graphics);
  graphics->listen = parse_listen (reader, element);
  parse_socket (reader, element, graphics);
  graphics->keymap = vb_xml_reader_token (reader, element, "keymap", "_-", MAX_TOKEN_LENGTH);
  parse_password (reader, element, graphics);
  return TRUE;
}

static void
format_port (const VbGraphics *graphics, VbXmlWriter *writer)
{
  if (graphics->port == AUTOMATIC_PORT ||
      (graphics->autoport && (writer->flags & VB_FORMAT_LIVE) == 0))
    vb_xml_writer_attribute (writer, "port", "-1");
  else
    vb_xml_writer_number_attribute (writer, "port", (guint64) graphics->port);
  vb_xml_writer_attribute (writer, "autoport", graphics->autoport ? "yes" : "no");
  vb_xml_writer_attribute (writer, "listen", graphics->listen);
}

static void
format (const VbDevice *device, VbXmlWriter *writer)
{
  const VbGraphics *graphics = (const VbGraphics *) device;

  vb_xml_writer_attribute (writer, "type", type_words[graphics->type]);
  if (graphics->socket != NULL)
    vb_xml_writer_attribute (writer, "socket", graphics->socket);
  else
    format_port (graphics, writer);
  vb_xml_writer_attribute (writer, "keymap", graphics->keymap);
  if ((writer->flags & VB_FORMAT_SECURE) != 0)
    vb_xml_writer_attribute (writer, "passwd", graphics->password);
  vb_xml_writer_attribute (writer, "passwdValidTo", graphics->password_valid_to);
}

const VbDeviceClass vb_graphics_class = {
  .element = "graphics",
  .size = sizeof (VbGraphics),
  .parse = parse,
  .format = format,
  .strings = { offsetof (VbGraphics, listen), offsetof (VbGraphics, socket),
               offsetof (VbGraphics, keymap), offsetof (VbGraphics, password_valid_to) },
  .secret = offsetof (VbGraphics, password),
};
