/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The whole document, from XML to a domain and back: the order of the parts, and what becomes of
 * devices. The parts themselves are read in their own files.
 */
#include "domain/conflicts.h"
#include "domain/device-class.h"
#include "domain/domain-parts.h"

static VbDomain *
domain_new (void)
{
  VbDomain *domain = g_new0 (VbDomain, 1);

  g_atomic_ref_count_init (&domain->ref_count);
  domain->id = -1;
  domain->devices = g_ptr_array_new_with_free_func ((GDestroyNotify) vb_device_free);
  return domain;
}

static void
parse_root (VbXmlReader *reader, VbDomain *domain)
{
  int type =
      vb_xml_reader_enum (reader, reader->root, "type", &vb_domain_type_table, 0, VB_XML_REQUIRED);
  g_autofree char *id = vb_xml_reader_peek_attribute (reader->root, "id");
  guint64 number;

  domain->type = type >= 0 ? (VbDomainType) type : VB_DOMAIN_TYPE_QEMU;
  reader->domain_type = domain->type;
  if (id == NULL)
    return;
  if (!reader->live)
    {
      g_autofree char *seen = vb_xml_reader_attribute (reader, reader->root, "id");

      vb_xml_reader_inform (reader, reader->root, "id",
                            "\"%s\" is dropped: the number is given when the domain starts", seen);
    }
  else if (vb_xml_reader_number (reader, reader->root, "id", 0, G_MAXINT, &number))
    domain->id = (int) number;
}

static void
keep (VbDomain *domain, VbKept *kept)
{
  if (domain->kept == NULL)
    domain->kept = g_ptr_array_new_with_free_func ((GDestroyNotify) vb_kept_free);
  g_ptr_array_add (domain->kept, kept);
}

static void
keep_device (VbXmlReader *reader, VbDomain *domain, xmlNode *element, const char *reason)
{
  VbKept *kept = vb_xml_reader_keep_element (reader, element, "devices");

  kept->boot_order = vb_device_peek_boot_order (element);
  keep (domain, kept);
  vb_xml_reader_warn (reader, element, NULL, "%s: it is kept, without effect", reason);
}

static const VbDevice *
parse_device (VbXmlReader *reader, VbDomain *domain, xmlNode *element)
{
  int kind = vb_device_kind_from_element (element);
  VbDevice *device;

  vb_xml_reader_mark_noun (element);
  if (kind < 0)
    {
      keep_device (reader, domain, element, "the device is not handled");
      return NULL;
    }
  device = vb_device_parse (reader, element, (VbDeviceKind) kind);
  if (device == NULL)
    keep_device (reader, domain, element, "a device of this type is not handled");
  else
    g_ptr_array_add (domain->devices, device);
  return device;
}

static void
parse_devices (VbXmlReader *reader, VbDomain *domain)
{
  xmlNode *devices = vb_xml_reader_child (reader, reader->root, "devices");
  xmlNode *emulator = vb_xml_reader_child (reader, devices, "emulator");
  g_autoptr (VbConflicts) conflicts = vb_conflicts_new (reader, domain);

  domain->emulator = vb_xml_reader_path_text (reader, emulator);
  for (xmlNode *element = vb_xml_reader_next_element (devices, NULL); element != NULL;
       element = vb_xml_reader_next_element (devices, element))
    if (element != emulator)
      vb_conflicts_add (conflicts, element, parse_device (reader, domain, element));
  vb_conflicts_check (conflicts);
  vb_domain_sort_devices (domain);
}

static void
keep_rest (VbXmlReader *reader, VbDomain *domain)
{
  g_autoptr (GPtrArray) rest = vb_xml_reader_keep_rest (reader, reader->root);

  if (rest == NULL)
    return;
  g_ptr_array_set_free_func (rest, NULL);
  for (guint i = 0; i < rest->len; i++)
    keep (domain, g_ptr_array_index (rest, i));
}

VbDomain *
vb_domain_parse (
    const char *xml, gsize length, gboolean live, VbDiagnostics *diagnostics, GError **error)
{
  g_autoptr (VbXmlReader) reader = vb_xml_reader_new (xml, length, live, diagnostics, error);
  g_autoptr (VbDomain) domain = NULL;

  if (reader == NULL)
    return NULL;
  domain = domain_new ();
  if (vb_xml_reader_has_name (reader->root, "domain"))
    {
      parse_root (reader, domain);
      vb_identity_parse (reader, domain);
      vb_resources_parse (reader, domain);
      vb_tuning_parse (reader, domain->vcpus, &domain->tuning);
      vb_sysinfo_parse (reader, domain);
      vb_os_parse (reader, &domain->os);
      domain->features = vb_features_parse (reader);
      vb_cpu_parse (reader, domain->vcpus, &domain->cpu);
      vb_clock_parse (reader, &domain->clock);
      vb_lifecycle_parse (reader, domain);
      parse_devices (reader, domain);
      keep_rest (reader, domain);
    }
  else
    vb_xml_reader_error (reader, reader->root, NULL,
                         "<%s> is not a domain: the document must be <domain type='…'>",
                         reader->root->name);
  if (reader->first_error == NULL)
    return g_steal_pointer (&domain);
  g_propagate_error (error, g_steal_pointer (&reader->first_error));
  return NULL;
}

char *
vb_domain_format (const VbDomain *domain, VbFormatFlags flags)
{
  VbXmlWriter writer;

  vb_xml_writer_init (&writer, flags);
  vb_xml_writer_begin_noun (&writer, "domain", domain->kept);
  vb_xml_writer_attribute (&writer, "type",
                           vb_enum_to_string (&vb_domain_type_table, domain->type));
  if ((flags & VB_FORMAT_LIVE) != 0 && domain->id >= 0)
    vb_xml_writer_number_attribute (&writer, "id", (guint64) domain->id);
  vb_identity_format (domain, &writer);
  vb_resources_format (domain, &writer);
  vb_tuning_format (&domain->tuning, &writer);
  vb_sysinfo_format (&domain->sysinfo, &writer);
  vb_os_format (&domain->os, &writer);
  vb_features_format (domain->features, &writer);
  vb_cpu_format (&domain->cpu, &writer);
  vb_clock_format (&domain->clock, &writer);
  vb_lifecycle_format (domain, &writer);
  vb_xml_writer_begin_optional (&writer, "devices");
  vb_xml_writer_element (&writer, "emulator", domain->emulator);
  for (guint i = 0; i < domain->devices->len; i++)
    vb_device_write (g_ptr_array_index (domain->devices, i), &writer);
  vb_xml_writer_end (&writer);
  vb_xml_writer_end (&writer);
  return vb_xml_writer_finish (&writer);
}
