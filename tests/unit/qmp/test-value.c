/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * JSON values: what is kept to the byte, what is refused, and what the getters say of the rest.
 */
#include "qmp/qmp.h"

#include <string.h>

static QmpValue *
parse (const char *json)
{
  g_autoptr (GError) error = NULL;
  QmpValue *value = qmp_value_parse (json, -1, &error);

  g_assert_no_error (error);
  g_assert_nonnull (value);
  return value;
}

static void
assert_text (const QmpValue *value, const char *expected)
{
  g_autofree char *text = qmp_value_to_string (value);

  g_assert_cmpstr (text, ==, expected);
}

static void
test_round_trip (void)
{
  static const char *const texts[] = {
    "18446744073709551615",
    "9223372036854775808",
    "-9223372036854775808",
    "9007199254740993",
    "1e400",
    "-1E-7",
    "0.10",
    "0.1234567890123456789012345",
    "1.0",
    "0",
    "null",
    "true",
    "false",
    "\"\"",
    "\"a\\\"b\\\\c\\n\\u0001 / ü €\"",
    "[]",
    "{}",
    "[1,[2,{}],null]",
    "{\"b\":1,\"a\":{\"n\":18446744073709551615},\"\":\"\"}",
    "{\"text\":\"18446744073709551616 \\\" 99999999999999999999\"}",
    "[1234567890123456789012e3]",
  };

  for (guint i = 0; i < G_N_ELEMENTS (texts); i++)
    {
      g_autoptr (QmpValue) value = parse (texts[i]);
      assert_text (value, texts[i]);
    }
}

static void
test_white_space (void)
{
  g_autoptr (QmpValue) value = parse (" \t\r\n{ \"a\" :\n [ 1 , 2 ] }\r\n ");
  g_autoptr (QmpValue) same_line = parse ("[\n{},\n{}\n]");

  assert_text (value, "{\"a\":[1,2]}");
  assert_text (same_line, "[{},{}]");
}

static void
test_length (void)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (QmpValue) number = qmp_value_parse ("12345", 3, &error);
  g_autoptr (QmpValue) nothing = NULL;

  g_assert_no_error (error);
  assert_text (number, "123");
  nothing = qmp_value_parse ("12345", 0, &error);
  g_assert_null (nothing);
  g_assert_error (error, QMP_ERROR, QMP_ERROR_PROTOCOL);
}

static void
test_refused (void)
{
  static const struct
  {
    const char *json;
    const char *message; /* a part of it */
  } cases[] = {
    { "", "at offset 0" },
    { "   ", "at offset 3" },
    { "{", "at offset 1" },
    { "{\"a\":1", "at offset 6" },
    { "{\"a\":1}}", "unexpected byte 0x7d at offset 7" },
    { "{} {}", "at offset 3" },
    { "]", "unexpected byte 0x5d at offset 0" },
    { "{]", "at offset 1" },
    { "[1,]", "at offset 3" },
    { "{\"a\":1,}", "at offset 7" },
    { "{'a':1}", "unexpected byte 0x27 at offset 1" },
    { "[1 2]", "at offset 3" },
    { "NaN", "unexpected byte 0x4e" },
    { "-Infinity", "unexpected byte 0x49" },
    { "nul", "at offset 3" },
    { "truefalse", "at offset" },
    { "-", "at offset" },
    { "01", "at offset" },
    { "1e", "at offset" },
    { "\"abc", "at offset 4" },
    { "\"a\nb\"", "unexpected byte 0x0a at offset 2" },
    { "\"\\x\"", "at offset 2" },
    { "/* */ 1", "unexpected byte 0x2f at offset 0" },
    { "\"\xc3\x28\"", "bytes at offset 1 are not UTF-8" },
    { "\"\xff\"", "unexpected byte 0xff at offset 1" },
    { "{\"\xed\xa0\x80\":1}", "bytes at offset 2 are not UTF-8" },
    { "[18446744073709551616]", "integer 18446744073709551616 at offset 1" },
    { "-9223372036854775809", "integer -9223372036854775809 at offset 0" },
    { "{\"\\\"\":99999999999999999999}", "integer 99999999999999999999 at offset 6" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (GError) error = NULL;
      g_autoptr (QmpValue) value = qmp_value_parse (cases[i].json, -1, &error);

      g_test_message ("case %u: %s", i, error ? error->message : "accepted");
      g_assert_null (value);
      g_assert_error (error, QMP_ERROR, QMP_ERROR_PROTOCOL);
      g_assert_nonnull (strstr (error->message, cases[i].message));
    }
}

static void
test_embedded_nul (void)
{
  static const char json[] = "{}\0garbage";
  static const char in_string[] = "\"a\0b\"";
  g_autoptr (GError) error = NULL;

  g_assert_null (qmp_value_parse (json, sizeof json - 1, &error));
  g_assert_error (error, QMP_ERROR, QMP_ERROR_PROTOCOL);
  g_clear_error (&error);
  g_assert_null (qmp_value_parse (in_string, sizeof in_string - 1, &error));
  g_assert_error (error, QMP_ERROR, QMP_ERROR_PROTOCOL);
}

static char *
nested_arrays (guint depth, const char *innermost)
{
  g_autofree char *open = g_strnfill (depth, '[');
  g_autofree char *close = g_strnfill (depth, ']');

  return g_strconcat (open, innermost, close, NULL);
}

static void
test_depth (void)
{
  g_autofree char *deepest = nested_arrays (QMP_MAX_DEPTH, "1");
  g_autofree char *deeper = nested_arrays (QMP_MAX_DEPTH + 1, "");
  g_autofree char *million = nested_arrays (1000000, "");
  const char *refused[] = { deeper, million };
  g_autoptr (QmpValue) value = parse (deepest);

  assert_text (value, deepest);
  for (guint i = 0; i < G_N_ELEMENTS (refused); i++)
    {
      g_autoptr (GError) error = NULL;
      g_assert_null (qmp_value_parse (refused[i], -1, &error));
      g_assert_error (error, QMP_ERROR, QMP_ERROR_TOO_LARGE);
    }
}

static void
test_too_large (void)
{
  g_autofree char *spaces = g_strnfill (QMP_MAX_MESSAGE_BYTES + 1, ' ');
  g_autoptr (GError) error = NULL;
  g_autoptr (GString) zeros = g_string_new ("[0");

  g_assert_null (qmp_value_parse (spaces, -1, &error));
  g_assert_error (error, QMP_ERROR, QMP_ERROR_TOO_LARGE);
  g_clear_error (&error);

  for (guint i = 0; i < QMP_MAX_VALUES; i++)
    g_string_append (zeros, ",0");
  g_string_append_c (zeros, ']');
  g_assert_null (qmp_value_parse (zeros->str, -1, &error));
  g_assert_error (error, QMP_ERROR, QMP_ERROR_TOO_LARGE);
}

static void
test_duplicate_members (void)
{
  g_autoptr (QmpValue) value = parse ("{\"a\":1,\"b\":2,\"a\":3}");

  g_assert_cmpint (qmp_value_get_int (value, "a", 0), ==, 3);
  assert_text (value, "{\"a\":3,\"b\":2}");
}

static void
test_getters (void)
{
  g_autoptr (QmpValue) value =
      parse ("{\"null\":null,\"yes\":true,\"int\":-5,\"big\":18446744073709551615,"
             "\"real\":1.5,\"text\":\"hi\",\"list\":[1,\"x\"],\"dict\":{\"k\":\"v\"}}");
  g_autoptr (GPtrArray) members = qmp_value_list_members (value);
  g_autoptr (QmpValue) null = qmp_value_get (value, "null");
  g_autoptr (QmpValue) list = qmp_value_get (value, "list");
  g_autoptr (QmpValue) dict = qmp_value_get (value, "dict");
  g_autoptr (QmpValue) text = qmp_value_get (value, "text");
  g_autoptr (QmpValue) second = qmp_value_get_element (list, 1);

  g_assert_cmpuint (members->len, ==, 8);
  g_assert_cmpstr (members->pdata[0], ==, "null");
  g_assert_cmpstr (members->pdata[7], ==, "dict");

  g_assert_true (qmp_value_has (value, "null"));
  g_assert_false (qmp_value_has (value, "absent"));
  g_assert_null (qmp_value_get (value, "absent"));
  g_assert_true (qmp_value_get_boolean (value, "yes", FALSE));
  g_assert_true (qmp_value_get_boolean (value, "int", TRUE));
  g_assert_cmpint (qmp_value_get_int (value, "int", 0), ==, -5);
  g_assert_cmpint (qmp_value_get_int (value, "big", 7), ==, 7);
  g_assert_cmpint (qmp_value_get_int (value, "real", 7), ==, 7);
  g_assert_cmpuint (qmp_value_get_uint (value, "big", 0), ==, G_MAXUINT64);
  g_assert_cmpuint (qmp_value_get_uint (value, "int", 7), ==, 7);
  g_assert_cmpuint (qmp_value_get_uint (value, "text", 7), ==, 7);
  g_assert_cmpstr (qmp_value_get_string (value, "text"), ==, "hi");
  g_assert_null (qmp_value_get_string (value, "int"));
  g_assert_null (qmp_value_get_string (value, "null"));
  g_assert_cmpstr (qmp_value_get_string (dict, "k"), ==, "v");
  g_assert_cmpstr (qmp_value_as_string (text), ==, "hi");
  g_assert_null (qmp_value_as_string (dict));
  g_assert_cmpuint (qmp_value_get_length (list), ==, 2);
  g_assert_cmpstr (qmp_value_as_string (second), ==, "x");
  g_assert_null (qmp_value_get_element (list, 2));
}

static void
test_getters_on_other_types (void)
{
  static const char *const texts[] = { "null", "true", "1", "1.5", "\"text\"", "[1]" };

  for (guint i = 0; i < G_N_ELEMENTS (texts); i++)
    {
      g_autoptr (QmpValue) value = parse (texts[i]);
      g_autoptr (GPtrArray) members = qmp_value_list_members (value);

      g_assert_cmpuint (members->len, ==, 0);
      g_assert_null (qmp_value_get (value, "a"));
      g_assert_false (qmp_value_has (value, "a"));
      g_assert_null (qmp_value_get_string (value, "a"));
      g_assert_cmpint (qmp_value_get_int (value, "a", -1), ==, -1);
    }
  g_assert_null (qmp_value_get (NULL, "a"));
  g_assert_null (qmp_value_as_string (NULL));
  g_assert_cmpuint (qmp_value_get_length (NULL), ==, 0);
  g_assert_null (qmp_value_get_element (NULL, 0));
}

static void
test_plain_values (void)
{
  static const struct
  {
    const char *json;
    gboolean is_int, is_uint, is_number, is_boolean;
    gint64 as_int;
    guint64 as_uint;
    double as_number;
  } cases[] = {
    { "-5", TRUE, FALSE, TRUE, FALSE, .as_int = -5, .as_number = -5 },
    { "5", TRUE, TRUE, TRUE, FALSE, .as_int = 5, .as_uint = 5, .as_number = 5 },
    { "9223372036854775807", TRUE, TRUE, TRUE, FALSE, .as_int = G_MAXINT64, .as_uint = G_MAXINT64,
      .as_number = 9223372036854775807.0 },
    { "9223372036854775808", FALSE, TRUE, TRUE, FALSE, .as_uint = (guint64) G_MAXINT64 + 1,
      .as_number = 9223372036854775808.0 },
    { "18446744073709551615", FALSE, TRUE, TRUE, FALSE, .as_uint = G_MAXUINT64,
      .as_number = 18446744073709551615.0 },
    { "-9223372036854775808", TRUE, FALSE, TRUE, FALSE, .as_int = G_MININT64,
      .as_number = -9223372036854775808.0 },
    { "0.5", FALSE, FALSE, TRUE, FALSE, .as_number = 0.5 },
    { "true", FALSE, FALSE, FALSE, TRUE },
    { "null", FALSE, FALSE, FALSE, FALSE },
    { "\"5\"", FALSE, FALSE, FALSE, FALSE },
    { "[5]", FALSE, FALSE, FALSE, FALSE },
    { "{}", FALSE, FALSE, FALSE, FALSE },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (QmpValue) value = parse (cases[i].json);
      gint64 as_int = 0;
      guint64 as_uint = 0;
      double as_number = 0;
      gboolean as_boolean = FALSE;

      g_assert_cmpint (qmp_value_as_int (value, &as_int), ==, cases[i].is_int);
      g_assert_cmpint (as_int, ==, cases[i].as_int);
      g_assert_cmpint (qmp_value_as_uint (value, &as_uint), ==, cases[i].is_uint);
      g_assert_cmpuint (as_uint, ==, cases[i].as_uint);
      g_assert_cmpint (qmp_value_as_number (value, &as_number), ==, cases[i].is_number);
      g_assert_cmpfloat (as_number, ==, cases[i].as_number);
      g_assert_cmpint (qmp_value_as_boolean (value, &as_boolean), ==, cases[i].is_boolean);
      g_assert_cmpint (as_boolean, ==, cases[i].is_boolean);
    }
  g_assert_false (qmp_value_as_int (NULL, &(gint64){ 0 }));
  g_assert_false (qmp_value_as_uint (NULL, &(guint64){ 0 }));
  g_assert_false (qmp_value_as_number (NULL, &(double){ 0 }));
  g_assert_false (qmp_value_as_boolean (NULL, &(gboolean){ 0 }));
}

static void
test_types (void)
{
  static const struct
  {
    const char *json;
    QmpValueType type;
  } cases[] = {
    { "null", QMP_VALUE_NULL },    { "false", QMP_VALUE_BOOLEAN }, { "1", QMP_VALUE_INTEGER },
    { "1e400", QMP_VALUE_NUMBER }, { "\"\"", QMP_VALUE_STRING },   { "[]", QMP_VALUE_ARRAY },
    { "{}", QMP_VALUE_OBJECT },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (QmpValue) value = parse (cases[i].json);
      g_assert_cmpint (qmp_value_get_value_type (value), ==, cases[i].type);
    }
}

static void
test_builders (void)
{
  g_autoptr (QmpValue) object = qmp_value_new_object ();
  QmpValue *array = qmp_value_new_array ();

  qmp_value_append (array, qmp_value_new_int (G_MININT64));
  qmp_value_append (array, qmp_value_new_uint (G_MAXUINT64));
  qmp_value_append (array, qmp_value_new_string ("s"));
  qmp_value_append (array, qmp_value_new_boolean (FALSE));
  qmp_value_set_string (object, "path", "/dev/fdset/1");
  qmp_value_set_string (object, "absent", NULL);
  qmp_value_set_int (object, "int", -1);
  qmp_value_set_uint (object, "uint", G_MAXUINT64);
  qmp_value_set_boolean (object, "flag", TRUE);
  qmp_value_set_value (object, "list", array);
  qmp_value_set_value (object, "null", parse ("null"));
  assert_text (object, "{\"path\":\"/dev/fdset/1\",\"int\":-1,\"uint\":18446744073709551615,"
                       "\"flag\":true,\"list\":[-9223372036854775808,18446744073709551615,"
                       "\"s\",false],\"null\":null}");
}

static void
test_references (void)
{
  g_autoptr (QmpValue) member = NULL;
  g_auto (GValue) box = G_VALUE_INIT;

  {
    g_autoptr (QmpValue) object = parse ("{\"a\":{\"b\":\"c\"}}");
    member = qmp_value_get (object, "a");
    g_value_init (&box, QMP_TYPE_VALUE);
    g_value_set_boxed (&box, object);
    g_assert_true (g_value_get_boxed (&box) == object);
  }
  g_assert_cmpstr (qmp_value_get_string (member, "b"), ==, "c");
}

static void
test_escapes (void)
{
  g_autoptr (QmpValue) value = parse ("{\"pair\":\"\\ud83d\\ude00\",\"lone\":\"\\ud83d!\","
                                      "\"nul\":\"a\\u0000b\",\"slash\":\"\\/\"}");

  g_assert_cmpstr (qmp_value_get_string (value, "pair"), ==, "😀");
  g_assert_cmpstr (qmp_value_get_string (value, "lone"), ==, "\xef\xbf\xbd!");
  g_assert_cmpstr (qmp_value_get_string (value, "slash"), ==, "/");
  g_assert_cmpstr (qmp_value_get_string (value, "nul"), ==, "a");
}

static const struct
{
  const char *value;
  const char *pattern;
  gboolean contains;
  gboolean equal;
} matches[] = {
  { "null", "null", TRUE, TRUE },
  { "true", "true", TRUE, TRUE },
  { "true", "false", FALSE, FALSE },
  { "1", "1", TRUE, TRUE },
  { "1", "1.0", FALSE, FALSE },
  { "1", "\"1\"", FALSE, FALSE },
  { "0", "null", FALSE, FALSE },
  { "18446744073709551615", "18446744073709551615", TRUE, TRUE },
  { "18446744073709551615", "18446744073709551614", FALSE, FALSE },
  { "9007199254740993", "9007199254740992", FALSE, FALSE },
  { "-9223372036854775808", "-9223372036854775808", TRUE, TRUE },
  { "18446744073709551615", "-1", FALSE, FALSE },
  { "1e400", "1e400", TRUE, TRUE },
  { "1e400", "1e500", FALSE, FALSE },
  { "0.10", "0.1", FALSE, FALSE },
  { "\"\\u00e9/\"", "\"\u00e9\\/\"", TRUE, TRUE },
  { "\"a\\u0000b\"", "\"a\\u0000c\"", FALSE, FALSE },
  { "[1,2]", "[1,2]", TRUE, TRUE },
  { "[1,2]", "[2,1]", FALSE, FALSE },
  { "[1,2]", "[1]", FALSE, FALSE },
  { "[{\"a\":1,\"b\":2}]", "[{\"b\":2,\"a\":1}]", TRUE, TRUE },
  { "[{\"a\":1,\"b\":2}]", "[{\"a\":1}]", FALSE, FALSE },
  { "[]", "{}", FALSE, FALSE },
  { "{}", "{}", TRUE, TRUE },
  { "{\"a\":1,\"b\":{\"c\":2,\"d\":3}}", "{\"b\":{\"d\":3,\"c\":2},\"a\":1}", TRUE, TRUE },
  { "{\"a\":1,\"b\":{\"c\":2,\"d\":3}}", "{\"b\":{\"d\":3}}", TRUE, FALSE },
  { "{\"a\":1,\"b\":{\"c\":2}}", "{\"b\":{\"c\":3}}", FALSE, FALSE },
  { "{\"a\":1}", "{}", TRUE, FALSE },
  { "{\"a\":1}", "{\"b\":1}", FALSE, FALSE },
  { "{\"a\":1}", "{\"a\":null}", FALSE, FALSE },
  { "{\"a\":null}", "{\"a\":null}", TRUE, TRUE },
  { "{}", "{\"a\":null}", FALSE, FALSE },
};

static void
test_matches (void)
{
  for (guint i = 0; i < G_N_ELEMENTS (matches); i++)
    {
      g_autoptr (QmpValue) value = parse (matches[i].value);
      g_autoptr (QmpValue) pattern = parse (matches[i].pattern);

      g_test_message ("%s, %s", matches[i].value, matches[i].pattern);
      g_assert_cmpint (qmp_value_contains (value, pattern), ==, matches[i].contains);
      g_assert_cmpint (qmp_value_equal (value, pattern), ==, matches[i].equal);
      g_assert_cmpint (qmp_value_equal (pattern, value), ==, matches[i].equal);
    }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/qmp/value/round-trip", test_round_trip);
  g_test_add_func ("/qmp/value/white-space", test_white_space);
  g_test_add_func ("/qmp/value/length", test_length);
  g_test_add_func ("/qmp/value/refused", test_refused);
  g_test_add_func ("/qmp/value/embedded-nul", test_embedded_nul);
  g_test_add_func ("/qmp/value/depth", test_depth);
  g_test_add_func ("/qmp/value/too-large", test_too_large);
  g_test_add_func ("/qmp/value/duplicate-members", test_duplicate_members);
  g_test_add_func ("/qmp/value/getters", test_getters);
  g_test_add_func ("/qmp/value/getters-on-other-types", test_getters_on_other_types);
  g_test_add_func ("/qmp/value/plain-values", test_plain_values);
  g_test_add_func ("/qmp/value/types", test_types);
  g_test_add_func ("/qmp/value/builders", test_builders);
  g_test_add_func ("/qmp/value/references", test_references);
  g_test_add_func ("/qmp/value/escapes", test_escapes);
  g_test_add_func ("/qmp/value/matches", test_matches);
  return g_test_run ();
}
