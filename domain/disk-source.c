/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * What stands behind a disk: its type and the <source> element. A drive for removable media may have
 * nothing behind it.
 */
#include "domain/disk-source.h"

#include <string.h>

static const char *const type_words[] = { "file", "block", "dir", "network", NULL };
static const char *const protocol_words[] = { "none", "nbd", "rbd", "sheepdog", NULL };

const VbEnumTable vb_disk_type_table = { type_words, "disk type" };
const VbEnumTable vb_disk_protocol_table = { protocol_words, "network protocol" };

/* The attribute of <source> that each type of disk has, in the order of the types. */
static const char *const attributes[] = { "file", "dev", "dir", "protocol" };

static const struct
{
  guint min_hosts;
  guint max_hosts;
  gboolean needs_image;
} protocols[] = {
  [VB_DISK_PROTOCOL_NONE] = { 0 },
  [VB_DISK_PROTOCOL_NBD] = { 1, 1, FALSE },
  [VB_DISK_PROTOCOL_RBD] = { 0, G_MAXUINT, TRUE }, /* none: as the library is configured */
  [VB_DISK_PROTOCOL_SHEEPDOG] = { 0, 1, TRUE },
};

static void
host_free (VbDiskHost *host)
{
  g_free (host->name);
  g_free (host);
}

static GPtrArray *
hosts_new (void)
{
  return g_ptr_array_new_with_free_func ((GDestroyNotify) host_free);
}

/* @name: (transfer full) */
static void
add_host (GPtrArray *hosts, char *name, guint port)
{
  VbDiskHost *host = g_new (VbDiskHost, 1);

  host->name = name;
  host->port = port;
  g_ptr_array_add (hosts, host);
}

GPtrArray *
vb_disk_hosts_copy (const GPtrArray *hosts)
{
  GPtrArray *copy;

  if (hosts == NULL)
    return NULL;
  copy = hosts_new ();
  for (guint i = 0; i < hosts->len; i++)
    {
      const VbDiskHost *host = g_ptr_array_index (hosts, i);

      add_host (copy, g_strdup (host->name), host->port);
    }
  return copy;
}

int
vb_disk_type_parse (VbXmlReader *reader, xmlNode *element)
{
  int absent = G_N_ELEMENTS (attributes);
  int type = vb_xml_reader_enum (reader, element, "type", &vb_disk_type_table, 0, absent);
  xmlNode *source;

  if (type < absent)
    return type;
  source = vb_xml_reader_peek_child (element, "source");
  for (int i = 0; source != NULL && i < absent; i++)
    {
      g_autofree char *value = vb_xml_reader_peek_attribute (source, attributes[i]);

      if (value != NULL)
        return i;
    }
  return VB_DISK_TYPE_FILE;
}

static void
parse_host (VbXmlReader *reader, xmlNode *element, VbDisk *disk)
{
  g_autofree char *name = vb_xml_reader_required_attribute (reader, element, "name");
  guint64 port = 0;

  vb_xml_reader_required_number (reader, element, "port", 1, G_MAXUINT16, &port);
  if (name != NULL && name[0] == '\0')
    vb_xml_reader_error (reader, element, "name", "a host's name must not be empty");
  else if (name != NULL)
    add_host (disk->hosts, g_steal_pointer (&name), (guint) port);
}

static void
parse_hosts (VbXmlReader *reader, xmlNode *source, VbDisk *disk)
{
  const char *protocol = protocol_words[disk->protocol];
  guint min_hosts = protocols[disk->protocol].min_hosts;
  guint max_hosts = protocols[disk->protocol].max_hosts;
  xmlNode *host = NULL;
  guint n_hosts = 0;

  disk->hosts = hosts_new ();
  while ((host = vb_xml_reader_next_child (reader, source, host, "host", n_hosts)) != NULL)
    {
      parse_host (reader, host, disk);
      n_hosts++;
    }
  if (n_hosts < min_hosts)
    vb_xml_reader_error (reader, source, NULL, "protocol \"%s\" needs <host name='…' port='…'/>",
                         protocol);
  else if (n_hosts > max_hosts)
    vb_xml_reader_error (reader, source, NULL, "protocol \"%s\" has one host, not %u", protocol,
                         n_hosts);
}

static void
parse_network (VbXmlReader *reader, xmlNode *source, VbDisk *disk)
{
  int protocol = vb_xml_reader_enum (reader, source, "protocol", &vb_disk_protocol_table,
                                     VB_DISK_PROTOCOL_NBD, VB_XML_REQUIRED);

  if (protocol < 0)
    return;
  disk->protocol = (VbDiskProtocol) protocol;
  disk->image = vb_xml_reader_attribute (reader, source, "name");
  if (disk->image != NULL && disk->image[0] == '\0')
    g_clear_pointer (&disk->image, g_free);
  if (disk->image == NULL && protocols[protocol].needs_image)
    vb_xml_reader_error (reader, source, NULL, "protocol \"%s\" needs the image's name: name='…'",
                         protocol_words[protocol]);
  parse_hosts (reader, source, disk);
}

void
vb_disk_source_parse (VbXmlReader *reader, xmlNode *element, VbDisk *disk)
{
  xmlNode *source = vb_xml_reader_child (reader, element, "source");
  const char *attribute = attributes[disk->type];
  g_autofree char *given = source != NULL ? vb_xml_reader_peek_attribute (source, attribute) : NULL;
  gboolean is_network = disk->type == VB_DISK_TYPE_NETWORK;

  if (is_network && source != NULL)
    parse_network (reader, source, disk);
  else if (!is_network)
    disk->source = vb_xml_reader_path (reader, source, attribute);
  /* One that was plugged into a running machine may have a medium that no path names. */
  if (disk->device == VB_DISK_DEVICE_DISK && !reader->live &&
      (is_network ? source == NULL : given == NULL || given[0] == '\0'))
    vb_xml_reader_error (reader, source != NULL ? source : element, NULL,
                         "a disk needs a medium: <source %s='%s'/> is missing", attribute,
                         is_network ? "…" : "/…");
}

void
vb_disk_source_format (const VbDisk *disk, VbXmlWriter *writer)
{
  vb_xml_writer_begin_optional (writer, "source");
  vb_xml_writer_attribute (writer, attributes[disk->type],
                           disk->protocol != VB_DISK_PROTOCOL_NONE ? protocol_words[disk->protocol]
                                                                   : disk->source);
  vb_xml_writer_attribute (writer, "name", disk->image);
  for (guint i = 0; disk->hosts != NULL && i < disk->hosts->len; i++)
    {
      const VbDiskHost *host = g_ptr_array_index (disk->hosts, i);

      vb_xml_writer_begin_repeated (writer, "host", i);
      vb_xml_writer_attribute (writer, "name", host->name);
      vb_xml_writer_number_attribute (writer, "port", host->port);
      vb_xml_writer_end (writer);
    }
  vb_xml_writer_end (writer);
}

gboolean
vb_disk_has_medium (const VbDisk *disk)
{
  return disk->source != NULL || disk->protocol != VB_DISK_PROTOCOL_NONE;
}

/* RBD has several hosts, which its own notation leaves out as well. */
char *
vb_disk_describe_source (const VbDisk *disk)
{
  const VbDiskHost *host =
      disk->hosts != NULL && disk->hosts->len > 0 ? g_ptr_array_index (disk->hosts, 0) : NULL;
  const char *protocol = protocol_words[disk->protocol];
  const char *image = disk->image != NULL ? disk->image : "";
  gboolean is_ipv6;

  if (disk->protocol == VB_DISK_PROTOCOL_NONE)
    return g_strdup (disk->source != NULL ? disk->source : "");
  if (host == NULL || disk->protocol == VB_DISK_PROTOCOL_RBD)
    return g_strdup_printf ("%s:%s", protocol, image);
  is_ipv6 = strchr (host->name, ':') != NULL && host->name[0] != '[';
  return g_strdup_printf ("%s://%s%s%s:%u%s%s", protocol, is_ipv6 ? "[" : "", host->name,
                          is_ipv6 ? "]" : "", host->port, image[0] != '\0' ? "/" : "", image);
}

void
vb_disk_clear_source (VbDisk *disk)
{
  disk->protocol = VB_DISK_PROTOCOL_NONE;
  g_clear_pointer (&disk->source, g_free);
  g_clear_pointer (&disk->image, g_free);
  g_clear_pointer (&disk->hosts, g_ptr_array_unref);
}
