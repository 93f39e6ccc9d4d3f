/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The <memballoon> element.
 */
#include "domain/memballoon.h"

#include "domain/device-class.h"

static const char *const model_words[] = { "virtio", "xen", "none", NULL };

const VbEnumTable vb_memballoon_model_table = { model_words, "memory balloon model" };

static gboolean
parse (VbXmlReader *reader, xmlNode *element, VbDevice *device)
{
  VbMemballoon *balloon = (VbMemballoon *) device;
  int model =
      vb_xml_reader_enum (reader, element, "model", &vb_memballoon_model_table, 0, VB_XML_REQUIRED);

  balloon->model = model >= 0 ? (VbMemballoonModel) model : VB_MEMBALLOON_NONE;
  vb_address_parse (reader, element, VB_ADDRESS_PCI, "a memory balloon", &device->address);
  return TRUE;
}

static void
format (const VbDevice *device, VbXmlWriter *writer)
{
  const VbMemballoon *balloon = (const VbMemballoon *) device;

  vb_xml_writer_attribute (writer, "model", model_words[balloon->model]);
}

static VbAddressType
get_address_type (const VbDevice *device)
{
  return ((const VbMemballoon *) device)->model == VB_MEMBALLOON_VIRTIO ? VB_ADDRESS_PCI
                                                                        : VB_ADDRESS_NONE;
}

const VbDeviceClass vb_memballoon_class = {
  .element = "memballoon",
  .size = sizeof (VbMemballoon),
  .parse = parse,
  .format = format,
  .get_address_type = get_address_type,
};
