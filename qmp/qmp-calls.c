/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The table of unanswered commands.
 */
#include "qmp/qmp-calls.h"

#include "qmp/qmp-error.h"

struct _QmpCalls
{
  GHashTable *by_id; /* (owned) (element-type guint64 QmpCall) */
  guint64 last_id;
  QmpCallGivenUpFunc given_up;
  gpointer user_data;
};

static void
call_disarm (QmpCall *call)
{
  GSource **sources[] = { &call->deadline, &call->cancel };

  for (guint i = 0; i < G_N_ELEMENTS (sources); i++)
    if (*sources[i])
      {
        g_source_destroy (*sources[i]);
        g_clear_pointer (sources[i], g_source_unref);
      }
}

void
qmp_call_free (QmpCall *call)
{
  call_disarm (call);
  g_object_unref (call->task);
  g_free (call->command);
  g_free (call);
}

QmpCalls *
qmp_calls_new (QmpCallGivenUpFunc given_up, gpointer user_data)
{
  QmpCalls *calls = g_new0 (QmpCalls, 1);

  calls->by_id = g_hash_table_new (g_int64_hash, g_int64_equal);
  calls->given_up = given_up;
  calls->user_data = user_data;
  return calls;
}

void
qmp_calls_free (QmpCalls *calls)
{
  g_hash_table_unref (calls->by_id);
  g_free (calls);
}

guint64
qmp_calls_get_next_id (const QmpCalls *calls)
{
  return calls->last_id + 1;
}

guint64
qmp_calls_skip_id (QmpCalls *calls)
{
  return ++calls->last_id;
}

static gboolean
on_deadline (gpointer data)
{
  QmpCall *call = data;

  call->calls->given_up (call,
                         g_error_new (QMP_ERROR, QMP_ERROR_TIMEOUT,
                                      "%s: no answer from the monitor within %u ms", call->command,
                                      call->timeout_ms),
                         call->calls->user_data);
  return G_SOURCE_REMOVE;
}

static gboolean
on_cancelled (GCancellable *cancellable, gpointer data)
{
  QmpCall *call = data;

  call->calls->given_up (call,
                         g_error_new (G_IO_ERROR, G_IO_ERROR_CANCELLED,
                                      "%s: the call was cancelled", call->command),
                         call->calls->user_data);
  return G_SOURCE_REMOVE;
}

/* @source: (transfer full) */
static GSource *
call_attach (QmpCall *call, GSource *source, GSourceFunc callback, GMainContext *context)
{
  g_source_set_callback (source, callback, call, NULL);
  g_source_attach (source, context);
  return source;
}

QmpCall *
qmp_calls_add (
    QmpCalls *calls, GTask *task, const char *command, guint timeout_ms, GMainContext *context)
{
  QmpCall *call = g_new0 (QmpCall, 1);
  GCancellable *cancellable = g_task_get_cancellable (task);

  call->calls = calls;
  call->id = ++calls->last_id;
  call->task = g_object_ref (task);
  call->command = g_strdup (command);
  call->timeout_ms = timeout_ms;
  if (timeout_ms != G_MAXUINT)
    call->deadline = call_attach (call, g_timeout_source_new (timeout_ms), on_deadline, context);
  if (cancellable)
    call->cancel = call_attach (call, g_cancellable_source_new (cancellable),
                                G_SOURCE_FUNC (on_cancelled), context);
  g_hash_table_insert (calls->by_id, &call->id, call);
  return call;
}

QmpCall *
qmp_calls_find (QmpCalls *calls, guint64 id)
{
  return g_hash_table_lookup (calls->by_id, &id);
}

QmpCall *
qmp_calls_take (QmpCalls *calls, guint64 id)
{
  QmpCall *call = qmp_calls_find (calls, id);

  if (call)
    g_hash_table_steal (calls->by_id, &id);
  return call;
}

void
qmp_calls_disarm (QmpCalls *calls)
{
  GHashTableIter iter;
  gpointer call;

  g_hash_table_iter_init (&iter, calls->by_id);
  while (g_hash_table_iter_next (&iter, NULL, &call))
    call_disarm (call);
}

static int
compare_calls (gconstpointer a, gconstpointer b)
{
  guint64 first = ((const QmpCall *) a)->id;
  guint64 second = ((const QmpCall *) b)->id;

  return (first > second) - (first < second);
}

void
qmp_calls_fail_all (QmpCalls *calls, const GError *error)
{
  g_autoptr (GList) sorted = g_list_sort (g_hash_table_get_values (calls->by_id), compare_calls);

  g_hash_table_steal_all (calls->by_id);
  for (GList *link = sorted; link; link = link->next)
    {
      g_autoptr (QmpCall) call = link->data;
      g_task_return_error (call->task, g_error_copy (error));
    }
}
