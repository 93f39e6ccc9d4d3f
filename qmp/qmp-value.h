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

/**
 * QmpValueType:
 * @QMP_VALUE_NULL: null
 * @QMP_VALUE_BOOLEAN: true or false
 * @QMP_VALUE_INTEGER: a number without a fraction, between -2^63 and 2^64-1
 * @QMP_VALUE_NUMBER: any other number
 * @QMP_VALUE_STRING: a string
 * @QMP_VALUE_ARRAY: an array
 * @QMP_VALUE_OBJECT: an object
 *
 * What a value is.
 */
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

/**
 * qmp_value_ref: (skip)
 * @value: a value
 *
 * Returns: (transfer full): @value, with one reference more
 */
QMP_EXPORT QmpValue *qmp_value_ref (QmpValue *value);
/**
 * qmp_value_unref: (skip)
 * @value: (transfer full): a value
 *
 * Gives a reference back.
 */
QMP_EXPORT void qmp_value_unref (QmpValue *value);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (QmpValue, qmp_value_unref)

/**
 * qmp_value_parse: (constructor)
 * @json: one whole JSON text; anything after it but white space is an error
 * @length: how many bytes; -1: up to the NUL
 * @error: %QMP_ERROR_PROTOCOL with the offset, %QMP_ERROR_TOO_LARGE for size or depth
 *
 * Reads a value: the easy way to the arguments of a command.
 *
 * Returns: (transfer full): the value
 */
QMP_EXPORT QmpValue *qmp_value_parse (const char *json, gssize length, GError **error);
/**
 * qmp_value_to_string:
 * @value: a value
 *
 * Returns: (transfer full): compact JSON text on one line, numbers as they were read
 */
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

/**
 * qmp_value_new_object: (constructor)
 *
 * Returns: (transfer full): an object without members, to be built
 */
QMP_EXPORT QmpValue *qmp_value_new_object (void);
/**
 * qmp_value_new_array: (constructor)
 *
 * Returns: (transfer full): an array without elements, to be built
 */
QMP_EXPORT QmpValue *qmp_value_new_array (void);
/**
 * qmp_value_new_string: (constructor)
 * @string: its text
 *
 * Returns: (transfer full): a string
 */
QMP_EXPORT QmpValue *qmp_value_new_string (const char *string);
/**
 * qmp_value_new_int: (constructor)
 * @number: its value
 *
 * Returns: (transfer full): an integer
 */
QMP_EXPORT QmpValue *qmp_value_new_int (gint64 number);
/**
 * qmp_value_new_uint: (constructor)
 * @number: its value
 *
 * Returns: (transfer full): an integer
 */
QMP_EXPORT QmpValue *qmp_value_new_uint (guint64 number);
/**
 * qmp_value_new_number: (constructor)
 * @number: its value; finite, as JSON has no other
 *
 * Returns: (transfer full): a number
 */
QMP_EXPORT QmpValue *qmp_value_new_number (double number);
/**
 * qmp_value_new_boolean: (constructor)
 * @truth: its value
 *
 * Returns: (transfer full): a boolean
 */
QMP_EXPORT QmpValue *qmp_value_new_boolean (gboolean truth);

/**
 * qmp_value_set_string:
 * @object: an object that is being built
 * @member: the member's name
 * @string: (nullable): its value; %NULL leaves the member out
 *
 * Adds a member, or replaces it.
 */
QMP_EXPORT void qmp_value_set_string (QmpValue *object, const char *member, const char *string);
/**
 * qmp_value_set_int:
 * @object: an object that is being built
 * @member: the member's name
 * @number: its value
 *
 * Adds a member, or replaces it.
 */
QMP_EXPORT void qmp_value_set_int (QmpValue *object, const char *member, gint64 number);
/**
 * qmp_value_set_uint:
 * @object: an object that is being built
 * @member: the member's name
 * @number: its value
 *
 * Adds a member, or replaces it.
 */
QMP_EXPORT void qmp_value_set_uint (QmpValue *object, const char *member, guint64 number);
/**
 * qmp_value_set_boolean:
 * @object: an object that is being built
 * @member: the member's name
 * @truth: its value
 *
 * Adds a member, or replaces it.
 */
QMP_EXPORT void qmp_value_set_boolean (QmpValue *object, const char *member, gboolean truth);
/**
 * qmp_value_set_value:
 * @object: an object that is being built
 * @member: the member's name
 * @value: (transfer full): its value
 *
 * Adds a member, or replaces it.
 */
QMP_EXPORT void qmp_value_set_value (QmpValue *object, const char *member, QmpValue *value);
/**
 * qmp_value_append:
 * @array: an array that is being built
 * @value: (transfer full): its next element
 *
 * Adds an element.
 */
QMP_EXPORT void qmp_value_append (QmpValue *array, QmpValue *value);

/* No getter ever fails on unexpected input: where there is nothing to get, or something else than
 * what is asked for, it gives what it names for that case. */

/**
 * qmp_value_get_value_type:
 * @value: a value
 *
 * Returns: what it is
 */
QMP_EXPORT QmpValueType qmp_value_get_value_type (const QmpValue *value);
/**
 * qmp_value_get:
 * @object: (nullable): an object
 * @member: a member's name
 *
 * Returns: (transfer full) (nullable): the member; %NULL where there is none
 */
QMP_EXPORT QmpValue *qmp_value_get (const QmpValue *object, const char *member);
/**
 * qmp_value_has:
 * @object: (nullable): an object
 * @member: a member's name
 *
 * Returns: whether there is such a member
 */
QMP_EXPORT gboolean qmp_value_has (const QmpValue *object, const char *member);
/**
 * qmp_value_list_members:
 * @object: (nullable): an object
 *
 * Returns: (transfer container) (element-type utf8): the names of the members in the order received
 */
QMP_EXPORT GPtrArray *qmp_value_list_members (const QmpValue *object);
/**
 * qmp_value_get_length:
 * @array: (nullable): an array
 *
 * Returns: how many elements it has; 0 where it is no array
 */
QMP_EXPORT guint qmp_value_get_length (const QmpValue *array);
/**
 * qmp_value_get_element:
 * @array: (nullable): an array
 * @index: from 0 on
 *
 * Returns: (transfer full) (nullable): the element; %NULL where there is none
 */
QMP_EXPORT QmpValue *qmp_value_get_element (const QmpValue *array, guint index);
/**
 * qmp_value_get_string:
 * @object: (nullable): an object
 * @member: a member's name
 *
 * Returns: (transfer none) (nullable): the member's text, valid while the object lives; %NULL where
 *   it is absent or no string
 */
QMP_EXPORT const char *qmp_value_get_string (const QmpValue *object, const char *member);
/**
 * qmp_value_get_int:
 * @object: (nullable): an object
 * @member: a member's name
 * @fallback: for a member that is absent or no such integer
 *
 * Returns: the member's value
 */
QMP_EXPORT gint64 qmp_value_get_int (const QmpValue *object, const char *member, gint64 fallback);
/**
 * qmp_value_get_uint:
 * @object: (nullable): an object
 * @member: a member's name
 * @fallback: for a member that is absent or no such integer
 *
 * Returns: the member's value
 */
QMP_EXPORT guint64 qmp_value_get_uint (const QmpValue *object,
                                       const char *member,
                                       guint64 fallback);
/**
 * qmp_value_get_boolean:
 * @object: (nullable): an object
 * @member: a member's name
 * @fallback: for a member that is absent or no boolean
 *
 * Returns: the member's value
 */
QMP_EXPORT gboolean qmp_value_get_boolean (const QmpValue *object,
                                           const char *member,
                                           gboolean fallback);
/**
 * qmp_value_as_string:
 * @value: (nullable): a value
 *
 * Returns: (transfer none) (nullable): its text, valid while the value lives; %NULL where it is no
 *   string
 */
QMP_EXPORT const char *qmp_value_as_string (const QmpValue *value);
/**
 * qmp_value_as_boolean:
 * @value: (nullable): a value
 * @truth: (out): its value; %FALSE where it is no boolean
 *
 * Returns: whether it is one
 */
QMP_EXPORT gboolean qmp_value_as_boolean (const QmpValue *value, gboolean *truth);
/**
 * qmp_value_as_int:
 * @value: (nullable): a value
 * @number: (out): its value; 0 where it is no integer between -2^63 and 2^63-1
 *
 * Returns: whether it is one
 */
QMP_EXPORT gboolean qmp_value_as_int (const QmpValue *value, gint64 *number);
/**
 * qmp_value_as_uint:
 * @value: (nullable): a value
 * @number: (out): its value; 0 where it is no integer between 0 and 2^64-1
 *
 * Returns: whether it is one
 */
QMP_EXPORT gboolean qmp_value_as_uint (const QmpValue *value, guint64 *number);
/**
 * qmp_value_as_number:
 * @value: (nullable): a value
 * @number: (out): the nearest double; 0 where it is no number
 *
 * Returns: whether it is a number, with or without a fraction
 */
QMP_EXPORT gboolean qmp_value_as_number (const QmpValue *value, double *number);

G_END_DECLS
