/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Reads JSON into the structures of the schema and writes it from them. The tables are trusted, the
 * JSON is not: of it only what has the expected type is taken.
 */
#include "qmp/qmp-codec.h"

#include "qmp/qmp-error.h"

#include <string.h>

#define MEMBER(type, structure, row) (*(type *) ((char *) (structure) + (row)->offset))

/* The way to a value that an error can name: a member, or an element if there is no name. */
typedef struct _Trail Trail;

struct _Trail
{
  const Trail *up;
  const char *member; /* (nullable) */
  guint index;
};

static const char *const kind_names[] = {
  [QMP_KIND_BOOLEAN] = "a boolean", [QMP_KIND_INT] = "a signed integer of 64 bits",
  [QMP_KIND_NUMBER] = "a number",   [QMP_KIND_UINT] = "an unsigned integer of 64 bits",
  [QMP_KIND_STRING] = "a string",   [QMP_KIND_STRUCT] = "an object",
  [QMP_KIND_ENUM] = "a string",     [QMP_KIND_ANY] = "a value",
};

const char *
qmp_codec_get_word (guint enum_id, int value)
{
  const QmpEnumRow *row = &qmp_enum_rows[enum_id];
  const char *word;

  if (value < 0 || value >= row->n_words)
    return NULL;
  word = qmp_words + qmp_enum_words[row->first_word + value];
  return *word ? word : NULL;
}

int
qmp_codec_find_word (guint enum_id, const char *word)
{
  const QmpEnumRow *row = &qmp_enum_rows[enum_id];

  for (int value = 1; word && value < row->n_words; value++)
    if (strcmp (qmp_words + qmp_enum_words[row->first_word + value], word) == 0)
      return value;
  return 0;
}

/* @enum_id: (out) */
static gboolean
find_enum (const char *enum_name, guint *enum_id)
{
  for (*enum_id = 0; *enum_id < qmp_n_enums; ++*enum_id)
    if (strcmp (qmp_words + qmp_enum_rows[*enum_id].name, enum_name) == 0)
      return TRUE;
  return FALSE;
}

const char *
qmp_enum_to_string (const char *enum_name, int value)
{
  guint enum_id;

  g_return_val_if_fail (enum_name, NULL);

  return find_enum (enum_name, &enum_id) ? qmp_codec_get_word (enum_id, value) : NULL;
}

int
qmp_enum_from_string (const char *enum_name, const char *word)
{
  guint enum_id;

  g_return_val_if_fail (enum_name, 0);

  return find_enum (enum_name, &enum_id) ? qmp_codec_find_word (enum_id, word) : 0;
}

/* The name of what goes wrong, outermost first. */
static void
trail_append (const Trail *trail, GString *path)
{
  if (!trail)
    return;
  trail_append (trail->up, path);
  if (!trail->member)
    g_string_append_printf (path, "[%u]", trail->index);
  else
    g_string_append_printf (path, "%s%s", path->len ? "." : "", trail->member);
}

/* Always FALSE. @problem: what is said after the member's name */
static gboolean
set_error (GError **error,
           QmpError code,
           const char *what,
           const Trail *trail,
           const char *problem,
           const char *kind)
{
  g_autoptr (GString) path = g_string_new (NULL);

  trail_append (trail, path);
  g_set_error (error, QMP_ERROR, code, "%s%s%s%s%s%s", what, path->len ? " '" : "", path->str,
               path->len ? "'" : "", problem, kind);
  return FALSE;
}

/* Reading */

typedef struct
{
  const char *what; /* such as "query-status: the reply", for errors */
  GError **error;
} Reader;

static gpointer read_struct (Reader *reader, guint struct_id, QmpValue *json, const Trail *trail);

/* Whether the value has the kind; @target: (out): where it goes */
static gboolean
read_one (
    Reader *reader, QmpKind kind, guint type, QmpValue *json, const Trail *trail, gpointer target)
{
  const char *string = qmp_value_as_string (json);

  switch (kind)
    {
    case QMP_KIND_BOOLEAN:
      return qmp_value_as_boolean (json, target);
    case QMP_KIND_INT:
      return qmp_value_as_int (json, target);
    case QMP_KIND_UINT:
      return qmp_value_as_uint (json, target);
    case QMP_KIND_NUMBER:
      return qmp_value_as_number (json, target);
    case QMP_KIND_ENUM:
      *(int *) target = qmp_codec_find_word (type, string);
      return string != NULL;
    case QMP_KIND_STRING:
      *(char **) target = g_strdup (string);
      return string != NULL;
    case QMP_KIND_STRUCT:
      *(gpointer *) target = qmp_value_get_value_type (json) == QMP_VALUE_OBJECT
                                 ? read_struct (reader, type, json, trail)
                                 : NULL;
      return *(gpointer *) target != NULL;
    case QMP_KIND_ANY:
      *(QmpValue **) target = qmp_value_ref (json);
      return TRUE;
    default:
      g_return_val_if_reached (FALSE);
    }
}

/* Tells of the value itself, unless one of its own members was told of. */
static gboolean
refuse (Reader *reader, const Trail *trail, QmpKind kind)
{
  if (reader->error && *reader->error)
    return FALSE;
  return set_error (reader->error, QMP_ERROR_PROTOCOL, reader->what, trail, " is not ",
                    kind_names[kind]);
}

static const gsize sizes[] = {
  [QMP_KIND_BOOLEAN] = sizeof (gboolean), [QMP_KIND_INT] = sizeof (gint64),
  [QMP_KIND_UINT] = sizeof (guint64),     [QMP_KIND_NUMBER] = sizeof (double),
  [QMP_KIND_ENUM] = sizeof (int),
};

static GArray *
read_number_array (Reader *reader, QmpKind kind, guint type, QmpValue *json, const Trail *trail)
{
  g_autoptr (GArray) array = g_array_new (FALSE, TRUE, sizes[kind]);
  Trail element = { .up = trail };

  for (; element.index < qmp_value_get_length (json); element.index++)
    {
      g_autoptr (QmpValue) value = qmp_value_get_element (json, element.index);
      gint64 number[1];

      if (!read_one (reader, kind, type, value, &element, number))
        {
          refuse (reader, &element, kind);
          return NULL;
        }
      g_array_append_vals (array, number, 1);
    }
  return g_steal_pointer (&array);
}

static GPtrArray *
read_pointer_array (Reader *reader, QmpKind kind, guint type, QmpValue *json, const Trail *trail)
{
  g_autoptr (GPtrArray) array = g_ptr_array_new ();
  Trail element = { .up = trail };

  g_ptr_array_set_free_func (array, kind == QMP_KIND_STRING   ? g_free
                                    : kind == QMP_KIND_STRUCT ? qmp_struct_free
                                                              : (GDestroyNotify) qmp_value_unref);
  for (; element.index < qmp_value_get_length (json); element.index++)
    {
      g_autoptr (QmpValue) value = qmp_value_get_element (json, element.index);
      gpointer pointer = NULL;

      if (!read_one (reader, kind, type, value, &element, &pointer))
        {
          refuse (reader, &element, kind);
          return NULL;
        }
      g_ptr_array_add (array, pointer);
    }
  return g_steal_pointer (&array);
}

/* (transfer full) (nullable): an array or a pointer of the kind */
static gboolean
read_whole (Reader *reader,
            QmpKind kind,
            guint flags,
            guint type,
            QmpValue *json,
            const Trail *trail,
            gpointer target)
{
  gpointer array;

  if (!(flags & QMP_ARRAY))
    return read_one (reader, kind, type, json, trail, target) || refuse (reader, trail, kind);
  if (qmp_value_get_value_type (json) != QMP_VALUE_ARRAY)
    return set_error (reader->error, QMP_ERROR_PROTOCOL, reader->what, trail, " is not an array",
                      "");
  array = kind < QMP_KIND_STRING ? (gpointer) read_number_array (reader, kind, type, json, trail)
                                 : (gpointer) read_pointer_array (reader, kind, type, json, trail);
  *(gpointer *) target = array;
  return array != NULL;
}

static gboolean
read_member (
    Reader *reader, const QmpMemberRow *row, QmpValue *json, const Trail *up, gpointer structure)
{
  const Trail trail = { .up = up, .member = qmp_words + row->name };
  g_autoptr (QmpValue) value = qmp_value_get (json, trail.member);
  Reader lenient = { reader->what, NULL };
  gboolean is_optional = row->flags & QMP_OPTIONAL;
  gboolean is_there;

  if (!value)
    return is_optional ||
           set_error (reader->error, QMP_ERROR_PROTOCOL, reader->what, &trail, " is missing", "");
  is_there = read_whole (is_optional ? &lenient : reader, row->kind, row->flags, row->type, value,
                         &trail, (char *) structure + row->offset);
  if (is_there && row->has_offset)
    *(gboolean *) ((char *) structure + row->has_offset) = TRUE;
  return is_there || is_optional;
}

/* (transfer full) (nullable) */
static gpointer
read_struct (Reader *reader, guint struct_id, QmpValue *json, const Trail *trail)
{
  const QmpStructRow *row = &qmp_struct_rows[struct_id];
  QmpStruct *structure = qmp_struct_new (struct_id);

  structure->json = qmp_value_ref (json);
  for (guint i = 0; i < row->n_members; i++)
    if (!read_member (reader, &qmp_member_rows[row->first_member + i], json, trail, structure))
      {
        qmp_struct_free (structure);
        return NULL;
      }
  return structure;
}

gpointer
qmp_codec_decode_reply (guint command_id, QmpValue *reply, GError **error)
{
  const QmpCommandRow *row = &qmp_command_rows[command_id];
  g_autofree char *what = g_strdup_printf ("%s: the reply", qmp_words + row->name);
  g_autoptr (GError) problem = NULL;
  Reader reader = { what, &problem };
  gpointer result = NULL;

  if (row->kind == QMP_KIND_NOTHING)
    return GINT_TO_POINTER (TRUE);
  if (read_whole (&reader, row->kind, row->flags, row->type, reply, NULL, &result))
    return result;
  g_propagate_error (error, g_steal_pointer (&problem));
  return NULL;
}

gpointer
qmp_codec_read (guint struct_id, QmpValue *json, const char *what, GError **error)
{
  g_autoptr (GError) problem = NULL;
  Reader reader = { what, &problem };
  gpointer structure = NULL;

  if (read_whole (&reader, QMP_KIND_STRUCT, 0, struct_id, json, NULL, &structure))
    return structure;
  g_propagate_error (error, g_steal_pointer (&problem));
  return NULL;
}

gpointer
qmp_codec_decode_event (guint event_id, QmpValue *data, GError **error)
{
  const QmpEventRow *row = &qmp_event_rows[event_id];
  g_autofree char *what = g_strdup_printf ("event %s: the data", qmp_words + row->name);
  g_autoptr (QmpValue) empty = qmp_value_new_object ();

  return qmp_codec_read (row->data, data ? data : empty, what, error);
}

/* Writing */

static QmpValue *write_struct (
    const char *what, guint struct_id, gconstpointer structure, const Trail *trail, GError **error);

/* (transfer full) (nullable): %NULL without an error if the value is not set */
static QmpValue *
write_one (const char *what,
           QmpKind kind,
           guint type,
           gconstpointer source,
           const Trail *trail,
           GError **error)
{
  const gpointer pointer = kind >= QMP_KIND_STRING ? *(const gpointer *) source : NULL;
  const char *word;

  switch (kind)
    {
    case QMP_KIND_BOOLEAN:
      return qmp_value_new_boolean (*(const gboolean *) source);
    case QMP_KIND_INT:
      return qmp_value_new_int (*(const gint64 *) source);
    case QMP_KIND_UINT:
      return qmp_value_new_uint (*(const guint64 *) source);
    case QMP_KIND_NUMBER:
      return qmp_value_new_number (*(const double *) source);
    case QMP_KIND_ENUM:
      word = qmp_codec_get_word (type, *(const int *) source);
      return word ? qmp_value_new_string (word) : NULL;
    case QMP_KIND_STRING:
      return pointer ? qmp_value_new_string (pointer) : NULL;
    case QMP_KIND_STRUCT:
      return pointer ? write_struct (what, type, pointer, trail, error) : NULL;
    case QMP_KIND_ANY:
      return pointer ? qmp_value_ref (pointer) : NULL;
    default:
      g_return_val_if_reached (NULL);
    }
}

/* (transfer full) (nullable) */
static QmpValue *
write_array (
    const char *what, const QmpMemberRow *row, gpointer array, const Trail *trail, GError **error)
{
  g_autoptr (QmpValue) json = qmp_value_new_array ();
  gboolean holds_numbers = row->kind < QMP_KIND_STRING;
  guint length = holds_numbers ? ((GArray *) array)->len : ((GPtrArray *) array)->len;
  Trail element = { .up = trail };

  for (; element.index < length; element.index++)
    {
      gconstpointer source =
          holds_numbers
              ? (gconstpointer) (((GArray *) array)->data + element.index * sizes[row->kind])
              : (gconstpointer) & ((GPtrArray *) array)->pdata[element.index];
      GError *problem = NULL;
      QmpValue *value = write_one (what, row->kind, row->type, source, &element, &problem);

      if (!value && !problem)
        set_error (&problem, QMP_ERROR_INVALID_ARGUMENT, what, &element, " is not set", "");
      if (!value)
        {
          g_propagate_error (error, problem);
          return NULL;
        }
      qmp_value_append (json, value);
    }
  return g_steal_pointer (&json);
}

/* (transfer full) (nullable): %NULL without an error if it is absent */
static QmpValue *
write_member (const char *what,
              const QmpMemberRow *row,
              gconstpointer structure,
              const Trail *trail,
              GError **error)
{
  if (row->has_offset && !*(const gboolean *) ((const char *) structure + row->has_offset))
    return NULL;
  if (!(row->flags & QMP_ARRAY))
    return write_one (what, row->kind, row->type, (const char *) structure + row->offset, trail,
                      error);
  if (!MEMBER (gpointer, structure, row))
    return NULL;
  return write_array (what, row, MEMBER (gpointer, structure, row), trail, error);
}

static gboolean
struct_knows (const QmpStructRow *row, const char *name)
{
  for (guint i = 0; i < row->n_members; i++)
    if (strcmp (qmp_words + qmp_member_rows[row->first_member + i].name, name) == 0)
      return TRUE;
  return FALSE;
}

/* What the structure has no member for goes along as it came. */
static void
write_unknown (const QmpStructRow *row, const QmpValue *received, QmpValue *json)
{
  g_autoptr (GPtrArray) names = qmp_value_list_members (received);

  for (guint i = 0; i < names->len; i++)
    if (!struct_knows (row, names->pdata[i]))
      qmp_value_set_value (json, names->pdata[i], qmp_value_get (received, names->pdata[i]));
}

/* The word of an enum that came and that this version does not know. */
static QmpValue *
find_unknown_word (const QmpMemberRow *row, gconstpointer structure, const QmpValue *received)
{
  gboolean is_set =
      !row->has_offset || *(const gboolean *) ((const char *) structure + row->has_offset);

  if (row->kind != QMP_KIND_ENUM || row->flags & QMP_ARRAY || !is_set || !received ||
      MEMBER (const int, structure, row) != 0)
    return NULL;
  return qmp_value_get (received, qmp_words + row->name);
}

static QmpValue *
write_struct (
    const char *what, guint struct_id, gconstpointer structure, const Trail *trail, GError **error)
{
  const QmpStructRow *row = &qmp_struct_rows[struct_id];
  const QmpValue *received = ((const QmpStruct *) structure)->json;
  g_autoptr (QmpValue) json = qmp_value_new_object ();

  for (guint i = 0; i < row->n_members; i++)
    {
      const QmpMemberRow *member = &qmp_member_rows[row->first_member + i];
      const Trail here = { .up = trail, .member = qmp_words + member->name };
      GError *problem = NULL;
      QmpValue *value = write_member (what, member, structure, &here, &problem);

      if (!value && !problem)
        value = find_unknown_word (member, structure, received);
      if (!value && !problem &&
          (!(member->flags & QMP_OPTIONAL) ||
           (member->has_offset &&
            *(const gboolean *) ((const char *) structure + member->has_offset))))
        set_error (&problem, QMP_ERROR_INVALID_ARGUMENT, what, &here, " is not set", "");
      if (problem)
        {
          g_propagate_error (error, problem);
          return NULL;
        }
      if (value)
        qmp_value_set_value (json, here.member, value);
    }
  if (received)
    write_unknown (row, received, json);
  return g_steal_pointer (&json);
}

QmpValue *
qmp_codec_write (guint struct_id, gconstpointer structure, const char *what, GError **error)
{
  gpointer empty = structure ? NULL : qmp_struct_new (struct_id);
  QmpValue *json = write_struct (what, struct_id, structure ? structure : empty, NULL, error);

  qmp_struct_free (empty);
  return json;
}

gboolean
qmp_codec_encode_arguments (guint command_id,
                            gconstpointer arguments,
                            QmpValue **json,
                            GError **error)
{
  const QmpCommandRow *row = &qmp_command_rows[command_id];
  g_autofree char *what = g_strdup_printf ("%s: argument", qmp_words + row->name);

  *json = NULL;
  if (row->arguments == QMP_ARGUMENTS_NONE)
    return TRUE;
  if (row->arguments == QMP_ARGUMENTS_ANY)
    {
      *json = arguments ? qmp_value_ref ((QmpValue *) arguments) : NULL;
      return TRUE;
    }
  *json = qmp_codec_write (row->arguments, arguments, what, error);
  return *json != NULL;
}
