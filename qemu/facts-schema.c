/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Lists out of QEMU's description of its own protocol. Types have numbers there instead of names,
 * other ones in each version: an enum is found by its way from a command.
 */
#include "qemu/facts-builder-private.h"

/* Enums that are back ends, by where they are given or told. */
static const struct
{
  VbEmulatorWord kind;
  const char *command;
  const char *side; /* "arg-type" or "ret-type" */
  const char *member;
} enums[] = {
  { VB_EMULATOR_WORD_NETDEV, "netdev_add", "arg-type", "type" },
  { VB_EMULATOR_WORD_BLOCKDEV, "blockdev-add", "arg-type", "driver" },
  { VB_EMULATOR_WORD_DISPLAY, "query-display-options", "ret-type", "type" },
};

static const struct
{
  VbEmulatorWord kind;
  const char *meta_type;
} lists[] = {
  { VB_EMULATOR_WORD_COMMAND, "command" },
  { VB_EMULATOR_WORD_EVENT, "event" },
};

/* (transfer full) (nullable): the element of @array with the name */
static QmpValue *
find_named (const QmpValue *array, const char *name)
{
  for (guint i = 0; i < qmp_value_get_length (array); i++)
    {
      g_autoptr (QmpValue) element = qmp_value_get_element (array, i);

      if (g_strcmp0 (qmp_value_get_string (element, "name"), name) == 0)
        return g_steal_pointer (&element);
    }
  return NULL;
}

/* @entities: (element-type utf8 QmpValue) */
static const QmpValue *
find_enum (GHashTable *entities, const char *command, const char *side, const char *member_name)
{
  const char *type = qmp_value_get_string (g_hash_table_lookup (entities, command), side);
  const QmpValue *object = type ? g_hash_table_lookup (entities, type) : NULL;
  g_autoptr (QmpValue) members = qmp_value_get (object, "members");
  g_autoptr (QmpValue) member = find_named (members, member_name);

  type = qmp_value_get_string (member, "type");
  return type ? g_hash_table_lookup (entities, type) : NULL;
}

/* QEMU before 6.2 has `values` alone, and one day there may be `members` alone. */
static void
read_enum (const QmpValue *entity, GHashTable *words)
{
  g_autoptr (QmpValue) members = qmp_value_get (entity, "members");
  g_autoptr (QmpValue) values = qmp_value_get (entity, "values");

  for (guint i = 0; i < qmp_value_get_length (members); i++)
    {
      g_autoptr (QmpValue) member = qmp_value_get_element (members, i);
      const char *word = vb_facts_get_text (member, "name");

      if (word)
        g_hash_table_add (words, g_strdup (word));
    }
  for (guint i = 0; i < qmp_value_get_length (values); i++)
    {
      g_autoptr (QmpValue) value = qmp_value_get_element (values, i);
      const char *word = qmp_value_as_string (value);

      if (word && g_utf8_validate (word, -1, NULL))
        g_hash_table_add (words, g_strdup (word));
    }
}

static void
read_lists (const QmpValue *entity, const char *name, GHashTable *const *words)
{
  const char *meta_type = qmp_value_get_string (entity, "meta-type");

  for (guint i = 0; i < G_N_ELEMENTS (lists); i++)
    if (g_strcmp0 (meta_type, lists[i].meta_type) == 0)
      g_hash_table_add (words[lists[i].kind], g_strdup (name));
}

void
vb_facts_schema_read (const QmpValue *schema, GHashTable *const *words)
{
  g_autoptr (GHashTable) entities =
      g_hash_table_new_full (g_str_hash, g_str_equal, NULL, (GDestroyNotify) qmp_value_unref);

  for (guint i = 0; i < qmp_value_get_length (schema); i++)
    {
      g_autoptr (QmpValue) entity = qmp_value_get_element (schema, i);
      const char *name = vb_facts_get_text (entity, "name");

      if (!name)
        continue;
      read_lists (entity, name, words);
      g_hash_table_replace (entities, (gpointer) name, g_steal_pointer (&entity));
    }
  for (guint i = 0; i < G_N_ELEMENTS (enums); i++)
    read_enum (find_enum (entities, enums[i].command, enums[i].side, enums[i].member),
               words[enums[i].kind]);
}
