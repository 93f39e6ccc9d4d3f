/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * QEMU is right about what there is, of which type it is and what its default is; what it means stands
 * in our own table. Words of enums come from the table, else from QEMU's descriptions, which end in
 * them: "Error handling policy, report/ignore/enospc/stop/auto".
 */
#include "qemu/device-schema.h"

#include "qemu/device-table.h"

#include <string.h>

#define ROWS "a(sssv)"
#define TEXT_TYPE "str"
#define CHILD_PREFIX "child<"
/* The description of what QEMU keeps as a number and takes as text. */
#define SLOT_PREFIX "Slot and optional function number"

/* QEMU's types, and how they are called on the bus. */
static const struct
{
  const char *type;
  const char *name;
} types[] = {
  { "bool", "bool" },      { "uint8", "u8" }, { "uint16", "u16" }, { "uint32", "u32" },
  { "uint64", "u64" },     { "int8", "i8" },  { "int16", "i16" },  { "int32", "i32" },
  { "int64", "i64" },      { "int", "i64" },  { "size", "size" },  { "str", TEXT_TYPE },
  { "string", TEXT_TYPE }, { "uint4", "u8" },
};

/* (transfer none): where the words of an enum begin in QEMU's description, or its end */
static const char *
find_words (const char *description)
{
  const char *last = strrchr (description, ' ');
  const char *words = last ? last + 1 : description;

  return strchr (words, '/') ? words : description + strlen (description);
}

/* (nullable) */
static const char *
find_name (const char *type)
{
  for (guint i = 0; i < G_N_ELEMENTS (types); i++)
    if (g_str_equal (types[i].type, type))
      return types[i].name;
  return NULL;
}

/* (transfer full): of a type that is neither a number nor text */
static char *
name_other_type (const VbEmulatorProperty *property)
{
  const char *words = vb_schema_find_words (property->type);
  const char *described = find_words (property->description);

  if (words)
    return g_strdup (words);
  if (*described && g_ascii_isupper (*property->type))
    return g_strdelimit (g_strdup (described), "/", '|');
  return g_strdup (property->type);
}

static char *
name_type (const VbSchemaProperty *ours, const VbEmulatorProperty *property)
{
  gboolean is_slot = g_str_has_prefix (property->description, SLOT_PREFIX);
  const char *name = is_slot ? TEXT_TYPE : find_name (property->type);

  if (ours && ours->words && (!name || g_str_equal (name, TEXT_TYPE)))
    return g_strdup (ours->words);
  return name ? g_strdup (name) : name_other_type (property);
}

char *
vb_device_schema_get_type (const char *device, const VbEmulatorProperty *property)
{
  const VbSchemaEntry *entry = vb_schema_find (VB_SCHEMA_DEVICE, device);

  return name_type (vb_schema_find_property (entry, property->name), property);
}

static void
append_details (GString *text, const VbSchemaProperty *ours)
{
  if (ours->has_range)
    g_string_append_printf (text, ", %" G_GINT64_FORMAT " to %" G_GINT64_FORMAT, ours->lowest,
                            ours->highest);
  if (ours->unit)
    g_string_append_printf (text, "%s %s", ours->has_range ? "" : ", in", ours->unit);
  if (ours->is_power_of_two)
    g_string_append (text, ", a power of two");
  if (ours->since)
    g_string_append_printf (text, "; since QEMU %s", ours->since);
  if (ours->xml)
    g_string_append_printf (text, "; in the domain XML: %s", ours->xml);
}

/* (transfer full): QEMU's own words without those that only repeat the type */
static char *
describe_by_qemu (const VbEmulatorProperty *property)
{
  gsize length = (gsize) (find_words (property->description) - property->description);
  char *text = g_strndup (property->description, length);

  while (length > 0 && strchr (" ,", text[length - 1]))
    text[--length] = '\0';
  return text;
}

static char *
describe (const VbSchemaProperty *ours, const VbEmulatorProperty *property)
{
  g_autoptr (GString) text = NULL;

  if (!ours)
    return describe_by_qemu (property);
  text = g_string_new (ours->meaning);
  append_details (text, ours);
  return g_string_free (g_steal_pointer (&text), FALSE);
}

/* With all bits set QEMU says that it decides by itself; its sizes have had 32 bits of them. */
static gboolean
is_open (const VbEmulatorProperty *property, guint64 number)
{
  static const struct
  {
    const char *type;
    guint64 open;
  } rows[] = {
    { "uint8", G_MAXUINT8 },   { "uint16", G_MAXUINT16 }, { "uint32", G_MAXUINT32 },
    { "uint64", G_MAXUINT64 }, { "size", G_MAXUINT32 },   { "size", G_MAXUINT64 },
  };

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    if (rows[i].open == number && g_str_equal (rows[i].type, property->type))
      return TRUE;
  return FALSE;
}

/* (transfer floating or none) */
static GVariant *
get_default (const VbEmulatorProperty *property)
{
  GVariant *value = property->default_value;
  gboolean has_default = value && !(g_variant_is_of_type (value, G_VARIANT_TYPE_UINT64) &&
                                    is_open (property, g_variant_get_uint64 (value)));

  return has_default ? value : g_variant_new_string ("");
}

static void
add_row (GVariantBuilder *rows, const VbSchemaEntry *entry, const VbEmulatorProperty *property)
{
  const VbSchemaProperty *ours = vb_schema_find_property (entry, property->name);
  g_autofree char *type = name_type (ours, property);
  g_autofree char *description = describe (ours, property);

  g_variant_builder_add (rows, "(sssv)", property->name, type, description, get_default (property));
}

GVariant *
vb_device_schema_describe (const VbEmulatorFacts *facts, const char *device)
{
  GVariantBuilder rows = G_VARIANT_BUILDER_INIT (G_VARIANT_TYPE (ROWS));
  VbEmulatorDevice found;
  const VbSchemaEntry *entry;

  if (!vb_emulator_facts_find_device (facts, device, &found) ||
      !vb_emulator_facts_knows_properties (facts, device))
    return NULL;
  entry = vb_schema_find (VB_SCHEMA_DEVICE, found.name);
  for (guint i = 0; i < vb_emulator_facts_get_n_properties (facts, device); i++)
    {
      VbEmulatorProperty property;

      vb_emulator_facts_get_property (facts, device, i, &property);
      /* Parts of the device, which nobody sets. */
      if (!g_str_has_prefix (property.type, CHILD_PREFIX))
        add_row (&rows, entry, &property);
    }
  return g_variant_builder_end (&rows);
}

const char *
vb_device_schema_get_summary (const char *device)
{
  const VbSchemaEntry *entry = vb_schema_find (VB_SCHEMA_DEVICE, device);

  return entry ? entry->summary : NULL;
}
