/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * A JSON value as QMP sends it: null, boolean, number, string, array or object. Numbers survive
 * byte-exact (2^64-1, -2^63, 1e400). Hides the JSON library; decides nothing about the protocol.
 */
#pragma once

#include "qmp/qmp-macros.h"

G_BEGIN_DECLS

/**
 * QmpValue:
 *
 * A reference-counted JSON value. A value that was received, or that was given to a session, is
 * immutable; only one that you are still building may be changed.
 */
typedef struct _QmpValue QmpValue;

typedef enum
{
  QMP_VALUE_NULL,
  QMP_VALUE_BOOLEAN,
  QMP_VALUE_INTEGER,
  QMP_VALUE_NUMBER,
  QMP_VALUE_STRING,
  QMP_VALUE_ARRAY,
  QMP_VALUE_OBJECT,
} QmpValueType;

#define QMP_TYPE_VALUE (qmp_value_get_type ())
QMP_EXPORT GType qmp_value_get_type (void);

QMP_EXPORT QmpValue *qmp_value_ref (QmpValue *value);
QMP_EXPORT void qmp_value_unref (QmpValue *value);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (QmpValue, qmp_value_unref)

/* One whole JSON text; anything after it but white space is an error. @length -1: NUL-terminated.
 * Errors: %QMP_ERROR_PROTOCOL with the offset, %QMP_ERROR_TOO_LARGE for depth. */
QMP_EXPORT QmpValue *qmp_value_parse (const char *json, gssize length, GError **error);
/* (transfer full): compact JSON text on one line, numbers as they were read */
QMP_EXPORT char *qmp_value_to_string (const QmpValue *value);

/**
 * qmp_value_equal:
 * @a: a value
 * @b: another
 *
 * Numbers are equal where they are written alike: 1 and 1.0 are not. The order of an object's
 * members does not matter.
 *
 * Returns: whether both say the same
 */
QMP_EXPORT gboolean qmp_value_equal (const QmpValue *a, const QmpValue *b);
/**
 * qmp_value_contains:
 * @value: a value
 * @pattern: what is looked for
 *
 * An object contains a pattern's members and may have others, and so for the objects in it; anything
 * else, arrays too, is to be equal as of qmp_value_equal().
 *
 * Returns: whether @value has all that @pattern names
 */
QMP_EXPORT gboolean qmp_value_contains (const QmpValue *value, const QmpValue *pattern);

QMP_EXPORT QmpValue *qmp_value_new_object (void);
QMP_EXPORT QmpValue *qmp_value_new_array (void);
QMP_EXPORT QmpValue *qmp_value_new_string (const char *string);
QMP_EXPORT QmpValue *qmp_value_new_int (gint64 number);
QMP_EXPORT QmpValue *qmp_value_new_uint (guint64 number);
/* @number: finite: JSON has no other */
QMP_EXPORT QmpValue *qmp_value_new_number (double number);
QMP_EXPORT QmpValue *qmp_value_new_boolean (gboolean truth);

/* Builders for a member of an object. A %NULL string leaves the member out. */
QMP_EXPORT void qmp_value_set_string (QmpValue *object, const char *member, const char *string);
QMP_EXPORT void qmp_value_set_int (QmpValue *object, const char *member, gint64 number);
QMP_EXPORT void qmp_value_set_uint (QmpValue *object, const char *member, guint64 number);
QMP_EXPORT void qmp_value_set_boolean (QmpValue *object, const char *member, gboolean truth);
/* @value: (transfer full) */
QMP_EXPORT void qmp_value_set_value (QmpValue *object, const char *member, QmpValue *value);
/* @value: (transfer full) */
QMP_EXPORT void qmp_value_append (QmpValue *array, QmpValue *value);

QMP_EXPORT QmpValueType qmp_value_get_value_type (const QmpValue *value);
/* Members and elements are (transfer full); %NULL where there is none or @value is of another
 * type. No getter ever fails on unexpected input: it gives the default that it names. */
QMP_EXPORT QmpValue *qmp_value_get (const QmpValue *object, const char *member);
QMP_EXPORT gboolean qmp_value_has (const QmpValue *object, const char *member);
/* (transfer container) (element-type utf8): member names in the order received */
QMP_EXPORT GPtrArray *qmp_value_list_members (const QmpValue *object);
QMP_EXPORT guint qmp_value_get_length (const QmpValue *array);
QMP_EXPORT QmpValue *qmp_value_get_element (const QmpValue *array, guint index);
/* (nullable) (transfer none): valid while the object lives; %NULL where absent or no string */
QMP_EXPORT const char *qmp_value_get_string (const QmpValue *object, const char *member);
QMP_EXPORT gint64 qmp_value_get_int (const QmpValue *object, const char *member, gint64 fallback);
QMP_EXPORT guint64 qmp_value_get_uint (const QmpValue *object,
                                       const char *member,
                                       guint64 fallback);
QMP_EXPORT gboolean qmp_value_get_boolean (const QmpValue *object,
                                           const char *member,
                                           gboolean fallback);
/* The value itself as a string, %NULL for another type */
QMP_EXPORT const char *qmp_value_as_string (const QmpValue *value);
/* Whether the value itself is of the type and, for a number, in its range; @truth, @number: (out) */
QMP_EXPORT gboolean qmp_value_as_boolean (const QmpValue *value, gboolean *truth);
QMP_EXPORT gboolean qmp_value_as_int (const QmpValue *value, gint64 *number);
QMP_EXPORT gboolean qmp_value_as_uint (const QmpValue *value, guint64 *number);
/* An integer is a number too; what a double cannot hold is rounded. */
QMP_EXPORT gboolean qmp_value_as_number (const QmpValue *value, double *number);

G_END_DECLS
