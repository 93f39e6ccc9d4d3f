/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Walks QEMU's own schema by path. The path is the caller's and is checked in whole before the walk;
 * the schema is QEMU's and may be anything, so a walk takes a bounded number of steps.
 */
#include "qmp/qmp-schema.h"

#include <string.h>

/* More than any path of a real schema needs by far. */
#define MAX_VISITS 4096
#define MAX_PATH_STEPS 32

struct _QmpSchema
{
  gatomicrefcount ref_count;
  QmpValue *reply;      /* (owned) */
  GHashTable *entities; /* (owned) (element-type utf8 QmpValue): by their names, which @reply has */
};

G_DEFINE_BOXED_TYPE (QmpSchema, qmp_schema, qmp_schema_ref, qmp_schema_unref)

typedef enum
{
  STEP_MEMBER,
  STEP_OPTIONAL,
  STEP_VARIANT,
  STEP_VALUE,
  STEP_FEATURE,
  STEP_KIND,
  STEP_ARGUMENTS,
  STEP_REPLY,
  STEP_OUT_OF_BAND,
} StepType;

typedef struct
{
  StepType type;
  const char *name; /* without its mark */
} Step;

typedef struct
{
  QmpSchema *schema;
  char **words; /* (owned) */
  Step steps[MAX_PATH_STEPS];
  guint n_steps; /* those after the command or event */
  guint n_visits;
} Walk;

static const struct
{
  char mark;
  StepType type;
} marks[] = {
  { '*', STEP_OPTIONAL }, { '+', STEP_VARIANT }, { '^', STEP_VALUE },
  { '$', STEP_FEATURE },  { '=', STEP_KIND },
};

static const struct
{
  const char *word;
  StepType type;
} second_steps[] = {
  { "arg-type", STEP_ARGUMENTS },
  { "ret-type", STEP_REPLY },
  { "allow-oob", STEP_OUT_OF_BAND },
};

static const char *const kinds[] = { "string", "number", "int",   "boolean", "null",
                                     "value",  "object", "array", "enum",    NULL };

/* The schema */

QmpSchema *
qmp_schema_new_from_value (QmpValue *reply, GError **error)
{
  g_autoptr (QmpSchema) schema = NULL;
  guint n_entities;

  g_return_val_if_fail (reply, NULL);

  schema = g_new0 (QmpSchema, 1);
  g_atomic_ref_count_init (&schema->ref_count);
  schema->reply = qmp_value_ref (reply);
  schema->entities =
      g_hash_table_new_full (g_str_hash, g_str_equal, NULL, (GDestroyNotify) qmp_value_unref);

  n_entities = qmp_value_get_length (reply);
  for (guint i = 0; i < n_entities; i++)
    {
      g_autoptr (QmpValue) entity = qmp_value_get_element (reply, i);
      const char *name = qmp_value_get_string (entity, "name");

      if (!name || !qmp_value_get_string (entity, "meta-type"))
        {
          g_set_error (error, QMP_ERROR, QMP_ERROR_PROTOCOL,
                       "query-qmp-schema: entry %u of the reply has no name or no meta-type", i);
          return NULL;
        }
      g_hash_table_insert (schema->entities, (gpointer) name, g_steal_pointer (&entity));
    }
  if (n_entities == 0)
    {
      g_set_error (error, QMP_ERROR, QMP_ERROR_PROTOCOL,
                   "query-qmp-schema: the reply is no array with entries");
      return NULL;
    }
  return g_steal_pointer (&schema);
}

QmpSchema *
qmp_schema_ref (QmpSchema *schema)
{
  g_return_val_if_fail (schema, NULL);

  g_atomic_ref_count_inc (&schema->ref_count);
  return schema;
}

void
qmp_schema_unref (QmpSchema *schema)
{
  g_return_if_fail (schema);

  if (!g_atomic_ref_count_dec (&schema->ref_count))
    return;
  g_hash_table_unref (schema->entities);
  qmp_value_unref (schema->reply);
  g_free (schema);
}

/* The path */

static void
walk_clear (Walk *walk)
{
  g_strfreev (walk->words);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Walk, walk_clear)

static gboolean
set_path_error (GError **error, const char *path, const char *word, const char *problem)
{
  g_set_error (error, QMP_ERROR, QMP_ERROR_INVALID_ARGUMENT, "schema path '%s': '%s' %s", path,
               word, problem);
  return FALSE;
}

static gboolean
is_name (const char *word)
{
  return *word && strspn (word, G_CSET_a_2_z G_CSET_A_2_Z G_CSET_DIGITS "-_.") == strlen (word);
}

static void
step_parse (Step *step, const char *word, gboolean is_second)
{
  step->type = STEP_MEMBER;
  step->name = word;
  for (guint i = 0; i < G_N_ELEMENTS (marks); i++)
    if (word[0] == marks[i].mark)
      {
        step->type = marks[i].type;
        step->name = word + 1;
      }
  for (guint i = 0; is_second && i < G_N_ELEMENTS (second_steps); i++)
    if (strcmp (word, second_steps[i].word) == 0)
      step->type = second_steps[i].type;
}

/* (nullable): what is wrong with a step */
static const char *
step_check (const Step *step, const Step *before, gboolean is_last)
{
  gboolean is_second = !before;
  gboolean ends =
      step->type == STEP_FEATURE || step->type == STEP_KIND || step->type == STEP_OUT_OF_BAND;

  if (!is_name (step->name))
    return "has no name of letters, digits, '-', '_' and '.'";
  if (is_second && step->type < STEP_ARGUMENTS && step->type != STEP_FEATURE)
    return "comes after a command or event: it must be arg-type, ret-type, allow-oob or $FEATURE";
  if (step->type == STEP_KIND && !g_strv_contains (kinds, step->name))
    return "is no kind of type: string, number, int, boolean, null, value, object, array or enum";
  if (ends && !is_last)
    return "must be the last step";
  if (before && before->type == STEP_VALUE && step->type != STEP_FEATURE)
    return "comes after the value of an enum: only $FEATURE can";
  return NULL;
}

static gboolean
walk_init (Walk *walk, const char *path, GError **error)
{
  walk->words = g_strsplit (path, "/", -1);
  walk->n_steps = g_strv_length (walk->words);
  if (walk->n_steps == 0 || !is_name (walk->words[0]))
    return set_path_error (error, path, walk->n_steps ? walk->words[0] : "",
                           "is no name of a command or event");
  if (--walk->n_steps > MAX_PATH_STEPS)
    return set_path_error (error, path, walk->words[MAX_PATH_STEPS + 1], "is one step too many");

  for (guint i = 0; i < walk->n_steps; i++)
    {
      const char *problem;

      step_parse (&walk->steps[i], walk->words[i + 1], i == 0);
      problem =
          step_check (&walk->steps[i], i ? &walk->steps[i - 1] : NULL, i + 1 == walk->n_steps);
      if (problem)
        return set_path_error (error, path, walk->words[i + 1], problem);
    }
  return TRUE;
}

/* The walk */

static gboolean walk_type (Walk *walk, const char *name, guint at);

static const char *
entity_meta_type (const QmpValue *entity)
{
  return qmp_value_get_string (entity, "meta-type");
}

/* (transfer full) (nullable): the element of an array of objects whose @key is @name */
static QmpValue *
find_named (const QmpValue *owner, const char *array_name, const char *key, const char *name)
{
  g_autoptr (QmpValue) array = qmp_value_get (owner, array_name);
  guint length = qmp_value_get_length (array);

  for (guint i = 0; i < length; i++)
    {
      g_autoptr (QmpValue) element = qmp_value_get_element (array, i);

      if (g_strcmp0 (qmp_value_get_string (element, key), name) == 0)
        return g_steal_pointer (&element);
    }
  return NULL;
}

static gboolean
has_word (const QmpValue *owner, const char *array_name, const char *word)
{
  g_autoptr (QmpValue) array = qmp_value_get (owner, array_name);
  guint length = qmp_value_get_length (array);

  for (guint i = 0; i < length; i++)
    {
      g_autoptr (QmpValue) element = qmp_value_get_element (array, i);

      if (g_strcmp0 (qmp_value_as_string (element), word) == 0)
        return TRUE;
    }
  return FALSE;
}

/* Goes on with the step at @at from a thing that has features and, perhaps, a type. */
static gboolean
walk_on (Walk *walk, const QmpValue *thing, const char *type, guint at)
{
  if (at == walk->n_steps)
    return TRUE;
  if (walk->steps[at].type == STEP_FEATURE && has_word (thing, "features", walk->steps[at].name))
    return TRUE;
  return type && walk_type (walk, type, at);
}

static gboolean
walk_object (Walk *walk, const QmpValue *object, guint at)
{
  const Step *step = &walk->steps[at];
  g_autoptr (QmpValue) found = NULL;

  if (step->type == STEP_VARIANT)
    {
      found = find_named (object, "variants", "case", step->name);
      return found && walk_on (walk, NULL, qmp_value_get_string (found, "type"), at + 1);
    }
  if (step->type != STEP_MEMBER && step->type != STEP_OPTIONAL)
    return FALSE;
  found = find_named (object, "members", "name", step->name);
  if (!found || (step->type == STEP_OPTIONAL && !qmp_value_has (found, "default")))
    return FALSE;
  return walk_on (walk, found, qmp_value_get_string (found, "type"), at + 1);
}

static gboolean
walk_enum (Walk *walk, const QmpValue *entity, guint at)
{
  g_autoptr (QmpValue) member = NULL;

  if (walk->steps[at].type != STEP_VALUE)
    return FALSE;
  member = find_named (entity, "members", "name", walk->steps[at].name);
  if (member)
    return walk_on (walk, member, NULL, at + 1);
  /* QEMU before 6.2 has words only. */
  return has_word (entity, "values", walk->steps[at].name) && at + 1 == walk->n_steps;
}

static gboolean
walk_alternate (Walk *walk, const QmpValue *alternate, guint at)
{
  g_autoptr (QmpValue) members = qmp_value_get (alternate, "members");
  guint length = qmp_value_get_length (members);

  for (guint i = 0; i < length; i++)
    {
      g_autoptr (QmpValue) member = qmp_value_get_element (members, i);
      const char *type = qmp_value_get_string (member, "type");

      if (type && walk_type (walk, type, at))
        return TRUE;
    }
  return FALSE;
}

static gboolean
is_of_kind (const QmpValue *entity, const char *kind)
{
  return g_strcmp0 (entity_meta_type (entity), kind) == 0 ||
         g_strcmp0 (qmp_value_get_string (entity, "json-type"), kind) == 0;
}

/* @at: a step that is there */
static gboolean
walk_type (Walk *walk, const char *name, guint at)
{
  const QmpValue *entity = g_hash_table_lookup (walk->schema->entities, name);
  const Step *step = &walk->steps[at];
  const char *meta_type = entity ? entity_meta_type (entity) : NULL;
  const char *element;

  /* A schema that goes in circles ends here. */
  if (!entity || walk->n_visits++ >= MAX_VISITS)
    return FALSE;
  if (step->type == STEP_KIND && is_of_kind (entity, step->name))
    return TRUE;
  if (step->type == STEP_FEATURE && has_word (entity, "features", step->name))
    return TRUE;

  if (strcmp (meta_type, "object") == 0)
    return walk_object (walk, entity, at);
  if (strcmp (meta_type, "enum") == 0)
    return walk_enum (walk, entity, at);
  if (strcmp (meta_type, "alternate") == 0)
    return walk_alternate (walk, entity, at);
  element = qmp_value_get_string (entity, "element-type");
  return strcmp (meta_type, "array") == 0 && element && walk_type (walk, element, at);
}

static gboolean
walk_start (Walk *walk)
{
  const QmpValue *entity = g_hash_table_lookup (walk->schema->entities, walk->words[0]);
  gboolean is_command = entity && strcmp (entity_meta_type (entity), "command") == 0;
  gboolean is_event = entity && strcmp (entity_meta_type (entity), "event") == 0;
  const Step *step = &walk->steps[0];
  const char *type;

  if (!is_command && !is_event)
    return FALSE;
  if (walk->n_steps == 0)
    return TRUE;
  switch (step->type)
    {
    case STEP_FEATURE:
      return has_word (entity, "features", step->name);
    case STEP_OUT_OF_BAND:
      return qmp_value_get_boolean (entity, "allow-oob", FALSE);
    case STEP_ARGUMENTS:
    case STEP_REPLY:
      type = qmp_value_get_string (entity, step->name);
      return type && walk_on (walk, NULL, type, 1);
    default:
      return FALSE;
    }
}

gboolean
qmp_schema_has (QmpSchema *schema, const char *path, GError **error)
{
  g_auto (Walk) walk = { .schema = schema };

  g_return_val_if_fail (schema, FALSE);
  g_return_val_if_fail (path, FALSE);

  return walk_init (&walk, path, error) && walk_start (&walk);
}
