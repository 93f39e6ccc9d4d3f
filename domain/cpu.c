/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The <cpu> element. Which models and features there are is for the hypervisor to know.
 */
#include "domain/cpu.h"

#include "domain/domain-parts.h"
#include "domain/text-hash.h"

#define MAX_TOKEN_LENGTH 64
#define NAME_CHARACTERS "_.+-"

static const char *const match_words[] = { "minimum", "exact", "strict", NULL };
static const char *const vendor_words[] = { "", "Intel", "AMD", "Hygon", "IBM", "Freescale", NULL };
static const char *const policy_words[] = { "force",   "require", "optional",
                                            "disable", "forbid",  NULL };

const VbEnumTable vb_cpu_match_table = { match_words, "way to match a CPU" };
const VbEnumTable vb_cpu_vendor_table = { vendor_words, "CPU vendor" };
const VbEnumTable vb_cpu_policy_table = { policy_words, "feature policy" };

static void
clear_feature (gpointer data)
{
  g_free (((VbCpuFeature *) data)->name);
}

static GArray *
new_features (void)
{
  GArray *features = g_array_new (FALSE, FALSE, sizeof (VbCpuFeature));

  g_array_set_clear_func (features, clear_feature);
  return features;
}

static void
parse_model (VbXmlReader *reader, xmlNode *element, VbCpu *cpu)
{
  xmlNode *child = vb_xml_reader_child (reader, element, "model");
  g_autofree char *name = vb_xml_reader_word (reader, child);
  int match =
      vb_xml_reader_enum (reader, element, "match", &vb_cpu_match_table, 0, VB_CPU_MATCH_EXACT);

  cpu->match = match >= 0 ? (VbCpuMatch) match : VB_CPU_MATCH_EXACT;
  if (name == NULL || name[0] == '\0')
    return;
  if (!vb_xml_is_token (name, NAME_CHARACTERS, MAX_TOKEN_LENGTH))
    vb_xml_reader_error (reader, child, NULL,
                         "\"%s\" must be 1 to %d letters, digits or any of \"%s\"", name,
                         MAX_TOKEN_LENGTH, NAME_CHARACTERS);
  cpu->model = g_steal_pointer (&name);
}

static void
parse_vendor (VbXmlReader *reader, xmlNode *element, VbCpu *cpu)
{
  const VbEnumTable known = { vendor_words + VB_CPU_VENDOR_INTEL, vb_cpu_vendor_table.noun };
  int vendor =
      vb_xml_reader_enum_text (reader, vb_xml_reader_child (reader, element, "vendor"), &known, -1);

  cpu->vendor = vendor >= 0 ? (VbCpuVendor) (vendor + VB_CPU_VENDOR_INTEL) : VB_CPU_VENDOR_ANY;
}

static void
parse_topology (VbXmlReader *reader, xmlNode *element, guint vcpus, VbCpu *cpu)
{
  static const char *const names[] = { "sockets", "cores", "threads" };
  xmlNode *child = vb_xml_reader_child (reader, element, "topology");
  guint64 counts[G_N_ELEMENTS (names)];
  guint n_known = 0;

  for (guint i = 0; i < G_N_ELEMENTS (names); i++)
    n_known +=
        vb_xml_reader_required_number (reader, child, names[i], 1, G_MAXUINT16, &counts[i]) != 0;
  if (n_known < G_N_ELEMENTS (names))
    return;
  cpu->sockets = (guint) counts[0];
  cpu->cores = (guint) counts[1];
  cpu->threads = (guint) counts[2];
  if (counts[0] * counts[1] * counts[2] != vcpus)
    vb_xml_reader_error (reader, child, NULL,
                         "%u sockets of %u cores of %u threads are not the %u virtual CPUs of "
                         "<vcpu>",
                         cpu->sockets, cpu->cores, cpu->threads, vcpus);
}

static void
parse_features (VbXmlReader *reader, xmlNode *element, VbCpu *cpu)
{
  g_autoptr (GHashTable) names = g_hash_table_new (vb_text_hash, g_str_equal);
  xmlNode *child = NULL;

  for (guint i = 0; (child = vb_xml_reader_next_child (reader, element, child, "feature", i)); i++)
    {
      int policy = vb_xml_reader_enum (reader, child, "policy", &vb_cpu_policy_table, 0,
                                       VB_CPU_POLICY_REQUIRE);
      VbCpuFeature feature = { .policy = (VbCpuPolicy) MAX (policy, 0) };

      feature.name =
          vb_xml_reader_required_token (reader, child, "name", NAME_CHARACTERS, MAX_TOKEN_LENGTH);
      if (feature.name == NULL)
        continue;
      if (cpu->features == NULL)
        cpu->features = new_features ();
      g_array_append_val (cpu->features, feature);
      if (!g_hash_table_add (names, feature.name))
        vb_xml_reader_error (reader, child, "name", "the feature \"%s\" is already given",
                             feature.name);
    }
}

/* What says something about a model needs one. */
static void
check_model (VbXmlReader *reader, xmlNode *element, const VbCpu *cpu)
{
  g_autofree char *match = NULL;
  xmlNode *vendor = vb_xml_reader_peek_child (element, "vendor");
  xmlNode *feature = vb_xml_reader_peek_child (element, "feature");

  if (element == NULL || cpu->model != NULL)
    return;
  match = vb_xml_reader_peek_attribute (element, "match");
  if (match != NULL)
    vb_xml_reader_error (reader, element, "match", "how to match needs a <model>");
  if (vendor != NULL)
    vb_xml_reader_error (reader, vendor, NULL, "a vendor needs a <model>");
  if (feature != NULL)
    vb_xml_reader_error (reader, feature, NULL, "a feature needs a <model>");
}

void
vb_cpu_parse (VbXmlReader *reader, guint vcpus, VbCpu *cpu)
{
  xmlNode *element = vb_xml_reader_child (reader, reader->root, "cpu");

  parse_model (reader, element, cpu);
  parse_vendor (reader, element, cpu);
  parse_topology (reader, element, vcpus, cpu);
  parse_features (reader, element, cpu);
  check_model (reader, element, cpu);
}

static void
format_topology (const VbCpu *cpu, VbXmlWriter *writer)
{
  vb_xml_writer_begin_optional (writer, "topology");
  if (cpu->sockets > 0)
    {
      vb_xml_writer_number_attribute (writer, "sockets", cpu->sockets);
      vb_xml_writer_number_attribute (writer, "cores", cpu->cores);
      vb_xml_writer_number_attribute (writer, "threads", cpu->threads);
    }
  vb_xml_writer_end (writer);
}

void
vb_cpu_format (const VbCpu *cpu, VbXmlWriter *writer)
{
  vb_xml_writer_begin_optional (writer, "cpu");
  if (cpu->model != NULL)
    vb_xml_writer_attribute (writer, "match", match_words[cpu->match]);
  vb_xml_writer_element (writer, "model", cpu->model);
  vb_xml_writer_element (writer, "vendor", vendor_words[cpu->vendor]);
  format_topology (cpu, writer);
  for (guint i = 0; cpu->features != NULL && i < cpu->features->len; i++)
    {
      const VbCpuFeature *feature = &g_array_index (cpu->features, VbCpuFeature, i);

      vb_xml_writer_begin_repeated (writer, "feature", i);
      vb_xml_writer_attribute (writer, "name", feature->name);
      vb_xml_writer_attribute (writer, "policy", policy_words[feature->policy]);
      vb_xml_writer_end (writer);
    }
  vb_xml_writer_end (writer);
}

void
vb_cpu_copy (VbCpu *copy, const VbCpu *cpu)
{
  *copy = *cpu;
  copy->model = g_strdup (cpu->model);
  if (cpu->features == NULL)
    return;
  copy->features = new_features ();
  for (guint i = 0; i < cpu->features->len; i++)
    {
      VbCpuFeature feature = g_array_index (cpu->features, VbCpuFeature, i);

      feature.name = g_strdup (feature.name);
      g_array_append_val (copy->features, feature);
    }
}

void
vb_cpu_clear (VbCpu *cpu)
{
  g_clear_pointer (&cpu->model, g_free);
  g_clear_pointer (&cpu->features, g_array_unref);
}
