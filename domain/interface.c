/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The <interface> element: a network card and what it is connected to.
 */
#include "domain/interface.h"

#include <stddef.h>
#include <string.h>

#include "domain/device-class.h"
#include "domain/mac.h"
#include "domain/number.h"
#include "domain/virtual-port-xml.h"

#define MAX_TOKEN_LENGTH 64
#define MAX_TARGET_LENGTH 15 /* IFNAMSIZ - 1 */
#define MAX_PORT 65535
#define N_IPV4_BYTES 4
#define FIRST_MULTICAST 224
#define LAST_MULTICAST 239

static const char *const type_words[] = { "user",  "network", "bridge", "ethernet", "direct",
                                          "mcast", "server",  "client", "internal", NULL };
static const char *const backend_words[] = { "default", "passt", NULL };
static const char *const mode_words[] = { "vepa", "bridge", "private", NULL };
static const char *const driver_words[] = { "default", "qemu", "vhost", NULL };
static const char *const tx_mode_words[] = { "default", "iothread", "timer", NULL };

const VbEnumTable vb_interface_type_table = { type_words, "interface type" };
const VbEnumTable vb_interface_backend_table = { backend_words, "interface backend" };
const VbEnumTable vb_interface_mode_table = { mode_words, "mode of a shared card" };
const VbEnumTable vb_interface_driver_table = { driver_words, "interface driver" };
const VbEnumTable vb_interface_tx_mode_table = { tx_mode_words, "transmit mode" };

/* What <source> tells of each type. */
static const struct
{
  const char *name;   /* (nullable): the attribute that names the source */
  gboolean is_shared; /* has a mode and a virtual port */
  gboolean has_port;
  gboolean needs_address;
  gboolean has_script;
} sources[] = {
  [VB_INTERFACE_USER] = { NULL },
  [VB_INTERFACE_NETWORK] = { "network" },
  [VB_INTERFACE_BRIDGE] = { "bridge", .has_script = TRUE },
  [VB_INTERFACE_ETHERNET] = { NULL, .has_script = TRUE },
  [VB_INTERFACE_DIRECT] = { "dev", .is_shared = TRUE },
  [VB_INTERFACE_MCAST] = { NULL, .has_port = TRUE, .needs_address = TRUE },
  [VB_INTERFACE_SERVER] = { NULL, .has_port = TRUE },
  [VB_INTERFACE_CLIENT] = { NULL, .has_port = TRUE, .needs_address = TRUE },
  [VB_INTERFACE_INTERNAL] = { "name" },
};

/* (transfer full) (nullable): an attribute that must be there and say something */
static char *
parse_required_text (VbXmlReader *reader, xmlNode *element, const char *name)
{
  char *text = vb_xml_reader_required_attribute (reader, element, name);

  if (text == NULL || text[0] != '\0')
    return text;
  vb_xml_reader_error (reader, element, name, "the attribute is empty");
  g_free (text);
  return NULL;
}

/* Whether it is an IPv4 address of which the first number says that it is a group's. */
static gboolean
is_multicast (const char *text)
{
  g_auto (GStrv) parts = g_strsplit (text, ".", N_IPV4_BYTES + 1);
  guint64 bytes[N_IPV4_BYTES];

  if (g_strv_length (parts) != N_IPV4_BYTES)
    return FALSE;
  for (guint i = 0; i < N_IPV4_BYTES; i++)
    if (!vb_number_parse (parts[i], 255, &bytes[i]))
      return FALSE;
  return bytes[0] >= FIRST_MULTICAST && bytes[0] <= LAST_MULTICAST;
}

static void
parse_endpoint (VbXmlReader *reader, xmlNode *source, VbInterface *interface)
{
  guint64 port = 0;

  if (sources[interface->type].needs_address)
    interface->address = parse_required_text (reader, source, "address");
  else
    interface->address = vb_xml_reader_attribute (reader, source, "address");
  if (interface->address != NULL && interface->address[0] == '\0')
    g_clear_pointer (&interface->address, g_free);
  if (interface->type == VB_INTERFACE_MCAST && interface->address != NULL &&
      !is_multicast (interface->address))
    vb_xml_reader_error (reader, source, "address",
                         "\"%s\" is not a multicast address: %d.0.0.0 to %d.255.255.255",
                         interface->address, FIRST_MULTICAST, LAST_MULTICAST);
  vb_xml_reader_required_number (reader, source, "port", 1, MAX_PORT, &port);
  interface->tcp_port = (guint16) port;
}

static void
parse_source (VbXmlReader *reader, xmlNode *element, VbInterface *interface)
{
  const char *name = sources[interface->type].name;
  xmlNode *source;
  int mode;

  if (name == NULL && !sources[interface->type].has_port)
    return;
  source = vb_xml_reader_required_child (reader, element, "source");
  if (source == NULL)
    return;
  if (name != NULL)
    interface->source = parse_required_text (reader, source, name);
  else
    parse_endpoint (reader, source, interface);
  if (!sources[interface->type].is_shared)
    return;
  mode = vb_xml_reader_enum (reader, source, "mode", &vb_interface_mode_table, 0,
                             VB_INTERFACE_MODE_VEPA);
  interface->mode = mode >= 0 ? (VbInterfaceMode) mode : VB_INTERFACE_MODE_VEPA;
  vb_virtual_port_parse (reader, element, &interface->port);
}

static void
parse_script (VbXmlReader *reader, xmlNode *element, VbInterface *interface)
{
  if (sources[interface->type].has_script)
    interface->script =
        parse_required_text (reader, vb_xml_reader_child (reader, element, "script"), "path");
}

static void
parse_mac (VbXmlReader *reader, xmlNode *element, VbInterface *interface)
{
  xmlNode *child = vb_xml_reader_child (reader, element, "mac");
  g_autofree char *text = vb_xml_reader_required_attribute (reader, child, "address");
  g_autofree char *mac = NULL;

  if (text == NULL)
    return;
  mac = vb_mac_normalize (text);
  if (mac == NULL)
    vb_xml_reader_error (reader, child, "address",
                         "\"%s\" is not a MAC address such as 52:54:00:12:34:56", text);
  else if (vb_mac_is_multicast (mac))
    vb_xml_reader_error (reader, child, "address",
                         "\"%s\" is a multicast address; the second digit must be even", text);
  else
    interface->mac = g_steal_pointer (&mac);
}

/* Names with these prefixes are given by programs such as this one. */
static gboolean
is_reserved_target (const char *target)
{
  return g_str_has_prefix (target, "vnet") || g_str_has_prefix (target, "vif") ||
         g_str_has_prefix (target, "macvtap");
}

static void
parse_target (VbXmlReader *reader, xmlNode *element, VbInterface *interface)
{
  xmlNode *child = vb_xml_reader_child (reader, element, "target");
  g_autofree char *target = vb_xml_reader_token (reader, child, "dev", "_-.@", MAX_TARGET_LENGTH);

  if (target == NULL)
    return;
  if (!reader->live && is_reserved_target (target))
    vb_xml_reader_inform (reader, child, "dev",
                          "\"%s\" is dropped: names that begin with vnet, vif or macvtap are given "
                          "when the domain starts",
                          target);
  else
    interface->target = g_steal_pointer (&target);
}

static void
parse_backend (VbXmlReader *reader, xmlNode *element, VbInterface *interface)
{
  xmlNode *child;
  int backend;

  if (interface->type != VB_INTERFACE_USER)
    return;
  child = vb_xml_reader_child (reader, element, "backend");
  backend = vb_xml_reader_enum (reader, child, "type", &vb_interface_backend_table, 0,
                                VB_INTERFACE_BACKEND_DEFAULT);
  interface->backend = backend >= 0 ? (VbInterfaceBackend) backend : VB_INTERFACE_BACKEND_DEFAULT;
}

static void
parse_driver (VbXmlReader *reader, xmlNode *element, VbInterface *interface)
{
  xmlNode *child = vb_xml_reader_child (reader, element, "driver");
  int driver = vb_xml_reader_enum (reader, child, "name", &vb_interface_driver_table,
                                   VB_INTERFACE_DRIVER_QEMU, VB_INTERFACE_DRIVER_DEFAULT);
  int tx_mode = vb_xml_reader_enum (reader, child, "txmode", &vb_interface_tx_mode_table,
                                    VB_INTERFACE_TX_MODE_IOTHREAD, VB_INTERFACE_TX_MODE_DEFAULT);

  interface->driver = driver >= 0 ? (VbInterfaceDriver) driver : VB_INTERFACE_DRIVER_DEFAULT;
  interface->tx_mode = tx_mode >= 0 ? (VbInterfaceTxMode) tx_mode : VB_INTERFACE_TX_MODE_DEFAULT;
}

/* One model is a card for the bus before PCI. */
static VbAddressType
get_address_type (const VbDevice *device)
{
  const char *model = ((const VbInterface *) device)->model;

  return g_strcmp0 (model, "ne2k_isa") == 0 ? VB_ADDRESS_NONE : VB_ADDRESS_PCI;
}

static gboolean
parse (VbXmlReader *reader, xmlNode *element, VbDevice *device)
{
  VbInterface *interface = (VbInterface *) device;
  int type =
      vb_xml_reader_enum (reader, element, "type", &vb_interface_type_table, 0, VB_INTERFACE_USER);

  interface->type = type >= 0 ? (VbInterfaceType) type : VB_INTERFACE_USER;
  parse_mac (reader, element, interface);
  parse_source (reader, element, interface);
  parse_backend (reader, element, interface);
  parse_script (reader, element, interface);
  parse_target (reader, element, interface);
  interface->model = vb_xml_reader_token (reader, vb_xml_reader_child (reader, element, "model"),
                                          "type", "_-", MAX_TOKEN_LENGTH);
  parse_driver (reader, element, interface);
  vb_address_parse (reader, element, get_address_type (device),
                    get_address_type (device) == VB_ADDRESS_PCI ? "an interface" : "an ISA card",
                    &device->address);
  return TRUE;
}

static void
format_source (const VbInterface *interface, VbXmlWriter *writer)
{
  vb_xml_writer_begin_optional (writer, "source");
  if (sources[interface->type].name != NULL)
    vb_xml_writer_attribute (writer, sources[interface->type].name, interface->source);
  if (sources[interface->type].is_shared)
    vb_xml_writer_attribute (writer, "mode", mode_words[interface->mode]);
  vb_xml_writer_attribute (writer, "address", interface->address);
  if (sources[interface->type].has_port)
    vb_xml_writer_number_attribute (writer, "port", interface->tcp_port);
  vb_xml_writer_end (writer);
}

static void
format_child (VbXmlWriter *writer, const char *name, const char *attribute, const char *value)
{
  vb_xml_writer_begin_optional (writer, name);
  vb_xml_writer_attribute (writer, attribute, value);
  vb_xml_writer_end (writer);
}

static gboolean
is_written_target (const VbInterface *interface, const VbXmlWriter *writer)
{
  return interface->target != NULL &&
         ((writer->flags & VB_FORMAT_LIVE) != 0 || !is_reserved_target (interface->target));
}

static void
format_driver (const VbInterface *interface, VbXmlWriter *writer)
{
  vb_xml_writer_begin_optional (writer, "driver");
  if (interface->driver != VB_INTERFACE_DRIVER_DEFAULT)
    vb_xml_writer_attribute (writer, "name", driver_words[interface->driver]);
  if (interface->tx_mode != VB_INTERFACE_TX_MODE_DEFAULT)
    vb_xml_writer_attribute (writer, "txmode", tx_mode_words[interface->tx_mode]);
  vb_xml_writer_end (writer);
}

static void
format (const VbDevice *device, VbXmlWriter *writer)
{
  const VbInterface *interface = (const VbInterface *) device;

  vb_xml_writer_attribute (writer, "type", type_words[interface->type]);
  format_child (writer, "mac", "address", interface->mac);
  format_child (writer, "backend", "type",
                interface->backend != VB_INTERFACE_BACKEND_DEFAULT
                    ? backend_words[interface->backend]
                    : NULL);
  format_source (interface, writer);
  vb_virtual_port_format (&interface->port, writer);
  format_child (writer, "script", "path", interface->script);
  format_child (writer, "target", "dev",
                is_written_target (interface, writer) ? interface->target : NULL);
  format_child (writer, "model", "type", interface->model);
  format_driver (interface, writer);
}

gboolean
vb_interface_is_virtio (const VbInterface *interface)
{
  return g_strcmp0 (interface->model, "virtio") == 0;
}

gboolean
vb_interface_is_tap (const VbInterface *interface)
{
  return interface->type == VB_INTERFACE_BRIDGE || interface->type == VB_INTERFACE_ETHERNET ||
         interface->type == VB_INTERFACE_DIRECT;
}

gboolean
vb_interface_has_script (const VbInterface *interface)
{
  return interface->script != NULL && strcmp (interface->script, VB_INTERFACE_NO_SCRIPT) != 0;
}

char *
vb_interface_describe_source (const VbInterface *interface)
{
  const char *address = interface->address != NULL ? interface->address : "";

  if (sources[interface->type].has_port)
    return g_strdup_printf (strchr (address, ':') != NULL ? "[%s]:%u" : "%s:%u", address,
                            interface->tcp_port);
  return g_strdup (interface->source != NULL ? interface->source : "");
}

void
vb_interface_inherit (VbInterface *interface, const VbInterface *old)
{
  if (interface->mac == NULL)
    interface->mac = g_strdup (old->mac);
  if (interface->port.type == old->port.type && interface->port.instance_id == NULL)
    interface->port.instance_id = g_strdup (old->port.instance_id);
}

const VbDeviceClass vb_interface_class = {
  .element = "interface",
  .size = sizeof (VbInterface),
  .is_bootable = TRUE,
  .parse = parse,
  .format = format,
  .get_address_type = get_address_type,
  .strings = { offsetof (VbInterface, source), offsetof (VbInterface, port.instance_id),
               offsetof (VbInterface, address), offsetof (VbInterface, script),
               offsetof (VbInterface, mac), offsetof (VbInterface, model),
               offsetof (VbInterface, target) },
};
