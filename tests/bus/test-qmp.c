/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * org.virtbus1.Qmp over a real QEMU: commands, sessions, who may, and what the rest of the bus sees
 * of it.
 */
#include "tests/bus/fixture.h"
#include "tests/fixtures/guard.h"

#include "qmp/qmp.h"

#include <gio/gunixfdlist.h>
#include <signal.h>
#include <string.h>

#define QMP "org.virtbus1.Qmp"
#define QMP_ERROR_NAME(word) ERROR ("Qmp." word)
#define CONTROL "mode", g_variant_new_string ("control")

static void
start (Fixture *fixture, const char *devices)
{
  fixture_define (fixture, "a", devices);
  fixture_start (fixture);
  g_free (fixture_take_log (fixture));
}

static GVariant *
arguments_of (const char *command, const char *arguments, GVariant *call_options)
{
  return g_variant_new ("(ss@a{sv})", command, arguments, call_options);
}

/* (transfer full) */
static char *
execute_with (Fixture *fixture, const char *command, const char *arguments, GVariant *call_options)
{
  g_autoptr (GVariant) reply = fixture_call (fixture, UUID_PATH, QMP, "Execute",
                                             arguments_of (command, arguments, call_options));
  char *text;

  g_variant_get (reply, "(s)", &text);
  return text;
}

static char *
execute (Fixture *fixture, const char *command, const char *arguments)
{
  return execute_with (fixture, command, arguments, no_options);
}

/* (transfer full): the message */
static char *
execute_fail (Fixture *fixture, const char *command, const char *arguments, const char *name)
{
  return fixture_fail (fixture, UUID_PATH, QMP, "Execute",
                       arguments_of (command, arguments, no_options), name);
}

typedef struct
{
  GUnixFDList *fds; /* (owned) (nullable) */
  GError *error;    /* (owned) (nullable) */
  gboolean is_there;
} FdReply;

static void
on_fd_reply (GObject *source, GAsyncResult *result, gpointer data)
{
  FdReply *reply = data;
  g_autoptr (GVariant) value =
      g_dbus_connection_call_with_unix_fd_list_finish (G_DBUS_CONNECTION (source), &reply->fds,
                                                       result, &reply->error);

  reply->is_there = TRUE;
}

static int
open_fd (Fixture *fixture, GVariant *call_options)
{
  FdReply reply = { NULL };
  g_autoptr (GUnixFDList) fds = NULL;
  int fd;

  g_dbus_connection_call_with_unix_fd_list (fixture->client,
                                            g_dbus_connection_get_unique_name (fixture->service),
                                            UUID_PATH, QMP, "OpenSession",
                                            g_variant_new ("(@a{sv})", call_options),
                                            G_VARIANT_TYPE ("(h)"), G_DBUS_CALL_FLAGS_NONE, -1,
                                            NULL, NULL, on_fd_reply, &reply);
  fixture_wait_for (reply.is_there);
  g_assert_no_error (reply.error);
  fds = reply.fds;
  fd = g_unix_fd_list_get (fds, 0, &reply.error);
  g_assert_no_error (reply.error);
  return fd;
}

static void
store_result (GObject *source, GAsyncResult *result, gpointer data)
{
  *(GAsyncResult **) data = g_object_ref (result);
}

/* (transfer full): an open session of libqmp's */
static QmpSession *
open_session (Fixture *fixture, GVariant *call_options)
{
  QmpSession *session = qmp_session_new_for_fd (open_fd (fixture, call_options));
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;

  qmp_session_open_async (session, 0, NULL, store_result, &result);
  fixture_wait_for (result != NULL);
  qmp_session_open_finish (session, result, &error);
  g_assert_no_error (error);
  return session;
}

/* (transfer full) (nullable) */
static char *
ask (QmpSession *session, const char *command, const char *arguments, GError **error)
{
  g_autoptr (QmpValue) value = qmp_value_parse (arguments, -1, NULL);
  g_autoptr (GAsyncResult) result = NULL;

  qmp_session_call_async (session, command, value, 0, NULL, store_result, &result);
  fixture_wait_for (result != NULL);
  return qmp_session_call_finish_text (session, result, error);
}

static VbMachine *
find_machine (Fixture *fixture)
{
  return vb_registry_find_name (vb_engine_get_registry (fixture->engine), "a");
}

static void
test_execute (Fixture *fixture, gconstpointer data)
{
  g_autofree char *status = NULL;
  g_autofree char *types = NULL;
  g_autofree char *properties = NULL;

  start (fixture, "");
  status = execute (fixture, "query-status", "");
  g_assert_cmpstr (status, ==,
                   "{\"status\": \"prelaunch\", \"singlestep\": false, \"running\": false}");
  types = execute (fixture, "qom-list-types", "{\"implements\": \"rng-builtin\"}");
  g_assert_cmpstr (types, ==, "[{\"name\": \"rng-builtin\", \"parent\": \"rng-backend\"}]");
  properties = execute (fixture, "device-list-properties", "{\"typename\":\"pci-bridge\"}");
  g_assert_nonnull (strstr (properties, "\"default-value\": 18446744073709551615"));
  fixture_assert_text (fixture, UUID_PATH, DOMAIN, "Tainted", "[]");
}

static void
test_numbers (Fixture *fixture, gconstpointer data)
{
  static const char *const numbers[] = { "9007199254740993", "9223372036854775807" };
  g_autofree char *reserve = NULL;

  start (fixture, "");
  g_free (execute (fixture, "object-add", "{\"qom-type\":\"iothread\",\"id\":\"io\"}"));
  for (guint i = 0; i < G_N_ELEMENTS (numbers); i++)
    {
      g_autofree char *set =
          g_strdup_printf ("{\"path\":\"/objects/io\",\"property\":\"poll-max-ns\",\"value\":%s}",
                           numbers[i]);
      g_autofree char *value = NULL;

      g_free (execute (fixture, "qom-set", set));
      value =
          execute (fixture, "qom-get", "{\"path\":\"/objects/io\",\"property\":\"poll-max-ns\"}");
      g_assert_cmpstr (value, ==, numbers[i]);
    }
  g_free (execute (fixture, "device_add",
                   "{\"driver\":\"pci-bridge\",\"id\":\"br\",\"chassis_nr\":1,"
                   "\"mem-reserve\":18446744073709551615}"));
  reserve = execute (fixture, "qom-get",
                     "{\"path\":\"/machine/peripheral/br\",\"property\":\"mem-reserve\"}");
  g_assert_cmpstr (reserve, ==, "18446744073709551615");
  /* QEMU has heard them as they are, or it would say something else. */
  g_free (execute_fail (fixture, "qom-set",
                        "{\"path\":\"/objects/io\",\"property\":\"poll-max-ns\","
                        "\"value\":18446744073709551615}",
                        QMP_ERROR_NAME ("Generic")));
  g_free (execute_fail (fixture, "qom-set",
                        "{\"path\":\"/objects/io\",\"property\":\"poll-max-ns\",\"value\":1e400}",
                        QMP_ERROR_NAME ("Generic")));
  g_free (execute_fail (fixture, "qom-set", "{\"value\":18446744073709551616}",
                        ERROR ("InvalidArgument")));
}

static void
test_errors (Fixture *fixture, gconstpointer data)
{
  static const struct
  {
    const char *command;
    const char *arguments;
    const char *name;
    const char *message;
  } rows[] = {
    { "nosuch", "", QMP_ERROR_NAME ("CommandNotFound"), "The command nosuch has not been found" },
    { "no such", "", QMP_ERROR_NAME ("CommandNotFound"), "The command no such has not been found" },
    { "qmp_capabilities", "", QMP_ERROR_NAME ("CommandNotFound"),
      "Capabilities negotiation is already complete, command ignored" },
    { "device_del", "{\"id\":\"x\"}", QMP_ERROR_NAME ("DeviceNotFound"), "Device 'x' not found" },
    { "balloon", "{\"value\":1}", QMP_ERROR_NAME ("DeviceNotActive"),
      "No balloon device has been activated" },
    { "qom-get", "{}", QMP_ERROR_NAME ("Generic"), "Parameter 'path' is missing" },
    { "getfd", "{\"fdname\":\"x\"}", QMP_ERROR_NAME ("Generic"),
      "No file descriptor supplied via SCM_RIGHTS" },
    { "query-status", "{", ERROR ("InvalidArgument"), NULL },
    { "query-status", "[]", ERROR ("InvalidArgument"), NULL },
    { "quit", "", ERROR ("InvalidArgument"),
      "'quit' ends QEMU without the service, as Destroy does with it; set the option 'unsafe' if"
      " that is meant" },
    { "chardev-remove", "{\"id\":\"monitor\"}", ERROR ("InvalidArgument"), NULL },
    { "remove-fd", "{\"fdset-id\":1}", ERROR ("InvalidArgument"), NULL },
  };
  g_autofree char *large = g_strnfill (256 * 1024, ' ');
  g_autofree char *too_large = g_strconcat (large, "{}", NULL);

  start (fixture, "<memballoon model='none'/>");
  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_autofree char *message =
          execute_fail (fixture, rows[i].command, rows[i].arguments, rows[i].name);
      if (rows[i].message != NULL)
        g_assert_cmpstr (message, ==, rows[i].message);
    }
  g_free (execute_fail (fixture, "query-status", too_large, ERROR ("InvalidArgument")));
  /* As large as it may be: read in a thread. */
  g_free (execute (fixture, "query-status", too_large + 2));
}

static void
test_options (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GAsyncResult) destroyed = NULL;

  start (fixture, "");
  g_free (execute_with (fixture, "query-status", "",
                        options ("timeout-ms", g_variant_new_uint32 (60000), NULL)));
  g_free (fixture_fail (fixture, UUID_PATH, QMP, "Execute",
                        arguments_of ("query-status", "",
                                      options ("foo", g_variant_new_uint32 (1), NULL)),
                        ERROR ("InvalidArgument")));
  g_free (fixture_fail (fixture, UUID_PATH, QMP, "OpenSession",
                        g_variant_new ("(@a{sv})",
                                       options ("mode", g_variant_new_string ("write"), NULL)),
                        ERROR ("InvalidArgument")));
  g_free (
      execute_with (fixture, "quit", "", options ("unsafe", g_variant_new_boolean (TRUE), NULL)));
  fixture_wait_for (vb_machine_get_state (find_machine (fixture)) == VB_STATE_SHUTOFF);
}

static void
test_stopped (Fixture *fixture, gconstpointer data)
{
  g_auto (Reply) lost = { NULL };
  g_autofree char *message = NULL;
  g_autofree char *name = NULL;
  g_autofree char *status = NULL;
  int pid;

  start (fixture, "");
  pid = vb_machine_get_pid (find_machine (fixture));
  g_assert_no_errno (kill (pid, SIGSTOP));
  message = fixture_fail (fixture, UUID_PATH, QMP, "Execute",
                          arguments_of ("query-status", "",
                                        options ("timeout-ms", g_variant_new_uint32 (50), NULL)),
                          ERROR ("Timeout"));
  g_assert_nonnull (strstr (message, "50 ms"));
  /* Others are not kept waiting. */
  fixture_assert_text (fixture, UUID_PATH, DOMAIN, "State", "'paused'");
  g_assert_no_errno (kill (pid, SIGCONT));
  status = execute (fixture, "query-status", "");
  g_assert_nonnull (strstr (status, "prelaunch"));

  g_assert_no_errno (kill (pid, SIGSTOP));
  fixture_send (fixture->client, fixture, UUID_PATH, QMP, "Execute",
                arguments_of ("query-status", "", no_options), G_DBUS_CALL_FLAGS_NONE, &lost);
  fixture_wait_for (vb_bus_tree_get_n_calls (fixture->tree) == 1);
  g_assert_no_errno (kill (pid, SIGKILL));
  fixture_wait_for (lost.is_there);
  name = g_dbus_error_get_remote_error (lost.error);
  g_assert_cmpstr (name, ==, ERROR ("Emulator"));
}

/* The interface comes and goes with the machine. */
static void
test_interface (Fixture *fixture, gconstpointer data)
{
  static const char added[] = "InterfacesAdded " ROOT " " UUID_PATH "\n";
  static const char removed[] = "InterfacesRemoved " ROOT " " UUID_PATH "\n";
  g_autofree char *log = NULL;
  g_autofree char *end_log = NULL;
  const char *managers[] = { ROOT, UUID_PATH };

  fixture_define (fixture, "a", "");
  g_free (fixture_fail (fixture, UUID_PATH, QMP, "Execute",
                        arguments_of ("query-status", "", no_options),
                        DBUS_ERROR ("UnknownMethod")));
  g_free (fixture_take_log (fixture));
  fixture_start (fixture);
  log = fixture_take_log (fixture);
  g_assert_nonnull (strstr (log, added));
  g_assert_null (strstr (strstr (log, added) + 1, added));
  for (guint i = 0; i < G_N_ELEMENTS (managers); i++)
    {
      g_autoptr (GVariant) reply =
          i == 0 ? fixture_call (fixture, ROOT, OBJECT_MANAGER, "GetManagedObjects", NULL)
                 : fixture_call (fixture, UUID_PATH, "org.freedesktop.DBus.Introspectable",
                                 "Introspect", NULL);
      g_autofree char *text = g_variant_print (reply, FALSE);
      g_assert_nonnull (strstr (text, QMP));
    }
  g_free (fixture_take_log (fixture));
  g_variant_unref (
      fixture_call (fixture, UUID_PATH, DOMAIN, "Destroy", g_variant_new ("(@a{sv})", no_options)));
  end_log = fixture_take_log (fixture);
  g_assert_true (g_str_has_suffix (end_log, "reply\n"));
  g_assert_nonnull (strstr (end_log, removed));
  g_assert_null (strstr (strstr (end_log, removed), "PropertiesChanged " UUID_PATH " " DOMAIN));
  g_free (fixture_fail (fixture, UUID_PATH, QMP, "Execute",
                        arguments_of ("query-status", "", no_options),
                        DBUS_ERROR ("UnknownMethod")));
}

/* Where the log of the library goes while a test looks. */
static GString *logged;

static GLogWriterOutput
note_log (GLogLevelFlags level, const GLogField *fields, gsize n_fields, gpointer data)
{
  for (gsize i = 0; i < n_fields; i++)
    if (logged != NULL && (level & G_LOG_LEVEL_MESSAGE) && strcmp (fields[i].key, "MESSAGE") == 0)
      g_string_append_printf (logged, "%s\n", (const char *) fields[i].value);
  return g_log_writer_default (level, fields, n_fields, data);
}

static void
test_tainted (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GVariant) changes = NULL;
  g_autoptr (GVariant) tainted = NULL;
  g_autofree char *text = NULL;
  g_autofree char *expected =
      g_strdup_printf ("domain 'a': user '%s' sends QEMU the command 'stop'\n"
                       "domain 'a': user '%s' sends QEMU the command 'stop'\n",
                       g_get_user_name (), g_get_user_name ());
  guint n_signals;

  start (fixture, "");
  logged = g_string_new (NULL);
  g_free (execute (fixture, "query-status", ""));
  g_free (execute (fixture, "stop", ""));
  changes = fixture_take_changes (fixture, UUID_PATH, DOMAIN, &n_signals);
  tainted = g_variant_lookup_value (changes, "Tainted", G_VARIANT_TYPE ("as"));
  text = g_variant_print (tainted, FALSE);
  g_assert_cmpstr (text, ==, "['qmp:stop']");
  g_free (execute (fixture, "stop", ""));
  g_assert_cmpstr (logged->str, ==, expected);
  g_free (execute (fixture, "set-action", "{\"panic\":\"none\"}"));
  fixture_assert_text (fixture, UUID_PATH, DOMAIN, "Tainted", "['qmp:stop', 'qmp:set-action']");
  g_string_free (logged, TRUE);
  logged = NULL;
}

/* What a command changed is told before its reply. */
static void
test_plugged (Fixture *fixture, gconstpointer data)
{
  g_autofree char *log = NULL;
  g_autofree char *end_log = NULL;

  start (fixture, "<controller type='usb' index='0'/>");
  g_free (execute (fixture, "device_add",
                   "{\"driver\":\"usb-tablet\",\"id\":\"tab\",\"bus\":\"usb0.0\"}"));
  log = fixture_take_log (fixture);
  g_assert_nonnull (strstr (log, "InterfacesAdded " UUID_PATH " " UUID_PATH "/input_tab\n"));
  g_assert_true (g_str_has_suffix (log, "reply\n"));
  fixture_assert_text (fixture, UUID_PATH "/input_tab", DEVICE, "Live", "true");
  /* It is the clients' own: it needs not be meant twice. */
  g_free (execute (fixture, "device_del", "{\"id\":\"tab\"}"));
  fixture_wait_for (!vb_machine_has_pending_changes (find_machine (fixture)));
  g_free (execute_fail (fixture, "device_del", "{\"id\":\"usb0\"}", ERROR ("InvalidArgument")));
}

static void
test_session (Fixture *fixture, gconstpointer data)
{
  g_autoptr (QmpSession) reader = NULL;
  g_autoptr (QmpSession) control = NULL;
  g_autoptr (GError) refusal = NULL;
  g_autofree char *log = NULL;

  start (fixture, "<controller type='usb' index='0'/>");
  reader = open_session (fixture, no_options);
  control = open_session (fixture, options (CONTROL, NULL));
  g_free (ask (reader, "query-status", "{}", NULL));
  g_assert_null (ask (reader, "stop", "{}", &refusal));
  g_assert_error (refusal, QMP_ERROR, QMP_ERROR_GENERIC);
  fixture_assert_text (fixture, UUID_PATH, DOMAIN, "Tainted", "[]");

  g_free (ask (control, "device_add",
               "{\"driver\":\"usb-tablet\",\"id\":\"tab\",\"bus\":\"usb0.0\"}", NULL));
  fixture_wait_for (vb_machine_has_pending_changes (find_machine (fixture)));
  fixture_assert_text (fixture, UUID_PATH "/input_tab", DEVICE, "Live", "true");
  fixture_assert_text (fixture, UUID_PATH, DOMAIN, "Tainted", "['qmp:device_add']");

  g_variant_unref (
      fixture_call (fixture, UUID_PATH, DOMAIN, "Destroy", g_variant_new ("(@a{sv})", no_options)));
  fixture_wait_for (!qmp_session_is_open (reader) && !qmp_session_is_open (control));
}

static void
on_event (QmpSession *session, const char *name, QmpValue *value, gint64 time_us, GString *events)
{
  g_string_append_printf (events, "%s ", name);
}

static void
test_events (Fixture *fixture, gconstpointer data)
{
  const char *const resume[] = { "RESUME", NULL };
  g_autoptr (QmpSession) all = NULL;
  g_autoptr (QmpSession) some = NULL;
  g_autoptr (GString) all_events = g_string_new (NULL);
  g_autoptr (GString) some_events = g_string_new (NULL);

  start (fixture, "");
  all = open_session (fixture, no_options);
  some = open_session (fixture, options ("events", g_variant_new_strv (resume, -1), NULL));
  qmp_session_subscribe (all, "*");
  qmp_session_subscribe (some, "*");
  g_signal_connect (all, "event", G_CALLBACK (on_event), all_events);
  g_signal_connect (some, "event", G_CALLBACK (on_event), some_events);
  g_free (execute (fixture, "cont", ""));
  g_free (execute (fixture, "stop", ""));
  g_free (execute (fixture, "cont", ""));
  fixture_wait_for (strstr (some_events->str, "RESUME RESUME") != NULL);
  fixture_wait_for (strstr (all_events->str, "STOP RESUME") != NULL);
  g_assert_cmpstr (some_events->str, ==, "RESUME RESUME ");
}

static void
test_too_many_sessions (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GPtrArray) sessions = g_ptr_array_new_with_free_func (g_object_unref);
  g_autofree char *message = NULL;

  start (fixture, "");
  for (guint i = 0; i < 32; i++)
    g_ptr_array_add (sessions, open_session (fixture, no_options));
  message = fixture_fail (fixture, UUID_PATH, QMP, "OpenSession",
                          g_variant_new ("(@a{sv})", no_options), ERROR ("HostResource"));
  g_assert_nonnull (strstr (message, "close one"));
}

/* Which right a call needs, and what the authority is told of it. */
static void
test_authority (Fixture *fixture, gconstpointer data)
{
  static const struct
  {
    const char *method;
    const char *arguments;
    const char *action;
    const char *command; /* (nullable) */
  } rows[] = {
    { "Execute", "('query-status', '', @a{sv} {})", VB_ACTION_DOMAIN_QMP_QUERY, "query-status" },
    { "Execute", "('stop', '', @a{sv} {})", VB_ACTION_DOMAIN_QMP_CONTROL, "stop" },
    { "Execute", "('no name', '', @a{sv} {})", VB_ACTION_DOMAIN_QMP_CONTROL, "" },
    { "OpenSession", "(@a{sv} {},)", VB_ACTION_DOMAIN_QMP_QUERY, NULL },
    { "OpenSession", "({'mode': <'query'>},)", VB_ACTION_DOMAIN_QMP_QUERY, NULL },
    { "OpenSession", "({'mode': <'control'>},)", VB_ACTION_DOMAIN_QMP_CONTROL, NULL },
    { "OpenSession", "({'mode': <'x'>},)", VB_ACTION_DOMAIN_QMP_CONTROL, NULL },
  };
  g_autoptr (GError) refusal = g_error_new_literal (G_DBUS_ERROR, G_DBUS_ERROR_ACCESS_DENIED, "no");

  start (fixture, "");
  scripted_authority_set (fixture->authority, VB_ACTION_DOMAIN_QMP_QUERY, VB_DECISION_ASK);
  scripted_authority_set (fixture->authority, VB_ACTION_DOMAIN_QMP_CONTROL, VB_DECISION_ASK);
  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_autoptr (GVariant) arguments = g_variant_parse (NULL, rows[i].arguments, NULL, NULL, NULL);
      g_autofree char *detail = rows[i].command != NULL
                                    ? g_strdup_printf (" command=%s", rows[i].command)
                                    : g_strdup ("");
      g_autofree char *question =
          g_strdup_printf ("%s domain-name=a domain-uuid=" UUID " domain-owner=%s domain-tags=%s",
                           rows[i].action, g_get_user_name (), detail);
      g_auto (Reply) reply = { NULL };
      g_autofree char *name = NULL;

      fixture_send (fixture->client, fixture, UUID_PATH, QMP, rows[i].method, arguments,
                    G_DBUS_CALL_FLAGS_NONE, &reply);
      fixture_wait_for (scripted_authority_get_n_waiting (fixture->authority) > 0);
      g_assert_cmpstr (scripted_authority_get_question (fixture->authority), ==, question);
      scripted_authority_answer (fixture->authority, refusal);
      fixture_wait_for (reply.is_there);
      name = g_dbus_error_get_remote_error (reply.error);
      g_assert_cmpstr (name, ==, DBUS_ERROR ("AccessDenied"));
    }
  fixture_assert_text (fixture, UUID_PATH, DOMAIN, "Tainted", "[]");
}

/* The machine ends while the caller is being asked. */
static void
test_overtaken (Fixture *fixture, gconstpointer data)
{
  g_auto (Reply) reply = { NULL };
  g_autofree char *name = NULL;

  start (fixture, "");
  scripted_authority_set (fixture->authority, VB_ACTION_DOMAIN_QMP_QUERY, VB_DECISION_ASK);
  fixture_send (fixture->client, fixture, UUID_PATH, QMP, "Execute",
                arguments_of ("query-status", "", no_options), G_DBUS_CALL_FLAGS_NONE, &reply);
  fixture_wait_for (scripted_authority_get_n_waiting (fixture->authority) > 0);
  g_variant_unref (
      fixture_call (fixture, UUID_PATH, DOMAIN, "Destroy", g_variant_new ("(@a{sv})", no_options)));
  scripted_authority_answer (fixture->authority, NULL);
  fixture_wait_for (reply.is_there);
  name = g_dbus_error_get_remote_error (reply.error);
  g_assert_cmpstr (name, ==, ERROR ("InvalidState"));
}

static int
run (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_log_set_writer_func (note_log, NULL, NULL);
  fixture_add ("/bus/qmp/execute", test_execute);
  fixture_add ("/bus/qmp/numbers", test_numbers);
  fixture_add ("/bus/qmp/errors", test_errors);
  fixture_add ("/bus/qmp/options", test_options);
  fixture_add ("/bus/qmp/stopped", test_stopped);
  fixture_add ("/bus/qmp/interface", test_interface);
  fixture_add ("/bus/qmp/tainted", test_tainted);
  fixture_add_system ("/bus/qmp/tainted-system", test_tainted);
  fixture_add ("/bus/qmp/plugged", test_plugged);
  fixture_add ("/bus/qmp/session", test_session);
  fixture_add ("/bus/qmp/events", test_events);
  fixture_add ("/bus/qmp/too-many-sessions", test_too_many_sessions);
  fixture_add ("/bus/qmp/authority", test_authority);
  fixture_add ("/bus/qmp/overtaken", test_overtaken);
  return g_test_run ();
}

int
main (int argc, char **argv)
{
  return guard_main (argc, argv, run);
}
