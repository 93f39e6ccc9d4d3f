/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Writing the <capabilities> document. Its structure is that of the mail that proposed it in 2007,
 * with the attributes that were added since; readers must not depend on the order of elements, but
 * find the default machine and the best domain type first.
 */
#include "domain/capabilities-xml.h"

#include "domain/xml-foreign.h"
#include "domain/xml-writer.h"

static void
clear_domain (gpointer data)
{
  VbCapabilitiesDomain *domain = data;

  g_clear_pointer (&domain->machines, g_array_unref);
}

VbCapabilitiesGuest *
vb_capabilities_guest_new (void)
{
  VbCapabilitiesGuest *guest = g_new0 (VbCapabilitiesGuest, 1);

  guest->machines = g_array_new (FALSE, TRUE, sizeof (VbCapabilitiesMachine));
  guest->domains = g_array_new (FALSE, TRUE, sizeof (VbCapabilitiesDomain));
  g_array_set_clear_func (guest->domains, clear_domain);
  return guest;
}

void
vb_capabilities_guest_free (VbCapabilitiesGuest *guest)
{
  g_array_unref (guest->machines);
  g_array_unref (guest->domains);
  g_free (guest);
}

/* The first form of the document has an element for each of these, and no other. */
static void
format_old_features (const VbCapabilitiesHost *host, VbXmlWriter *writer)
{
  static const char *const names[] = { "vmx", "svm", "pae" };

  vb_xml_writer_begin_optional (writer, "features");
  for (guint i = 0; i < G_N_ELEMENTS (names); i++)
    vb_xml_writer_flag (writer, names[i],
                        host->features != NULL && g_strv_contains (host->features, names[i]));
  vb_xml_writer_end (writer);
}

static void
format_topology (const VbCapabilitiesHost *host, VbXmlWriter *writer)
{
  if (host->sockets == 0)
    return;
  vb_xml_writer_begin (writer, "topology");
  vb_xml_writer_number_attribute (writer, "sockets", host->sockets);
  vb_xml_writer_number_attribute (writer, "cores", host->cores);
  vb_xml_writer_number_attribute (writer, "threads", host->threads);
  vb_xml_writer_end (writer);
}

static void
format_cpu (const VbCapabilitiesHost *host, VbXmlWriter *writer)
{
  vb_xml_writer_begin (writer, "cpu");
  vb_xml_write_foreign_element (writer, "arch", host->arch);
  vb_xml_write_foreign_element (writer, "model", host->model);
  vb_xml_write_foreign_element (writer, "vendor", host->vendor);
  format_topology (host, writer);
  format_old_features (host, writer);
  for (guint i = 0; host->features != NULL && host->features[i] != NULL; i++)
    {
      vb_xml_writer_begin (writer, "feature");
      vb_xml_write_foreign_attribute (writer, "name", host->features[i]);
      vb_xml_writer_end (writer);
    }
  vb_xml_writer_end (writer);
}

/* @reason: (nullable) */
static void
format_support (VbXmlWriter *writer, const char *name, gboolean is_supported, const char *reason)
{
  vb_xml_writer_begin (writer, name);
  vb_xml_writer_attribute (writer, "support", is_supported ? "yes" : "no");
  if (!is_supported && reason != NULL && *reason != '\0')
    vb_xml_write_foreign_attribute (writer, "reason", reason);
  vb_xml_writer_end (writer);
}

static void
format_host (const VbCapabilitiesHost *host, VbXmlWriter *writer)
{
  vb_xml_writer_begin (writer, "host");
  format_cpu (host, writer);
  format_support (writer, "kvm", host->kvm_usable, host->kvm_reason);
  format_support (writer, "iommu", host->iommu_enabled, NULL);
  vb_xml_writer_end (writer);
}

/* @machines: (nullable) */
static void
format_machines (const GArray *machines, VbXmlWriter *writer)
{
  for (guint i = 0; machines != NULL && i < machines->len; i++)
    {
      const VbCapabilitiesMachine *machine = &g_array_index (machines, VbCapabilitiesMachine, i);

      vb_xml_writer_begin (writer, "machine");
      if (!g_str_equal (machine->canonical, machine->name))
        vb_xml_write_foreign_attribute (writer, "canonical", machine->canonical);
      if (machine->max_cpus > 0)
        vb_xml_writer_number_attribute (writer, "maxCpus", machine->max_cpus);
      if (machine->is_deprecated)
        vb_xml_writer_attribute (writer, "deprecated", "yes");
      vb_xml_write_foreign_text (writer, machine->name);
      vb_xml_writer_end (writer);
    }
}

static void
format_domain (const VbCapabilitiesDomain *domain, VbXmlWriter *writer)
{
  vb_xml_writer_begin (writer, "domain");
  vb_xml_writer_attribute (writer, "type",
                           vb_enum_to_string (&vb_domain_type_table, (int) domain->type));
  vb_xml_write_foreign_element (writer, "emulator", domain->emulator);
  vb_xml_write_foreign_element (writer, "loader", domain->loader);
  format_machines (domain->machines, writer);
  vb_xml_writer_end (writer);
}

static void
format_arch (const VbCapabilitiesGuest *guest, VbXmlWriter *writer)
{
  vb_xml_writer_begin (writer, "arch");
  vb_xml_write_foreign_attribute (writer, "name", guest->arch);
  vb_xml_writer_number_element (writer, "wordsize", guest->word_size);
  vb_xml_write_foreign_element (writer, "emulator", guest->emulator);
  vb_xml_write_foreign_element (writer, "loader", guest->loader);
  format_machines (guest->machines, writer);
  for (guint i = 0; i < guest->domains->len; i++)
    format_domain (&g_array_index (guest->domains, VbCapabilitiesDomain, i), writer);
  vb_xml_writer_end (writer);
}

static void
format_feature (const VbCapabilitiesFeature *feature, const char *name, VbXmlWriter *writer)
{
  if (!feature->exists)
    return;
  vb_xml_writer_begin (writer, name);
  vb_xml_writer_attribute (writer, "default", feature->is_default ? "on" : "off");
  vb_xml_writer_attribute (writer, "toggle", feature->can_toggle ? "yes" : "no");
  vb_xml_writer_end (writer);
}

static void
format_guest (const VbCapabilitiesGuest *guest, VbXmlWriter *writer)
{
  vb_xml_writer_begin (writer, "guest");
  vb_xml_writer_element (writer, "os_type",
                         vb_enum_to_string (&vb_os_type_table, (int) guest->os_type));
  format_arch (guest, writer);
  vb_xml_writer_begin_optional (writer, "features");
  vb_xml_writer_flag (writer, "pae", guest->pae);
  vb_xml_writer_flag (writer, "nonpae", guest->nonpae);
  format_feature (&guest->acpi, "acpi", writer);
  format_feature (&guest->apic, "apic", writer);
  vb_xml_writer_end (writer);
  vb_xml_writer_end (writer);
}

char *
vb_capabilities_format (const VbCapabilitiesHost *host, const GPtrArray *guests)
{
  VbXmlWriter writer;

  vb_xml_writer_init (&writer, VB_FORMAT_DEFINITION);
  vb_xml_writer_begin_noun (&writer, "capabilities", NULL);
  format_host (host, &writer);
  for (guint i = 0; i < guests->len; i++)
    format_guest (g_ptr_array_index (guests, i), &writer);
  vb_xml_writer_end (&writer);
  return vb_xml_writer_finish (&writer);
}
