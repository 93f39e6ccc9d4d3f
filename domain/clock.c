/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The <clock> element and its timers.
 */
#include "domain/clock.h"

#include "domain/domain-parts.h"
#include "domain/number.h"

#define MAX_TIMEZONE_LENGTH 255

static const char *const offset_words[] = { "utc", "localtime", "timezone", "variable", NULL };
static const char *const timer_words[] = { "platform", "pit", "rtc", "hpet", "tsc", NULL };
static const char *const track_words[] = { "default", "boot", "guest", "wall", NULL };
static const char *const policy_words[] = {
  "default", "delay", "catchup", "merge", "discard", NULL
};
static const char *const mode_words[] = { "default",  "auto",    "native", "emulate",
                                          "paravirt", "smpsafe", NULL };

const VbEnumTable vb_clock_offset_table = { offset_words, "clock offset" };
const VbEnumTable vb_timer_name_table = { timer_words, "timer" };
const VbEnumTable vb_timer_track_table = { track_words, "timer track" };
const VbEnumTable vb_tick_policy_table = { policy_words, "tick policy" };
const VbEnumTable vb_timer_mode_table = { mode_words, "timer mode" };

static void
parse_timezone (VbXmlReader *reader, xmlNode *element, VbClock *clock)
{
  gboolean is_expected = clock->offset == VB_CLOCK_TIMEZONE;
  g_autofree char *given = vb_xml_reader_peek_attribute (element, "timezone");

  clock->timezone =
      vb_xml_reader_token (reader, element, "timezone", "_+-/:,.<>", MAX_TIMEZONE_LENGTH);
  if (is_expected && given == NULL)
    vb_xml_reader_error (reader, element, NULL,
                         "offset='timezone' needs the attribute \"timezone\"");
  if (!is_expected && given != NULL)
    vb_xml_reader_error (reader, element, "timezone", "a time zone needs offset='timezone'");
}

/* With other offsets nothing is adjusted: it is kept, also as the word that today's tools write. */
static void
parse_adjustment (VbXmlReader *reader, xmlNode *element, VbClock *clock)
{
  gboolean is_variable = clock->offset == VB_CLOCK_VARIABLE;
  g_autofree char *text = is_variable ? vb_xml_reader_attribute (reader, element, "adjustment")
                                      : vb_xml_reader_peek_attribute (element, "adjustment");
  gint64 adjustment_s = 0;

  if (text == NULL || (!is_variable && g_str_equal (text, "reset")))
    return;
  if (!vb_number_parse_signed (text, G_MININT64, G_MAXINT64, &adjustment_s))
    vb_xml_reader_error (reader, element, "adjustment", "\"%s\" is not a number of seconds", text);
  if (is_variable)
    clock->adjustment_s = adjustment_s;
}

/* An optional word, of which not every timer has one. 0: none */
static int
parse_timer_word (VbXmlReader *reader,
                  xmlNode *element,
                  const char *name,
                  const VbEnumTable *table,
                  gboolean is_allowed,
                  const char *refusal)
{
  int value = vb_xml_reader_enum (reader, element, name, table, 1, 0);

  if (value > 0 && !is_allowed)
    vb_xml_reader_error (reader, element, name, "%s", refusal);
  return MAX (value, 0);
}

static void
parse_frequency (VbXmlReader *reader, xmlNode *element, VbTimer *timer)
{
  if (vb_xml_reader_number (reader, element, "frequency", 1, G_MAXINT64, &timer->frequency_hz) &&
      timer->name != VB_TIMER_TSC)
    vb_xml_reader_error (reader, element, "frequency", "only the timer tsc has a frequency");
}

static guint
parse_catchup_number (VbXmlReader *reader, xmlNode *element, const char *name)
{
  guint64 number = 0;

  vb_xml_reader_number (reader, element, name, 1, G_MAXINT, &number);
  return (guint) number;
}

static void
parse_catchup (VbXmlReader *reader, xmlNode *element, VbTimer *timer)
{
  xmlNode *child = vb_xml_reader_child (reader, element, "catchup");

  timer->has_catchup = child != NULL;
  timer->catchup_threshold = parse_catchup_number (reader, child, "threshold");
  timer->catchup_slew = parse_catchup_number (reader, child, "slew");
  timer->catchup_limit = parse_catchup_number (reader, child, "limit");
  if (timer->has_catchup && timer->tick_policy != VB_TICK_POLICY_CATCHUP)
    vb_xml_reader_error (reader, child, NULL, "how to catch up needs tickpolicy='catchup'");
}

/* %FALSE: which timer is meant is not known. */
static gboolean
parse_timer (VbXmlReader *reader, xmlNode *element, VbTimer *timer)
{
  int name = vb_xml_reader_enum (reader, element, "name", &vb_timer_name_table, 0, VB_XML_REQUIRED);

  if (name < 0)
    return FALSE;
  timer->name = (VbTimerName) name;
  timer->track = (VbTimerTrack) parse_timer_word (reader, element, "track", &vb_timer_track_table,
                                                  timer->name == VB_TIMER_RTC ||
                                                      timer->name == VB_TIMER_PLATFORM,
                                                  "only the timers rtc and platform have a track");
  timer->tick_policy = (VbTickPolicy) parse_timer_word (reader, element, "tickpolicy",
                                                        &vb_tick_policy_table, TRUE, NULL);
  timer->mode =
      (VbTimerMode) parse_timer_word (reader, element, "mode", &vb_timer_mode_table,
                                      timer->name == VB_TIMER_TSC, "only the timer tsc has a mode");
  timer->present =
      (VbSwitch) parse_timer_word (reader, element, "present", &vb_switch_table, TRUE, NULL);
  parse_frequency (reader, element, timer);
  parse_catchup (reader, element, timer);
  return TRUE;
}

static void
parse_timers (VbXmlReader *reader, xmlNode *element, VbClock *clock)
{
  gboolean is_taken[VB_N_TIMERS] = { FALSE };
  xmlNode *child = NULL;

  for (guint i = 0; (child = vb_xml_reader_next_child (reader, element, child, "timer", i)); i++)
    {
      VbTimer timer = { 0 };

      if (!parse_timer (reader, child, &timer))
        continue;
      if (is_taken[timer.name])
        vb_xml_reader_error (reader, child, "name", "the timer %s is already given",
                             timer_words[timer.name]);
      else
        clock->timers[clock->n_timers++] = timer;
      is_taken[timer.name] = TRUE;
    }
}

void
vb_clock_parse (VbXmlReader *reader, VbClock *clock)
{
  xmlNode *element = vb_xml_reader_child (reader, reader->root, "clock");
  int offset =
      vb_xml_reader_enum (reader, element, "offset", &vb_clock_offset_table, 0, VB_CLOCK_UTC);

  if (offset >= 0)
    {
      clock->offset = (VbClockOffset) offset;
      parse_timezone (reader, element, clock);
      parse_adjustment (reader, element, clock);
    }
  parse_timers (reader, element, clock);
}

static void
format_number (VbXmlWriter *writer, const char *name, guint64 number)
{
  if (number > 0)
    vb_xml_writer_number_attribute (writer, name, number);
}

static void
format_timer (const VbTimer *timer, VbXmlWriter *writer)
{
  vb_xml_writer_attribute (writer, "name", timer_words[timer->name]);
  vb_xml_writer_word_attribute (writer, "track", &vb_timer_track_table, (int) timer->track);
  vb_xml_writer_word_attribute (writer, "tickpolicy", &vb_tick_policy_table,
                                (int) timer->tick_policy);
  format_number (writer, "frequency", timer->frequency_hz);
  vb_xml_writer_word_attribute (writer, "mode", &vb_timer_mode_table, (int) timer->mode);
  vb_xml_writer_word_attribute (writer, "present", &vb_switch_table, (int) timer->present);
  if (!timer->has_catchup)
    return;
  vb_xml_writer_begin (writer, "catchup");
  format_number (writer, "threshold", timer->catchup_threshold);
  format_number (writer, "slew", timer->catchup_slew);
  format_number (writer, "limit", timer->catchup_limit);
  vb_xml_writer_end (writer);
}

void
vb_clock_format (const VbClock *clock, VbXmlWriter *writer)
{
  char adjustment[24];

  vb_xml_writer_begin (writer, "clock");
  vb_xml_writer_attribute (writer, "offset", offset_words[clock->offset]);
  if (clock->offset == VB_CLOCK_TIMEZONE)
    vb_xml_writer_attribute (writer, "timezone", clock->timezone);
  if (clock->offset == VB_CLOCK_VARIABLE)
    {
      g_snprintf (adjustment, sizeof adjustment, "%" G_GINT64_FORMAT, clock->adjustment_s);
      vb_xml_writer_attribute (writer, "adjustment", adjustment);
    }
  for (guint i = 0; i < clock->n_timers; i++)
    {
      vb_xml_writer_begin_repeated (writer, "timer", i);
      format_timer (&clock->timers[i], writer);
      vb_xml_writer_end (writer);
    }
  vb_xml_writer_end (writer);
}

void
vb_clock_copy (VbClock *copy, const VbClock *clock)
{
  *copy = *clock;
  copy->timezone = g_strdup (clock->timezone);
}

void
vb_clock_clear (VbClock *clock)
{
  g_clear_pointer (&clock->timezone, g_free);
}
