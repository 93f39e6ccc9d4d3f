/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * How much of the host a domain gets: memory and CPUs.
 */
#include "domain/domain-parts.h"
#include "domain/number.h"

/* So that the size in bytes fits a signed 64-bit number. */
#define MAX_MEMORY_KIB ((guint64) G_MAXINT64 / 1024)
#define MAX_VCPUS G_MAXUINT16

/* 0: absent, zero or wrong */
static guint64
parse_size (VbXmlReader *reader, xmlNode *element)
{
  g_autofree char *text = vb_xml_reader_word (reader, element);
  g_autofree char *unit = vb_xml_reader_attribute (reader, element, "unit");
  guint64 unit_bytes = unit != NULL ? vb_size_unit_bytes (unit) : 1024;
  guint64 amount, kib;

  if (text == NULL)
    return 0;
  if (unit_bytes == 0)
    {
      g_autofree char *units = vb_size_unit_list ();

      vb_xml_reader_error (reader, element, "unit", "\"%s\" is not a unit; known: %s", unit, units);
      return 0;
    }
  if (vb_number_parse (text, G_MAXUINT64, &amount) && vb_size_to_kib (amount, unit_bytes, &kib) &&
      kib <= MAX_MEMORY_KIB)
    return kib;
  vb_xml_reader_error (reader, element, NULL, "\"%s\" is not a size, or beyond 8 EiB", text);
  return 0;
}

static void
parse_memory (VbXmlReader *reader, VbDomain *domain)
{
  xmlNode *memory = vb_xml_reader_required_child (reader, reader->root, "memory");
  xmlNode *current = vb_xml_reader_child (reader, reader->root, "currentMemory");
  const GError *error_before = reader->first_error;

  domain->memory_kib = parse_size (reader, memory);
  if (memory != NULL && domain->memory_kib == 0 && reader->first_error == error_before)
    vb_xml_reader_error (reader, memory, NULL, "a domain needs memory: the size must not be 0");

  domain->current_memory_kib = parse_size (reader, current);
  if (domain->memory_kib > 0 && domain->current_memory_kib > domain->memory_kib)
    vb_xml_reader_warn (reader, current, NULL,
                        "more than <memory>: taken as %" G_GUINT64_FORMAT " KiB",
                        domain->memory_kib);
  if (domain->current_memory_kib == 0 || domain->current_memory_kib > domain->memory_kib)
    domain->current_memory_kib = domain->memory_kib;
}

static void
parse_vcpus (VbXmlReader *reader, VbDomain *domain)
{
  xmlNode *vcpu = vb_xml_reader_child (reader, reader->root, "vcpu");
  g_autofree char *text = vb_xml_reader_word (reader, vcpu);
  guint64 number = 1;

  if (text != NULL && (!vb_number_parse (text, MAX_VCPUS, &number) || number == 0))
    {
      vb_xml_reader_error (reader, vcpu, NULL, "\"%s\" is not a number of CPUs from 1 to %d", text,
                           MAX_VCPUS);
      number = MAX_VCPUS;
    }
  domain->vcpus = (guint) number;
  vb_xml_reader_number (reader, vcpu, "current", 1, domain->vcpus, &number);
  domain->current_vcpus = (guint) number;
}

void
vb_resources_parse (VbXmlReader *reader, VbDomain *domain)
{
  parse_memory (reader, domain);
  parse_vcpus (reader, domain);
}

void
vb_resources_format (const VbDomain *domain, VbXmlWriter *writer)
{
  char vcpus[16];

  vb_xml_writer_number_element (writer, "memory", domain->memory_kib);
  vb_xml_writer_number_element (writer, "currentMemory", domain->current_memory_kib);
  vb_xml_writer_begin (writer, "vcpu");
  if (domain->current_vcpus != domain->vcpus)
    vb_xml_writer_number_attribute (writer, "current", domain->current_vcpus);
  g_snprintf (vcpus, sizeof vcpus, "%u", domain->vcpus);
  vb_xml_writer_text (writer, vcpus);
  vb_xml_writer_end (writer);
}
