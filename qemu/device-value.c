/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * One row for each type of number; what the schema of ours says of a property narrows it.
 */
#include "qemu/device-value.h"

#include "qemu/alternatives.h"

#include <string.h>

#define WORD_SEPARATOR "|"

static const struct
{
  const char *name;
  gint64 lowest;
  guint64 highest;
} number_types[] = {
  { "u8", 0, G_MAXUINT8 },           { "u16", 0, G_MAXUINT16 },
  { "u32", 0, G_MAXUINT32 },         { "u64", 0, G_MAXUINT64 },
  { "i8", G_MININT8, G_MAXINT8 },    { "i16", G_MININT16, G_MAXINT16 },
  { "i32", G_MININT32, G_MAXINT32 }, { "i64", G_MININT64, G_MAXINT64 },
  { "size", 0, G_MAXUINT64 },
};

/* Which numbers are taken. */
typedef struct
{
  gint64 lowest;
  guint64 highest;
  gboolean is_power_of_two;
  const char *unit; /* (nullable) */
} Range;

static gboolean
get_range (const char *type, const VbSchemaProperty *schema, Range *range)
{
  for (guint i = 0; i < G_N_ELEMENTS (number_types); i++)
    if (g_str_equal (number_types[i].name, type))
      {
        *range = (Range){ .lowest = number_types[i].lowest, .highest = number_types[i].highest };
        if (schema && schema->has_range)
          {
            range->lowest = MAX (range->lowest, schema->lowest);
            range->highest = MIN (range->highest, (guint64) schema->highest);
          }
        range->is_power_of_two = schema && schema->is_power_of_two;
        range->unit = schema ? schema->unit : NULL;
        return TRUE;
      }
  return FALSE;
}

static gboolean
range_has (const Range *range, const QmpValue *value)
{
  gint64 number;
  guint64 positive;

  if (qmp_value_as_int (value, &number) && number < 0)
    return number >= range->lowest;
  return qmp_value_as_uint (value, &positive) && positive <= range->highest &&
         (range->lowest < 0 || positive >= (guint64) range->lowest) &&
         (!range->is_power_of_two || (positive & (positive - 1)) == 0);
}

static char *
describe_range (const Range *range)
{
  return g_strdup_printf ("%" G_GINT64_FORMAT " to %" G_GUINT64_FORMAT "%s%s%s", range->lowest,
                          range->highest, range->unit ? " " : "", range->unit ? range->unit : "",
                          range->is_power_of_two ? ", a power of two" : "");
}

/* (transfer full) (nullable) */
static char *
refuse_number (const Range *range, const QmpValue *value)
{
  return range_has (range, value) ? NULL : describe_range (range);
}

static char *
refuse_word (const char *words, const QmpValue *value)
{
  g_auto (GStrv) known = g_strsplit (words, WORD_SEPARATOR, -1);
  const char *word = qmp_value_as_string (value);

  if (word && g_strv_contains ((const char *const *) known, word))
    return NULL;
  return vb_alternatives_join ((const char *const *) known);
}

static char *
refuse_switch (const QmpValue *value)
{
  gboolean truth;

  return qmp_value_as_boolean (value, &truth) ? NULL : g_strdup ("true or false");
}

static char *
refuse_text (const QmpValue *value)
{
  return qmp_value_as_string (value) ? NULL : g_strdup ("text");
}

char *
vb_device_value_refuse (const char *type, const VbSchemaProperty *schema, const QmpValue *value)
{
  g_autofree char *wanted = NULL;
  g_autofree char *given = NULL;
  Range range;

  if (get_range (type, schema, &range))
    wanted = refuse_number (&range, value);
  else if (strstr (type, WORD_SEPARATOR))
    wanted = refuse_word (type, value);
  else if (g_str_equal (type, "bool"))
    wanted = refuse_switch (value);
  else if (g_str_equal (type, "str"))
    wanted = refuse_text (value);
  if (!wanted)
    return NULL;
  given = qmp_value_to_string (value);
  return g_strdup_printf ("%s, not %s", wanted, given);
}
