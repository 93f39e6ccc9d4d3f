/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Writing the <domainCapabilities> document, in the structure and with the names of enums that
 * programs know from libvirt.
 */
#include "domain/domain-capabilities-xml.h"

#include "domain/xml-foreign.h"

static void
clear_words (gpointer data)
{
  g_ptr_array_unref (((VbOfferedWords *) data)->words);
}

VbDomainOffer *
vb_domain_offer_new (void)
{
  VbDomainOffer *offer = g_new0 (VbDomainOffer, 1);

  offer->cpus = g_array_new (FALSE, TRUE, sizeof (VbOfferedCpu));
  offer->words = g_array_new (FALSE, TRUE, sizeof (VbOfferedWords));
  g_array_set_clear_func (offer->words, clear_words);
  return offer;
}

void
vb_domain_offer_free (VbDomainOffer *offer)
{
  g_array_unref (offer->cpus);
  g_array_unref (offer->words);
  g_free (offer);
}

static void
begin_support (VbXmlWriter *writer, const char *element, gboolean is_supported)
{
  vb_xml_writer_begin (writer, element);
  vb_xml_writer_attribute (writer, "supported", is_supported ? "yes" : "no");
}

static void
format_os (const VbDomainOffer *offer, VbXmlWriter *writer)
{
  begin_support (writer, "os", offer->has_firmware);
  begin_support (writer, "loader", offer->has_firmware);
  vb_xml_write_foreign_element (writer, "value", offer->loader);
  vb_xml_writer_end (writer);
  vb_xml_writer_end (writer);
}

static void
format_cpu (const VbDomainOffer *offer, VbXmlWriter *writer)
{
  vb_xml_writer_begin (writer, "cpu");
  vb_xml_writer_begin (writer, "mode");
  vb_xml_writer_attribute (writer, "name", "custom");
  vb_xml_writer_attribute (writer, "supported", offer->takes_cpu ? "yes" : "no");
  for (guint i = 0; i < offer->cpus->len; i++)
    {
      const VbOfferedCpu *cpu = &g_array_index (offer->cpus, VbOfferedCpu, i);

      vb_xml_writer_begin (writer, "model");
      vb_xml_writer_attribute (writer, "usable", cpu->is_usable ? "yes" : "no");
      vb_xml_write_foreign_text (writer, cpu->name);
      vb_xml_writer_end (writer);
    }
  vb_xml_writer_end (writer);
  vb_xml_writer_end (writer);
}

static void
format_words (const VbOfferedWords *words, VbXmlWriter *writer)
{
  vb_xml_writer_begin (writer, "enum");
  vb_xml_writer_attribute (writer, "name", words->name);
  for (guint i = 0; i < words->words->len; i++)
    vb_xml_writer_element (writer, "value", g_ptr_array_index (words->words, i));
  vb_xml_writer_end (writer);
}

static void
format_device (const VbDomainOffer *offer, VbDeviceKind kind, VbXmlWriter *writer)
{
  begin_support (writer, vb_device_kind_to_string (kind), offer->has_device[kind]);
  for (guint i = 0; i < offer->words->len; i++)
    {
      const VbOfferedWords *words = &g_array_index (offer->words, VbOfferedWords, i);

      if (words->kind == kind)
        format_words (words, writer);
    }
  vb_xml_writer_end (writer);
}

char *
vb_domain_offer_format (const VbDomainOffer *offer)
{
  VbXmlWriter writer;

  vb_xml_writer_init (&writer, VB_FORMAT_DEFINITION);
  vb_xml_writer_begin_noun (&writer, "domainCapabilities", NULL);
  vb_xml_write_foreign_element (&writer, "path", offer->emulator);
  vb_xml_writer_element (&writer, "domain",
                         vb_enum_to_string (&vb_domain_type_table, (int) offer->type));
  vb_xml_write_foreign_element (&writer, "machine", offer->machine);
  vb_xml_write_foreign_element (&writer, "arch", offer->arch);
  vb_xml_writer_begin_optional (&writer, "vcpu");
  if (offer->max_vcpus > 0)
    vb_xml_writer_number_attribute (&writer, "max", offer->max_vcpus);
  vb_xml_writer_end (&writer);
  format_os (offer, &writer);
  format_cpu (offer, &writer);
  vb_xml_writer_begin (&writer, "devices");
  for (guint kind = 0; kind < VB_N_DEVICE_KINDS; kind++)
    format_device (offer, kind, &writer);
  vb_xml_writer_end (&writer);
  vb_xml_writer_end (&writer);
  return vb_xml_writer_finish (&writer);
}
