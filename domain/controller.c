/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The <controller> element. Which controllers a domain needs is decided where it is completed.
 */
#include "domain/controller.h"

#include <stddef.h>

#include "domain/device-class.h"

/* Words of later releases, whose controllers are kept whole, stand behind the enumeration's. */
static const char *const type_words[] = { "ide",  "fdc", "scsi", "sata",   "virtio-serial",
                                          "ccid", "usb", "pci",  "xenbus", NULL };
static const char *const scsi_model_words[] = { "auto",     "buslogic",    "lsilogic", "lsisas1068",
                                                "vmpvscsi", "virtio-scsi", NULL };

const VbEnumTable vb_controller_type_table = { type_words, "controller type" };
static const VbEnumTable scsi_model_table = { scsi_model_words, "scsi controller model" };

/* How each type sits in the machine; a ccid controller is a device on usb, a floppy controller one
 * on isa. */
static gboolean
is_on_pci (VbControllerType type)
{
  return type != VB_CONTROLLER_FDC && type != VB_CONTROLLER_CCID;
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
    {
      int model = vb_xml_reader_enum (reader, element, "model", &scsi_model_table, 0,
                                      G_N_ELEMENTS (scsi_model_words));

      if (model >= 0 && model < (int) G_N_ELEMENTS (scsi_model_words) - 1)
        controller->model = g_strdup (scsi_model_words[model]);
    }
  owner = g_strdup_printf ("a controller of type \"%s\"", type_words[controller->type]);
  vb_address_parse (reader, element,
                    is_on_pci (controller->type) ? VB_ADDRESS_PCI : VB_ADDRESS_NONE, owner,
                    &device->address);
  return TRUE;
}

static void
format (const VbDevice *device, VbXmlWriter *writer)
{
  const VbController *controller = (const VbController *) device;

  vb_xml_writer_attribute (writer, "type", type_words[controller->type]);
  vb_xml_writer_number_attribute (writer, "index", controller->index);
  vb_xml_writer_attribute (writer, "model", controller->model);
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
  .strings = { offsetof (VbController, model) },
  .derive_alias = derive_alias,
};
