/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Whether one value is what another asks for. Numbers are compared as they are written, so that none
 * is rounded: 1 and 1.0 are two.
 */
#include "qmp/qmp-value.h"

static gboolean value_matches (const QmpValue *value, const QmpValue *pattern, gboolean may_extend);

/* @may_extend: whether @object may have members that @pattern does not name */
static gboolean
object_matches (const QmpValue *object, const QmpValue *pattern, gboolean may_extend)
{
  g_autoptr (GPtrArray) wanted = qmp_value_list_members (pattern);

  if (!may_extend)
    {
      g_autoptr (GPtrArray) members = qmp_value_list_members (object);
      if (members->len != wanted->len)
        return FALSE;
    }
  for (guint i = 0; i < wanted->len; i++)
    {
      g_autoptr (QmpValue) member = qmp_value_get (object, wanted->pdata[i]);
      g_autoptr (QmpValue) wanted_member = qmp_value_get (pattern, wanted->pdata[i]);
      if (!member || !value_matches (member, wanted_member, may_extend))
        return FALSE;
    }
  return TRUE;
}

static gboolean
array_matches (const QmpValue *array, const QmpValue *pattern)
{
  if (qmp_value_get_length (array) != qmp_value_get_length (pattern))
    return FALSE;
  for (guint i = 0; i < qmp_value_get_length (pattern); i++)
    {
      g_autoptr (QmpValue) element = qmp_value_get_element (array, i);
      g_autoptr (QmpValue) wanted = qmp_value_get_element (pattern, i);
      if (!value_matches (element, wanted, FALSE))
        return FALSE;
    }
  return TRUE;
}

static gboolean
scalar_matches (const QmpValue *scalar, const QmpValue *pattern)
{
  g_autofree char *text = qmp_value_to_string (scalar);
  g_autofree char *wanted = qmp_value_to_string (pattern);

  return g_str_equal (text, wanted);
}

static gboolean
value_matches (const QmpValue *value, const QmpValue *pattern, gboolean may_extend)
{
  QmpValueType type = qmp_value_get_value_type (pattern);

  if (qmp_value_get_value_type (value) != type)
    return FALSE;
  if (type == QMP_VALUE_OBJECT)
    return object_matches (value, pattern, may_extend);
  if (type == QMP_VALUE_ARRAY)
    return array_matches (value, pattern);
  return scalar_matches (value, pattern);
}

gboolean
qmp_value_equal (const QmpValue *a, const QmpValue *b)
{
  g_return_val_if_fail (a && b, FALSE);

  return value_matches (a, b, FALSE);
}

gboolean
qmp_value_contains (const QmpValue *value, const QmpValue *pattern)
{
  g_return_val_if_fail (value && pattern, FALSE);

  return value_matches (value, pattern, TRUE);
}
