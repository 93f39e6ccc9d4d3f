/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * How much of the host a domain gets: memory and CPUs.
 */
#include "domain/domain-parts.h"
#include "domain/number.h"

#define MAX_VCPUS G_MAXUINT16

static const char *const placement_words[] = { "static", "auto", NULL };

const VbEnumTable vb_vcpu_placement_table = { placement_words, "placement of CPUs" };

static void
parse_memory (VbXmlReader *reader, VbDomain *domain)
{
  xmlNode *memory = vb_xml_reader_required_child (reader, reader->root, "memory");
  xmlNode *current = vb_xml_reader_child (reader, reader->root, "currentMemory");
  xmlNode *backing = vb_xml_reader_child (reader, reader->root, "memoryBacking");

  if (vb_xml_reader_size_text (reader, memory, &domain->memory_kib) && domain->memory_kib == 0)
    vb_xml_reader_error (reader, memory, NULL, "a domain needs memory: the size must not be 0");

  vb_xml_reader_size_text (reader, current, &domain->current_memory_kib);
  if (domain->memory_kib > 0 && domain->current_memory_kib > domain->memory_kib)
    vb_xml_reader_warn (reader, current, NULL,
                        "more than <memory>: taken as %" G_GUINT64_FORMAT " KiB",
                        domain->memory_kib);
  if (domain->current_memory_kib == 0 || domain->current_memory_kib > domain->memory_kib)
    domain->current_memory_kib = domain->memory_kib;
  domain->huge_pages = vb_xml_reader_child (reader, backing, "hugepages") != NULL;
}

static void
parse_vcpus (VbXmlReader *reader, VbDomain *domain)
{
  xmlNode *vcpu = vb_xml_reader_child (reader, reader->root, "vcpu");
  g_autofree char *text = vb_xml_reader_word (reader, vcpu);
  int placement = vb_xml_reader_enum (reader, vcpu, "placement", &vb_vcpu_placement_table, 0,
                                      VB_VCPU_PLACEMENT_STATIC);
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
  domain->vcpu_placement = (VbVcpuPlacement) MAX (placement, 0);
  domain->vcpu_cpus = vb_xml_reader_cpuset (reader, vcpu, "cpuset");
}

void
vb_resources_parse (VbXmlReader *reader, VbDomain *domain)
{
  parse_memory (reader, domain);
  parse_vcpus (reader, domain);
}

static void
format_vcpus (const VbDomain *domain, VbXmlWriter *writer)
{
  char vcpus[16];

  vb_xml_writer_begin (writer, "vcpu");
  vb_xml_writer_word_attribute (writer, "placement", &vb_vcpu_placement_table,
                                (int) domain->vcpu_placement);
  if (domain->vcpu_cpus != NULL)
    {
      g_autofree char *cpus = vb_cpuset_to_string (domain->vcpu_cpus);

      vb_xml_writer_attribute (writer, "cpuset", cpus);
    }
  if (domain->current_vcpus != domain->vcpus)
    vb_xml_writer_number_attribute (writer, "current", domain->current_vcpus);
  g_snprintf (vcpus, sizeof vcpus, "%u", domain->vcpus);
  vb_xml_writer_text (writer, vcpus);
  vb_xml_writer_end (writer);
}

void
vb_resources_format (const VbDomain *domain, VbXmlWriter *writer)
{
  vb_xml_writer_number_element (writer, "memory", domain->memory_kib);
  vb_xml_writer_number_element (writer, "currentMemory", domain->current_memory_kib);
  vb_xml_writer_begin_optional (writer, "memoryBacking");
  vb_xml_writer_flag (writer, "hugepages", domain->huge_pages);
  vb_xml_writer_end (writer);
  format_vcpus (domain, writer);
}
