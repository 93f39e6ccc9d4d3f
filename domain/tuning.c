/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The elements <blkiotune>, <memtune> and <cputune>.
 */
#include "domain/tuning.h"

#include "domain/domain-error.h"
#include "domain/domain-parts.h"

/* What cgroups take. */
#define MIN_BLKIO_WEIGHT 100
#define MAX_BLKIO_WEIGHT 1000
#define MIN_CPU_SHARES 2
#define MAX_CPU_SHARES 262144

static const char *const limit_names[VB_N_MEMORY_LIMITS] = {
  [VB_MEMORY_HARD_LIMIT] = "hard_limit",
  [VB_MEMORY_SOFT_LIMIT] = "soft_limit",
  [VB_MEMORY_SWAP_HARD_LIMIT] = "swap_hard_limit",
  [VB_MEMORY_MIN_GUARANTEE] = "min_guarantee",
};

static void
clear_pin (gpointer data)
{
  g_clear_pointer (&((VbVcpuPin *) data)->cpus, vb_cpuset_free);
}

static GArray *
new_pins (void)
{
  GArray *pins = g_array_new (FALSE, FALSE, sizeof (VbVcpuPin));

  g_array_set_clear_func (pins, clear_pin);
  return pins;
}

static void
parse_blkio (VbXmlReader *reader, VbTuning *tuning)
{
  xmlNode *element = vb_xml_reader_child (reader, reader->root, "blkiotune");
  guint64 weight = 0;

  vb_xml_reader_number_text (reader, vb_xml_reader_child (reader, element, "weight"),
                             MIN_BLKIO_WEIGHT, MAX_BLKIO_WEIGHT, &weight);
  tuning->blkio_weight = (guint) weight;
}

/* 0 is no limit */
static gboolean
has_room_for_swap (const VbTuning *tuning)
{
  return tuning->limits_kib[VB_MEMORY_SWAP_HARD_LIMIT] <= 0 ||
         tuning->limits_kib[VB_MEMORY_SWAP_HARD_LIMIT] >= tuning->limits_kib[VB_MEMORY_HARD_LIMIT];
}

static void
parse_limits (VbXmlReader *reader, VbTuning *tuning)
{
  xmlNode *element = vb_xml_reader_child (reader, reader->root, "memtune");
  const gint64 *limits = tuning->limits_kib;

  for (guint i = 0; i < VB_N_MEMORY_LIMITS; i++)
    {
      guint64 kib;

      tuning->limits_kib[i] = VB_TUNING_UNSET;
      if (vb_xml_reader_size_text (reader, vb_xml_reader_child (reader, element, limit_names[i]),
                                   &kib))
        tuning->limits_kib[i] = (gint64) kib;
    }
  if (!has_room_for_swap (tuning))
    vb_xml_reader_error (reader, vb_xml_reader_peek_child (element, "swap_hard_limit"), NULL,
                         "%" G_GINT64_FORMAT " KiB of memory and swap are less than <hard_limit>, "
                         "%" G_GINT64_FORMAT " KiB of memory",
                         limits[VB_MEMORY_SWAP_HARD_LIMIT], limits[VB_MEMORY_HARD_LIMIT]);
}

static void
parse_pin (VbXmlReader *reader, xmlNode *element, guint vcpus, GHashTable *taken, GArray *pins)
{
  guint64 vcpu = 0;
  gboolean has_vcpu = vb_xml_reader_required_number (reader, element, "vcpu", 0, vcpus - 1, &vcpu);
  VbVcpuPin pin = { .cpus = vb_xml_reader_required_cpuset (reader, element, "cpuset") };

  pin.vcpu = (guint) vcpu;
  if (has_vcpu && !g_hash_table_add (taken, GUINT_TO_POINTER (pin.vcpu)))
    vb_xml_reader_error (reader, element, "vcpu", "the virtual CPU %u is already pinned", pin.vcpu);
  if (pin.cpus != NULL)
    g_array_append_val (pins, pin);
}

static void
parse_pins (VbXmlReader *reader, xmlNode *element, guint vcpus, VbTuning *tuning)
{
  g_autoptr (GHashTable) taken = g_hash_table_new (NULL, NULL);
  xmlNode *child = NULL;

  for (guint i = 0; (child = vb_xml_reader_next_child (reader, element, child, "vcpupin", i)); i++)
    {
      if (tuning->pins == NULL)
        tuning->pins = new_pins ();
      parse_pin (reader, child, vcpus, taken, tuning->pins);
    }
}

static gboolean
are_shares (gint64 shares)
{
  return shares <= 0 || (shares >= MIN_CPU_SHARES && shares <= MAX_CPU_SHARES);
}

static void
parse_shares (VbXmlReader *reader, xmlNode *element, VbTuning *tuning)
{
  xmlNode *child = vb_xml_reader_child (reader, element, "shares");
  guint64 shares;

  tuning->cpu_shares = VB_TUNING_UNSET;
  if (!vb_xml_reader_number_text (reader, child, 0, MAX_CPU_SHARES, &shares))
    return;
  tuning->cpu_shares = (gint64) shares;
  if (!are_shares (tuning->cpu_shares))
    vb_xml_reader_error (reader, child, NULL,
                         "\"%u\" must be 0, for the host's default, or %d to %d", (guint) shares,
                         MIN_CPU_SHARES, MAX_CPU_SHARES);
}

void
vb_tuning_parse (VbXmlReader *reader, guint vcpus, VbTuning *tuning)
{
  xmlNode *cputune = vb_xml_reader_child (reader, reader->root, "cputune");

  parse_blkio (reader, tuning);
  parse_limits (reader, tuning);
  parse_shares (reader, cputune, tuning);
  parse_pins (reader, cputune, vcpus, tuning);
}

static gboolean
check_limits (const VbTuning *tuning, GError **error)
{
  const gint64 *limits = tuning->limits_kib;

  for (guint i = 0; i < VB_N_MEMORY_LIMITS; i++)
    if (limits[i] > VB_TUNING_MAX_KIB)
      {
        g_set_error (error, VB_DOMAIN_ERROR, VB_DOMAIN_ERROR_INVALID,
                     "%" G_GINT64_FORMAT " KiB for <%s> are beyond 8 EiB", limits[i],
                     limit_names[i]);
        return FALSE;
      }
  if (has_room_for_swap (tuning))
    return TRUE;
  g_set_error (error, VB_DOMAIN_ERROR, VB_DOMAIN_ERROR_INVALID,
               "%" G_GINT64_FORMAT " KiB of memory and swap are less than <hard_limit>, "
               "%" G_GINT64_FORMAT " KiB of memory",
               limits[VB_MEMORY_SWAP_HARD_LIMIT], limits[VB_MEMORY_HARD_LIMIT]);
  return FALSE;
}

gboolean
vb_tuning_check (const VbTuning *tuning, GError **error)
{
  if (tuning->blkio_weight != 0 &&
      (tuning->blkio_weight < MIN_BLKIO_WEIGHT || tuning->blkio_weight > MAX_BLKIO_WEIGHT))
    g_set_error (error, VB_DOMAIN_ERROR, VB_DOMAIN_ERROR_INVALID,
                 "%u is no weight for <blkiotune>; it is from %d to %d, or 0 for none",
                 tuning->blkio_weight, MIN_BLKIO_WEIGHT, MAX_BLKIO_WEIGHT);
  else if (!are_shares (tuning->cpu_shares))
    g_set_error (error, VB_DOMAIN_ERROR, VB_DOMAIN_ERROR_INVALID,
                 "%" G_GINT64_FORMAT " is no number of <shares>; it is from %d to %d, or 0 for "
                 "the host's default",
                 tuning->cpu_shares, MIN_CPU_SHARES, MAX_CPU_SHARES);
  else
    return check_limits (tuning, error);
  return FALSE;
}

gboolean
vb_tuning_limits_swap_alone (const VbTuning *tuning)
{
  return tuning->limits_kib[VB_MEMORY_SWAP_HARD_LIMIT] > 0 &&
         tuning->limits_kib[VB_MEMORY_HARD_LIMIT] <= 0;
}

void
vb_tuning_pin (VbTuning *tuning, guint vcpu, VbCpuset *cpus)
{
  const VbVcpuPin added = { vcpu, cpus };

  if (tuning->pins == NULL)
    tuning->pins = new_pins ();
  for (guint i = 0; i < tuning->pins->len; i++)
    {
      VbVcpuPin *pin = &g_array_index (tuning->pins, VbVcpuPin, i);
      if (pin->vcpu == vcpu)
        {
          vb_cpuset_free (pin->cpus);
          pin->cpus = cpus;
          return;
        }
    }
  g_array_append_val (tuning->pins, added);
}

/* Nothing for less than @minimum */
static void
format_number (VbXmlWriter *writer, const char *name, gint64 number, gint64 minimum)
{
  char text[24] = "";

  if (number >= minimum)
    g_snprintf (text, sizeof text, "%" G_GINT64_FORMAT, number);
  vb_xml_writer_element (writer, name, text);
}

static void
format_cpus (const VbTuning *tuning, VbXmlWriter *writer)
{
  vb_xml_writer_begin_optional (writer, "cputune");
  format_number (writer, "shares", tuning->cpu_shares, 0);
  for (guint i = 0; tuning->pins != NULL && i < tuning->pins->len; i++)
    {
      const VbVcpuPin *pin = &g_array_index (tuning->pins, VbVcpuPin, i);
      g_autofree char *cpus = vb_cpuset_to_string (pin->cpus);

      vb_xml_writer_begin_repeated (writer, "vcpupin", i);
      vb_xml_writer_number_attribute (writer, "vcpu", pin->vcpu);
      vb_xml_writer_attribute (writer, "cpuset", cpus);
      vb_xml_writer_end (writer);
    }
  vb_xml_writer_end (writer);
}

void
vb_tuning_format (const VbTuning *tuning, VbXmlWriter *writer)
{
  vb_xml_writer_begin_optional (writer, "blkiotune");
  format_number (writer, "weight", tuning->blkio_weight, 1);
  vb_xml_writer_end (writer);
  vb_xml_writer_begin_optional (writer, "memtune");
  for (guint i = 0; i < VB_N_MEMORY_LIMITS; i++)
    format_number (writer, limit_names[i], tuning->limits_kib[i], 0);
  vb_xml_writer_end (writer);
  format_cpus (tuning, writer);
}

void
vb_tuning_copy (VbTuning *copy, const VbTuning *tuning)
{
  *copy = *tuning;
  if (tuning->pins == NULL)
    return;
  copy->pins = new_pins ();
  for (guint i = 0; i < tuning->pins->len; i++)
    {
      VbVcpuPin pin = g_array_index (tuning->pins, VbVcpuPin, i);

      pin.cpus = vb_cpuset_copy (pin.cpus);
      g_array_append_val (copy->pins, pin);
    }
}

void
vb_tuning_clear (VbTuning *tuning)
{
  g_clear_pointer (&tuning->pins, g_array_unref);
}
