/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * What stands at the host's end of a character device.
 */
#include "domain/chardev-source-xml.h"

#include <string.h>

#include "domain/number.h"

/* Nobody but this host is let in, or spoken to, unless the definition says so. */
#define DEFAULT_HOST "127.0.0.1"
#define ANY_PORT "0"
#define MAX_SERVICE_LENGTH 64

static const char *const type_words[] = { "null",  "vc",  "pty", "dev",  "file",     "pipe",
                                          "stdio", "udp", "tcp", "unix", "spicevmc", NULL };
static const char *const mode_words[] = { "bind", "connect", NULL };
static const char *const protocol_words[] = { "raw", "telnet", "telnets", "tls", NULL };

const VbEnumTable vb_chardev_type_table = { type_words, "character device type" };
const VbEnumTable vb_chardev_mode_table = { mode_words, "socket mode" };
const VbEnumTable vb_chardev_protocol_table = { protocol_words, "protocol" };

/* One element that has a host's end. */
typedef struct
{
  VbXmlReader *reader;
  xmlNode *element;
  VbChardevUse use;
  VbChardevSource *source;
} End;

/* The <source> after @previous; not marked as seen. */
static xmlNode *
next_source (xmlNode *element, xmlNode *previous)
{
  xmlNode *node = vb_xml_reader_next_element (element, previous);

  while (node != NULL && !vb_xml_reader_has_name (node, "source"))
    node = vb_xml_reader_next_element (element, node);
  return node;
}

/* @node: (nullable): the <source> that lacks something */
static void
tell_need (const End *end, xmlNode *node, const char *need)
{
  vb_xml_reader_error (end->reader, node != NULL ? node : end->element, NULL,
                       "a %s of type \"%s\" needs <source %s/>", end->element->name,
                       type_words[end->source->type], need);
}

static void
parse_pty (const End *end)
{
  xmlNode *node = vb_xml_reader_child (end->reader, end->element, "source");
  xmlNode *holder = (end->use & VB_CHARDEV_USE_TTY) != 0 ? end->element : NULL;
  g_autofree char *path = vb_xml_reader_path (end->reader, node, "path");
  g_autofree char *tty = vb_xml_reader_path (end->reader, holder, "tty");

  if (end->reader->live)
    end->source->path = path != NULL ? g_steal_pointer (&path) : g_steal_pointer (&tty);
  else if (path != NULL || tty != NULL)
    vb_xml_reader_inform (end->reader, path != NULL ? node : holder, path != NULL ? "path" : "tty",
                          "\"%s\" is dropped: the terminal is chosen when the domain starts",
                          path != NULL ? path : tty);
}

static gboolean
has_text (xmlNode *node, const char *name)
{
  g_autofree char *text = node != NULL ? vb_xml_reader_peek_attribute (node, name) : NULL;

  return text != NULL && text[0] != '\0';
}

static void
parse_path (const End *end)
{
  xmlNode *node = vb_xml_reader_child (end->reader, end->element, "source");

  if (has_text (node, "path"))
    end->source->path = vb_xml_reader_path (end->reader, node, "path");
  else
    tell_need (end, node, "path='/…'");
}

static VbChardevMode
parse_mode (VbXmlReader *reader, xmlNode *node, VbChardevMode absent)
{
  int mode = vb_xml_reader_enum (reader, node, "mode", &vb_chardev_mode_table, 0, (int) absent);

  return mode >= 0 ? (VbChardevMode) mode : absent;
}

static void
parse_unix (const End *end)
{
  xmlNode *node = vb_xml_reader_child (end->reader, end->element, "source");
  gboolean is_open = (end->use & VB_CHARDEV_USE_OPEN_PATH) != 0 && !has_text (node, "path");

  end->source->mode =
      parse_mode (end->reader, node, is_open ? VB_CHARDEV_MODE_BIND : VB_CHARDEV_MODE_CONNECT);
  if (!is_open || end->source->mode == VB_CHARDEV_MODE_CONNECT)
    parse_path (end);
}

/* (transfer full) (nullable): an empty attribute is an absent one */
static char *
parse_host (const End *end, xmlNode *node)
{
  g_autofree char *host = vb_xml_reader_attribute (end->reader, node, "host");

  return host != NULL && host[0] != '\0' ? g_steal_pointer (&host) : NULL;
}

/* (transfer full) (nullable): a port's number from @lowest on, or its name */
static char *
parse_service (const End *end, xmlNode *node, guint64 lowest)
{
  g_autofree char *service = NULL;
  guint64 port;

  if (!has_text (node, "service"))
    return NULL;
  service = vb_xml_reader_token (end->reader, node, "service", "_.+-", MAX_SERVICE_LENGTH);
  if (service == NULL || strspn (service, "0123456789") < strlen (service) ||
      (vb_number_parse (service, G_MAXUINT16, &port) && port >= lowest))
    return g_steal_pointer (&service);
  vb_xml_reader_error (end->reader, node, "service", "\"%s\" is not a port from %u to %u", service,
                       (guint) lowest, G_MAXUINT16);
  return NULL;
}

static void
parse_tcp (const End *end)
{
  xmlNode *node = vb_xml_reader_child (end->reader, end->element, "source");
  xmlNode *second = node != NULL ? next_source (end->element, node) : NULL;
  xmlNode *protocol = vb_xml_reader_child (end->reader, end->element, "protocol");
  int type = vb_xml_reader_enum (end->reader, protocol, "type", &vb_chardev_protocol_table, 0,
                                 VB_CHARDEV_PROTOCOL_RAW);

  end->source->protocol = type >= 0 ? (VbChardevProtocol) type : VB_CHARDEV_PROTOCOL_RAW;
  end->source->mode = parse_mode (end->reader, node, VB_CHARDEV_MODE_CONNECT);
  end->source->host = parse_host (end, node);
  end->source->service = parse_service (end, node, 1);
  if (second != NULL)
    vb_xml_reader_error (end->reader, second, NULL, "a %s of type \"tcp\" has one <source>",
                         end->element->name);
  if (end->source->mode == VB_CHARDEV_MODE_BIND && !has_text (node, "service"))
    tell_need (end, node, "mode='bind' service='…'");
  else if (end->source->mode == VB_CHARDEV_MODE_CONNECT &&
           (!has_text (node, "host") || !has_text (node, "service")))
    tell_need (end, node, "mode='connect' host='…' service='…'");
}

/* Marks @node as the @n_th <source>. */
static void
mark_source (const End *end, xmlNode *node, guint n_th)
{
  if (node != NULL)
    vb_xml_reader_next_child (end->reader, end->element, node->prev, "source", n_th);
}

/* One <source> says where to send, another where to receive; they are written in the order of the
 * modes. */
static void
parse_udp (const End *end)
{
  xmlNode *nodes[] = { NULL, NULL };
  xmlNode *bind;
  xmlNode *connect;

  for (xmlNode *node = next_source (end->element, NULL); node != NULL;
       node = next_source (end->element, node))
    {
      VbChardevMode mode = parse_mode (end->reader, node, VB_CHARDEV_MODE_CONNECT);

      if (nodes[mode] != NULL)
        vb_xml_reader_error (end->reader, node, NULL,
                             "a %s of type \"udp\" has one <source> of mode \"%s\"",
                             end->element->name, mode_words[mode]);
      else
        nodes[mode] = node;
    }
  bind = nodes[VB_CHARDEV_MODE_BIND];
  connect = nodes[VB_CHARDEV_MODE_CONNECT];
  mark_source (end, bind, 0);
  mark_source (end, connect, bind != NULL ? 1 : 0);
  end->source->host = parse_host (end, connect);
  end->source->service = parse_service (end, connect, 1);
  if (!has_text (connect, "service"))
    tell_need (end, connect, "mode='connect' service='…'");
  end->source->bind_host = parse_host (end, bind);
  end->source->bind_service = parse_service (end, bind, 0);
  if (bind != NULL && end->source->bind_service == NULL)
    end->source->bind_service = g_strdup (ANY_PORT);
}

/* The types that need nothing more have none. */
static void (*const parsers[]) (const End *end) = {
  [VB_CHARDEV_TYPE_PTY] = parse_pty,   [VB_CHARDEV_TYPE_DEV] = parse_path,
  [VB_CHARDEV_TYPE_FILE] = parse_path, [VB_CHARDEV_TYPE_PIPE] = parse_path,
  [VB_CHARDEV_TYPE_UDP] = parse_udp,   [VB_CHARDEV_TYPE_TCP] = parse_tcp,
  [VB_CHARDEV_TYPE_UNIX] = parse_unix, [VB_CHARDEV_TYPE_SPICEVMC] = NULL,
};

void
vb_chardev_source_parse (VbXmlReader *reader,
                         xmlNode *element,
                         VbChardevUse use,
                         VbChardevSource *source)
{
  End end = { reader, element, use, source };
  int absent = (use & VB_CHARDEV_USE_TYPED) != 0 ? VB_XML_REQUIRED : VB_CHARDEV_TYPE_PTY;
  int type = vb_xml_reader_enum (reader, element, "type", &vb_chardev_type_table, 0, absent);

  source->mode = VB_CHARDEV_MODE_CONNECT;
  if (type == VB_CHARDEV_TYPE_SPICEVMC && (use & VB_CHARDEV_USE_SPICE) == 0)
    vb_xml_reader_error (reader, element, "type",
                         "\"spicevmc\" is for smartcards and for channels whose target is of type "
                         "\"virtio\" alone");
  source->type = type >= 0 ? (VbChardevType) type : VB_CHARDEV_TYPE_NULL;
  if (parsers[source->type] != NULL)
    parsers[source->type](&end);
}

static void
format_socket (VbXmlWriter *writer, VbChardevMode mode, const char *host, const char *service)
{
  vb_xml_writer_attribute (writer, "mode", mode_words[mode]);
  vb_xml_writer_attribute (writer, "host", host);
  vb_xml_writer_attribute (writer, "service", service);
  vb_xml_writer_end (writer);
}

static void
format_tcp (const VbChardevSource *source, VbXmlWriter *writer)
{
  vb_xml_writer_begin (writer, "source");
  format_socket (writer, source->mode, source->host, source->service);
  vb_xml_writer_begin (writer, "protocol");
  vb_xml_writer_attribute (writer, "type", protocol_words[source->protocol]);
  vb_xml_writer_end (writer);
}

static void
format_udp (const VbChardevSource *source, VbXmlWriter *writer)
{
  guint n_sources = 0;

  if (source->bind_service != NULL)
    {
      vb_xml_writer_begin_repeated (writer, "source", n_sources++);
      format_socket (writer, VB_CHARDEV_MODE_BIND, source->bind_host, source->bind_service);
    }
  vb_xml_writer_begin_repeated (writer, "source", n_sources);
  format_socket (writer, VB_CHARDEV_MODE_CONNECT, source->host, source->service);
}

void
vb_chardev_source_format (const VbChardevSource *source, VbXmlWriter *writer, VbChardevUse use)
{
  gboolean is_hidden = source->type == VB_CHARDEV_TYPE_PTY && (writer->flags & VB_FORMAT_LIVE) == 0;
  const char *path = is_hidden ? NULL : source->path;

  vb_xml_writer_attribute (writer, "type", type_words[source->type]);
  if (source->type == VB_CHARDEV_TYPE_PTY && (use & VB_CHARDEV_USE_TTY) != 0)
    vb_xml_writer_attribute (writer, "tty", path);
  if (source->type == VB_CHARDEV_TYPE_TCP)
    format_tcp (source, writer);
  else if (source->type == VB_CHARDEV_TYPE_UDP)
    format_udp (source, writer);
  else
    {
      vb_xml_writer_begin_optional (writer, "source");
      if (source->type == VB_CHARDEV_TYPE_UNIX)
        vb_xml_writer_attribute (writer, "mode", mode_words[source->mode]);
      vb_xml_writer_attribute (writer, "path", path);
      vb_xml_writer_end (writer);
    }
}

void
vb_chardev_source_complete (VbChardevSource *source)
{
  gboolean has_host = source->type == VB_CHARDEV_TYPE_TCP || source->type == VB_CHARDEV_TYPE_UDP;

  if (has_host && source->host == NULL)
    source->host = g_strdup (DEFAULT_HOST);
}

void
vb_chardev_source_copy (VbChardevSource *copy, const VbChardevSource *source)
{
  *copy = *source;
  copy->path = g_strdup (source->path);
  copy->host = g_strdup (source->host);
  copy->service = g_strdup (source->service);
  copy->bind_host = g_strdup (source->bind_host);
  copy->bind_service = g_strdup (source->bind_service);
}

char *
vb_chardev_source_to_string (const VbChardevSource *source)
{
  gboolean is_ipv6 = source->host != NULL && strchr (source->host, ':') != NULL;

  if (source->service != NULL && source->host != NULL)
    return g_strdup_printf (is_ipv6 ? "[%s]:%s" : "%s:%s", source->host, source->service);
  return g_strdup (source->path != NULL ? source->path : "");
}
