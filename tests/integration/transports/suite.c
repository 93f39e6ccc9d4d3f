/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * suite WAY [ARGUMENT…]: what a session is worth on each way to a monitor. The tests are the same;
 * only how a session comes to be differs. A guest waits behind each: a `pc` with a USB controller
 * that was not let go yet, or was paused.
 *
 *   suite exec EMULATOR [OPTION…]      a QEMU that the library runs; one for each test
 *   suite record FOLDER EMULATOR …     the same, and each test's session is written down
 *   suite replay FOLDER                the sessions that were written down, without QEMU
 *   suite path SOCKET                  a monitor's unix socket
 *   suite domain ADDRESS PATH          a domain of virtbus, on the bus at ADDRESS
 */
#include <fcntl.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "qmp/qmp.h"

typedef struct Way Way;
struct Way
{
  const char *name;
  QmpSession *(*make) (const char *test, GError **error);
};

static const Way *way;
static char **arguments;

static char *
recording_of (const char *test)
{
  g_autofree char *name = g_strconcat (test, ".qmp", NULL);

  return g_build_filename (arguments[0], name, NULL);
}

static QmpSession *
make_exec (const char *test, GError **error)
{
  return qmp_session_new_for_exec ((const char *const *) arguments, error);
}

static QmpSession *
make_record (const char *test, GError **error)
{
  g_autofree char *path = recording_of (test);
  QmpSession *session = qmp_session_new_for_exec ((const char *const *) arguments + 1, error);

  if (session && !qmp_session_record (session, path, error))
    g_clear_object (&session);
  return session;
}

static QmpSession *
make_replay (const char *test, GError **error)
{
  g_autofree char *path = recording_of (test);

  return qmp_session_new_for_replay (path, error);
}

static QmpSession *
make_path (const char *test, GError **error)
{
  return qmp_session_connect_sync (arguments[0], 0, NULL, error);
}

/* A `yank` may cut what the service uses: it asks for a word more. */
static QmpSession *
make_domain (const char *test, GError **error)
{
  QmpDomainFlags flags = QMP_DOMAIN_CONTROL;
  g_autoptr (GDBusConnection) bus =
      g_dbus_connection_new_for_address_sync (arguments[0],
                                              G_DBUS_CONNECTION_FLAGS_AUTHENTICATION_CLIENT |
                                                  G_DBUS_CONNECTION_FLAGS_MESSAGE_BUS_CONNECTION,
                                              NULL, NULL, error);

  if (!bus)
    return NULL;
  if (g_str_equal (test, "out-of-band"))
    flags |= QMP_DOMAIN_UNSAFE;
  return qmp_session_new_for_domain_sync (bus, arguments[1], flags, 0, NULL, error);
}

static const Way ways[] = {
  { "exec", make_exec }, { "record", make_record }, { "replay", make_replay },
  { "path", make_path }, { "domain", make_domain },
};

/* (transfer full): open */
static QmpSession *
open_session (const char *test)
{
  g_autoptr (GError) error = NULL;
  QmpSession *session = way->make (test, &error);

  g_assert_no_error (error);
  qmp_session_open_sync (session, G_MAXUINT, NULL, &error);
  g_assert_no_error (error);
  return session;
}

static QmpValue *
parse (const char *json)
{
  return qmp_value_parse (json, -1, NULL);
}

/* (transfer full): what a call that must succeed returns */
static QmpValue *
call (QmpSession *session, const char *command, const char *json)
{
  g_autoptr (QmpValue) value = json ? parse (json) : NULL;
  g_autoptr (GError) error = NULL;
  QmpValue *reply = qmp_session_call_sync (session, command, value, G_MAXUINT, NULL, &error);

  g_assert_no_error (error);
  return reply;
}

static void
run (QmpSession *session, const char *command, const char *json)
{
  g_autoptr (QmpValue) reply = call (session, command, json);
}

static void
fail (QmpSession *session, const char *command, const char *json, QmpError code, const char *text)
{
  g_autoptr (QmpValue) value = json ? parse (json) : NULL;
  g_autoptr (GError) error = NULL;

  g_assert_null (qmp_session_call_sync (session, command, value, G_MAXUINT, NULL, &error));
  g_assert_error (error, QMP_ERROR, (int) code);
  g_assert_cmpstr (error->message, ==, text);
}

static void
test_greeting (void)
{
  g_autoptr (QmpSession) session = open_session ("greeting");
  g_autoptr (QmpValue) version = qmp_value_get (qmp_session_get_greeting (session), "version");
  g_autoptr (QmpValue) qemu = qmp_value_get (version, "qemu");

  g_assert_true (qmp_session_is_open (session));
  g_assert_cmpint (qmp_value_get_int (qemu, "major", 0), >=, 7);
}

static void
test_typed (void)
{
  g_autoptr (QmpSession) session = open_session ("typed");
  g_autoptr (GError) error = NULL;
  g_autoptr (QmpStatusInfo) status =
      qmp_session_query_status_sync (session, G_MAXUINT, NULL, &error);
  g_autoptr (QmpVersionInfo) version =
      qmp_session_query_version_sync (session, G_MAXUINT, NULL, &error);

  g_assert_no_error (error);
  g_assert_false (status->running);
  g_assert_cmpint (version->qemu->major, >=, 7);
}

static void
test_errors (void)
{
  g_autoptr (QmpSession) session = open_session ("errors");

  fail (session, "no-such-command", NULL, QMP_ERROR_COMMAND_NOT_FOUND,
        "The command no-such-command has not been found");
  fail (session, "device_del", "{\"id\": \"nobody\"}", QMP_ERROR_DEVICE_NOT_FOUND,
        "Device 'nobody' not found");
  fail (session, "device_del", "{\"id\": 5}", QMP_ERROR_GENERIC,
        "Invalid parameter type for 'id', expected: string");
  fail (session, "device_del", "[]", QMP_ERROR_INVALID_ARGUMENT,
        "arguments of monitor command 'device_del' are not an object");
  run (session, "query-status", NULL);
}

typedef struct
{
  guint n_done;
  guint n_cancelled;
} Pipeline;

static void
on_piped (GObject *source, GAsyncResult *result, gpointer data)
{
  Pipeline *pipeline = data;
  g_autoptr (GError) error = NULL;
  g_autoptr (QmpValue) reply = qmp_session_call_finish (QMP_SESSION (source), result, &error);

  pipeline->n_done++;
  if (!reply)
    {
      g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
      pipeline->n_cancelled++;
    }
}

/* More than a broker lets through at once; one is given up, and its reply is nobody's, unless it was
 * there before. */
static void
test_pipeline (void)
{
  g_autoptr (QmpSession) session = open_session ("pipeline");
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  Pipeline pipeline = { 0 };

  for (guint i = 0; i < 40; i++)
    qmp_session_call_async (session, i % 2 ? "query-status" : "query-version", NULL, G_MAXUINT,
                            i == 20 ? cancellable : NULL, on_piped, &pipeline);
  g_cancellable_cancel (cancellable);
  while (pipeline.n_done < 40)
    g_main_context_iteration (NULL, TRUE);
  g_assert_cmpuint (pipeline.n_cancelled, <=, 1);
  run (session, "query-status", NULL);
}

static void
on_text (GObject *source, GAsyncResult *result, gpointer data)
{
  char **text = data;
  g_autoptr (GError) error = NULL;

  *text = qmp_session_call_finish_text (QMP_SESSION (source), result, &error);
  g_assert_no_error (error);
}

/* QEMU's own largest number comes through as it was sent. */
static void
test_numbers (void)
{
  g_autoptr (QmpSession) session = open_session ("numbers");
  g_autoptr (QmpValue) type = parse ("{\"typename\": \"i8042-mmio\"}");
  g_autofree char *text = NULL;

  qmp_session_call_async (session, "device-list-properties", type, G_MAXUINT, NULL, on_text, &text);
  while (!text)
    g_main_context_iteration (NULL, TRUE);
  g_assert_nonnull (strstr (text, "18446744073709551615"));
}

static void
on_event (
    QmpSession *session, const char *name, QmpValue *data, gint64 timestamp_us, gpointer user_data)
{
  GString *told = user_data;

  g_assert_cmpint (timestamp_us, >, 0);
  g_string_append_printf (told, "%s ", name);
}

/* Masked until asked for, and told in order. */
static void
test_events (void)
{
  g_autoptr (QmpSession) session = open_session ("events");
  g_autoptr (GString) told = g_string_new (NULL);

  g_signal_connect (session, "event", G_CALLBACK (on_event), told);
  run (session, "cont", NULL);
  run (session, "stop", NULL);
  qmp_session_subscribe (session, "RESUME");
  qmp_session_subscribe (session, "STOP");
  run (session, "cont", NULL);
  run (session, "stop", NULL);
  g_assert_cmpstr (told->str, ==, "");
  while (!strstr (told->str, "STOP"))
    g_main_context_iteration (NULL, TRUE);
  g_assert_cmpstr (told->str, ==, "RESUME STOP ");
}

static void
test_unplug (void)
{
  g_autoptr (QmpSession) session = open_session ("unplug");
  g_autoptr (GError) error = NULL;

  run (session, "device_add", "{\"driver\": \"usb-mouse\", \"id\": \"suite-mouse\"}");
  qmp_session_unplug_sync (session, "suite-mouse", G_MAXUINT, NULL, &error);
  g_assert_no_error (error);
  qmp_session_unplug_sync (session, "suite-mouse", G_MAXUINT, NULL, &error);
  g_assert_error (error, QMP_ERROR, QMP_ERROR_DEVICE_NOT_FOUND);
}

static gboolean
has_fdset (QmpSession *session, guint64 id)
{
  g_autoptr (QmpValue) fdsets = call (session, "query-fdsets", NULL);

  for (guint i = 0; i < qmp_value_get_length (fdsets); i++)
    {
      g_autoptr (QmpValue) fdset = qmp_value_get_element (fdsets, i);
      if (qmp_value_get_uint (fdset, "fdset-id", G_MAXUINT64) == id)
        return TRUE;
    }
  return FALSE;
}

static void
test_descriptor (void)
{
  g_autoptr (QmpSession) session = open_session ("descriptor");
  g_autoptr (GError) error = NULL;
  int fd = memfd_create ("suite", MFD_CLOEXEC);
  g_autoptr (QmpFdset) fdset = qmp_fdset_new_sync (session, fd, "suite", G_MAXUINT, NULL, &error);
  guint64 id;

  g_assert_no_error (error);
  close (fd);
  id = qmp_fdset_get_id (fdset);
  g_assert_true (has_fdset (session, id));
  /* QEMU 7.2 closes what was removed only while the guest runs. */
  run (session, "cont", NULL);
  qmp_fdset_remove_sync (fdset, G_MAXUINT, NULL, &error);
  g_assert_no_error (error);
  g_assert_false (has_fdset (session, id));
  run (session, "stop", NULL);
}

static void
test_features (void)
{
  static const struct
  {
    const char *path;
    gboolean is_there;
  } cases[] = {
    { "query-status/ret-type/running", TRUE },
    { "blockdev-add/arg-type/+file/filename", TRUE },
    { "blockdev-add/arg-type/+file/aio/^native", TRUE },
    { "query-status/ret-type/nonsense", FALSE },
    { "no-such-command", FALSE },
  };
  g_autoptr (QmpSession) session = open_session ("features");

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (GError) error = NULL;
      gboolean is_there = qmp_session_has_sync (session, cases[i].path, G_MAXUINT, NULL, &error);

      g_assert_no_error (error);
      g_assert_cmpint (is_there, ==, cases[i].is_there);
    }
}

static void
test_out_of_band (void)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (QmpSession) session = way->make ("out-of-band", &error);
  g_autoptr (QmpValue) instances = parse ("{\"instances\": []}");
  g_autoptr (QmpValue) reply = NULL;

  g_assert_no_error (error);
  qmp_session_enable_out_of_band (session);
  qmp_session_open_sync (session, G_MAXUINT, NULL, &error);
  g_assert_no_error (error);
  reply = qmp_session_call_full_sync (session, "yank", instances, QMP_CALL_OUT_OF_BAND, NULL, 0,
                                      G_MAXUINT, NULL, &error);
  g_assert_no_error (error);
}

static void
test_close (void)
{
  g_autoptr (QmpSession) session = open_session ("close");
  g_autoptr (GError) error = NULL;

  qmp_session_close (session);
  g_assert_false (qmp_session_is_open (session));
  g_assert_null (qmp_session_call_sync (session, "query-status", NULL, 0, NULL, &error));
  g_assert_error (error, QMP_ERROR, QMP_ERROR_DISCONNECTED);
}

static const struct
{
  const char *name;
  GTestFunc run;
} tests[] = {
  { "greeting", test_greeting },       { "typed", test_typed },
  { "errors", test_errors },           { "pipeline", test_pipeline },
  { "numbers", test_numbers },         { "events", test_events },
  { "unplug", test_unplug },           { "descriptor", test_descriptor },
  { "features", test_features },       { "close", test_close },
  { "out-of-band", test_out_of_band },
};

int
main (int argc, char **argv)
{
  int n_own = 1; /* the rest would be taken for GLib's options */

  g_test_init (&n_own, &argv, NULL);
  for (guint i = 0; argc > 2 && i < G_N_ELEMENTS (ways); i++)
    if (g_str_equal (ways[i].name, argv[1]))
      way = &ways[i];
  if (!way)
    {
      g_printerr ("usage: suite exec|record|replay|path|domain ARGUMENT…\n");
      return 2;
    }
  arguments = argv + 2;
  for (guint i = 0; i < G_N_ELEMENTS (tests); i++)
    {
      g_autofree char *path = g_strconcat ("/qmp/", way->name, "/", tests[i].name, NULL);
      g_test_add_func (path, tests[i].run);
    }
  return g_test_run ();
}
