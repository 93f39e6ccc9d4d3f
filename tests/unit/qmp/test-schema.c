/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Features looked up by path, in a schema with one of everything.
 */
#include "tests/unit/qmp/session-fixture.h"

static const char schema_text[] =
    "[{\"name\":\"add\",\"meta-type\":\"command\",\"arg-type\":\"1\",\"ret-type\":\"2\","
    "  \"allow-oob\":true,\"features\":[\"quick\"]},"
    " {\"name\":\"WENT\",\"meta-type\":\"event\",\"arg-type\":\"6\"},"
    " {\"name\":\"1\",\"meta-type\":\"object\",\"tag\":\"driver\",\"features\":[\"of-type\"],"
    "  \"members\":[{\"name\":\"driver\",\"type\":\"3\"},"
    "               {\"name\":\"name\",\"type\":\"str\",\"default\":null,\"features\":[\"old\"]},"
    "               {\"name\":\"list\",\"type\":\"4\"},"
    "               {\"name\":\"node\",\"type\":\"5\"},"
    "               {\"name\":\"lost\",\"type\":\"99\"}],"
    "  \"variants\":[{\"case\":\"file\",\"type\":\"6\"}]},"
    " {\"name\":\"2\",\"meta-type\":\"array\",\"element-type\":\"6\"},"
    " {\"name\":\"3\",\"meta-type\":\"enum\",\"values\":[\"file\",\"raw\"],"
    "  \"members\":[{\"name\":\"file\"},{\"name\":\"raw\",\"features\":[\"unstable\"]}]},"
    " {\"name\":\"4\",\"meta-type\":\"array\",\"element-type\":\"2\"},"
    " {\"name\":\"5\",\"meta-type\":\"alternate\",\"members\":[{\"type\":\"str\"},"
    "  {\"type\":\"null\"},{\"type\":\"6\"},{\"odd\":1}]},"
    " {\"name\":\"6\",\"meta-type\":\"object\",\"members\":[{\"name\":\"mode\",\"type\":\"7\"}]},"
    " {\"name\":\"7\",\"meta-type\":\"enum\",\"values\":[\"fast\"]},"
    " {\"name\":\"8\",\"meta-type\":\"array\",\"element-type\":\"8\"},"
    " {\"name\":\"loop\",\"meta-type\":\"command\",\"arg-type\":\"8\"},"
    " {\"name\":\"9\",\"meta-type\":\"alternate\",\"members\":[{\"type\":\"9\"},{\"type\":\"9\"}]},"
    " {\"name\":\"maze\",\"meta-type\":\"command\",\"arg-type\":\"9\",\"ret-type\":7},"
    " {\"name\":\"odd\",\"meta-type\":\"strange\"},"
    " {\"name\":\"str\",\"meta-type\":\"builtin\",\"json-type\":\"string\"},"
    " {\"name\":\"null\",\"meta-type\":\"builtin\",\"json-type\":\"null\"}]";

static QmpSchema *
make_schema (void)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (QmpValue) reply = qmp_value_parse (schema_text, -1, &error);
  QmpSchema *schema;

  g_assert_no_error (error);
  schema = qmp_schema_new_from_value (reply, &error);
  g_assert_no_error (error);
  return schema;
}

static void
test_there (void)
{
  static const char *const paths[] = {
    "add",
    "add/$quick",
    "add/allow-oob",
    "add/arg-type",
    "add/ret-type",
    "add/arg-type/$of-type",
    "add/arg-type/=object",
    "add/arg-type/driver",
    "add/arg-type/driver/^raw",
    "add/arg-type/driver/^raw/$unstable",
    "add/arg-type/driver/=enum",
    "add/arg-type/name",
    "add/arg-type/*name",
    "add/arg-type/name/$old",
    "add/arg-type/*name/=string",
    "add/arg-type/list/mode",
    "add/arg-type/list/=array",
    "add/arg-type/list/mode/^fast",
    "add/arg-type/node/=string",
    "add/arg-type/node/=null",
    "add/arg-type/node/=object",
    "add/arg-type/node/mode/^fast",
    "add/arg-type/lost",
    "add/arg-type/+file",
    "add/arg-type/+file/mode/^fast",
    "add/ret-type/mode",
    "WENT",
    "WENT/arg-type/mode",
    "maze/arg-type",
  };
  g_autoptr (QmpSchema) schema = make_schema ();

  for (guint i = 0; i < G_N_ELEMENTS (paths); i++)
    {
      g_autoptr (GError) error = NULL;
      gboolean has = qmp_schema_has (schema, paths[i], &error);

      g_test_message ("%s", paths[i]);
      g_assert_no_error (error);
      g_assert_true (has);
    }
}

static void
test_not_there (void)
{
  static const char *const paths[] = {
    "remove",
    "1",
    "odd",
    "str",
    "add/$slow",
    "WENT/allow-oob",
    "WENT/ret-type",
    "loop/ret-type",
    "maze/ret-type",
    "WENT/ret-type/mode",
    "add/arg-type/mode",
    "add/arg-type/*driver",
    "add/arg-type/driver/^qcow2",
    "add/arg-type/driver/^file/$unstable",
    "add/arg-type/driver/raw",
    "add/arg-type/driver/$old",
    "add/arg-type/driver/=string",
    "add/arg-type/name/mode",
    "add/arg-type/^raw",
    "add/arg-type/+raw",
    "add/arg-type/+file/name",
    "add/arg-type/lost/mode",
    "add/arg-type/node/=int",
    "add/ret-type/mode/^fast/$unstable",
    "loop/arg-type/x",
    "maze/arg-type/x",
  };
  g_autoptr (QmpSchema) schema = make_schema ();

  for (guint i = 0; i < G_N_ELEMENTS (paths); i++)
    {
      g_autoptr (GError) error = NULL;
      gboolean has = qmp_schema_has (schema, paths[i], &error);

      g_test_message ("%s", paths[i]);
      g_assert_no_error (error);
      g_assert_false (has);
    }
}

#define NO_NAME "has no name of letters, digits, '-', '_' and '.'"
#define SECOND                                                                                     \
  "comes after a command or event: it must be arg-type, ret-type, allow-oob or $FEATURE"

static void
test_malformed (void)
{
  static const struct
  {
    const char *path;
    const char *word;
    const char *problem;
  } cases[] = {
    { "", "", "is no name of a command or event" },
    { "/add", "", "is no name of a command or event" },
    { "$quick", "$quick", "is no name of a command or event" },
    { "add now", "add now", "is no name of a command or event" },
    { "add/", "", NO_NAME },
    { "add//name", "", NO_NAME },
    { "add/arg-type/", "", NO_NAME },
    { "add/arg-type/*", "*", NO_NAME },
    { "add/arg-type/**x", "**x", NO_NAME },
    { "add/arg-type/na me", "na me", NO_NAME },
    { "add/name", "name", SECOND },
    { "add/+file", "+file", SECOND },
    { "add/=object", "=object", SECOND },
    { "add/arg-type/=text", "=text",
      "is no kind of type: string, number, int, boolean, null, value, object, array or enum" },
    { "add/$quick/x", "$quick", "must be the last step" },
    { "add/allow-oob/x", "allow-oob", "must be the last step" },
    { "add/arg-type/=object/x", "=object", "must be the last step" },
    { "add/arg-type/driver/^raw/x", "x", "comes after the value of an enum: only $FEATURE can" },
    { "a/arg-type/1/2/3/4/5/6/7/8/9/0/1/2/3/4/5/6/7/8/9/0/1/2/3/4/5/6/7/8/9/0/1/end", "end",
      "is one step too many" },
  };
  g_autoptr (QmpSchema) schema = make_schema ();

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autofree char *message = g_strdup_printf ("schema path '%s': '%s' %s", cases[i].path,
                                                  cases[i].word, cases[i].problem);
      g_autoptr (GError) error = NULL;

      g_assert_false (qmp_schema_has (schema, cases[i].path, &error));
      g_assert_error (error, QMP_ERROR, QMP_ERROR_INVALID_ARGUMENT);
      g_assert_cmpstr (error->message, ==, message);
    }
}

static void
test_no_schema (void)
{
  static const char *const replies[] = {
    "{}",
    "7",
    "[]",
    "[7]",
    "[{\"name\":\"x\"}]",
    "[{\"meta-type\":\"object\"}]",
    "[{\"name\":7,\"meta-type\":\"object\"}]",
  };

  for (guint i = 0; i < G_N_ELEMENTS (replies); i++)
    {
      g_autoptr (QmpValue) reply = qmp_value_parse (replies[i], -1, NULL);
      g_autoptr (GError) error = NULL;

      g_assert_null (qmp_schema_new_from_value (reply, &error));
      g_assert_error (error, QMP_ERROR, QMP_ERROR_PROTOCOL);
      g_assert_true (g_str_has_prefix (error->message, "query-qmp-schema: "));
    }
}

static void
test_boxed (void)
{
  g_autoptr (QmpSchema) schema = make_schema ();
  gpointer copy = g_boxed_copy (QMP_TYPE_SCHEMA, schema);

  g_assert_true (copy == schema);
  g_boxed_free (QMP_TYPE_SCHEMA, copy);
}

/* In a session */

typedef struct
{
  guint n_calls;
  gboolean has;
  GError *error;
} Answer;

static void
on_has (GObject *source, GAsyncResult *result, gpointer data)
{
  Answer *answer = data;

  answer->has = qmp_session_has_finish (QMP_SESSION (source), result, &answer->error);
  answer->n_calls++;
}

static void
ask (SessionFixture *fixture, const char *path, Answer *answer)
{
  qmp_session_has_async (fixture->session, path, G_MAXUINT, NULL, on_has, answer);
}

static void
answer_schema (SessionFixture *fixture, const char *schema)
{
  guint64 id = scripted_peer_hear_command (fixture->peer, "query-qmp-schema");

  scripted_peer_say (fixture->peer, "{\"return\": %s, \"id\": %" G_GUINT64_FORMAT "}\n", schema,
                     id);
}

static void
test_session (SessionFixture *fixture, gconstpointer data)
{
  Answer answers[4] = { 0 };

  ask (fixture, "add/allow-oob", &answers[0]);
  answer_schema (fixture, schema_text);
  wait_until (answers[0].n_calls);
  g_assert_no_error (answers[0].error);
  g_assert_true (answers[0].has);

  /* Nothing is asked again: the peer would have to answer. */
  ask (fixture, "remove", &answers[1]);
  wait_until (answers[1].n_calls);
  g_assert_no_error (answers[1].error);
  g_assert_false (answers[1].has);
  ask (fixture, "add//", &answers[2]);
  wait_until (answers[2].n_calls);
  g_assert_error (answers[2].error, QMP_ERROR, QMP_ERROR_INVALID_ARGUMENT);
  g_clear_error (&answers[2].error);

  g_assert_true (qmp_session_has_sync (fixture->session, "add", 0, NULL, &answers[3].error));
  g_assert_false (qmp_session_has_sync (fixture->session, "remove", 0, NULL, &answers[3].error));
  g_assert_no_error (answers[3].error);
  g_assert_false (qmp_session_has_sync (fixture->session, "", 0, NULL, &answers[3].error));
  g_assert_error (answers[3].error, QMP_ERROR, QMP_ERROR_INVALID_ARGUMENT);
  g_clear_error (&answers[3].error);
  session_fixture_assert_usable (fixture);
}

static void
test_session_no_schema (SessionFixture *fixture, gconstpointer data)
{
  Answer answer = { 0 };

  ask (fixture, "add", &answer);
  answer_schema (fixture, "{}");
  wait_until (answer.n_calls);
  g_assert_error (answer.error, QMP_ERROR, QMP_ERROR_PROTOCOL);
  g_clear_error (&answer.error);

  /* What was no schema is not kept. */
  ask (fixture, "add", &answer);
  answer_schema (fixture, schema_text);
  wait_until (answer.n_calls == 2);
  g_assert_no_error (answer.error);
  g_assert_true (answer.has);
}

static void
test_session_error (SessionFixture *fixture, gconstpointer data)
{
  Answer answer = { 0 };
  guint64 id;

  ask (fixture, "add", &answer);
  id = scripted_peer_hear_command (fixture->peer, "query-qmp-schema");
  scripted_peer_say (fixture->peer,
                     "{\"error\": {\"class\": \"CommandNotFound\", \"desc\": \"no\"}, "
                     "\"id\": %" G_GUINT64_FORMAT "}\n",
                     id);
  wait_until (answer.n_calls);
  g_assert_error (answer.error, QMP_ERROR, QMP_ERROR_COMMAND_NOT_FOUND);
  g_clear_error (&answer.error);
}

/* The peer is in the same thread: what it answers is there before the call that waits. */
static void
test_session_sync (SessionFixture *fixture, gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (QmpSchema) schema = NULL;

  scripted_peer_say (fixture->peer, "{\"return\": %s, \"id\": 2}\n", schema_text);
  schema = qmp_session_get_schema_sync (fixture->session, G_MAXUINT, NULL, &error);
  g_assert_no_error (error);
  g_assert_true (qmp_schema_has (schema, "add", &error));
  answer_schema (fixture, "[]");

  scripted_peer_hang_up (fixture->peer);
  wait_until (fixture->n_closed);
  g_assert_true (qmp_session_has_sync (fixture->session, "add", G_MAXUINT, NULL, &error));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/qmp/schema/there", test_there);
  g_test_add_func ("/qmp/schema/not-there", test_not_there);
  g_test_add_func ("/qmp/schema/malformed", test_malformed);
  g_test_add_func ("/qmp/schema/no-schema", test_no_schema);
  g_test_add_func ("/qmp/schema/boxed", test_boxed);
  session_fixture_add_open ("schema", test_session);
  session_fixture_add_open ("schema/no-schema", test_session_no_schema);
  session_fixture_add_open ("schema/error", test_session_error);
  session_fixture_add_open ("schema/sync", test_session_sync);
  return g_test_run ();
}
