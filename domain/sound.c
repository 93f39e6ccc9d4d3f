/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The <sound> element. Two of the models are of the time before PCI.
 */
#include "domain/sound.h"

#include "domain/device-class.h"

static const char *const model_words[] = { "es1370", "sb16", "ac97", "ich6", "pcspk", NULL };

const VbEnumTable vb_sound_model_table = { model_words, "sound model" };

static VbAddressType
get_address_type (const VbDevice *device)
{
  VbSoundModel model = ((const VbSound *) device)->model;

  return model == VB_SOUND_SB16 || model == VB_SOUND_PCSPK ? VB_ADDRESS_NONE : VB_ADDRESS_PCI;
}

static gboolean
parse (VbXmlReader *reader, xmlNode *element, VbDevice *device)
{
  VbSound *sound = (VbSound *) device;
  int model =
      vb_xml_reader_enum (reader, element, "model", &vb_sound_model_table, 0, VB_XML_REQUIRED);
  g_autofree char *owner = NULL;

  sound->model = model >= 0 ? (VbSoundModel) model : VB_SOUND_ES1370;
  owner = g_strdup_printf ("a sound card of model \"%s\"", model_words[sound->model]);
  vb_address_parse (reader, element, get_address_type (device), owner, &device->address);
  return TRUE;
}

static void
format (const VbDevice *device, VbXmlWriter *writer)
{
  vb_xml_writer_attribute (writer, "model", model_words[((const VbSound *) device)->model]);
}

const VbDeviceClass vb_sound_class = {
  .element = "sound",
  .size = sizeof (VbSound),
  .parse = parse,
  .format = format,
  .get_address_type = get_address_type,
};
