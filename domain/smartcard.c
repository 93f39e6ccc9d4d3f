/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The <smartcard> element: a card in the guest's reader and who answers for it.
 */
#include "domain/smartcard.h"

#include "domain/chardev-source-xml.h"
#include "domain/device-class.h"

static const char *const mode_words[] = { "host", "host-certificates", "passthrough", NULL };

const VbEnumTable vb_smartcard_mode_table = { mode_words, "smartcard mode" };

static VbAddressType
get_address_type (const VbDevice *device)
{
  return VB_ADDRESS_CCID;
}

static void
parse_certificates (VbXmlReader *reader, xmlNode *element, VbSmartcard *card)
{
  xmlNode *child = NULL;
  guint n_certificates = 0;

  while ((child = vb_xml_reader_next_child (reader, element, child, "certificate",
                                            n_certificates)) != NULL)
    {
      g_autofree char *name = vb_xml_reader_text (reader, child);

      if (name[0] == '\0')
        vb_xml_reader_error (reader, child, NULL, "the name of a certificate cannot be empty");
      if (n_certificates < VB_SMARTCARD_N_CERTIFICATES)
        card->certificates[n_certificates] = g_steal_pointer (&name);
      n_certificates++;
    }
  if (n_certificates != VB_SMARTCARD_N_CERTIFICATES)
    vb_xml_reader_error (reader, element, NULL,
                         "mode=\"host-certificates\" needs exactly three <certificate>, not %u",
                         n_certificates);
}

static gboolean
parse (VbXmlReader *reader, xmlNode *element, VbDevice *device)
{
  VbSmartcard *card = (VbSmartcard *) device;
  int mode =
      vb_xml_reader_enum (reader, element, "mode", &vb_smartcard_mode_table, 0, VB_XML_REQUIRED);

  card->mode = mode >= 0 ? (VbSmartcardMode) mode : VB_SMARTCARD_HOST;
  if (card->mode == VB_SMARTCARD_HOST_CERTIFICATES)
    {
      parse_certificates (reader, element, card);
      card->database =
          vb_xml_reader_path_text (reader, vb_xml_reader_child (reader, element, "database"));
    }
  else if (card->mode == VB_SMARTCARD_PASSTHROUGH)
    vb_chardev_source_parse (reader, element, VB_CHARDEV_USE_TYPED | VB_CHARDEV_USE_SPICE,
                             &card->source);
  vb_address_parse (reader, element, VB_ADDRESS_CCID, "a smartcard", &device->address);
  return TRUE;
}

static void
format (const VbDevice *device, VbXmlWriter *writer)
{
  const VbSmartcard *card = (const VbSmartcard *) device;

  vb_xml_writer_attribute (writer, "mode", mode_words[card->mode]);
  if (card->mode == VB_SMARTCARD_PASSTHROUGH)
    vb_chardev_source_format (&card->source, writer, VB_CHARDEV_USE_PLAIN);
  for (guint i = 0; i < VB_SMARTCARD_N_CERTIFICATES && card->certificates[i] != NULL; i++)
    {
      vb_xml_writer_begin_repeated (writer, "certificate", i);
      vb_xml_writer_text (writer, card->certificates[i]);
      vb_xml_writer_end (writer);
    }
  vb_xml_writer_element (writer, "database", card->database);
}

const VbDeviceClass vb_smartcard_class = {
  .element = "smartcard",
  .size = sizeof (VbSmartcard),
  .parse = parse,
  .format = format,
  .get_address_type = get_address_type,
  .strings = { VB_CHARDEV_SOURCE_STRINGS (VbSmartcard), offsetof (VbSmartcard, certificates[0]),
               offsetof (VbSmartcard, certificates[1]), offsetof (VbSmartcard, certificates[2]),
               offsetof (VbSmartcard, database) },
};
