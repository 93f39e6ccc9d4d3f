/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Bytes to messages: how a stream is cut, how it gets over garbage, where it ends, and what each
 * kind of message says. No socket, no main loop.
 */
#include "qmp/qmp-message.h"

#include "qmp/qmp-session.h"

#include <string.h>

static QmpReader *
reader_with (const char *text)
{
  QmpReader *reader = qmp_reader_new (QMP_MAX_MESSAGE_BYTES);

  qmp_reader_feed (reader, text, strlen (text));
  return reader;
}

static QmpMessage *
next_message (QmpReader *reader)
{
  g_autoptr (GError) error = NULL;
  QmpMessage *message = qmp_reader_next (reader, &error);

  g_assert_no_error (error);
  return message;
}

static void
assert_reply (QmpReader *reader, guint64 id)
{
  g_autoptr (QmpMessage) message = next_message (reader);

  g_assert_nonnull (message);
  g_assert_cmpint (message->kind, ==, QMP_MESSAGE_RETURN);
  g_assert_cmpuint (message->id, ==, id);
}

static void
assert_nothing (QmpReader *reader)
{
  g_assert_null (next_message (reader));
}

static void
test_kinds (void)
{
  static const struct
  {
    const char *text;
    QmpMessageKind kind;
    guint64 id;
  } cases[] = {
    { "{\"QMP\": {}}", QMP_MESSAGE_GREETING, 0 },
    { "{\"return\": {}, \"id\": 3}", QMP_MESSAGE_RETURN, 3 },
    { "{\"return\": null, \"id\": \"text\"}", QMP_MESSAGE_RETURN, 0 },
    { "{\"return\": [], \"id\": \"a text that is longer than any number\"}", QMP_MESSAGE_RETURN,
      0 },
    { "{\"return\": []}", QMP_MESSAGE_RETURN, 0 },
    { "{\"id\": 18446744073709551615, \"error\": {}}", QMP_MESSAGE_ERROR, G_MAXUINT64 },
    { "{\"id\": -1, \"error\": 5}", QMP_MESSAGE_ERROR, 0 },
    { "{\"event\": \"STOP\"}", QMP_MESSAGE_EVENT, 0 },
    { "{\"event\": 1}", QMP_MESSAGE_OTHER, 0 },
    { "{}", QMP_MESSAGE_OTHER, 0 },
    { "{\"news\": 1}", QMP_MESSAGE_OTHER, 0 },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (QmpReader) reader = reader_with (cases[i].text);
      g_autoptr (QmpMessage) message = next_message (reader);

      g_assert_nonnull (message);
      g_assert_cmpint (message->kind, ==, cases[i].kind);
      g_assert_cmpuint (message->id, ==, cases[i].id);
      assert_nothing (reader);
    }
}

static void
test_errors (void)
{
  static const struct
  {
    const char *error;
    QmpError code;
    const char *text;
  } cases[] = {
    { "{\"class\": \"GenericError\", \"desc\": \"No 'x' \\\"y\\\" %s ü\"}", QMP_ERROR_GENERIC,
      "No 'x' \"y\" %s ü" },
    { "{\"class\": \"CommandNotFound\", \"desc\": \"a\"}", QMP_ERROR_COMMAND_NOT_FOUND, "a" },
    { "{\"class\": \"DeviceNotFound\", \"desc\": \"a\"}", QMP_ERROR_DEVICE_NOT_FOUND, "a" },
    { "{\"class\": \"DeviceNotActive\", \"desc\": \"a\"}", QMP_ERROR_DEVICE_NOT_ACTIVE, "a" },
    { "{\"class\": \"KVMMissingCap\", \"desc\": \"a\"}", QMP_ERROR_KVM_MISSING_CAP, "a" },
    { "{\"class\": \"FromTheFuture\", \"desc\": \"a\"}", QMP_ERROR_GENERIC, "a" },
    { "{}", QMP_ERROR_GENERIC, "the monitor refused without a reason" },
    { "\"text\"", QMP_ERROR_GENERIC, "the monitor refused without a reason" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autofree char *text = g_strdup_printf ("{\"error\": %s, \"id\": 1}", cases[i].error);
      g_autoptr (QmpReader) reader = reader_with (text);
      g_autoptr (QmpMessage) message = next_message (reader);

      g_assert_cmpint (message->kind, ==, QMP_MESSAGE_ERROR);
      g_assert_error (message->error, QMP_ERROR, (int) cases[i].code);
      g_assert_cmpstr (message->error->message, ==, cases[i].text);
      g_assert_true (qmp_error_is_remote (message->error));
    }
}

static void
test_remote_errors (void)
{
  g_autoptr (GError) timeout = g_error_new_literal (QMP_ERROR, QMP_ERROR_TIMEOUT, "late");
  g_autoptr (GError) foreign = g_error_new_literal (G_IO_ERROR, 0, "other");

  g_assert_false (qmp_error_is_remote (timeout));
  g_assert_false (qmp_error_is_remote (foreign));
  g_assert_false (qmp_error_is_remote (NULL));
}

static void
test_timestamps (void)
{
  static const struct
  {
    const char *timestamp;
    gint64 us;
  } cases[] = {
    { "{\"seconds\": 1700000000, \"microseconds\": 25}", 1700000000000025 },
    { "{\"seconds\": -1, \"microseconds\": -1}", 0 },
    { "{\"seconds\": 9223372036854775807, \"microseconds\": 0}", 0 },
    { "{\"seconds\": 1, \"microseconds\": 1000000}", 0 },
    { "{\"seconds\": 1}", 0 },
    { "[]", 0 },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autofree char *text =
          g_strdup_printf ("{\"timestamp\": %s, \"event\": \"E\"}", cases[i].timestamp);
      g_autoptr (QmpReader) reader = reader_with (text);
      g_autoptr (QmpMessage) message = next_message (reader);

      g_assert_cmpstr (message->event, ==, "E");
      g_assert_cmpuint (message->body.n_bytes, ==, 0);
      g_assert_cmpint (message->timestamp_us, ==, cases[i].us);
    }
}

/* What a reply carries is text until it is wanted: its id is found whatever it is. */
static void
test_bodies (void)
{
  static const struct
  {
    const char *text;
    const char *body;
    int code; /* of what parsing the body fails with, or -1 */
  } cases[] = {
    { "{\"return\": 1e400, \"id\": 9}", "1e400", -1 },
    { "{\"id\": 9, \"return\": [ 1,{\"id\":3} ] }", "[ 1,{\"id\":3} ]", -1 },
    { "{\"return\": \"}\\\"\" , \"id\": 9}", "\"}\\\"\"", -1 },
    { "{\"return\": 18446744073709551616, \"id\": 9}", "18446744073709551616", QMP_ERROR_PROTOCOL },
    { "{\"return\": \"\xc3\x28\", \"id\": 9}", "\"\xc3\x28\"", QMP_ERROR_PROTOCOL },
    { "{\"return\": [1 2], \"id\": 9}", "[1 2]", QMP_ERROR_PROTOCOL },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (QmpReader) reader = reader_with (cases[i].text);
      g_autoptr (QmpMessage) message = next_message (reader);
      g_autoptr (GError) error = NULL;
      g_autoptr (QmpValue) value = NULL;

      g_assert_nonnull (message);
      g_assert_cmpuint (message->id, ==, 9);
      g_assert_true (qmp_span_equal (message->body, cases[i].body));
      value = qmp_message_parse_body (message, &error);
      if (cases[i].code < 0)
        g_assert_no_error (error);
      else
        g_assert_error (error, QMP_ERROR, cases[i].code);
    }
}

static void
test_single_bytes (void)
{
  static const char text[] = "{\"return\": {\"s\": \"}{\\\"]\\\\\", \"a\": [{}]}, \"id\": 1}\r\n"
                             "{\"return\": 2, \"id\": 2}";
  g_autoptr (QmpReader) reader = qmp_reader_new (QMP_MAX_MESSAGE_BYTES);
  guint n_messages = 0;

  for (gsize i = 0; text[i]; i++)
    {
      g_autoptr (QmpMessage) message = NULL;
      qmp_reader_feed (reader, text + i, 1);
      message = next_message (reader);
      if (!message)
        continue;
      n_messages++;
      g_assert_cmpint (text[i], ==, '}');
      g_assert_cmpuint (message->id, ==, n_messages);
    }
  g_assert_cmpuint (n_messages, ==, 2);
}

static void
test_pretty_and_packed (void)
{
  g_autoptr (QmpReader) reader = reader_with ("{\r\n    \"return\": {\r\n        \"a\": [\r\n"
                                              "            {\r\n            }\r\n        ]\r\n"
                                              "    },\r\n    \"id\": 1\r\n}\r\n"
                                              "{\"return\":{},\"id\":2}{\"return\":{},\"id\":3}");

  assert_reply (reader, 1);
  assert_reply (reader, 2);
  assert_reply (reader, 3);
  assert_nothing (reader);
}

/* Each is followed by a good message, which must be found. */
static void
test_resynchronises (void)
{
  static const char *const garbage[] = {
    "warning: something {not json} happened\n",
    "[    0.000000] Linux } ] \" version\n",
    "\xff",
    "\xff\xff\xff{\xff",
    "{\"return\": \"cut in a string\n",
    "{\"return\": \"cut \xff",
    "{\"return\": {\"cut\": [\n",
    "{\"return\": {\"cut\": [\xff",
    "{]",
    "{\"return\": nonsense}",
    "{\"return\": NaN}",
    "{\"a\" 1}{,}{\"a\":}{\"a\":1,}",
    "{\"a\": \x01}",
    "}}}}",
  };

  for (guint i = 0; i < G_N_ELEMENTS (garbage); i++)
    {
      g_autofree char *text = g_strconcat (garbage[i], "{\"return\": {}, \"id\": 7}\n", NULL);
      g_autoptr (QmpReader) reader = reader_with (text);

      g_test_message ("case %u", i);
      assert_reply (reader, 7);
      assert_nothing (reader);
    }
}

static void
assert_stream_ends (QmpReader *reader, QmpError code)
{
  for (;;)
    {
      g_autoptr (GError) error = NULL;
      g_autoptr (QmpMessage) message = qmp_reader_next (reader, &error);

      if (message)
        continue;
      g_assert_error (error, QMP_ERROR, (int) code);
      return;
    }
}

static void
test_noise_ends (void)
{
  static const char *const noises[] = { "x", "{\xff", "{} x", "{]" };

  for (guint i = 0; i < G_N_ELEMENTS (noises); i++)
    {
      gboolean has_messages = strstr (noises[i], "{}") != NULL;
      g_autoptr (QmpReader) reader = qmp_reader_new (QMP_MAX_MESSAGE_BYTES);

      for (guint n = 0; n <= QMP_MAX_NOISE_BYTES; n++)
        qmp_reader_feed (reader, noises[i], strlen (noises[i]));
      if (has_messages)
        for (guint n = 0; n <= QMP_MAX_NOISE_BYTES; n++)
          {
            g_autoptr (QmpMessage) message = next_message (reader);
            g_assert_nonnull (message);
          }
      else
        assert_stream_ends (reader, QMP_ERROR_PROTOCOL);
    }
}

static void
test_limits (void)
{
  g_autoptr (QmpReader) small = qmp_reader_new (32);
  g_autoptr (QmpReader) deep = reader_with ("{\"return\": ");
  g_autoptr (QmpReader) wide = reader_with ("{\"return\": [");
  g_autofree char *arrays = g_strnfill (1000000, '[');
  g_autofree char *commas = g_strnfill (QMP_MAX_VALUES, ',');

  qmp_reader_feed (small, "{\"return\":{},\"id\":1234567890123}", 32);
  assert_reply (small, 1234567890123);
  qmp_reader_feed (small, "{\"return\":{},\"id\":12345678901234}", 33);
  assert_stream_ends (small, QMP_ERROR_TOO_LARGE);
  qmp_reader_feed (deep, arrays, strlen (arrays));
  assert_stream_ends (deep, QMP_ERROR_TOO_LARGE);
  qmp_reader_feed (wide, commas, strlen (commas));
  assert_stream_ends (wide, QMP_ERROR_TOO_LARGE);
}

static void
test_large_message (void)
{
  g_autoptr (QmpReader) reader = reader_with ("{\"id\": 1, \"return\": \"");
  g_autofree char *chunk = g_strnfill (64 * 1024, 'a');
  g_autoptr (QmpMessage) message = NULL;
  g_autoptr (QmpValue) value = NULL;

  for (guint i = 0; i < 64; i++)
    {
      qmp_reader_feed (reader, chunk, 64 * 1024);
      assert_nothing (reader);
    }
  qmp_reader_feed (reader, "\"}", 2);
  message = next_message (reader);
  value = qmp_message_parse_body (message, NULL);
  g_assert_cmpuint (strlen (qmp_value_as_string (value)), ==, 64 * 64 * 1024);

  qmp_reader_feed (reader, "{\"id\": 2, \"return\": 1}", 22);
  assert_reply (reader, 2);
}

static void
test_format (void)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (QmpValue) arguments = qmp_value_new_object ();
  g_autofree char *plain = qmp_message_format_command ("query-status", NULL, FALSE, 1, &error);
  g_autofree char *at_once = qmp_message_format_command ("yank", NULL, TRUE, 1, &error);
  g_autofree char *full = NULL;

  g_assert_cmpstr (plain, ==, "{\"execute\":\"query-status\",\"id\":1}\n");
  g_assert_cmpstr (at_once, ==, "{\"exec-oob\":\"yank\",\"id\":1}\n");
  qmp_value_set_uint (arguments, "value", G_MAXUINT64);
  full = qmp_message_format_command ("a\"b", arguments, FALSE, G_MAXUINT64, &error);
  g_assert_no_error (error);
  g_assert_cmpstr (full, ==,
                   "{\"execute\":\"a\\\"b\",\"arguments\":{\"value\":18446744073709551615},"
                   "\"id\":18446744073709551615}\n");
}

static void
test_format_refused (void)
{
  g_autoptr (QmpValue) array = qmp_value_new_array ();
  g_autoptr (QmpValue) not_utf8 = qmp_value_new_object ();
  g_autoptr (QmpValue) huge = qmp_value_new_object ();
  g_autofree char *filling = g_strnfill (QMP_MAX_MESSAGE_BYTES, 'a');
  const struct
  {
    const char *command;
    QmpValue *arguments;
    QmpError code;
  } cases[] = {
    { NULL, NULL, QMP_ERROR_INVALID_ARGUMENT },    { "", NULL, QMP_ERROR_INVALID_ARGUMENT },
    { "\xff", NULL, QMP_ERROR_INVALID_ARGUMENT },  { "c", array, QMP_ERROR_INVALID_ARGUMENT },
    { "c", not_utf8, QMP_ERROR_INVALID_ARGUMENT }, { "c", huge, QMP_ERROR_TOO_LARGE },
  };

  qmp_value_set_string (not_utf8, "path", "\xc3\x28");
  qmp_value_set_string (huge, "text", filling);
  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (GError) error = NULL;

      g_assert_null (
          qmp_message_format_command (cases[i].command, cases[i].arguments, FALSE, 1, &error));
      g_assert_error (error, QMP_ERROR, (int) cases[i].code);
      g_assert_true (g_utf8_validate (error->message, -1, NULL));
    }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/qmp/message/kinds", test_kinds);
  g_test_add_func ("/qmp/message/errors", test_errors);
  g_test_add_func ("/qmp/message/remote-errors", test_remote_errors);
  g_test_add_func ("/qmp/message/timestamps", test_timestamps);
  g_test_add_func ("/qmp/message/bodies", test_bodies);
  g_test_add_func ("/qmp/message/single-bytes", test_single_bytes);
  g_test_add_func ("/qmp/message/pretty-and-packed", test_pretty_and_packed);
  g_test_add_func ("/qmp/message/resynchronises", test_resynchronises);
  g_test_add_func ("/qmp/message/noise-ends", test_noise_ends);
  g_test_add_func ("/qmp/message/limits", test_limits);
  g_test_add_func ("/qmp/message/large-message", test_large_message);
  g_test_add_func ("/qmp/message/format", test_format);
  g_test_add_func ("/qmp/message/format-refused", test_format_refused);
  return g_test_run ();
}
