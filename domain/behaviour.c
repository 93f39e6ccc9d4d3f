/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * How a machine behaves: its features, its clock, and what follows when the guest ends.
 */
#include "domain/domain-parts.h"
#include "domain/number.h"

#define MAX_TIMEZONE_LENGTH 255

static const char *const lifecycle_words[] = {
  "destroy", "restart", "preserve", "rename-restart", "coredump-destroy", "coredump-restart", NULL
};
/* What a guest may end with but a crash. */
static const char *const quiet_lifecycle_words[] = { "destroy", "restart", "preserve",
                                                     "rename-restart", NULL };
static const char *const clock_words[] = { "utc", "localtime", "timezone", "variable", NULL };

const VbEnumTable vb_lifecycle_action_table = { lifecycle_words, "lifecycle action" };
static const VbEnumTable quiet_lifecycle_table = { quiet_lifecycle_words, "lifecycle action here" };
const VbEnumTable vb_clock_offset_table = { clock_words, "clock offset" };

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

static void
parse_features (VbXmlReader *reader, VbDomain *domain)
{
  xmlNode *element = vb_xml_reader_child (reader, reader->root, "features");

  for (gsize i = 0; i < G_N_ELEMENTS (features); i++)
    if (vb_xml_reader_child (reader, element, features[i].name) != NULL)
      domain->features |= features[i].bit;
}

static void
parse_timezone (VbXmlReader *reader, xmlNode *clock, VbDomain *domain)
{
  gboolean is_expected = domain->clock_offset == VB_CLOCK_TIMEZONE;
  g_autofree char *given = vb_xml_reader_peek_attribute (clock, "timezone");

  domain->clock_timezone =
      vb_xml_reader_token (reader, clock, "timezone", "_+-/:,.<>", MAX_TIMEZONE_LENGTH);
  if (is_expected && given == NULL)
    vb_xml_reader_error (reader, clock, NULL, "offset='timezone' needs the attribute \"timezone\"");
  if (!is_expected && given != NULL)
    vb_xml_reader_error (reader, clock, "timezone", "a time zone needs offset='timezone'");
}

static void
parse_adjustment (VbXmlReader *reader, xmlNode *clock, VbDomain *domain)
{
  g_autofree char *text = vb_xml_reader_attribute (reader, clock, "adjustment");

  if (text == NULL)
    return;
  if (domain->clock_offset != VB_CLOCK_VARIABLE)
    vb_xml_reader_error (reader, clock, "adjustment", "an adjustment needs offset='variable'");
  else if (!vb_number_parse_signed (text, G_MININT64, G_MAXINT64, &domain->clock_adjustment_s))
    vb_xml_reader_error (reader, clock, "adjustment", "\"%s\" is not a number of seconds", text);
}

static void
parse_clock (VbXmlReader *reader, VbDomain *domain)
{
  xmlNode *clock = vb_xml_reader_child (reader, reader->root, "clock");
  int offset =
      vb_xml_reader_enum (reader, clock, "offset", &vb_clock_offset_table, 0, VB_CLOCK_UTC);

  if (clock == NULL || offset < 0)
    return;
  domain->clock_offset = (VbClockOffset) offset;
  parse_timezone (reader, clock, domain);
  parse_adjustment (reader, clock, domain);
}

static VbLifecycleAction
parse_lifecycle (VbXmlReader *reader,
                 const char *name,
                 const VbEnumTable *table,
                 VbLifecycleAction absent)
{
  int action = vb_xml_reader_enum_text (reader, vb_xml_reader_child (reader, reader->root, name),
                                        table, (int) absent);

  return action >= 0 ? (VbLifecycleAction) action : absent;
}

void
vb_behaviour_parse (VbXmlReader *reader, VbDomain *domain)
{
  parse_features (reader, domain);
  parse_clock (reader, domain);
  domain->on_poweroff =
      parse_lifecycle (reader, "on_poweroff", &quiet_lifecycle_table, VB_LIFECYCLE_DESTROY);
  domain->on_reboot =
      parse_lifecycle (reader, "on_reboot", &quiet_lifecycle_table, VB_LIFECYCLE_RESTART);
  domain->on_crash =
      parse_lifecycle (reader, "on_crash", &vb_lifecycle_action_table, VB_LIFECYCLE_DESTROY);
}

static void
format_clock (const VbDomain *domain, VbXmlWriter *writer)
{
  char adjustment[24];

  vb_xml_writer_begin (writer, "clock");
  vb_xml_writer_attribute (writer, "offset", clock_words[domain->clock_offset]);
  if (domain->clock_offset == VB_CLOCK_TIMEZONE)
    vb_xml_writer_attribute (writer, "timezone", domain->clock_timezone);
  if (domain->clock_offset == VB_CLOCK_VARIABLE)
    {
      g_snprintf (adjustment, sizeof adjustment, "%" G_GINT64_FORMAT, domain->clock_adjustment_s);
      vb_xml_writer_attribute (writer, "adjustment", adjustment);
    }
  vb_xml_writer_end (writer);
}

void
vb_behaviour_format (const VbDomain *domain, VbXmlWriter *writer)
{
  vb_xml_writer_begin_optional (writer, "features");
  for (gsize i = 0; i < G_N_ELEMENTS (features); i++)
    vb_xml_writer_flag (writer, features[i].name, (domain->features & features[i].bit) != 0);
  vb_xml_writer_end (writer);
  format_clock (domain, writer);
  vb_xml_writer_element (writer, "on_poweroff", lifecycle_words[domain->on_poweroff]);
  vb_xml_writer_element (writer, "on_reboot", lifecycle_words[domain->on_reboot]);
  vb_xml_writer_element (writer, "on_crash", lifecycle_words[domain->on_crash]);
}
