/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * A session through a service that stands in for virtbus, on a private bus: what it is asked, what
 * it gives, and all that it may answer instead. It answers from GDBus's thread, so that a blocking
 * call can be tried, too.
 */
#include "tests/bus/private-bus.h"
#include "tests/fixtures/guard.h"
#include "tests/unit/qmp/scripted-peer.h"

#include <gio/gunixfdlist.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#define DOMAIN_PATH "/org/virtbus1/domains/some"

/* What the service answers with: an error, or a body with a descriptor, or nothing. */
typedef struct
{
  const char *error;
  const char *body;
  int fd; /* 0: none */
} Answer;

typedef struct
{
  PrivateBus bus;
  GDBusConnection *service; /* (owned) */
  GDBusConnection *client;  /* (owned) */
  guint filter;
  Answer answer;
  char *options; /* (owned) (nullable): what the service was asked for last */
  gboolean was_interactive;
} Fixture;

typedef struct
{
  guint n_calls;
  QmpSession *session; /* (owned) (nullable) */
  GError *error;       /* (owned) (nullable) */
} Got;

static void
got_clear (Got *got)
{
  g_clear_object (&got->session);
  g_clear_error (&got->error);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Got, got_clear)

static GDBusMessage *
make_reply (GDBusMessage *call, const Answer *answer)
{
  g_autoptr (GUnixFDList) fds = g_unix_fd_list_new ();
  GDBusMessage *reply;

  if (answer->error)
    return g_dbus_message_new_method_error_literal (call, answer->error, "the service's own words");
  reply = g_dbus_message_new_method_reply (call);
  g_dbus_message_set_body (reply, g_variant_new_parsed (answer->body));
  if (answer->fd > 0)
    {
      g_assert_cmpint (g_unix_fd_list_append (fds, answer->fd, NULL), ==, 0);
      g_dbus_message_set_unix_fd_list (reply, fds);
    }
  return reply;
}

static GDBusMessage *
answer_call (GDBusConnection *service, GDBusMessage *call, gboolean incoming, gpointer data)
{
  Fixture *fixture = data;
  g_autoptr (GDBusMessage) owned = NULL;
  g_autoptr (GDBusMessage) reply = NULL;

  if (!incoming || g_strcmp0 (g_dbus_message_get_member (call), "OpenSession") != 0 ||
      g_strcmp0 (g_dbus_message_get_path (call), DOMAIN_PATH) != 0)
    return call;
  owned = call;
  g_assert_cmpstr (g_dbus_message_get_interface (call), ==, "org.virtbus1.Qmp");
  g_free (fixture->options);
  fixture->options = g_variant_print (g_dbus_message_get_body (call), FALSE);
  fixture->was_interactive =
      (g_dbus_message_get_flags (call) & G_DBUS_MESSAGE_FLAGS_ALLOW_INTERACTIVE_AUTHORIZATION) != 0;
  if (fixture->answer.error || fixture->answer.body)
    {
      reply = make_reply (call, &fixture->answer);
      g_dbus_connection_send_message (service, reply, G_DBUS_SEND_MESSAGE_FLAGS_NONE, NULL, NULL);
    }
  return NULL;
}

static void
call_bus (Fixture *fixture, const char *method, GVariant *arguments)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GVariant) reply =
      g_dbus_connection_call_sync (fixture->service, "org.freedesktop.DBus",
                                   "/org/freedesktop/DBus", "org.freedesktop.DBus", method,
                                   arguments, NULL, G_DBUS_CALL_FLAGS_NONE, G_MAXINT, NULL, &error);

  g_assert_no_error (error);
}

static void
set_up (Fixture *fixture, gconstpointer data)
{
  private_bus_start (&fixture->bus);
  fixture->service = private_bus_connect (&fixture->bus);
  fixture->client = private_bus_connect (&fixture->bus);
  fixture->filter = g_dbus_connection_add_filter (fixture->service, answer_call, fixture, NULL);
  call_bus (fixture, "RequestName", g_variant_new ("(su)", "org.virtbus1", 0));
}

static void
tear_down (Fixture *fixture, gconstpointer data)
{
  g_dbus_connection_remove_filter (fixture->service, fixture->filter);
  g_dbus_connection_close_sync (fixture->client, NULL, NULL);
  g_dbus_connection_close_sync (fixture->service, NULL, NULL);
  g_object_unref (fixture->client);
  g_object_unref (fixture->service);
  private_bus_stop (&fixture->bus);
  g_free (fixture->options);
  run_ready_sources ();
}

static void
on_got (GObject *source, GAsyncResult *result, gpointer data)
{
  Got *got = data;

  g_assert_null (source);
  got->n_calls++;
  got->session = qmp_session_new_for_domain_finish (result, &got->error);
}

static void
assert_fails (Fixture *fixture, const char *path, guint timeout_ms, QmpError code)
{
  g_auto (Got) got = { 0 };

  qmp_session_new_for_domain_async (fixture->client, path, QMP_DOMAIN_NONE, timeout_ms, NULL,
                                    on_got, &got);
  g_assert_cmpuint (got.n_calls, ==, 0);
  wait_until (got.n_calls);
  g_assert_null (got.session);
  g_assert_error (got.error, QMP_ERROR, (int) code);
  g_assert_nonnull (strstr (got.error->message, path));
  g_assert_null (strstr (got.error->message, "GDBus.Error"));
  if (fixture->answer.error)
    g_assert_true (g_str_has_suffix (got.error->message, ": the service's own words"));
}

/* (transfer full): the other end of what the service will give */
static ScriptedPeer *
offer_peer (Fixture *fixture)
{
  ScriptedPeer *peer = scripted_peer_new (&fixture->answer.fd);

  fixture->answer.body = "(handle 0,)";
  return peer;
}

static void
test_opens (Fixture *fixture, gconstpointer data)
{
  static const struct
  {
    QmpDomainFlags flags;
    const char *options;
    gboolean is_interactive;
  } cases[] = {
    { QMP_DOMAIN_NONE, "({'mode': <'query'>},)", FALSE },
    { QMP_DOMAIN_CONTROL, "({'mode': <'control'>},)", FALSE },
    { QMP_DOMAIN_CONTROL | QMP_DOMAIN_UNSAFE, "({'mode': <'control'>, 'unsafe': <true>},)", FALSE },
    { QMP_DOMAIN_INTERACTIVE, "({'mode': <'query'>},)", TRUE },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (ScriptedPeer) peer = offer_peer (fixture);
      g_auto (Got) got = { 0 };

      qmp_session_new_for_domain_async (fixture->client, DOMAIN_PATH, cases[i].flags, 0, NULL,
                                        on_got, &got);
      wait_until (got.n_calls);
      g_assert_no_error (got.error);
      g_assert_cmpstr (fixture->options, ==, cases[i].options);
      g_assert_cmpint (fixture->was_interactive, ==, cases[i].is_interactive);
      close (fixture->answer.fd);
      scripted_peer_open (peer, got.session);
    }
}

/* The session that a blocking call makes belongs to the caller's context. */
static void
test_opens_blocking (Fixture *fixture, gconstpointer data)
{
  g_autoptr (ScriptedPeer) peer = offer_peer (fixture);
  g_autoptr (GError) error = NULL;
  g_autoptr (QmpSession) session =
      qmp_session_new_for_domain_sync (fixture->client, DOMAIN_PATH, QMP_DOMAIN_CONTROL, G_MAXUINT,
                                       NULL, &error);

  g_assert_no_error (error);
  g_assert_cmpstr (fixture->options, ==, "({'mode': <'control'>},)");
  close (fixture->answer.fd);
  scripted_peer_open (peer, session);

  fixture->answer = (Answer){ .error = "org.freedesktop.DBus.Error.AccessDenied" };
  g_assert_null (qmp_session_new_for_domain_sync (fixture->client, DOMAIN_PATH, QMP_DOMAIN_NONE, 0,
                                                  NULL, &error));
  g_assert_error (error, QMP_ERROR, QMP_ERROR_ACCESS_DENIED);
}

static void
test_errors (Fixture *fixture, gconstpointer data)
{
  static const struct
  {
    const char *name;
    QmpError code;
  } cases[] = {
    { "org.freedesktop.DBus.Error.AccessDenied", QMP_ERROR_ACCESS_DENIED },
    { "org.freedesktop.DBus.Error.AuthFailed", QMP_ERROR_ACCESS_DENIED },
    { "org.freedesktop.DBus.Error.InteractiveAuthorizationRequired", QMP_ERROR_ACCESS_DENIED },
    { "org.freedesktop.DBus.Error.NoReply", QMP_ERROR_TIMEOUT },
    { "org.freedesktop.DBus.Error.Timeout", QMP_ERROR_TIMEOUT },
    { "org.freedesktop.DBus.Error.TimedOut", QMP_ERROR_TIMEOUT },
    { "org.virtbus1.Error.Timeout", QMP_ERROR_TIMEOUT },
    { "org.freedesktop.DBus.Error.UnknownObject", QMP_ERROR_UNSUPPORTED },
    { "org.freedesktop.DBus.Error.UnknownInterface", QMP_ERROR_UNSUPPORTED },
    { "org.freedesktop.DBus.Error.UnknownMethod", QMP_ERROR_UNSUPPORTED },
    { "org.freedesktop.DBus.Error.NotSupported", QMP_ERROR_UNSUPPORTED },
    { "org.virtbus1.Error.NotFound", QMP_ERROR_UNSUPPORTED },
    { "org.virtbus1.Error.Unsupported", QMP_ERROR_UNSUPPORTED },
    { "org.freedesktop.DBus.Error.InvalidArgs", QMP_ERROR_INVALID_ARGUMENT },
    { "org.virtbus1.Error.InvalidArgument", QMP_ERROR_INVALID_ARGUMENT },
    { "org.virtbus1.Error.Emulator", QMP_ERROR_EMULATOR },
    { "org.virtbus1.Error.InvalidState", QMP_ERROR_DISCONNECTED },
    { "org.virtbus1.Error.FromTheFuture", QMP_ERROR_DISCONNECTED },
    { "org.freedesktop.DBus.Error.LimitsExceeded", QMP_ERROR_DISCONNECTED },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      fixture->answer = (Answer){ .error = cases[i].name };
      assert_fails (fixture, DOMAIN_PATH, 0, cases[i].code);
    }
}

static void
test_nobody (Fixture *fixture, gconstpointer data)
{
  /* GDBus itself answers for a path that the service has nothing at. */
  assert_fails (fixture, "/org/virtbus1/domains/none", 0, QMP_ERROR_UNSUPPORTED);
  assert_fails (fixture, "no path", 0, QMP_ERROR_INVALID_ARGUMENT);
  call_bus (fixture, "ReleaseName", g_variant_new ("(s)", "org.virtbus1"));
  assert_fails (fixture, DOMAIN_PATH, 0, QMP_ERROR_DISCONNECTED);
  g_dbus_connection_close_sync (fixture->client, NULL, NULL);
  assert_fails (fixture, DOMAIN_PATH, 0, QMP_ERROR_DISCONNECTED);
}

static void
test_wrong_answers (Fixture *fixture, gconstpointer data)
{
  int pipe_fds[2];
  int datagrams[2];

  g_assert_no_errno (pipe (pipe_fds));
  g_assert_no_errno (socketpair (AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0, datagrams));
  const Answer cases[] = {
    { .body = "()" },
    { .body = "('a socket',)" },
    { .body = "(handle 0,)" },
    { .body = "(handle 0, 1)", .fd = datagrams[0] },
    { .body = "(handle 1,)", .fd = datagrams[0] },
    { .body = "(handle -1,)", .fd = datagrams[0] },
    { .body = "()", .fd = datagrams[0] },
    { .body = "(handle 0,)", .fd = datagrams[0] },
    { .body = "(handle 0,)", .fd = pipe_fds[0] },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      fixture->answer = cases[i];
      assert_fails (fixture, DOMAIN_PATH, 0, QMP_ERROR_PROTOCOL);
    }
  for (guint i = 0; i < 2; i++)
    {
      close (pipe_fds[i]);
      close (datagrams[i]);
    }
}

/* The service says nothing. */
static void
test_gives_up (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  g_auto (Got) cancelled = { 0 };
  g_auto (Got) cancelled_before = { 0 };

  assert_fails (fixture, DOMAIN_PATH, 1, QMP_ERROR_TIMEOUT);
  qmp_session_new_for_domain_async (fixture->client, DOMAIN_PATH, QMP_DOMAIN_NONE, G_MAXUINT,
                                    cancellable, on_got, &cancelled);
  g_cancellable_cancel (cancellable);
  wait_until (cancelled.n_calls);
  g_assert_error (cancelled.error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
  qmp_session_new_for_domain_async (fixture->client, DOMAIN_PATH, QMP_DOMAIN_NONE, G_MAXUINT,
                                    cancellable, on_got, &cancelled_before);
  wait_until (cancelled_before.n_calls);
  g_assert_error (cancelled_before.error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
}

#define add(name, function)                                                                        \
  g_test_add ("/qmp/domain/" name, Fixture, NULL, set_up, function, tear_down)

static int
run (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  add ("opens", test_opens);
  add ("opens-blocking", test_opens_blocking);
  add ("errors", test_errors);
  add ("nobody", test_nobody);
  add ("wrong-answers", test_wrong_answers);
  add ("gives-up", test_gives_up);
  return g_test_run ();
}

int
main (int argc, char **argv)
{
  return guard_main (argc, argv, run);
}
