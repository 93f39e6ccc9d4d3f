/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The <graphics> element: how the guest's display is served. Each type is served in its own way and
 * has attributes of its own; another type's are kept without effect.
 */
#include "domain/graphics.h"

#include <stddef.h>
#include <string.h>

#include "domain/device-class.h"
#include "domain/number.h"

#define DEFAULT_LISTEN "127.0.0.1"
#define MIN_VNC_PORT 5900
#define MIN_PORT 1
#define MAX_PORT 65535
#define MAX_HOST_LENGTH 255
#define MAX_TOKEN_LENGTH 64

static const char *const type_words[] = { "vnc", "sdl", "spice", "rdp", "desktop", NULL };
static const char *const channel_name_words[] = { "main",     "display", "inputs",    "cursor",
                                                  "playback", "record",  "smartcard", NULL };
static const char *const channel_mode_words[] = { "any", "secure", "insecure", NULL };

const VbEnumTable vb_graphics_type_table = { type_words, "graphics type" };
const VbEnumTable vb_graphics_channel_name_table = { channel_name_words, "SPICE channel" };
const VbEnumTable vb_graphics_channel_mode_table = { channel_mode_words, "channel mode" };

const VbGraphicsChannel *
vb_graphics_find_channel (const VbGraphics *graphics, VbGraphicsChannelMode mode)
{
  for (guint i = 0; i < graphics->n_channels; i++)
    if (graphics->channels[i].mode == mode)
      return &graphics->channels[i];
  return NULL;
}

const char *
vb_graphics_get_listen (const VbGraphics *graphics)
{
  return graphics->listen != NULL ? graphics->listen : DEFAULT_LISTEN;
}

static int
parse_port (VbXmlReader *reader, xmlNode *element, const char *name, VbGraphicsType type)
{
  g_autofree char *text = vb_xml_reader_attribute (reader, element, name);
  int minimum = type == VB_GRAPHICS_VNC ? MIN_VNC_PORT : MIN_PORT;
  gint64 port;

  if (text == NULL)
    return VB_GRAPHICS_PORT_NONE;
  if (vb_number_parse_signed (text, VB_GRAPHICS_PORT_AUTOMATIC, MAX_PORT, &port) &&
      (port == VB_GRAPHICS_PORT_AUTOMATIC || port >= minimum))
    return (int) port;
  vb_xml_reader_error (reader, element, name, "\"%s\" is not %s %s port: -1 for any, or %d to %d",
                       text, type == VB_GRAPHICS_RDP ? "an" : "a", type_words[type], minimum,
                       MAX_PORT);
  return VB_GRAPHICS_PORT_AUTOMATIC;
}

/* What an automatic port was or will be is not the definition's. */
static void
forget_port (VbXmlReader *reader, xmlNode *element, const char *name, int *port)
{
  if (*port <= 0)
    return;
  vb_xml_reader_inform (reader, element, name,
                        "\"%d\" is dropped: autoport='yes' chooses one when the domain starts",
                        *port);
  *port = VB_GRAPHICS_PORT_AUTOMATIC;
}

static void
parse_ports (VbXmlReader *reader, xmlNode *element, VbGraphics *graphics)
{
  int port = parse_port (reader, element, "port", graphics->type);
  int tls_port = VB_GRAPHICS_PORT_NONE;
  gboolean is_automatic, autoport;

  if (graphics->type == VB_GRAPHICS_SPICE)
    tls_port = parse_port (reader, element, "tlsPort", graphics->type);
  is_automatic = port <= 0 && tls_port <= 0;
  autoport = vb_xml_reader_flag (reader, element, "autoport", is_automatic);
  if (!autoport && is_automatic)
    vb_xml_reader_warn (reader, element, "autoport",
                        "without a port it is chosen when the domain starts, as with \"yes\"");
  graphics->autoport = autoport || is_automatic;
  if (graphics->autoport && port == VB_GRAPHICS_PORT_NONE)
    port = VB_GRAPHICS_PORT_AUTOMATIC;
  if (graphics->autoport && !reader->live)
    {
      forget_port (reader, element, "port", &port);
      forget_port (reader, element, "tlsPort", &tls_port);
    }
  graphics->port = port;
  graphics->tls_port = tls_port;
}

static void
parse_socket (VbXmlReader *reader, xmlNode *element, VbGraphics *graphics)
{
  graphics->socket = vb_xml_reader_path (reader, element, "socket");
  if (graphics->socket == NULL)
    return;
  if (graphics->port != VB_GRAPHICS_PORT_AUTOMATIC || graphics->listen != NULL)
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

  graphics->password = vb_secret_take (vb_xml_reader_attribute (reader, element, "passwd"));
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

static const xmlNode *
find_channel (xmlNode *element, const xmlNode *before, const char *name)
{
  for (xmlNode *child = vb_xml_reader_next_element (element, NULL); child != before;
       child = vb_xml_reader_next_element (element, child))
    {
      g_autofree char *other = vb_xml_reader_has_name (child, "channel")
                                   ? vb_xml_reader_peek_attribute (child, "name")
                                   : NULL;

      if (g_strcmp0 (other, name) == 0)
        return child;
    }
  return NULL;
}

static void
parse_channel (VbXmlReader *reader, xmlNode *element, xmlNode *child, VbGraphics *graphics)
{
  int name = vb_xml_reader_enum (reader, child, "name", &vb_graphics_channel_name_table, 0,
                                 VB_XML_REQUIRED);
  int mode = vb_xml_reader_enum (reader, child, "mode", &vb_graphics_channel_mode_table, 0,
                                 VB_XML_REQUIRED);
  const xmlNode *twin;

  if (name < 0 || mode < 0)
    return;
  twin = find_channel (element, child, channel_name_words[name]);
  if (twin != NULL)
    vb_xml_reader_error (reader, child, "name",
                         "the channel \"%s\" is already taken by the channel in line %u",
                         channel_name_words[name], vb_xml_reader_get_line (twin));
  else if (graphics->n_channels < VB_N_GRAPHICS_CHANNELS)
    graphics->channels[graphics->n_channels++] = (VbGraphicsChannel){ name, mode };
}

static void
parse_channels (VbXmlReader *reader, xmlNode *element, VbGraphics *graphics)
{
  guint n_th = 0;

  for (xmlNode *child = vb_xml_reader_next_child (reader, element, NULL, "channel", n_th++);
       child != NULL; child = vb_xml_reader_next_child (reader, element, child, "channel", n_th++))
    parse_channel (reader, element, child, graphics);
}

/* The parts that types have in common */

static void
parse_server (VbXmlReader *reader, xmlNode *element, VbGraphics *graphics)
{
  parse_ports (reader, element, graphics);
  graphics->listen = parse_listen (reader, element);
}

static void
parse_shared_server (VbXmlReader *reader, xmlNode *element, VbGraphics *graphics)
{
  parse_server (reader, element, graphics);
  if (graphics->type == VB_GRAPHICS_VNC)
    parse_socket (reader, element, graphics);
  else
    parse_channels (reader, element, graphics);
  graphics->keymap = vb_xml_reader_token (reader, element, "keymap", "_-", MAX_TOKEN_LENGTH);
  parse_password (reader, element, graphics);
}

static void
parse_rdp (VbXmlReader *reader, xmlNode *element, VbGraphics *graphics)
{
  parse_server (reader, element, graphics);
  graphics->replaces_user = vb_xml_reader_flag (reader, element, "replaceUser", FALSE);
  graphics->has_many_users = vb_xml_reader_flag (reader, element, "multiUser", FALSE);
}

static void
parse_window (VbXmlReader *reader, xmlNode *element, VbGraphics *graphics)
{
  graphics->display = vb_xml_reader_attribute (reader, element, "display");
  if (graphics->type == VB_GRAPHICS_SDL)
    graphics->xauth = vb_xml_reader_attribute (reader, element, "xauth");
  graphics->is_fullscreen = vb_xml_reader_flag (reader, element, "fullscreen", FALSE);
}

static void (*const parse_type[]) (VbXmlReader *reader, xmlNode *element, VbGraphics *graphics) = {
  [VB_GRAPHICS_VNC] = parse_shared_server,   [VB_GRAPHICS_SDL] = parse_window,
  [VB_GRAPHICS_SPICE] = parse_shared_server, [VB_GRAPHICS_RDP] = parse_rdp,
  [VB_GRAPHICS_DESKTOP] = parse_window,
};

static gboolean
parse (VbXmlReader *reader, xmlNode *element, VbDevice *device)
{
  VbGraphics *graphics = (VbGraphics *) device;
  int type =
      vb_xml_reader_enum (reader, element, "type", &vb_graphics_type_table, 0, VB_XML_REQUIRED);

  if (type < 0)
    return TRUE;
  graphics->type = (VbGraphicsType) type;
  parse_type[type](reader, element, graphics);
  return TRUE;
}

static void
format_port (const VbGraphics *graphics, VbXmlWriter *writer, const char *name, int port)
{
  if (port == VB_GRAPHICS_PORT_NONE)
    return;
  if (port == VB_GRAPHICS_PORT_AUTOMATIC ||
      (graphics->autoport && (writer->flags & VB_FORMAT_LIVE) == 0))
    vb_xml_writer_attribute (writer, name, "-1");
  else
    vb_xml_writer_number_attribute (writer, name, (guint64) port);
}

static void
format_flag (VbXmlWriter *writer, const char *name, gboolean is_set)
{
  vb_xml_writer_attribute (writer, name, is_set ? "yes" : "no");
}

static void
format_server (const VbGraphics *graphics, VbXmlWriter *writer)
{
  if (graphics->socket != NULL)
    {
      vb_xml_writer_attribute (writer, "socket", graphics->socket);
      return;
    }
  format_port (graphics, writer, "port", graphics->port);
  format_port (graphics, writer, "tlsPort", graphics->tls_port);
  format_flag (writer, "autoport", graphics->autoport);
  vb_xml_writer_attribute (writer, "listen", graphics->listen);
}

static void
format_shared_server (const VbGraphics *graphics, VbXmlWriter *writer)
{
  format_server (graphics, writer);
  vb_xml_writer_attribute (writer, "keymap", graphics->keymap);
  if ((writer->flags & VB_FORMAT_SECURE) != 0)
    vb_xml_writer_attribute (writer, "passwd", vb_secret_reveal (graphics->password));
  vb_xml_writer_attribute (writer, "passwdValidTo", graphics->password_valid_to);
  for (guint i = 0; i < graphics->n_channels; i++)
    {
      vb_xml_writer_begin_repeated (writer, "channel", i);
      vb_xml_writer_attribute (writer, "name", channel_name_words[graphics->channels[i].name]);
      vb_xml_writer_attribute (writer, "mode", channel_mode_words[graphics->channels[i].mode]);
      vb_xml_writer_end (writer);
    }
}

static void
format_rdp (const VbGraphics *graphics, VbXmlWriter *writer)
{
  format_server (graphics, writer);
  format_flag (writer, "replaceUser", graphics->replaces_user);
  format_flag (writer, "multiUser", graphics->has_many_users);
}

static void
format_window (const VbGraphics *graphics, VbXmlWriter *writer)
{
  vb_xml_writer_attribute (writer, "display", graphics->display);
  vb_xml_writer_attribute (writer, "xauth", graphics->xauth);
  format_flag (writer, "fullscreen", graphics->is_fullscreen);
}

static void (*const format_type[]) (const VbGraphics *graphics, VbXmlWriter *writer) = {
  [VB_GRAPHICS_VNC] = format_shared_server,   [VB_GRAPHICS_SDL] = format_window,
  [VB_GRAPHICS_SPICE] = format_shared_server, [VB_GRAPHICS_RDP] = format_rdp,
  [VB_GRAPHICS_DESKTOP] = format_window,
};

static void
format (const VbDevice *device, VbXmlWriter *writer)
{
  const VbGraphics *graphics = (const VbGraphics *) device;

  vb_xml_writer_attribute (writer, "type", type_words[graphics->type]);
  format_type[graphics->type](graphics, writer);
}

const VbDeviceClass vb_graphics_class = {
  .element = "graphics",
  .size = sizeof (VbGraphics),
  .parse = parse,
  .format = format,
  .strings = { offsetof (VbGraphics, listen), offsetof (VbGraphics, socket),
               offsetof (VbGraphics, keymap), offsetof (VbGraphics, password_valid_to),
               offsetof (VbGraphics, display), offsetof (VbGraphics, xauth) },
  .secret = offsetof (VbGraphics, password),
};
