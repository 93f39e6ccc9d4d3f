/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * One function for each command. They only note: what they noted is sorted and packed in the end.
 */
#include "qemu/facts-builder.h"

#include "qemu/facts-builder-private.h"
#include "qemu/qemu-error.h"

#include <string.h>

/* The machine without anything, which the emulator is asked with and no domain can have. */
#define EMPTY_MACHINE "none"
#define BIT(index) (G_GUINT64_CONSTANT (1) << (index))
#define DEVICE_TYPE "device"
#define DESCRIBE_COMMAND "device-list-properties"
/* QEMU's deepest has eight; QOM forbids circles, an answer may not know that. */
#define MAX_ANCESTORS 64

const char *
vb_facts_get_text (const QmpValue *object, const char *member)
{
  const char *text = qmp_value_get_string (object, member);

  return text && *text && g_utf8_validate (text, -1, NULL) ? text : NULL;
}

static void
machine_free (Machine *machine)
{
  g_free (machine->name);
  g_free (machine->alias);
  g_free (machine);
}

static void
cpu_free (Cpu *cpu)
{
  g_free (cpu->name);
  g_variant_unref (cpu->blockers);
  g_free (cpu);
}

static void
device_free (Device *device)
{
  g_free (device->name);
  g_free (device->bus);
  g_free (device->description);
  g_free (device->category);
  g_free (device->alias);
  g_clear_pointer (&device->properties, g_variant_unref);
  g_free (device);
}

VbFactsBuilder *
vb_facts_builder_new (void)
{
  VbFactsBuilder *builder = g_new0 (VbFactsBuilder, 1);

  builder->machines = g_ptr_array_new_with_free_func ((GDestroyNotify) machine_free);
  builder->cpus = g_ptr_array_new_with_free_func ((GDestroyNotify) cpu_free);
  builder->devices =
      g_hash_table_new_full (g_str_hash, g_str_equal, NULL, (GDestroyNotify) device_free);
  for (guint kind = 0; kind < VB_N_EMULATOR_WORDS; kind++)
    builder->words[kind] = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  return builder;
}

void
vb_facts_builder_free (VbFactsBuilder *builder)
{
  g_free (builder->version);
  g_free (builder->target);
  g_ptr_array_unref (builder->machines);
  g_ptr_array_unref (builder->cpus);
  g_hash_table_unref (builder->devices);
  for (guint kind = 0; kind < VB_N_EMULATOR_WORDS; kind++)
    g_hash_table_unref (builder->words[kind]);
  g_free (builder);
}

/* The answers. Each of these returns whether it understood its own. */

static gboolean
add_version (VbFactsBuilder *builder, const QmpValue *reply)
{
  g_autoptr (QmpValue) qemu = qmp_value_get (reply, "qemu");
  gint64 major = qmp_value_get_int (qemu, "major", -1);

  g_free (builder->version);
  builder->version =
      g_strdup_printf ("%" G_GINT64_FORMAT ".%" G_GINT64_FORMAT ".%" G_GINT64_FORMAT, major,
                       qmp_value_get_int (qemu, "minor", 0), qmp_value_get_int (qemu, "micro", 0));
  return major >= 0;
}

static gboolean
add_target (VbFactsBuilder *builder, const QmpValue *reply)
{
  g_free (builder->target);
  builder->target = g_strdup (vb_facts_get_text (reply, "arch"));
  return builder->target != NULL;
}

static gboolean
add_kvm (VbFactsBuilder *builder, const QmpValue *reply)
{
  builder->has_kvm = qmp_value_get_boolean (reply, "enabled", FALSE);
  return TRUE;
}

static void
add_machine (VbFactsBuilder *builder, const QmpValue *reply)
{
  const char *name = vb_facts_get_text (reply, "name");
  Machine *machine;

  if (!name || g_str_equal (name, EMPTY_MACHINE))
    return;
  machine = g_new0 (Machine, 1);
  machine->name = g_strdup (name);
  machine->alias = g_strdup (vb_facts_get_text (reply, "alias"));
  machine->max_cpus = (guint) CLAMP (qmp_value_get_int (reply, "cpu-max", 0), 0, G_MAXUINT);
  machine->is_default = qmp_value_get_boolean (reply, "is-default", FALSE);
  machine->is_deprecated = qmp_value_get_boolean (reply, "deprecated", FALSE);
  g_ptr_array_add (builder->machines, machine);
}

static void
add_cpu (VbFactsBuilder *builder, const QmpValue *reply)
{
  const char *name = vb_facts_get_text (reply, "name");
  g_autoptr (QmpValue) missing = qmp_value_get (reply, "unavailable-features");
  GVariantBuilder blockers = G_VARIANT_BUILDER_INIT (G_VARIANT_TYPE_STRING_ARRAY);
  Cpu *cpu;

  if (!name)
    return;
  for (guint i = 0; i < qmp_value_get_length (missing); i++)
    {
      g_autoptr (QmpValue) feature = qmp_value_get_element (missing, i);
      const char *word = qmp_value_as_string (feature);

      if (word && g_utf8_validate (word, -1, NULL))
        g_variant_builder_add (&blockers, "s", word);
    }
  cpu = g_new0 (Cpu, 1);
  cpu->name = g_strdup (name);
  cpu->blockers = g_variant_ref_sink (g_variant_builder_end (&blockers));
  g_ptr_array_add (builder->cpus, cpu);
}

static void
add_chardev (VbFactsBuilder *builder, const QmpValue *reply)
{
  const char *word = vb_facts_get_text (reply, "name");

  if (word)
    g_hash_table_add (builder->words[VB_EMULATOR_WORD_CHARDEV], g_strdup (word));
}

static void
add_option (VbFactsBuilder *builder, const QmpValue *reply)
{
  const char *word = vb_facts_get_text (reply, "option");

  if (word)
    g_hash_table_add (builder->words[VB_EMULATOR_WORD_OPTION], g_strdup (word));
}

static gboolean
for_each (VbFactsBuilder *builder,
          const QmpValue *array,
          void (*func) (VbFactsBuilder *builder, const QmpValue *element))
{
  for (guint i = 0; i < qmp_value_get_length (array); i++)
    {
      g_autoptr (QmpValue) element = qmp_value_get_element (array, i);

      func (builder, element);
    }
  return qmp_value_get_length (array) > 0;
}

static gboolean
add_machines (VbFactsBuilder *builder, const QmpValue *reply)
{
  return for_each (builder, reply, add_machine);
}

static gboolean
add_cpus (VbFactsBuilder *builder, const QmpValue *reply)
{
  return for_each (builder, reply, add_cpu);
}

static gboolean
add_chardevs (VbFactsBuilder *builder, const QmpValue *reply)
{
  return for_each (builder, reply, add_chardev);
}

static gboolean
add_options (VbFactsBuilder *builder, const QmpValue *reply)
{
  return for_each (builder, reply, add_option);
}

static gboolean
add_schema (VbFactsBuilder *builder, const QmpValue *reply)
{
  vb_facts_schema_read (reply, builder->words);
  return g_hash_table_size (builder->words[VB_EMULATOR_WORD_COMMAND]) > 0;
}

/* (transfer none) */
static Device *
get_device (VbFactsBuilder *builder, const char *name)
{
  Device *device = g_hash_table_lookup (builder->devices, name);

  if (device)
    return device;
  device = g_new0 (Device, 1);
  device->name = g_strdup (name);
  device->is_pluggable = TRUE;
  g_hash_table_insert (builder->devices, device->name, device);
  return device;
}

/* QEMU lists a device under each of its categories; the first is the main one. */
static void
note_listed (const VbEmulatorDevice *listed, gpointer user_data)
{
  Device *device = get_device (user_data, listed->name);

  if (device->category)
    return;
  device->bus = g_strdup (listed->bus);
  device->description = g_strdup (listed->description);
  device->category = g_strdup (listed->category);
  device->alias = g_strdup (listed->alias);
  device->is_pluggable = listed->is_pluggable;
}

static gboolean
add_listing (VbFactsBuilder *builder, const QmpValue *reply)
{
  const char *text = qmp_value_as_string (reply);

  if (text)
    vb_facts_listing_read (text, note_listed, builder);
  return text != NULL;
}

/* @types: (element-type utf8 QmpValue) */
static gboolean
is_device (GHashTable *types, const char *name)
{
  for (guint i = 0; name && i < MAX_ANCESTORS; i++)
    {
      if (g_str_equal (name, DEVICE_TYPE))
        return TRUE;
      name = qmp_value_get_string (g_hash_table_lookup (types, name), "parent");
    }
  return FALSE;
}

/* Devices are noted here, too: there are QEMUs without a human monitor. */
static gboolean
add_types (VbFactsBuilder *builder, const QmpValue *reply)
{
  g_autoptr (GHashTable) types =
      g_hash_table_new_full (g_str_hash, g_str_equal, NULL, (GDestroyNotify) qmp_value_unref);
  GHashTableIter iter;
  gpointer key, value;

  for (guint i = 0; i < qmp_value_get_length (reply); i++)
    {
      g_autoptr (QmpValue) type = qmp_value_get_element (reply, i);
      const char *name = vb_facts_get_text (type, "name");

      if (name)
        g_hash_table_replace (types, (gpointer) name, g_steal_pointer (&type));
    }
  g_hash_table_iter_init (&iter, types);
  while (g_hash_table_iter_next (&iter, &key, &value))
    if (!qmp_value_get_boolean (value, "abstract", FALSE))
      {
        g_hash_table_add (builder->words[VB_EMULATOR_WORD_OBJECT], g_strdup (key));
        if (is_device (types, key))
          get_device (builder, key);
      }
  return g_hash_table_size (types) > 0;
}

static const struct
{
  const char *command;
  gboolean (*add) (VbFactsBuilder *builder, const QmpValue *reply);
  gboolean is_needed; /* every QEMU has it, and little is known of one that does not answer */
} commands[] = {
  { "query-version", add_version, TRUE },
  { "query-target", add_target, TRUE },
  { "query-kvm", add_kvm, FALSE },
  { "query-machines", add_machines, TRUE },
  { "query-cpu-definitions", add_cpus },
  { "query-chardev-backends", add_chardevs },
  { "query-command-line-options", add_options },
  { "query-qmp-schema", add_schema, TRUE },
  { "qom-list-types", add_types, TRUE },
  { "human-monitor-command", add_listing },
};

void
vb_facts_builder_add (VbFactsBuilder *builder,
                      const char *command,
                      const char *device,
                      const QmpValue *reply)
{
  for (guint i = 0; i < G_N_ELEMENTS (commands); i++)
    if (g_str_equal (commands[i].command, command) && commands[i].add (builder, reply))
      builder->understood |= BIT (i);
  if (device && g_str_equal (command, DESCRIBE_COMMAND))
    {
      Device *described = get_device (builder, device);

      g_clear_pointer (&described->properties, g_variant_unref);
      described->properties = g_variant_ref_sink (vb_facts_builder_read_properties (reply));
    }
}

/* Properties */

static int
compare_names (gconstpointer a, gconstpointer b)
{
  return strcmp (qmp_value_get_string (*(QmpValue *const *) a, "name"),
                 qmp_value_get_string (*(QmpValue *const *) b, "name"));
}

/* (transfer full) (nullable) */
static GVariant *
read_default_value (const QmpValue *property)
{
  g_autoptr (QmpValue) value = qmp_value_get (property, "default-value");
  const char *text = qmp_value_as_string (value);
  gboolean truth;
  guint64 natural;
  gint64 integer;
  double number;

  if (text)
    return g_utf8_validate (text, -1, NULL) ? g_variant_new_string (text) : NULL;
  if (qmp_value_as_boolean (value, &truth))
    return g_variant_new_boolean (truth);
  if (qmp_value_as_uint (value, &natural))
    return g_variant_new_uint64 (natural);
  if (qmp_value_as_int (value, &integer))
    return g_variant_new_int64 (integer);
  return qmp_value_as_number (value, &number) ? g_variant_new_double (number) : NULL;
}

static const char *
or_empty (const char *text)
{
  return text ? text : "";
}

GVariant *
vb_facts_builder_read_properties (const QmpValue *reply)
{
  GVariantBuilder rows = G_VARIANT_BUILDER_INIT (G_VARIANT_TYPE (VB_FACTS_PROPERTIES));
  g_autoptr (GPtrArray) properties =
      g_ptr_array_new_with_free_func ((GDestroyNotify) qmp_value_unref);
  const char *previous = "";

  for (guint i = 0; i < qmp_value_get_length (reply); i++)
    {
      g_autoptr (QmpValue) property = qmp_value_get_element (reply, i);

      if (vb_facts_get_text (property, "name"))
        g_ptr_array_add (properties, g_steal_pointer (&property));
    }
  g_ptr_array_sort (properties, compare_names);
  for (guint i = 0; i < properties->len; i++)
    {
      const QmpValue *property = properties->pdata[i];
      const char *name = qmp_value_get_string (property, "name");

      if (!g_str_equal (name, previous))
        g_variant_builder_add (&rows, "(sssmv)", name,
                               or_empty (vb_facts_get_text (property, "type")),
                               or_empty (vb_facts_get_text (property, "description")),
                               read_default_value (property));
      previous = name;
    }
  return g_variant_builder_end (&rows);
}

void
vb_facts_builder_add_unknown (VbFactsBuilder *builder, const char *command)
{
  for (guint i = 0; i < G_N_ELEMENTS (commands); i++)
    if (g_str_equal (commands[i].command, command))
      builder->unknown |= BIT (i);
}

/* Whether the answer to command @index, if it is needed, is there. */
static gboolean
check_command (const VbFactsBuilder *builder, guint index, GError **error)
{
  if (!commands[index].is_needed || (builder->understood & BIT (index)))
    return TRUE;
  if (builder->unknown & BIT (index))
    g_set_error (error, VB_QEMU_ERROR, VB_QEMU_ERROR_UNSUPPORTED,
                 "is too old: it does not know '%s'", commands[index].command);
  else
    g_set_error (error, VB_QEMU_ERROR, VB_QEMU_ERROR_EMULATOR, "does not answer '%s' as QEMU does",
                 commands[index].command);
  return FALSE;
}

VbEmulatorFacts *
vb_facts_builder_end (VbFactsBuilder *builder, GError **error)
{
  for (guint i = 0; i < G_N_ELEMENTS (commands); i++)
    if (!check_command (builder, i, error))
      return NULL;
  return vb_emulator_facts_new_packed (vb_facts_builder_pack (builder));
}

VbEmulatorFacts *
vb_facts_builder_add_to (VbFactsBuilder *builder, VbEmulatorFacts *facts)
{
  g_autoptr (VbEmulatorFacts) result = vb_emulator_facts_ref (facts);
  GHashTableIter iter;
  gpointer name, value;

  g_hash_table_iter_init (&iter, builder->devices);
  while (g_hash_table_iter_next (&iter, &name, &value))
    {
      const Device *device = value;
      VbEmulatorFacts *more = vb_emulator_facts_with_properties (result, name, device->properties);

      vb_emulator_facts_unref (result);
      result = more;
    }
  return g_steal_pointer (&result);
}

static void
add_described (VbFactsBuilder *builder, const QmpValue *devices)
{
  g_autoptr (GPtrArray) names = qmp_value_list_members (devices);

  for (guint i = 0; i < names->len; i++)
    {
      g_autoptr (QmpValue) reply = qmp_value_get (devices, names->pdata[i]);

      vb_facts_builder_add (builder, DESCRIBE_COMMAND, names->pdata[i], reply);
    }
}

VbEmulatorFacts *
vb_emulator_facts_new_from_replies (const char *json, GError **error)
{
  g_autoptr (VbFactsBuilder) builder = vb_facts_builder_new ();
  g_autoptr (QmpValue) replies = qmp_value_parse (json, -1, error);
  g_autoptr (QmpValue) devices = qmp_value_get (replies, DESCRIBE_COMMAND);

  if (!replies)
    return NULL;
  for (guint i = 0; i < G_N_ELEMENTS (commands); i++)
    {
      g_autoptr (QmpValue) reply = qmp_value_get (replies, commands[i].command);

      vb_facts_builder_add (builder, commands[i].command, NULL, reply);
    }
  add_described (builder, devices);
  return vb_facts_builder_end (builder, error);
}
