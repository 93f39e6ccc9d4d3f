/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The <virtualport> element, with the ranges that the standard gives its numbers.
 */
#include "domain/virtual-port-xml.h"

#include "domain/uuid.h"

#define MAX_MANAGER_ID 0xff
#define MAX_TYPE_ID 0xffffff
#define MAX_TYPE_ID_VERSION 0xff

static const char *const type_words[] = { "none", "802.1Qbg", NULL };

const VbEnumTable vb_virtual_port_type_table = { type_words, "virtual port type" };

static char *
parse_instance_id (VbXmlReader *reader, xmlNode *parameters)
{
  g_autofree char *text = vb_xml_reader_attribute (reader, parameters, "instanceid");
  char *uuid;

  if (text == NULL)
    return NULL;
  uuid = vb_uuid_normalize (text);
  if (uuid == NULL)
    vb_xml_reader_error (reader, parameters, "instanceid",
                         "\"%s\" is not a UUID: 32 hexadecimal digits, with dashes or without",
                         text);
  return uuid;
}

void
vb_virtual_port_parse (VbXmlReader *reader, xmlNode *element, VbVirtualPort *port)
{
  xmlNode *child = vb_xml_reader_child (reader, element, "virtualport");
  xmlNode *parameters = vb_xml_reader_required_child (reader, child, "parameters");
  guint64 manager_id = 0, type_id = 0, type_id_version = 0;
  int type;

  if (child == NULL)
    return;
  type = vb_xml_reader_enum (reader, child, "type", &vb_virtual_port_type_table,
                             VB_VIRTUAL_PORT_802_1_QBG, VB_XML_REQUIRED);
  vb_xml_reader_c_number (reader, parameters, "managerid", TRUE, 0, MAX_MANAGER_ID, &manager_id);
  vb_xml_reader_c_number (reader, parameters, "typeid", TRUE, 0, MAX_TYPE_ID, &type_id);
  vb_xml_reader_c_number (reader, parameters, "typeidversion", TRUE, 0, MAX_TYPE_ID_VERSION,
                          &type_id_version);
  *port = (VbVirtualPort){
    .type = type >= 0 ? (VbVirtualPortType) type : VB_VIRTUAL_PORT_NONE,
    .manager_id = (guint8) manager_id,
    .type_id = (guint32) type_id,
    .type_id_version = (guint8) type_id_version,
    .instance_id = parse_instance_id (reader, parameters),
  };
}

void
vb_virtual_port_format (const VbVirtualPort *port, VbXmlWriter *writer)
{
  if (port->type == VB_VIRTUAL_PORT_NONE)
    return;
  vb_xml_writer_begin (writer, "virtualport");
  vb_xml_writer_attribute (writer, "type", type_words[port->type]);
  vb_xml_writer_begin (writer, "parameters");
  vb_xml_writer_number_attribute (writer, "managerid", port->manager_id);
  vb_xml_writer_number_attribute (writer, "typeid", port->type_id);
  vb_xml_writer_number_attribute (writer, "typeidversion", port->type_id_version);
  vb_xml_writer_attribute (writer, "instanceid", port->instance_id);
  vb_xml_writer_end (writer);
  vb_xml_writer_end (writer);
}
