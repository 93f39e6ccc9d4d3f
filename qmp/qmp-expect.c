/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Waits for what is expected, in two parts: for the reply, as any call does, while events are heard
 * already; then for the event.
 */
#include "qmp/qmp-expectation-private.h"
#include "qmp/qmp-session-private.h"
#include "qmp/qmp-sync.h"

typedef struct
{
  char *command;               /* (owned) */
  QmpExpectation *expectation; /* (owned) */
  guint timeout_ms;
  gint64 deadline_us;
  gulong listener;
  gboolean is_answered;      /* the reply has come */
  gboolean has_ended;        /* the session: no event will come */
  const QmpOutcome *outcome; /* (nullable): the event that has come */
  QmpValue *data;            /* (owned) (nullable): of that event */
  GSource *deadline;         /* (owned) (nullable) */
  GSource *cancel;           /* (owned) (nullable) */
} Expect;

static void
expect_stop (Expect *expect)
{
  GSource **sources[] = { &expect->deadline, &expect->cancel };

  for (guint i = 0; i < G_N_ELEMENTS (sources); i++)
    if (*sources[i])
      {
        g_source_destroy (*sources[i]);
        g_clear_pointer (sources[i], g_source_unref);
      }
}

static void
expect_free (Expect *expect)
{
  expect_stop (expect);
  g_clear_pointer (&expect->data, qmp_value_unref);
  qmp_expectation_unref (expect->expectation);
  g_free (expect->command);
  g_free (expect);
}

/* @error: (transfer full) (nullable): %NULL: the data that has come */
static void
expect_return (GTask *task, GError *error)
{
  /* The listener and the sources hold references of their own on the task. */
  g_autoptr (GTask) kept = g_object_ref (task);
  Expect *expect = g_task_get_task_data (task);

  expect_stop (expect);
  qmp_session_unlisten (g_task_get_source_object (task), expect->listener);
  if (error)
    g_task_return_error (task, error);
  else
    g_task_return_pointer (task, g_steal_pointer (&expect->data), (GDestroyNotify) qmp_value_unref);
}

/* Whether it is known what became of the command, and then it is told. */
static gboolean
expect_settle (GTask *task)
{
  QmpSession *session = g_task_get_source_object (task);
  Expect *expect = g_task_get_task_data (task);
  const QmpOutcome *outcome = expect->outcome;

  if (outcome && outcome->refusal)
    expect_return (task,
                   g_error_new_literal (QMP_ERROR, QMP_ERROR_GUEST_REFUSED, outcome->refusal));
  else if (outcome)
    expect_return (task, NULL);
  else if (expect->has_ended)
    expect_return (task, g_error_copy (session->error));
  else
    return FALSE;
  return TRUE;
}

/* The first event that means something is kept. */
static void
expect_judge (Expect *expect, const QmpMessage *event)
{
  g_autoptr (QmpValue) data = NULL;

  if (expect->outcome || !qmp_expectation_names (expect->expectation, event->event))
    return;
  data = qmp_message_parse_body (event, NULL);
  if (!data)
    data = qmp_value_new_object ();
  expect->outcome = qmp_expectation_judge_event (expect->expectation, event->event, data);
  if (expect->outcome)
    expect->data = g_steal_pointer (&data);
}

static void
on_heard (QmpSession *session, const QmpMessage *event, gpointer data)
{
  GTask *task = data;
  Expect *expect = g_task_get_task_data (task);

  if (event)
    expect_judge (expect, event);
  else
    expect->has_ended = TRUE;
  if (expect->is_answered)
    expect_settle (task);
}

static gboolean
on_deadline (gpointer data)
{
  GTask *task = data;
  Expect *expect = g_task_get_task_data (task);
  g_autofree char *events = qmp_expectation_describe (expect->expectation);

  expect_return (task, g_error_new (QMP_ERROR, QMP_ERROR_TIMEOUT,
                                    "%s: the monitor took the command, and no event %s that "
                                    "matches came within %u ms",
                                    expect->command, events, expect->timeout_ms));
  return G_SOURCE_REMOVE;
}

static gboolean
on_cancelled (GCancellable *cancellable, gpointer data)
{
  GTask *task = data;
  Expect *expect = g_task_get_task_data (task);

  expect_return (task, g_error_new (G_IO_ERROR, G_IO_ERROR_CANCELLED,
                                    "%s: waiting for its event was cancelled", expect->command));
  return G_SOURCE_REMOVE;
}

static void
expect_wait (GTask *task)
{
  Expect *expect = g_task_get_task_data (task);
  GCancellable *cancellable = g_task_get_cancellable (task);
  gint64 remaining_ms = (expect->deadline_us - g_get_monotonic_time ()) / 1000;

  if (expect->timeout_ms != G_MAXUINT)
    {
      expect->deadline = g_timeout_source_new ((guint) MAX (remaining_ms, 0));
      g_task_attach_source (task, expect->deadline, on_deadline);
    }
  if (cancellable)
    {
      expect->cancel = g_cancellable_source_new (cancellable);
      g_task_attach_source (task, expect->cancel, G_SOURCE_FUNC (on_cancelled));
    }
}

/* (transfer full): a call that had no answer in time had no event either */
static GError *
expect_name_events (Expect *expect, GError *error)
{
  g_autofree char *events = qmp_expectation_describe (expect->expectation);

  if (!g_error_matches (error, QMP_ERROR, QMP_ERROR_TIMEOUT))
    return error;
  g_error_free (error);
  return g_error_new (QMP_ERROR, QMP_ERROR_TIMEOUT,
                      "%s: no answer from the monitor within %u ms, let alone event %s",
                      expect->command, expect->timeout_ms, events);
}

static void
on_replied (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (GTask) task = data;
  Expect *expect = g_task_get_task_data (task);
  g_autoptr (GError) error = NULL;
  g_autoptr (QmpValue) reply = qmp_session_call_finish (QMP_SESSION (source), result, &error);

  if (error && !qmp_expectation_tolerates (expect->expectation, error))
    {
      expect_return (task, expect_name_events (expect, g_steal_pointer (&error)));
      return;
    }
  expect->is_answered = TRUE;
  if (!expect_settle (task))
    expect_wait (task);
}

void
qmp_session_expect_async (QmpSession *session,
                          const char *command,
                          QmpValue *arguments,
                          QmpExpectation *expectation,
                          guint timeout_ms,
                          GCancellable *cancellable,
                          GAsyncReadyCallback callback,
                          gpointer user_data)
{
  g_autoptr (GTask) task = NULL;
  Expect *expect;

  g_return_if_fail (QMP_IS_SESSION (session));
  g_return_if_fail (expectation);

  task = g_task_new (session, cancellable, callback, user_data);
  g_task_set_source_tag (task, qmp_session_expect_async);
  expect = g_new0 (Expect, 1);
  g_task_set_task_data (task, expect, (GDestroyNotify) expect_free);
  expect->command = g_strdup (command);
  expect->expectation = qmp_expectation_ref (expectation);
  expect->timeout_ms = timeout_ms ? timeout_ms : QMP_DEFAULT_REPLY_TIMEOUT_MS;
  expect->deadline_us = g_get_monotonic_time () + expect->timeout_ms * 1000LL;
  expect->listener = qmp_session_listen (session, on_heard, g_object_ref (task), g_object_unref);
  qmp_session_call_async (session, command, arguments, expect->timeout_ms, cancellable, on_replied,
                          g_object_ref (task));
}

QmpValue *
qmp_session_expect_finish (QmpSession *session, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_async_result_is_tagged (result, qmp_session_expect_async), NULL);
  g_return_val_if_fail (g_task_is_valid (result, session), NULL);

  return g_task_propagate_pointer (G_TASK (result), error);
}

QmpValue *
qmp_session_expect_sync (QmpSession *session,
                         const char *command,
                         QmpValue *arguments,
                         QmpExpectation *expectation,
                         guint timeout_ms,
                         GCancellable *cancellable,
                         GError **error)
{
  QmpSync sync;
  QmpValue *data;

  g_return_val_if_fail (QMP_IS_SESSION (session), NULL);
  g_return_val_if_fail (expectation, NULL);

  qmp_sync_begin (&sync, session);
  qmp_session_expect_async (session, command, arguments, expectation, timeout_ms, cancellable,
                            qmp_sync_done, &sync);
  data = qmp_session_expect_finish (session, qmp_sync_wait (&sync), error);
  qmp_sync_end (&sync, NULL);
  return data;
}
