/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The <controller> element. Which controllers a domain needs is decided where it is completed.
 */
#include "domain/controller.h"

#include "domain/device-class.h"

/* Words of later releases, whose controllers are kept whole, stand behind the enumeration's. */
static const char *const type_words[] = { "ide",  "fdc", "scsi", "sata",   "virtio-serial",
                                          "ccid", "usb", "pci",  "xenbus", NULL };
static const char *const scsi_model_words[] = { "default",    "auto",     "buslogic",    "lsilogic",
                                                "lsisas1068", "vmpvscsi", "virtio-scsi", NULL };

const VbEnumTable vb_controller_type_table = { type_words, "controller type" };
const VbEnumTable vb_scsi_model_table = { scsi_model_words, "scsi controller model" };

/* A ccid controller is a device on usb, a floppy controller one on isa. */
static VbAddressType
get_address_type (const VbDevice *device)
{
  switch (((const VbController *) device)->type)
    {
    case VB_CONTROLLER_FDC:
      return VB_ADDRESS_NONE;
    case VB_CONTROLLER_CCID:
      return VB_ADDRESS_USB;
    case VB_CONTROLLER_IDE:
    case VB_CONTROLLER_SCSI:
    case VB_CONTROLLER_SATA:
    case VB_CONTROLLER_VIRTIO_SERIAL:
    case VB_CONTROLLER_USB:
      break;
    }
  return VB_ADDRESS_PCI;
}

static void
parse_scsi (VbXmlReader *reader, xmlNode *element, VbController *controller)
{
  g_autofree char *word = vb_xml_reader_peek_attribute (element, "model");
  int model;

  /* The format's page has this slip of the pen. */
  if (g_strcmp0 (word, "lsias1068") == 0)
    {
      g_autofree char *seen = vb_xml_reader_attribute (reader, element, "model");

      vb_xml_reader_inform (reader, element, "model", "\"%s\" is read as \"lsisas1068\"", seen);
      controller->model = VB_SCSI_MODEL_LSISAS1068;
      return;
    }
  model = vb_xml_reader_enum (reader, element, "model", &vb_scsi_model_table, VB_SCSI_MODEL_AUTO,
                              VB_SCSI_MODEL_DEFAULT);
  controller->model = model > 0 ? (VbScsiModel) model : VB_SCSI_MODEL_DEFAULT;
}

static void
parse_virtio_serial (VbXmlReader *reader, xmlNode *element, VbController *controller)
{
  guint64 ports = 0;
  guint64 vectors = 0;

  vb_xml_reader_number (reader, element, "ports", 1, G_MAXUINT16, &ports);
  controller->ports = (guint) ports;
  controller->has_vectors =
      vb_xml_reader_number (reader, element, "vectors", 0, G_MAXUINT16, &vectors);
  controller->vectors = (guint) vectors;
}

static gboolean
parse (VbXmlReader *reader, xmlNode *element, VbDevice *device)
{
  VbController *controller = (VbController *) device;
  int type =
      vb_xml_reader_enum (reader, element, "type", &vb_controller_type_table, 0, VB_XML_REQUIRED);
  g_autofree char *owner = NULL;
  guint64 index = 0;

  if (type > VB_CONTROLLER_USB)
    return FALSE;
  controller->type = type > 0 ? (VbControllerType) type : VB_CONTROLLER_IDE;
  vb_xml_reader_number (reader, element, "index", 0, G_MAXUINT16, &index);
  controller->index = (guint) index;
  if (type == VB_CONTROLLER_SCSI)
    parse_scsi (reader, element, controller);
  else if (type == VB_CONTROLLER_VIRTIO_SERIAL)
    parse_virtio_serial (reader, element, controller);
  owner = g_strdup_printf ("a controller of type \"%s\"", type_words[controller->type]);
  vb_address_parse (reader, element, get_address_type (device), owner, &device->address);
  return TRUE;
}

static void
format (const VbDevice *device, VbXmlWriter *writer)
{
  const VbController *controller = (const VbController *) device;

  vb_xml_writer_attribute (writer, "type", type_words[controller->type]);
  vb_xml_writer_number_attribute (writer, "index", controller->index);
  if (controller->model != VB_SCSI_MODEL_DEFAULT)
    vb_xml_writer_attribute (writer, "model", scsi_model_words[controller->model]);
  if (controller->ports > 0)
    vb_xml_writer_number_attribute (writer, "ports", controller->ports);
  if (controller->has_vectors)
    vb_xml_writer_number_attribute (writer, "vectors", controller->vectors);
}

static char *
derive_alias (const VbDevice *device)
{
  const VbController *controller = (const VbController *) device;

  return g_strdup_printf ("%s%u", type_words[controller->type], controller->index);
}

const VbDeviceClass vb_controller_class = {
  .element = "controller",
  .size = sizeof (VbController),
  .parse = parse,
  .format = format,
  .get_address_type = get_address_type,
  .derive_alias = derive_alias,
};
