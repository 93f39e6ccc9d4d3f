/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The <features> element.
 */
#include "domain/machine-features.h"

#include "domain/domain-parts.h"

static const struct
{
  const char *name;
  VbFeatures bit;
} features[] = {
  { "acpi", VB_FEATURE_ACPI },
  { "apic", VB_FEATURE_APIC },
  { "pae", VB_FEATURE_PAE },
  { "hap", VB_FEATURE_HAP },
};

VbFeatures
vb_features_parse (VbXmlReader *reader)
{
  xmlNode *element = vb_xml_reader_child (reader, reader->root, "features");
  VbFeatures found = 0;

  for (gsize i = 0; i < G_N_ELEMENTS (features); i++)
    if (vb_xml_reader_child (reader, element, features[i].name) != NULL)
      found |= features[i].bit;
  return found;
}

void
vb_features_format (VbFeatures set, VbXmlWriter *writer)
{
  vb_xml_writer_begin_optional (writer, "features");
  for (gsize i = 0; i < G_N_ELEMENTS (features); i++)
    vb_xml_writer_flag (writer, features[i].name, (set & features[i].bit) != 0);
  vb_xml_writer_end (writer);
}
