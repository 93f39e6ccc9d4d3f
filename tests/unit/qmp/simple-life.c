/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * One life, lived with asynchronous calls or with blocking ones.
 */
#include "tests/unit/qmp/simple-life.h"

#include "tests/unit/qmp/scripted-peer.h"

typedef struct
{
  QmpSession *session; /* (owned) */
  gboolean is_blocking;
  GString *events; /* (owned) */
  guint n_closed;
} Life;

static void
on_event (QmpSession *session, const char *name, QmpValue *data, gint64 timestamp_us, Life *life)
{
  g_assert_cmpint (timestamp_us, >, 0);
  g_string_append_printf (life->events, "%s ", name);
  if (g_str_equal (name, "SHUTDOWN"))
    g_assert_cmpstr (qmp_value_get_string (data, "reason"), ==, "host-qmp-quit");
}

static void
on_closed (QmpSession *session, const GError *error, Life *life)
{
  g_assert_error (error, QMP_ERROR, QMP_ERROR_DISCONNECTED);
  life->n_closed++;
}

/* @arguments: (nullable) (transfer full) */
static QmpValue *
life_try (Life *life, const char *command, QmpValue *arguments, GError **error)
{
  g_autoptr (QmpValue) owned = arguments;
  Outcome outcome = { 0 };

  if (life->is_blocking)
    return qmp_session_call_sync (life->session, command, arguments, G_MAXUINT, NULL, error);
  qmp_session_call_async (life->session, command, arguments, G_MAXUINT, NULL, on_called, &outcome);
  wait_until (outcome.n_calls);
  if (outcome.error)
    g_propagate_error (error, outcome.error);
  return outcome.value;
}

/* @arguments: (nullable) (transfer full) */
static QmpValue *
life_call (Life *life, const char *command, QmpValue *arguments)
{
  g_autoptr (GError) error = NULL;
  QmpValue *value = life_try (life, command, arguments, &error);

  g_assert_no_error (error);
  return value;
}

static void
life_open (Life *life)
{
  g_autoptr (GError) error = NULL;
  g_auto (Outcome) outcome = { 0 };

  if (life->is_blocking)
    {
      qmp_session_open_sync (life->session, G_MAXUINT, NULL, &error);
      g_assert_no_error (error);
    }
  else
    {
      qmp_session_open_async (life->session, G_MAXUINT, NULL, on_opened, &outcome);
      wait_until (outcome.n_calls);
      g_assert_no_error (outcome.error);
    }
  g_assert_true (qmp_session_is_open (life->session));
}

static void
life_look (Life *life)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (QmpValue) version = life_call (life, "query-version", NULL);
  g_autoptr (QmpValue) numbers = qmp_value_get (version, "qemu");
  g_autoptr (QmpValue) status = life_call (life, "query-status", NULL);
  g_autoptr (QmpValue) path = qmp_value_new_object ();
  g_autoptr (QmpValue) members = NULL;

  g_assert_cmpint (qmp_value_get_int (numbers, "major", 0), >=, 7);
  g_assert_cmpstr (qmp_value_get_string (status, "status"), ==, "prelaunch");

  g_assert_null (life_try (life, "no-such-command", NULL, &error));
  g_assert_error (error, QMP_ERROR, QMP_ERROR_COMMAND_NOT_FOUND);
  g_assert_cmpstr (error->message, ==, "The command no-such-command has not been found");

  qmp_value_set_string (path, "path", "/machine");
  members = life_call (life, "qom-list", g_steal_pointer (&path));
  g_assert_cmpuint (qmp_value_get_length (members), >, 0);
}

static void
life_run_and_end (Life *life)
{
  g_autoptr (QmpValue) continued = life_call (life, "cont", NULL);
  g_autoptr (QmpValue) stopped = life_call (life, "stop", NULL);
  g_autoptr (QmpValue) status = life_call (life, "query-status", NULL);
  g_autoptr (QmpValue) quit = NULL;

  g_assert_cmpstr (qmp_value_get_string (status, "status"), ==, "paused");
  quit = life_call (life, "quit", NULL);
  wait_until (life->n_closed);
  g_assert_cmpuint (life->n_closed, ==, 1);
  g_assert_cmpstr (life->events->str, ==, "RESUME STOP SHUTDOWN ");
}

static void
live (QmpSession *session, gboolean is_blocking)
{
  Life life = { session, is_blocking, g_string_new (NULL), 0 };

  g_signal_connect (session, "event", G_CALLBACK (on_event), &life);
  g_signal_connect (session, "closed", G_CALLBACK (on_closed), &life);
  qmp_session_subscribe (session, "*");
  life_open (&life);
  life_look (&life);
  life_run_and_end (&life);
  g_object_add_weak_pointer (G_OBJECT (life.session), (gpointer *) &life.session);
  g_object_unref (life.session);
  run_ready_sources ();
  g_assert_null (life.session);
  g_string_free (life.events, TRUE);
}

void
simple_life_live (QmpSession *session)
{
  live (session, FALSE);
}

void
simple_life_live_blocking (QmpSession *session)
{
  live (session, TRUE);
}
