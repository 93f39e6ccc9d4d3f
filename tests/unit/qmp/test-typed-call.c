/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Calls with typed arguments and replies: what is sent, what comes back, and each way to fail.
 */
#include "tests/unit/qmp/session-fixture.h"

#include <string.h>
#include <unistd.h>

/* What an asynchronous call came to: its result is taken by the test. */
static void
on_result (GObject *source, GAsyncResult *result, gpointer data)
{
  *(GAsyncResult **) data = g_object_ref (result);
}

/* Hears what was sent, without its id, and answers. */
static void
answer (SessionFixture *fixture, const char *sent, const char *reply)
{
  g_autofree char *line = scripted_peer_hear (fixture->peer);
  g_autoptr (QmpValue) message = qmp_value_parse (line, -1, NULL);
  guint64 id = qmp_value_get_uint (message, "id", 0);
  g_autoptr (QmpValue) arguments = qmp_value_get (message, "arguments");
  g_autofree char *text = arguments ? qmp_value_to_string (arguments) : g_strdup ("none");
  g_autofree char *heard =
      g_strdup_printf ("%s %s", qmp_value_get_string (message, "execute"), text);

  g_assert_cmpstr (heard, ==, sent);
  scripted_peer_say (fixture->peer, "{%s, \"id\": %" G_GUINT64_FORMAT "}\n", reply, id);
}

static void
test_struct (SessionFixture *fixture, gconstpointer data)
{
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (QmpStatusInfo) info = NULL;
  g_autoptr (GError) error = NULL;

  qmp_session_query_status_async (fixture->session, G_MAXUINT, NULL, on_result, &result);
  answer (fixture, "query-status none",
          "\"return\": {\"running\": true, \"status\": \"running\", \"singlestep\": false}");
  wait_until (result);
  info = qmp_session_query_status_finish (fixture->session, result, &error);
  g_assert_no_error (error);
  g_assert_true (info->running);
  g_assert_cmpint (info->status, ==, QMP_RUN_STATE_RUNNING);
}

static void
test_nothing (SessionFixture *fixture, gconstpointer data)
{
  g_autoptr (QmpDeviceDelArguments) arguments = qmp_device_del_arguments_new ();
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GAsyncResult) refusal = NULL;
  g_autoptr (GError) error = NULL;

  arguments->id = g_strdup ("disk\"0");
  qmp_session_device_del_async (fixture->session, arguments, G_MAXUINT, NULL, on_result, &result);
  answer (fixture, "device_del {\"id\":\"disk\\\"0\"}", "\"return\": {}");
  wait_until (result);
  g_assert_true (qmp_session_device_del_finish (fixture->session, result, &error));
  g_assert_no_error (error);

  qmp_session_device_del_async (fixture->session, arguments, G_MAXUINT, NULL, on_result, &refusal);
  answer (fixture, "device_del {\"id\":\"disk\\\"0\"}",
          "\"error\": {\"class\": \"DeviceNotFound\", \"desc\": \"Device 'x' not found\"}");
  wait_until (refusal);
  g_assert_false (qmp_session_device_del_finish (fixture->session, refusal, &error));
  g_assert_error (error, QMP_ERROR, QMP_ERROR_DEVICE_NOT_FOUND);
  g_assert_cmpstr (error->message, ==, "Device 'x' not found");
}

static void
test_array (SessionFixture *fixture, gconstpointer data)
{
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GPtrArray) jobs = NULL;
  g_autoptr (GError) error = NULL;
  QmpJobInfo *job;

  qmp_session_query_jobs_async (fixture->session, G_MAXUINT, NULL, on_result, &result);
  answer (fixture, "query-jobs none",
          "\"return\": [{\"id\": \"a\", \"type\": \"mirror\", \"status\": \"null\", "
          "\"current-progress\": 3, \"total-progress\": 9223372036854775807}]");
  wait_until (result);
  jobs = qmp_session_query_jobs_finish (fixture->session, result, &error);
  g_assert_no_error (error);
  g_assert_cmpint (jobs->len, ==, 1);
  job = jobs->pdata[0];
  g_assert_cmpint (job->status, ==, QMP_JOB_STATUS_NULL);
  g_assert_cmpint (job->total_progress, ==, G_MAXINT64);
  g_assert_null (job->error);
}

static void
test_any (SessionFixture *fixture, gconstpointer data)
{
  g_autoptr (QmpQomGetArguments) get = qmp_qom_get_arguments_new ();
  g_autoptr (QmpValue) build = qmp_value_parse ("{\"driver\":\"null-co\",\"size\":1}", -1, NULL);
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GAsyncResult) added = NULL;
  g_autoptr (QmpValue) value = NULL;
  g_autofree char *text = NULL;
  g_autoptr (GError) error = NULL;

  get->path = g_strdup ("/machine");
  get->property = g_strdup ("x");
  qmp_session_qom_get_async (fixture->session, get, G_MAXUINT, NULL, on_result, &result);
  answer (fixture, "qom-get {\"path\":\"/machine\",\"property\":\"x\"}", "\"return\": 1e400");
  wait_until (result);
  value = qmp_session_qom_get_finish (fixture->session, result, &error);
  g_assert_no_error (error);
  text = qmp_value_to_string (value);
  g_assert_cmpstr (text, ==, "1e400");

  qmp_session_blockdev_add_async (fixture->session, build, G_MAXUINT, NULL, on_result, &added);
  answer (fixture, "blockdev-add {\"driver\":\"null-co\",\"size\":1}", "\"return\": {}");
  wait_until (added);
  g_assert_true (qmp_session_blockdev_add_finish (fixture->session, added, &error));
}

static void
test_optional_arguments (SessionFixture *fixture, gconstpointer data)
{
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GPtrArray) stats = NULL;
  g_autoptr (GError) error = NULL;

  qmp_session_query_blockstats_async (fixture->session, NULL, G_MAXUINT, NULL, on_result, &result);
  answer (fixture, "query-blockstats {}", "\"return\": []");
  wait_until (result);
  stats = qmp_session_query_blockstats_finish (fixture->session, result, &error);
  g_assert_no_error (error);
  g_assert_cmpint (stats->len, ==, 0);
}

static void
test_argument_missing (SessionFixture *fixture, gconstpointer data)
{
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;

  qmp_session_device_del_async (fixture->session, NULL, G_MAXUINT, NULL, on_result, &result);
  wait_until (result);
  g_assert_false (qmp_session_device_del_finish (fixture->session, result, &error));
  g_assert_error (error, QMP_ERROR, QMP_ERROR_INVALID_ARGUMENT);
  g_assert_cmpstr (error->message, ==, "device_del: argument 'id' is not set");
  g_clear_error (&error);

  g_assert_false (qmp_session_device_del_sync (fixture->session, NULL, 0, NULL, &error));
  g_assert_error (error, QMP_ERROR, QMP_ERROR_INVALID_ARGUMENT);
  session_fixture_assert_usable (fixture);
}

static void
test_reply_broken (SessionFixture *fixture, gconstpointer data)
{
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;

  qmp_session_query_status_async (fixture->session, G_MAXUINT, NULL, on_result, &result);
  answer (fixture, "query-status none", "\"return\": {\"running\": true}");
  wait_until (result);
  g_assert_null (qmp_session_query_status_finish (fixture->session, result, &error));
  g_assert_error (error, QMP_ERROR, QMP_ERROR_PROTOCOL);
  g_assert_cmpstr (error->message, ==, "query-status: the reply 'status' is missing");
  session_fixture_assert_usable (fixture);
}

static void
test_cancel (SessionFixture *fixture, gconstpointer data)
{
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GAsyncResult) late = NULL;
  g_autoptr (GError) error = NULL;

  qmp_session_cont_async (fixture->session, G_MAXUINT, cancellable, on_result, &result);
  g_cancellable_cancel (cancellable);
  wait_until (result);
  g_assert_false (qmp_session_cont_finish (fixture->session, result, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
  g_clear_error (&error);

  qmp_session_cont_async (fixture->session, 1, NULL, on_result, &late);
  wait_until (late);
  g_assert_false (qmp_session_cont_finish (fixture->session, late, &error));
  g_assert_error (error, QMP_ERROR, QMP_ERROR_TIMEOUT);
}

static void
test_fd (SessionFixture *fixture, gconstpointer data)
{
  g_autoptr (QmpGetfdArguments) getfd = qmp_getfd_arguments_new ();
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (QmpAddFdInfo) info = NULL;
  g_autoptr (GError) error = NULL;
  int fds[2];

  g_assert_no_errno (pipe (fds));
  qmp_session_add_fd_async (fixture->session, NULL, fds[0], G_MAXUINT, NULL, on_result, &result);
  answer (fixture, "add-fd {}", "\"return\": {\"fdset-id\": 3, \"fd\": 17}");
  wait_until (result);
  info = qmp_session_add_fd_finish (fixture->session, result, &error);
  g_assert_no_error (error);
  g_assert_cmpint (info->fdset_id, ==, 3);
  g_assert_cmpint (fixture->peer->fds->len, ==, 1);

  getfd->fdname = g_strdup ("pipe");
  scripted_peer_say (fixture->peer, "{\"return\": {}, \"id\": 3}\n");
  g_assert_true (qmp_session_getfd_sync (fixture->session, getfd, fds[1], G_MAXUINT, NULL, &error));
  g_assert_no_error (error);
  answer (fixture, "getfd {\"fdname\":\"pipe\"}", "\"return\": {}");
  g_assert_cmpint (fixture->peer->fds->len, ==, 2);
  close (fds[0]);
  close (fds[1]);
}

/* The peer is in the same thread: what it answers is there before the call that waits. */
static void
test_sync (SessionFixture *fixture, gconstpointer data)
{
  g_autoptr (QmpStatusInfo) info = NULL;
  g_autoptr (GError) error = NULL;

  scripted_peer_say (fixture->peer,
                     "{\"return\": {\"running\": false, \"status\": \"paused\"}, \"id\": 2}\n");
  info = qmp_session_query_status_sync (fixture->session, G_MAXUINT, NULL, &error);
  g_assert_no_error (error);
  g_assert_cmpint (info->status, ==, QMP_RUN_STATE_PAUSED);

  scripted_peer_say (fixture->peer, "{\"return\": [], \"id\": 3}\n");
  g_assert_null (qmp_session_query_status_sync (fixture->session, G_MAXUINT, NULL, &error));
  g_assert_error (error, QMP_ERROR, QMP_ERROR_PROTOCOL);
  g_clear_error (&error);

  scripted_peer_say (fixture->peer, "{\"return\": {}, \"id\": 4}\n");
  g_assert_true (qmp_session_stop_sync (fixture->session, G_MAXUINT, NULL, &error));

  scripted_peer_say (fixture->peer,
                     "{\"error\": {\"class\": \"GenericError\", \"desc\": \"no\"}, \"id\": 5}\n");
  g_assert_false (qmp_session_stop_sync (fixture->session, G_MAXUINT, NULL, &error));
  g_assert_error (error, QMP_ERROR, QMP_ERROR_GENERIC);
}

/* A result of one command is not taken for that of another. */
static void
test_mixed_up (SessionFixture *fixture, gconstpointer data)
{
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;

  qmp_session_cont_async (fixture->session, G_MAXUINT, NULL, on_result, &result);
  answer (fixture, "cont none", "\"return\": {}");
  wait_until (result);
  g_test_expect_message (NULL, G_LOG_LEVEL_CRITICAL, "*assertion*failed*");
  g_assert_false (qmp_session_stop_finish (fixture->session, result, &error));
  g_test_assert_expected_messages ();
  g_assert_true (qmp_session_cont_finish (fixture->session, result, &error));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  session_fixture_add_open ("typed/struct", test_struct);
  session_fixture_add_open ("typed/nothing", test_nothing);
  session_fixture_add_open ("typed/array", test_array);
  session_fixture_add_open ("typed/any", test_any);
  session_fixture_add_open ("typed/optional-arguments", test_optional_arguments);
  session_fixture_add_open ("typed/argument-missing", test_argument_missing);
  session_fixture_add_open ("typed/reply-broken", test_reply_broken);
  session_fixture_add_open ("typed/cancel", test_cancel);
  session_fixture_add_open ("typed/fd", test_fd);
  session_fixture_add_open ("typed/sync", test_sync);
  session_fixture_add_open ("typed/mixed-up", test_mixed_up);
  return g_test_run ();
}
