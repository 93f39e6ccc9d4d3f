/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * JSON to structures and back, for every structure that there is, by what the tables say of it.
 */
#include "qmp/qmp-tables.h"
#include "qmp/qmp.h"

#define MAX_NESTING 3

static const QmpMemberRow *
member_row (guint struct_id, guint index)
{
  return &qmp_member_rows[qmp_struct_rows[struct_id].first_member + index];
}

static const char *
member_name (const QmpMemberRow *row)
{
  return qmp_words + row->name;
}

static QmpValue *make_struct (guint struct_id, gboolean whole, guint nesting);

static QmpValue *
make_one (const QmpMemberRow *row, gboolean whole, guint nesting)
{
  switch (row->kind)
    {
    case QMP_KIND_BOOLEAN:
      return qmp_value_new_boolean (TRUE);
    case QMP_KIND_INT:
      return qmp_value_new_int (G_MININT64);
    case QMP_KIND_UINT:
      return qmp_value_new_uint (G_MAXUINT64);
    case QMP_KIND_NUMBER:
      return qmp_value_new_number (0.5);
    case QMP_KIND_ENUM:
      return qmp_value_new_string (qmp_codec_get_word (row->type, 1));
    case QMP_KIND_STRING:
      return qmp_value_new_string ("text");
    case QMP_KIND_STRUCT:
      return make_struct (row->type, whole && nesting < MAX_NESTING, nesting + 1);
    default:
      return qmp_value_parse ("{\"any\":[1e400,null]}", -1, NULL);
    }
}

/* A value that the member takes. */
static QmpValue *
make_member (const QmpMemberRow *row, gboolean whole, guint nesting)
{
  QmpValue *array;

  if (!(row->flags & QMP_ARRAY))
    return make_one (row, whole, nesting);
  array = qmp_value_new_array ();
  qmp_value_append (array, make_one (row, whole, nesting));
  qmp_value_append (array, make_one (row, FALSE, nesting));
  return array;
}

/* With every member, or with those alone that are required; and with one that nobody knows. */
static QmpValue *
make_struct (guint struct_id, gboolean whole, guint nesting)
{
  QmpValue *object = qmp_value_new_object ();

  for (guint i = 0; i < qmp_struct_rows[struct_id].n_members; i++)
    {
      const QmpMemberRow *row = member_row (struct_id, i);

      if (whole || !(row->flags & QMP_OPTIONAL))
        qmp_value_set_value (object, member_name (row), make_member (row, whole, nesting));
    }
  qmp_value_set_uint (object, "from-the-future", G_MAXUINT64);
  return object;
}

static void
assert_text (QmpValue *value, const char *expected)
{
  g_autofree char *text = qmp_value_to_string (value);

  g_assert_cmpstr (text, ==, expected);
}

static void
assert_round_trip (guint struct_id, QmpValue *object)
{
  g_autofree char *text = qmp_value_to_string (object);
  g_autoptr (GError) error = NULL;
  gpointer structure = qmp_codec_read (struct_id, object, "it", &error);
  gpointer copy;
  QmpValue *written;

  g_assert_no_error (error);
  copy = qmp_struct_copy (structure);
  qmp_struct_free (structure);
  written = qmp_codec_write (struct_id, copy, "it", &error);
  g_assert_no_error (error);
  assert_text (written, text);
  qmp_value_unref (written);
  qmp_struct_free (copy);
}

static void
test_round_trip (void)
{
  for (guint id = 0; id < QMP_N_STRUCTS; id++)
    {
      g_autoptr (QmpValue) whole = make_struct (id, TRUE, 0);
      g_autoptr (QmpValue) bare = make_struct (id, FALSE, 0);

      g_test_message ("%s", qmp_words + qmp_struct_rows[id].name);
      assert_round_trip (id, whole);
      assert_round_trip (id, bare);
    }
}

static void
test_empty (void)
{
  for (guint id = 0; id < QMP_N_STRUCTS; id++)
    {
      gpointer structure = qmp_struct_new (id);
      gpointer copy = qmp_struct_copy (structure);
      g_autoptr (GError) error = NULL;
      g_autoptr (QmpValue) json = qmp_codec_write (id, copy, "it", &error);
      g_autoptr (QmpValue) least = qmp_codec_write (id, NULL, "it", NULL);

      g_assert_true (!least == !json);
      qmp_struct_free (structure);
      qmp_struct_free (copy);
      if (json)
        assert_round_trip (id, json);
      else
        g_assert_error (error, QMP_ERROR, QMP_ERROR_INVALID_ARGUMENT);
    }
  qmp_struct_free (NULL);
}

/* A whole structure with one member left out (NULL) or replaced. @value: (transfer full) */
static QmpValue *
make_changed (guint struct_id, const QmpMemberRow *changed, QmpValue *value)
{
  QmpValue *object = qmp_value_new_object ();

  for (guint i = 0; i < qmp_struct_rows[struct_id].n_members; i++)
    {
      const QmpMemberRow *row = member_row (struct_id, i);

      if (row != changed)
        qmp_value_set_value (object, member_name (row), make_member (row, FALSE, 0));
      else if (value)
        qmp_value_set_value (object, member_name (row), value);
    }
  return object;
}

/* @problem: what the error says after the member's name */
static void
assert_read_fails (guint struct_id, QmpValue *object, const QmpMemberRow *row, const char *problem)
{
  g_autofree char *expected = g_strdup_printf ("it '%s' %s", member_name (row), problem);
  g_autoptr (GError) error = NULL;

  g_assert_null (qmp_codec_read (struct_id, object, "it", &error));
  g_assert_error (error, QMP_ERROR, QMP_ERROR_PROTOCOL);
  g_assert_true (g_str_has_prefix (error->message, expected));
  g_assert_null (qmp_codec_read (struct_id, object, "it", NULL));
}

static void
assert_read_leaves_out (guint struct_id, QmpValue *object, const QmpMemberRow *row)
{
  g_autoptr (GError) error = NULL;
  char *structure = qmp_codec_read (struct_id, object, "it", &error);

  g_assert_no_error (error);
  if (row->has_offset)
    g_assert_false (*(gboolean *) (structure + row->has_offset));
  else
    g_assert_null (*(gpointer *) (structure + row->offset));
  qmp_struct_free (structure);
}

static void
test_missing (void)
{
  for (guint id = 0; id < QMP_N_STRUCTS; id++)
    for (guint i = 0; i < qmp_struct_rows[id].n_members; i++)
      {
        const QmpMemberRow *row = member_row (id, i);
        g_autoptr (QmpValue) object = make_changed (id, row, NULL);

        if (row->flags & QMP_OPTIONAL)
          assert_read_leaves_out (id, object, row);
        else
          assert_read_fails (id, object, row, "is missing");
      }
}

static void
test_wrong_type (void)
{
  static const char *const wrong[] = { "null", "[[]]", "[null]", "{\"a\":{}}", "7.5e400" };

  for (guint id = 0; id < QMP_N_STRUCTS; id++)
    for (guint i = 0; i < qmp_struct_rows[id].n_members; i++)
      for (guint j = 0; j < G_N_ELEMENTS (wrong); j++)
        {
          const QmpMemberRow *row = member_row (id, i);
          g_autoptr (QmpValue) object =
              make_changed (id, row, qmp_value_parse (wrong[j], -1, NULL));
          gboolean is_number = row->kind == QMP_KIND_NUMBER && j == 4;
          gboolean is_object = row->kind == QMP_KIND_STRUCT && j == 3;

          if (row->kind == QMP_KIND_ANY || is_number || is_object)
            continue;
          if (row->flags & QMP_OPTIONAL)
            assert_read_leaves_out (id, object, row);
          else if (!(row->flags & QMP_ARRAY))
            assert_read_fails (id, object, row, "is not ");
        }
}

/* What an error names, and how. */
static void
test_error_path (void)
{
  static const struct
  {
    const char *reply;
    const char *message;
  } cases[] = {
    { "7", "query-pci: the reply is not an array" },
    { "[1]", "query-pci: the reply '[0]' is not an object" },
    { "[{\"bus\":0}]", "query-pci: the reply '[0].devices' is missing" },
    { "[{\"bus\":0,\"devices\":[]},{\"bus\":1,\"devices\":[{\"bus\":\"0\"}]}]",
      "query-pci: the reply '[1].devices[0].bus' is not a signed integer of 64 bits" },
    { "[{\"bus\":9223372036854775808,\"devices\":[]}]",
      "query-pci: the reply '[0].bus' is not a signed integer of 64 bits" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (QmpValue) reply = qmp_value_parse (cases[i].reply, -1, NULL);
      g_autoptr (GError) error = NULL;

      g_assert_null (qmp_codec_decode_reply (QMP_COMMAND_QUERY_PCI, reply, &error));
      g_assert_error (error, QMP_ERROR, QMP_ERROR_PROTOCOL);
      g_assert_cmpstr (error->message, ==, cases[i].message);
      g_assert_null (qmp_codec_decode_reply (QMP_COMMAND_QUERY_PCI, reply, NULL));
    }
}

static void
test_negative_size (void)
{
  g_autoptr (QmpValue) reply = qmp_value_parse ("{\"actual\":-1}", -1, NULL);
  g_autoptr (GError) error = NULL;

  g_assert_null (qmp_codec_decode_reply (QMP_COMMAND_QUERY_BALLOON, reply, &error));
  g_assert_error (error, QMP_ERROR, QMP_ERROR_PROTOCOL);
  g_assert_cmpstr (error->message, ==,
                   "query-balloon: the reply 'actual' is not an unsigned integer of 64 bits");
}

static void
test_unknown_word (void)
{
  const char *text = "{\"running\":false,\"status\":\"dreaming\",\"of\":\"sheep\"}";
  g_autoptr (QmpValue) reply = qmp_value_parse (text, -1, NULL);
  g_autoptr (GError) error = NULL;
  g_autoptr (QmpStatusInfo) info = qmp_codec_decode_reply (QMP_COMMAND_QUERY_STATUS, reply, &error);
  g_autoptr (QmpStatusInfo) copy = qmp_status_info_copy (info);
  g_autoptr (QmpValue) written = qmp_codec_write (QMP_STRUCT_STATUS_INFO, copy, "it", &error);
  g_autoptr (QmpValue) known = NULL;

  g_assert_no_error (error);
  g_assert_false (info->running);
  g_assert_cmpint (info->status, ==, QMP_RUN_STATE_UNKNOWN);
  g_assert_cmpstr (qmp_value_get_string (info->json, "of"), ==, "sheep");
  /* What came goes back, unless the caller has set something else. */
  assert_text (written, text);
  copy->status = QMP_RUN_STATE_PAUSED;
  known = qmp_codec_write (QMP_STRUCT_STATUS_INFO, copy, "it", &error);
  assert_text (known, "{\"running\":false,\"status\":\"paused\",\"of\":\"sheep\"}");
}

static void
test_words (void)
{
  g_assert_cmpstr (qmp_run_state_to_string (QMP_RUN_STATE_GUEST_PANICKED), ==, "guest-panicked");
  g_assert_cmpint (qmp_run_state_from_string ("guest-panicked"), ==, QMP_RUN_STATE_GUEST_PANICKED);
  g_assert_null (qmp_run_state_to_string (QMP_RUN_STATE_UNKNOWN));
  g_assert_null (qmp_run_state_to_string ((QmpRunState) 4096));
  g_assert_null (qmp_run_state_to_string ((QmpRunState) -1));
  g_assert_cmpint (qmp_run_state_from_string ("dreaming"), ==, QMP_RUN_STATE_UNKNOWN);
  g_assert_cmpint (qmp_run_state_from_string (""), ==, QMP_RUN_STATE_UNKNOWN);
  g_assert_cmpint (qmp_run_state_from_string (NULL), ==, QMP_RUN_STATE_UNKNOWN);
  g_assert_cmpstr (qmp_network_address_family_to_string (QMP_NETWORK_ADDRESS_FAMILY_UNKNOWN), ==,
                   "unknown");
  g_assert_null (qmp_enum_to_string ("NoSuchEnum", 1));
  g_assert_cmpint (qmp_enum_from_string ("NoSuchEnum", "on"), ==, 0);

  for (guint id = 0; id < QMP_N_ENUMS; id++)
    for (int value = 1; value < qmp_enum_rows[id].n_words; value++)
      g_assert_cmpint (qmp_codec_find_word (id, qmp_codec_get_word (id, value)), ==, value);
}

static void
test_arguments (void)
{
  QmpSendKeyArguments *keys = qmp_send_key_arguments_new ();
  QmpKeyValue *key = qmp_key_value_new ();
  g_autoptr (QmpValue) json = NULL;
  g_autoptr (GError) error = NULL;

  g_assert_false (qmp_codec_encode_arguments (QMP_COMMAND_SEND_KEY, NULL, &json, &error));
  g_assert_error (error, QMP_ERROR, QMP_ERROR_INVALID_ARGUMENT);
  g_assert_cmpstr (error->message, ==, "send-key: argument 'keys' is not set");
  g_clear_error (&error);

  keys->keys = g_ptr_array_new_with_free_func (qmp_struct_free);
  g_ptr_array_add (keys->keys, key);
  g_assert_false (qmp_codec_encode_arguments (QMP_COMMAND_SEND_KEY, keys, &json, &error));
  g_assert_error (error, QMP_ERROR, QMP_ERROR_INVALID_ARGUMENT);
  g_assert_cmpstr (error->message, ==, "send-key: argument 'keys[0].type' is not set");
  g_clear_error (&error);

  key->type = QMP_KEY_VALUE_KIND_QCODE;
  key->data = qmp_value_new_string ("ret");
  keys->has_hold_time = TRUE;
  keys->hold_time = 20;
  keys->json = qmp_value_parse ("{\"keys\":7,\"new-option\":[1e400]}", -1, NULL);
  g_assert_true (qmp_codec_encode_arguments (QMP_COMMAND_SEND_KEY, keys, &json, &error));
  g_assert_no_error (error);
  assert_text (json, "{\"keys\":[{\"type\":\"qcode\",\"data\":\"ret\"}],\"hold-time\":20,"
                     "\"new-option\":[1e400]}");
  qmp_value_unref (g_steal_pointer (&json));
  g_ptr_array_add (keys->keys, NULL);
  g_assert_false (qmp_codec_encode_arguments (QMP_COMMAND_SEND_KEY, keys, &json, &error));
  g_assert_error (error, QMP_ERROR, QMP_ERROR_INVALID_ARGUMENT);
  g_assert_cmpstr (error->message, ==, "send-key: argument 'keys[1]' is not set");
  g_ptr_array_set_size (keys->keys, 1);
  qmp_send_key_arguments_free (keys);
}

/* An optional enum that is set to nothing is a mistake, not an absent argument. */
static void
test_optional_enum (void)
{
  g_autoptr (QmpSetActionArguments) arguments = qmp_set_action_arguments_new ();
  g_autoptr (QmpValue) json = NULL;
  g_autoptr (GError) error = NULL;

  arguments->has_panic = TRUE;
  g_assert_false (qmp_codec_encode_arguments (QMP_COMMAND_SET_ACTION, arguments, &json, &error));
  g_assert_error (error, QMP_ERROR, QMP_ERROR_INVALID_ARGUMENT);
  g_assert_cmpstr (error->message, ==, "set-action: argument 'panic' is not set");
  arguments->panic = QMP_PANIC_ACTION_NONE;
  g_assert_true (qmp_codec_encode_arguments (QMP_COMMAND_SET_ACTION, arguments, &json, NULL));
  assert_text (json, "{\"panic\":\"none\"}");
}

static void
test_events (void)
{
  g_autoptr (QmpValue) data = qmp_value_parse ("{\"path\":\"/machine/x\",\"new\":1}", -1, NULL);
  g_autoptr (QmpDeviceDeletedEvent) event = qmp_device_deleted_event_new_from_value (data, NULL);
  g_autoptr (GError) error = NULL;

  g_assert_null (event->device);
  g_assert_cmpstr (event->path, ==, "/machine/x");
  g_assert_true (qmp_value_has (event->json, "new"));
  g_assert_null (qmp_device_deleted_event_new_from_value (NULL, &error));
  g_assert_error (error, QMP_ERROR, QMP_ERROR_PROTOCOL);
  g_assert_cmpstr (error->message, ==, "event DEVICE_DELETED: the data 'path' is missing");
}

static void
test_number_array (void)
{
  g_autoptr (QmpValue) reply =
      qmp_value_parse ("{\"postcopy-vcpu-blocktime\":[3,-9223372036854775808],"
                       "\"blocked-reasons\":[\"a\",\"b\"]}",
                       -1, NULL);
  g_autoptr (QmpMigrationInfo) info =
      qmp_codec_decode_reply (QMP_COMMAND_QUERY_MIGRATE, reply, NULL);

  g_assert_cmpint (info->postcopy_vcpu_blocktime->len, ==, 2);
  g_assert_cmpint (g_array_index (info->postcopy_vcpu_blocktime, gint64, 1), ==, G_MININT64);
  g_assert_cmpstr (info->blocked_reasons->pdata[1], ==, "b");
  g_assert_false (info->has_status);
  g_assert_null (info->ram);
}

static void
test_boxed (void)
{
  GType type = QMP_TYPE_STATUS_INFO;
  gpointer structure = qmp_struct_new (QMP_STRUCT_STATUS_INFO);
  gpointer copy = g_boxed_copy (type, structure);

  g_assert_cmpstr (g_type_name (type), ==, "QmpStatusInfo");
  g_assert_true (type == qmp_status_info_get_type ());
  g_boxed_free (type, copy);
  g_boxed_free (type, structure);
  for (guint id = 0; id < QMP_N_STRUCTS; id++)
    g_assert_true (G_TYPE_IS_BOXED (qmp_struct_get_type (id)));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/qmp/codec/round-trip", test_round_trip);
  g_test_add_func ("/qmp/codec/empty", test_empty);
  g_test_add_func ("/qmp/codec/missing", test_missing);
  g_test_add_func ("/qmp/codec/wrong-type", test_wrong_type);
  g_test_add_func ("/qmp/codec/error-path", test_error_path);
  g_test_add_func ("/qmp/codec/negative-size", test_negative_size);
  g_test_add_func ("/qmp/codec/unknown-word", test_unknown_word);
  g_test_add_func ("/qmp/codec/words", test_words);
  g_test_add_func ("/qmp/codec/arguments", test_arguments);
  g_test_add_func ("/qmp/codec/optional-enum", test_optional_enum);
  g_test_add_func ("/qmp/codec/events", test_events);
  g_test_add_func ("/qmp/codec/number-array", test_number_array);
  g_test_add_func ("/qmp/codec/boxed", test_boxed);
  return g_test_run ();
}
