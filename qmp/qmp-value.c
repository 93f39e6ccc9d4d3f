/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * JSON values on json-c, the one C library that keeps the numbers that QEMU sends. json-c stays in
 * this file. What json-c would change without a word (integers beyond 64 bits, NaN, bytes that are
 * no UTF-8) is refused here.
 */
#include "qmp/qmp-value.h"

#include "qmp/qmp-error.h"
#include "qmp/qmp-session.h"
#include "qmp/qmp-value-private.h"

#include <json-c/json.h>
#include <math.h>
#include <string.h>

struct _QmpValue
{
  gatomicrefcount ref_count;
  json_object *json; /* (owned) (nullable): json-c's null is a null pointer */
};

G_DEFINE_BOXED_TYPE (QmpValue, qmp_value, qmp_value_ref, qmp_value_unref)
G_DEFINE_AUTOPTR_CLEANUP_FUNC (json_tokener, json_tokener_free)

/* @json: (transfer full) (nullable) */
static QmpValue *
value_take (json_object *json)
{
  QmpValue *value = g_new (QmpValue, 1);

  g_atomic_ref_count_init (&value->ref_count);
  value->json = json;
  return value;
}

/* @value: (transfer full); returns (transfer full) (nullable) */
static json_object *
value_steal_json (QmpValue *value)
{
  json_object *json = json_object_get (value->json);

  qmp_value_unref (value);
  return json;
}

static gboolean
integer_fits (const char *digits)
{
  return digits[0] == '-' ? g_ascii_string_to_signed (digits, 10, G_MININT64, 0, NULL, NULL)
                          : g_ascii_string_to_unsigned (digits, 10, 0, G_MAXUINT64, NULL, NULL);
}

/* json-c takes the nearest 64-bit number instead; only text with a long number comes here. */
static gboolean
check_integers (const char *json, gsize n_bytes, GError **error)
{
  gboolean in_string = FALSE;

  for (gsize i = 0; i < n_bytes; i++)
    {
      gsize start = i;

      if (json[i] == '"')
        in_string = !in_string;
      else if (in_string && json[i] == '\\')
        i++;
      if (in_string || !(json[i] == '-' || g_ascii_isdigit (json[i])))
        continue;

      while (i + 1 < n_bytes && (strchr ("+-.eE", json[i + 1]) || g_ascii_isdigit (json[i + 1])))
        i++;
      g_autofree char *number = g_strndup (json + start, i + 1 - start);
      if (!strpbrk (number, ".eE") && !integer_fits (number))
        {
          g_set_error (error, QMP_ERROR, QMP_ERROR_PROTOCOL,
                       "JSON: integer %s at offset %" G_GSIZE_FORMAT " does not fit in 64 bits",
                       number, start);
          return FALSE;
        }
    }
  return TRUE;
}

static gboolean
check_utf8 (const char *json, gsize n_bytes, GError **error)
{
  const char *end;

  if (g_utf8_validate_len (json, n_bytes, &end))
    return TRUE;
  g_set_error (error, QMP_ERROR, QMP_ERROR_PROTOCOL,
               "JSON: bytes at offset %" G_GSIZE_FORMAT " are not UTF-8", (gsize) (end - json));
  return FALSE;
}

/* Runs the tokener over @json; the offset where it stopped is in @end. */
static json_object *
tokener_run (json_tokener *tokener, const char *json, gsize n_bytes, gsize *end)
{
  json_object *parsed = json_tokener_parse_ex (tokener, json, (int) n_bytes);

  *end = json_tokener_get_parse_end (tokener);
  if (json_tokener_get_error (tokener) != json_tokener_continue)
    return parsed;
  /* A number or a word at the very end is complete only when something follows it. */
  return json_tokener_parse_ex (tokener, "", 1);
}

QmpValue *
qmp_value_parse_scanned (const QmpScan *scan, const char *json, gsize n_bytes, GError **error)
{
  /* The stack is zeroed for each text: it is made as deep as this one nests, and one for a value
   * within the innermost bracket. */
  g_autoptr (json_tokener) tokener = json_tokener_new_ex ((int) scan->max_depth + 2);
  json_object *parsed;
  gsize end;

  if (scan->has_non_ascii && !check_utf8 (json, n_bytes, error))
    return NULL;
  if (scan->has_long_number && !check_integers (json, n_bytes, error))
    return NULL;

  json_tokener_set_flags (tokener, JSON_TOKENER_STRICT);
  parsed = tokener_run (tokener, json, n_bytes, &end);
  if (json_tokener_get_error (tokener) != json_tokener_success)
    {
      g_set_error (error, QMP_ERROR, QMP_ERROR_PROTOCOL, "JSON: %s at offset %" G_GSIZE_FORMAT,
                   json_tokener_error_desc (json_tokener_get_error (tokener)), end);
      return NULL;
    }
  return value_take (parsed);
}

QmpValue *
qmp_value_parse (const char *json, gssize length, GError **error)
{
  gsize n_bytes = length < 0 ? strlen (json) : (gsize) length;
  QmpScan scan = { 0 };
  QmpScanResult result = QMP_SCAN_MORE;
  gsize offset = 0;

  if (n_bytes > QMP_MAX_MESSAGE_BYTES)
    {
      g_set_error (error, QMP_ERROR, QMP_ERROR_TOO_LARGE, "JSON: text above %d bytes",
                   QMP_MAX_MESSAGE_BYTES);
      return NULL;
    }
  while (offset < n_bytes && result <= QMP_SCAN_COMPLETE)
    {
      gsize n_taken;
      result = qmp_scan_bytes (&scan, json + offset, n_bytes - offset, &n_taken);
      offset += n_taken;
    }
  if (result == QMP_SCAN_TOO_LARGE)
    g_set_error (error, QMP_ERROR, QMP_ERROR_TOO_LARGE,
                 "JSON: deeper than %d or more than %d values at offset %" G_GSIZE_FORMAT,
                 QMP_MAX_DEPTH, QMP_MAX_VALUES, offset - 1);
  else if (result == QMP_SCAN_BROKEN)
    g_set_error (error, QMP_ERROR, QMP_ERROR_PROTOCOL,
                 "JSON: unexpected byte 0x%02x at offset %" G_GSIZE_FORMAT,
                 (guchar) json[offset - 1], offset - 1);
  else
    return qmp_value_parse_scanned (&scan, json, n_bytes, error);
  return NULL;
}

char *
qmp_value_to_string (const QmpValue *value)
{
  size_t length;
  const char *text;

  g_return_val_if_fail (value, NULL);

  text = json_object_to_json_string_length (value->json,
                                            JSON_C_TO_STRING_PLAIN | JSON_C_TO_STRING_NOSLASHESCAPE,
                                            &length);
  return g_strndup (text, length);
}

QmpValue *
qmp_value_ref (QmpValue *value)
{
  g_return_val_if_fail (value, NULL);

  g_atomic_ref_count_inc (&value->ref_count);
  return value;
}

void
qmp_value_unref (QmpValue *value)
{
  g_return_if_fail (value);

  if (!g_atomic_ref_count_dec (&value->ref_count))
    return;
  json_object_put (value->json);
  g_free (value);
}

QmpValue *
qmp_value_new_object (void)
{
  return value_take (json_object_new_object ());
}

QmpValue *
qmp_value_new_array (void)
{
  return value_take (json_object_new_array ());
}

QmpValue *
qmp_value_new_string (const char *string)
{
  g_return_val_if_fail (string, NULL);

  return value_take (json_object_new_string (string));
}

QmpValue *
qmp_value_new_int (gint64 number)
{
  return value_take (json_object_new_int64 (number));
}

QmpValue *
qmp_value_new_uint (guint64 number)
{
  return value_take (json_object_new_uint64 (number));
}

QmpValue *
qmp_value_new_number (double number)
{
  g_return_val_if_fail (isfinite (number), NULL);

  return value_take (json_object_new_double (number));
}

QmpValue *
qmp_value_new_boolean (gboolean truth)
{
  return value_take (json_object_new_boolean (truth));
}

void
qmp_value_set_value (QmpValue *object, const char *member, QmpValue *value)
{
  g_return_if_fail (object && json_object_is_type (object->json, json_type_object));
  g_return_if_fail (member);
  g_return_if_fail (value && value->json != object->json);

  json_object_object_add (object->json, member, value_steal_json (value));
}

void
qmp_value_set_string (QmpValue *object, const char *member, const char *string)
{
  if (string)
    qmp_value_set_value (object, member, qmp_value_new_string (string));
}

void
qmp_value_set_int (QmpValue *object, const char *member, gint64 number)
{
  qmp_value_set_value (object, member, qmp_value_new_int (number));
}

void
qmp_value_set_uint (QmpValue *object, const char *member, guint64 number)
{
  qmp_value_set_value (object, member, qmp_value_new_uint (number));
}

void
qmp_value_set_boolean (QmpValue *object, const char *member, gboolean truth)
{
  qmp_value_set_value (object, member, qmp_value_new_boolean (truth));
}

void
qmp_value_append (QmpValue *array, QmpValue *value)
{
  g_return_if_fail (array && json_object_is_type (array->json, json_type_array));
  g_return_if_fail (value && value->json != array->json);

  json_object_array_add (array->json, value_steal_json (value));
}

QmpValueType
qmp_value_get_value_type (const QmpValue *value)
{
  static const QmpValueType types[] = {
    [json_type_null] = QMP_VALUE_NULL,     [json_type_boolean] = QMP_VALUE_BOOLEAN,
    [json_type_double] = QMP_VALUE_NUMBER, [json_type_int] = QMP_VALUE_INTEGER,
    [json_type_object] = QMP_VALUE_OBJECT, [json_type_array] = QMP_VALUE_ARRAY,
    [json_type_string] = QMP_VALUE_STRING,
  };

  g_return_val_if_fail (value, QMP_VALUE_NULL);

  return types[json_object_get_type (value->json)];
}

/* Whether @object has the member; @json: (out) (transfer none) (nullable) */
static gboolean
value_lookup (const QmpValue *object, const char *member, json_object **json)
{
  *json = NULL;
  return object && member && json_object_is_type (object->json, json_type_object) &&
         json_object_object_get_ex (object->json, member, json);
}

/* (transfer none) (nullable): the member if it has this type */
static json_object *
value_lookup_typed (const QmpValue *object, const char *member, json_type type)
{
  json_object *json;

  if (!value_lookup (object, member, &json) || !json_object_is_type (json, type))
    return NULL;
  return json;
}

QmpValue *
qmp_value_get (const QmpValue *object, const char *member)
{
  json_object *json;

  if (!value_lookup (object, member, &json))
    return NULL;
  return value_take (json_object_get (json));
}

gboolean
qmp_value_has (const QmpValue *object, const char *member)
{
  json_object *json;

  return value_lookup (object, member, &json);
}

GPtrArray *
qmp_value_list_members (const QmpValue *object)
{
  g_autoptr (GPtrArray) members = g_ptr_array_new_with_free_func (g_free);

  if (object && json_object_is_type (object->json, json_type_object))
    {
      struct json_object_iterator member = json_object_iter_begin (object->json);
      struct json_object_iterator end = json_object_iter_end (object->json);

      for (; !json_object_iter_equal (&member, &end); json_object_iter_next (&member))
        g_ptr_array_add (members, g_strdup (json_object_iter_peek_name (&member)));
    }
  return g_steal_pointer (&members);
}

guint
qmp_value_get_length (const QmpValue *array)
{
  if (!array || !json_object_is_type (array->json, json_type_array))
    return 0;
  return (guint) json_object_array_length (array->json);
}

QmpValue *
qmp_value_get_element (const QmpValue *array, guint index)
{
  if (index >= qmp_value_get_length (array))
    return NULL;
  return value_take (json_object_get (json_object_array_get_idx (array->json, index)));
}

const char *
qmp_value_get_string (const QmpValue *object, const char *member)
{
  json_object *json = value_lookup_typed (object, member, json_type_string);

  return json ? json_object_get_string (json) : NULL;
}

gint64
qmp_value_get_int (const QmpValue *object, const char *member, gint64 fallback)
{
  json_object *json = value_lookup_typed (object, member, json_type_int);

  /* json-c gives the nearest number it can: 2^63 and above would become 2^63-1. */
  if (!json || json_object_get_uint64 (json) > G_MAXINT64)
    return fallback;
  return json_object_get_int64 (json);
}

guint64
qmp_value_get_uint (const QmpValue *object, const char *member, guint64 fallback)
{
  json_object *json = value_lookup_typed (object, member, json_type_int);

  if (!json || json_object_get_int64 (json) < 0)
    return fallback;
  return json_object_get_uint64 (json);
}

gboolean
qmp_value_get_boolean (const QmpValue *object, const char *member, gboolean fallback)
{
  json_object *json = value_lookup_typed (object, member, json_type_boolean);

  return json ? json_object_get_boolean (json) : fallback;
}

const char *
qmp_value_as_string (const QmpValue *value)
{
  if (!value || !json_object_is_type (value->json, json_type_string))
    return NULL;
  return json_object_get_string (value->json);
}

gboolean
qmp_value_as_boolean (const QmpValue *value, gboolean *truth)
{
  gboolean is_boolean = value && json_object_is_type (value->json, json_type_boolean);

  *truth = is_boolean && json_object_get_boolean (value->json);
  return is_boolean;
}

/* json-c gives the nearest number it can, so each sign is asked for in the type that holds it. */
gboolean
qmp_value_as_int (const QmpValue *value, gint64 *number)
{
  gboolean fits = value && json_object_is_type (value->json, json_type_int) &&
                  json_object_get_uint64 (value->json) <= G_MAXINT64;

  *number = fits ? json_object_get_int64 (value->json) : 0;
  return fits;
}

gboolean
qmp_value_as_uint (const QmpValue *value, guint64 *number)
{
  gboolean fits = value && json_object_is_type (value->json, json_type_int) &&
                  json_object_get_int64 (value->json) >= 0;

  *number = fits ? json_object_get_uint64 (value->json) : 0;
  return fits;
}

gboolean
qmp_value_as_number (const QmpValue *value, double *number)
{
  gboolean is_number = value && (json_object_is_type (value->json, json_type_double) ||
                                 json_object_is_type (value->json, json_type_int));

  *number = is_number ? json_object_get_double (value->json) : 0;
  return is_number;
}
