/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The life of a session: waiting for the greeting, negotiating, open, closed. Everything that a
 * caller hears, it hears from its main context, never from inside a function that it called.
 */
#include "qmp/qmp-session.h"

#include "qmp/qmp-session-private.h"

#include <string.h>

enum
{
  SIGNAL_EVENT,
  SIGNAL_CLOSED,
  N_SIGNALS,
};

static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (QmpSession, qmp_session, G_TYPE_OBJECT)

/* A signal that waits until the session's own main context runs. */
typedef struct
{
  QmpSession *session; /* (owned) */
  QmpMessage *message; /* (owned) (nullable): an event; %NULL: that the session is closed */
} Delivery;

static void
delivery_free (Delivery *delivery)
{
  g_clear_pointer (&delivery->message, qmp_message_free);
  g_object_unref (delivery->session);
  g_free (delivery);
}

static gboolean
on_deliver (gpointer data)
{
  Delivery *delivery = data;
  QmpSession *session = delivery->session;
  QmpMessage *event = delivery->message;
  g_autoptr (QmpValue) body = NULL;

  if (!event)
    {
      g_signal_emit (session, signals[SIGNAL_CLOSED], 0, session->error);
      return G_SOURCE_REMOVE;
    }
  body = qmp_message_parse_body (event, NULL);
  /* Only a name that somebody listens to is a quark: a monitor cannot fill the table of quarks. */
  g_signal_emit (session, signals[SIGNAL_EVENT], g_quark_try_string (event->event), event->event,
                 body, event->timestamp_us);
  return G_SOURCE_REMOVE;
}

/* Now, or when the blocking call that is at work has returned. @message: (transfer full) (nullable) */
static void
session_deliver (QmpSession *session, QmpMessage *message)
{
  Delivery *delivery = g_new (Delivery, 1);
  g_autoptr (GSource) source = NULL;

  *delivery = (Delivery){ g_object_ref (session), message };
  if (session->context == session->home)
    {
      on_deliver (delivery);
      delivery_free (delivery);
      return;
    }
  source = g_idle_source_new ();
  g_source_set_priority (source, G_PRIORITY_DEFAULT);
  g_source_set_callback (source, on_deliver, delivery, (GDestroyNotify) delivery_free);
  g_source_attach (source, session->home);
}

static void
tell_listener (GHook *hook, gpointer message)
{
  QmpListenFunc func = (QmpListenFunc) hook->func;
  gpointer *told = message;

  func (told[0], told[1], hook->data);
}

/* @event: (nullable): %NULL: the end */
static void
session_tell_listeners (QmpSession *session, QmpMessage *event)
{
  g_hook_list_marshal (&session->listeners, FALSE, tell_listener, (gpointer[]){ session, event });
}

static gboolean
on_end (gpointer data)
{
  g_autoptr (QmpSession) session = g_object_ref (data);

  g_clear_pointer (&session->end_source, g_source_unref);
  qmp_calls_fail_all (session->calls, session->error);
  session_tell_listeners (session, NULL);
  session_deliver (session, NULL);
  return G_SOURCE_REMOVE;
}

static void
session_schedule_end (QmpSession *session)
{
  session->end_source = g_idle_source_new ();
  g_source_set_priority (session->end_source, G_PRIORITY_DEFAULT);
  g_source_set_callback (session->end_source, on_end, g_object_ref (session), g_object_unref);
  g_source_attach (session->end_source, session->context);
}

/* Closes at once, and tells it in an iteration of its own. */
void
qmp_session_end (QmpSession *session, GError *error)
{
  session->error = error;
  session->state = QMP_SESSION_CLOSED;
  g_clear_pointer (&session->channel, qmp_channel_close);
  qmp_calls_disarm (session->calls);
  session_schedule_end (session);
}

static void G_GNUC_PRINTF (3, 4)
    session_end_with (QmpSession *session, QmpError code, const char *format, ...)
{
  va_list arguments;

  va_start (arguments, format);
  qmp_session_end (session, g_error_new_valist (QMP_ERROR, code, format, arguments));
  va_end (arguments);
}

static gboolean
call_is_open (QmpCall *call)
{
  return g_task_get_source_tag (call->task) == qmp_session_open_async;
}

/* A call ends before its reply. One that opens the session takes the session with it. */
static void
on_given_up (QmpCall *call, GError *error, gpointer data)
{
  QmpSession *session = data;
  g_autoptr (QmpCall) taken = NULL;

  if (session->state == QMP_SESSION_WAITING &&
      g_error_matches (error, QMP_ERROR, QMP_ERROR_TIMEOUT))
    {
      g_clear_error (&error);
      g_set_error (&error, QMP_ERROR, QMP_ERROR_TIMEOUT,
                   "%s: no greeting from the monitor within %u ms", call->command,
                   call->timeout_ms);
    }
  if (call_is_open (call))
    {
      qmp_session_end (session, error);
      return;
    }
  taken = qmp_calls_take (session->calls, call->id);
  if (call->late)
    g_hash_table_insert (session->late, g_memdup2 (&call->id, sizeof call->id), call->late);
  else
    qmp_channel_forget (session->channel, call->id);
  g_task_return_error (call->task, error);
}

/* @text: (transfer full) */
static gboolean
session_send (
    QmpSession *session, guint64 id, char *text, const int *fds, guint n_fds, GError **error)
{
  g_autofree char *recorded = session->recorder ? g_strdup (text) : NULL;

  if (!qmp_channel_send (session->channel, id, text, fds, n_fds, error))
    return FALSE;
  if (recorded)
    session->recorder_funcs->sent (session->recorder, recorded, strlen (recorded));
  return TRUE;
}

static gboolean
greeting_offers_oob (QmpValue *greeting)
{
  g_autoptr (QmpValue) capabilities = qmp_value_get (greeting, "capabilities");

  for (guint i = 0; i < qmp_value_get_length (capabilities); i++)
    {
      g_autoptr (QmpValue) capability = qmp_value_get_element (capabilities, i);
      if (g_strcmp0 (qmp_value_as_string (capability), "oob") == 0)
        return TRUE;
    }
  return FALSE;
}

/* (transfer full) (nullable) */
static QmpValue *
wanted_capabilities (QmpSession *session)
{
  QmpValue *arguments;
  QmpValue *enable;

  if (!session->wants_oob)
    return NULL;
  arguments = qmp_value_new_object ();
  enable = qmp_value_new_array ();
  qmp_value_append (enable, qmp_value_new_string ("oob"));
  qmp_value_set_value (arguments, "enable", enable);
  return arguments;
}

static void
session_negotiate (QmpSession *session, QmpMessage *message)
{
  GError *error = NULL;
  g_autoptr (QmpValue) arguments = wanted_capabilities (session);

  session->greeting = qmp_message_parse_body (message, &error);
  if (error)
    {
      qmp_session_end (session, error);
      return;
    }
  if (session->wants_oob && !greeting_offers_oob (session->greeting))
    {
      session_end_with (session, QMP_ERROR_UNSUPPORTED,
                        "the monitor does not offer out-of-band commands");
      return;
    }
  session->state = QMP_SESSION_NEGOTIATING;
  /* Opening was the session's first call. */
  session_send (session, 1,
                qmp_message_format_command ("qmp_capabilities", arguments, FALSE, 1, NULL), NULL, 0,
                NULL);
}

static void
session_complete_open (QmpSession *session, QmpMessage *message)
{
  g_autoptr (QmpCall) call = NULL;

  if (message->error)
    {
      qmp_session_end (session, g_steal_pointer (&message->error));
      return;
    }
  call = qmp_calls_take (session->calls, message->id);
  session->state = QMP_SESSION_OPEN;
  g_task_return_boolean (call->task, TRUE);
}

/* @message: (transfer full) */
static void
session_complete_call (QmpSession *session, QmpMessage *message)
{
  g_autoptr (QmpMessage) reply = message;
  g_autoptr (QmpCall) call = qmp_calls_take (session->calls, message->id);

  if (message->error)
    g_task_return_error (call->task, g_steal_pointer (&message->error));
  else
    g_task_return_pointer (call->task, g_steal_pointer (&reply), (GDestroyNotify) qmp_message_free);
}

/* @message: (transfer full) */
static void
session_handle_event (QmpSession *session, QmpMessage *message)
{
  session_tell_listeners (session, message);
  if (g_hash_table_contains (session->subscriptions, message->event) ||
      g_hash_table_contains (session->subscriptions, "*"))
    session_deliver (session, message);
  else
    qmp_message_free (message);
}

static void
session_handle_late_reply (QmpSession *session, const QmpMessage *message)
{
  QmpLateFunc late = (QmpLateFunc) g_hash_table_lookup (session->late, &message->id);

  g_hash_table_remove (session->late, &message->id);
  if (late && !message->error)
    late (session, message);
  else
    g_debug ("dropped a reply that nobody waits for");
}

/* @message: (transfer full) */
static void
session_handle_reply (QmpSession *session, QmpMessage *message)
{
  g_autoptr (QmpMessage) reply = message;
  QmpCall *call = qmp_calls_find (session->calls, message->id);

  if (session->state == QMP_SESSION_WAITING)
    session_end_with (session, QMP_ERROR_PROTOCOL, "the monitor answered before its greeting");
  else if (!call)
    session_handle_late_reply (session, message);
  else if (call_is_open (call))
    session_complete_open (session, message);
  else
    session_complete_call (session, g_steal_pointer (&reply));
}

/* @message: (transfer full) */
static void
session_handle (QmpSession *session, QmpMessage *message)
{
  g_autoptr (QmpMessage) owned = message;

  if (session->recorder)
    session->recorder_funcs->received (session->recorder, message->text, strlen (message->text));
  switch (message->kind)
    {
    case QMP_MESSAGE_GREETING:
      if (session->state == QMP_SESSION_WAITING)
        session_negotiate (session, message);
      break;
    case QMP_MESSAGE_RETURN:
    case QMP_MESSAGE_ERROR:
      session_handle_reply (session, g_steal_pointer (&owned));
      break;
    case QMP_MESSAGE_EVENT:
      session_handle_event (session, g_steal_pointer (&owned));
      break;
    case QMP_MESSAGE_OTHER:
      if (session->state == QMP_SESSION_WAITING)
        session_end_with (session, QMP_ERROR_PROTOCOL,
                          "the monitor's first message is no greeting");
      break;
    }
}

static void
on_received (const char *bytes, gsize n_bytes, const int *fds, guint n_fds, gpointer data)
{
  g_autoptr (QmpSession) session = g_object_ref (data);
  g_autoptr (GError) error = NULL;
  QmpMessage *message;

  qmp_reader_feed (session->reader, bytes, n_bytes);
  while (session->state != QMP_SESSION_CLOSED &&
         (message = qmp_reader_next (session->reader, &error)))
    session_handle (session, message);
  if (error)
    qmp_session_end (session, g_steal_pointer (&error));
}

static gboolean
session_explains_hang_up (QmpSession *session)
{
  return session->state != QMP_SESSION_OPEN && session->attachment &&
         session->attachment_funcs->explain_hang_up &&
         session->attachment_funcs->explain_hang_up (session->attachment);
}

static void
on_ended (GError *error, gpointer data)
{
  g_autoptr (QmpSession) session = g_object_ref (data);

  if (session->recorder)
    session->recorder_funcs->ended (session->recorder);
  if (session_explains_hang_up (session))
    {
      g_clear_pointer (&session->channel, qmp_channel_close);
      g_error_free (error);
    }
  else if (session->state == QMP_SESSION_WAITING)
    {
      session_end_with (session, QMP_ERROR_DISCONNECTED, "%s before its greeting", error->message);
      g_error_free (error);
    }
  else
    {
      qmp_session_end (session, error);
    }
}

static const QmpChannelFuncs channel_funcs = { on_received, on_ended };

static void
qmp_session_finalize (GObject *object)
{
  QmpSession *session = QMP_SESSION (object);

  g_clear_pointer (&session->channel, qmp_channel_close);
  if (session->attachment)
    session->attachment_funcs->free (session->attachment);
  if (session->recorder)
    session->recorder_funcs->free (session->recorder);
  qmp_reader_free (session->reader);
  qmp_calls_free (session->calls);
  g_hash_table_unref (session->late);
  g_clear_pointer (&session->greeting, qmp_value_unref);
  g_hash_table_unref (session->subscriptions);
  g_hook_list_clear (&session->listeners);
  g_clear_error (&session->error);
  g_main_context_unref (session->context);
  g_main_context_unref (session->home);
  G_OBJECT_CLASS (qmp_session_parent_class)->finalize (object);
}

static void
qmp_session_class_init (QmpSessionClass *class)
{
  G_OBJECT_CLASS (class)->finalize = qmp_session_finalize;

  signals[SIGNAL_EVENT] =
      g_signal_new ("event", QMP_TYPE_SESSION, G_SIGNAL_RUN_LAST | G_SIGNAL_DETAILED, 0, NULL, NULL,
                    NULL, G_TYPE_NONE, 3, G_TYPE_STRING, QMP_TYPE_VALUE, G_TYPE_INT64);
  signals[SIGNAL_CLOSED] = g_signal_new ("closed", QMP_TYPE_SESSION, G_SIGNAL_RUN_LAST, 0, NULL,
                                         NULL, NULL, G_TYPE_NONE, 1, G_TYPE_ERROR);
}

static void
qmp_session_init (QmpSession *session)
{
  session->home = g_main_context_ref_thread_default ();
  session->context = g_main_context_ref (session->home);
  session->reader = qmp_reader_new (QMP_MAX_MESSAGE_BYTES);
  session->calls = qmp_calls_new (on_given_up, session);
  session->late = g_hash_table_new_full (g_int64_hash, g_int64_equal, g_free, NULL);
  session->subscriptions = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  g_hook_list_init (&session->listeners, sizeof (GHook));
}

QmpSession *
qmp_session_new_for_fd (int fd)
{
  QmpSession *session;

  g_return_val_if_fail (fd >= 0, NULL);

  session = g_object_new (QMP_TYPE_SESSION, NULL);
  session->channel = qmp_channel_new (fd, FALSE, &channel_funcs, session);
  return session;
}

void
qmp_session_attach (QmpSession *session, const QmpAttachmentFuncs *funcs, gpointer attachment)
{
  session->attachment_funcs = funcs;
  session->attachment = attachment;
  funcs->enter_context (attachment, session->context);
}

void
qmp_session_set_recorder (QmpSession *session, const QmpRecorderFuncs *funcs, gpointer recorder)
{
  session->recorder_funcs = funcs;
  session->recorder = recorder;
}

gulong
qmp_session_listen (QmpSession *session,
                    QmpListenFunc func,
                    gpointer user_data,
                    GDestroyNotify destroy)
{
  GHook *hook = g_hook_alloc (&session->listeners);

  hook->func = (gpointer) func;
  hook->data = user_data;
  hook->destroy = destroy;
  g_hook_prepend (&session->listeners, hook);
  return hook->hook_id;
}

void
qmp_session_unlisten (QmpSession *session, gulong id)
{
  g_hook_destroy (&session->listeners, id);
}

void
qmp_session_enter_context (QmpSession *session, GMainContext *context)
{
  gboolean is_ending = session->end_source != NULL;

  g_main_context_unref (session->context);
  session->context = g_main_context_ref (context);
  if (session->channel)
    qmp_channel_move (session->channel, context);
  if (session->attachment)
    session->attachment_funcs->enter_context (session->attachment, context);
  if (is_ending)
    {
      g_source_destroy (session->end_source);
      g_clear_pointer (&session->end_source, g_source_unref);
      session_schedule_end (session);
    }
}

/* (transfer full) (nullable): why a command cannot be sent in this state */
static GError *
session_refuse (QmpSession *session, QmpSessionState wanted, const char *command)
{
  if (session->state == wanted)
    return NULL;
  if (session->state == QMP_SESSION_CLOSED)
    return g_error_new (QMP_ERROR, QMP_ERROR_DISCONNECTED, "%s: the session is closed: %s", command,
                        session->error->message);
  return g_error_new (QMP_ERROR, QMP_ERROR_INVALID_ARGUMENT, "%s: the session is %s", command,
                      wanted == QMP_SESSION_NEW ? "open or opening already" : "not open yet");
}

static guint
deadline_of (guint timeout_ms)
{
  return timeout_ms ? timeout_ms : QMP_DEFAULT_REPLY_TIMEOUT_MS;
}

void
qmp_session_enable_out_of_band (QmpSession *session)
{
  g_return_if_fail (QMP_IS_SESSION (session));
  g_return_if_fail (session->state == QMP_SESSION_NEW);

  session->wants_oob = TRUE;
}

void
qmp_session_open_async (QmpSession *session,
                        guint timeout_ms,
                        GCancellable *cancellable,
                        GAsyncReadyCallback callback,
                        gpointer user_data)
{
  g_autoptr (GTask) task = NULL;
  GError *error;

  g_return_if_fail (QMP_IS_SESSION (session));

  task = g_task_new (session, cancellable, callback, user_data);
  g_task_set_source_tag (task, qmp_session_open_async);
  if (g_task_return_error_if_cancelled (task))
    return;
  g_task_set_check_cancellable (task, FALSE);
  error = session_refuse (session, QMP_SESSION_NEW, "opening the session");
  if (error)
    {
      g_task_return_error (task, error);
      return;
    }

  session->state = QMP_SESSION_WAITING;
  /* Before the deadline's source: of two that are ready together the answer wins. */
  qmp_channel_start (session->channel, session->context);
  qmp_calls_add (session->calls, task, "opening the session", deadline_of (timeout_ms),
                 session->context);
}

gboolean
qmp_session_open_finish (QmpSession *session, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_async_result_is_tagged (result, qmp_session_open_async), FALSE);
  g_return_val_if_fail (g_task_is_valid (result, session), FALSE);

  return g_task_propagate_boolean (G_TASK (result), error);
}

QmpValue *
qmp_session_get_greeting (QmpSession *session)
{
  g_return_val_if_fail (QMP_IS_SESSION (session), NULL);

  return session->greeting;
}

gboolean
qmp_session_is_open (QmpSession *session)
{
  g_return_val_if_fail (QMP_IS_SESSION (session), FALSE);

  return session->state == QMP_SESSION_OPEN;
}

void
qmp_session_call_async (QmpSession *session,
                        const char *command,
                        QmpValue *arguments,
                        guint timeout_ms,
                        GCancellable *cancellable,
                        GAsyncReadyCallback callback,
                        gpointer user_data)
{
  qmp_session_call_with_effect (session, command, arguments, QMP_CALL_NONE, NULL, 0, timeout_ms,
                                NULL, cancellable, callback, user_data);
}

void
qmp_session_call_full_async (QmpSession *session,
                             const char *command,
                             QmpValue *arguments,
                             QmpCallFlags flags,
                             const int *fds,
                             guint n_fds,
                             guint timeout_ms,
                             GCancellable *cancellable,
                             GAsyncReadyCallback callback,
                             gpointer user_data)
{
  qmp_session_call_with_effect (session, command, arguments, flags, fds, n_fds, timeout_ms, NULL,
                                cancellable, callback, user_data);
}

/* Whether a command can be sent now */
static gboolean
session_check (QmpSession *session, const char *command, QmpCallFlags flags, GError **error)
{
  GError *refusal = session_refuse (session, QMP_SESSION_OPEN, command ? command : "a call");

  if (!refusal && (flags & QMP_CALL_OUT_OF_BAND) && !session->wants_oob)
    refusal =
        g_error_new (QMP_ERROR, QMP_ERROR_INVALID_ARGUMENT,
                     "%s: out-of-band commands were not enabled before the session was opened",
                     command);
  if (refusal)
    g_propagate_error (error, refusal);
  return !refusal;
}

/* (transfer full) (nullable): %NULL if it was cancelled already */
static GTask *
call_new (QmpSession *session,
          GCancellable *cancellable,
          GAsyncReadyCallback callback,
          gpointer user_data)
{
  g_autoptr (GTask) task = g_task_new (session, cancellable, callback, user_data);

  g_task_set_source_tag (task, qmp_session_call_async);
  if (g_task_return_error_if_cancelled (task))
    return NULL;
  /* What has been answered stays so, whatever is cancelled before the answer is looked at. */
  g_task_set_check_cancellable (task, FALSE);
  return g_steal_pointer (&task);
}

/* @task: (transfer full); @text: (transfer full) (nullable): with the next id; %NULL with @error,
 * (transfer full). Returns (nullable) (transfer none): %NULL if it was not sent */
static QmpCall *
session_call (QmpSession *session,
              GTask *task,
              const char *command,
              char *text,
              const int *fds,
              guint n_fds,
              guint timeout_ms,
              GError *error)
{
  g_autoptr (GTask) owned = task;

  if (text &&
      session_send (session, qmp_calls_get_next_id (session->calls), text, fds, n_fds, &error))
    return qmp_calls_add (session->calls, task, command, deadline_of (timeout_ms),
                          session->context);
  g_task_return_error (task, error);
  return NULL;
}

void
qmp_session_call_with_effect (QmpSession *session,
                              const char *command,
                              QmpValue *arguments,
                              QmpCallFlags flags,
                              const int *fds,
                              guint n_fds,
                              guint timeout_ms,
                              QmpLateFunc late,
                              GCancellable *cancellable,
                              GAsyncReadyCallback callback,
                              gpointer user_data)
{
  GTask *task;
  char *text = NULL;
  GError *error = NULL;
  QmpCall *call;

  g_return_if_fail (QMP_IS_SESSION (session));

  task = call_new (session, cancellable, callback, user_data);
  if (!task)
    return;
  if (session_check (session, command, flags, &error))
    text = qmp_message_format_command (command, arguments, (flags & QMP_CALL_OUT_OF_BAND) != 0,
                                       qmp_calls_get_next_id (session->calls), &error);
  call = session_call (session, task, command, text, fds, n_fds, timeout_ms, error);
  if (call)
    call->late = G_CALLBACK (late);
}

void
qmp_session_call_text_async (QmpSession *session,
                             const char *command,
                             const char *arguments,
                             QmpCallFlags flags,
                             const int *fds,
                             guint n_fds,
                             guint timeout_ms,
                             GCancellable *cancellable,
                             GAsyncReadyCallback callback,
                             gpointer user_data)
{
  GTask *task = call_new (session, cancellable, callback, user_data);
  char *text = NULL;
  GError *error = NULL;

  if (!task)
    return;
  if (session_check (session, command, flags, &error))
    text = qmp_message_format_command_text (command, arguments, (flags & QMP_CALL_OUT_OF_BAND) != 0,
                                            qmp_calls_get_next_id (session->calls), &error);
  session_call (session, task, command, text, fds, n_fds, timeout_ms, error);
}

void
qmp_session_tell (QmpSession *session, const char *command, QmpValue *arguments)
{
  char *text;

  if (session->state != QMP_SESSION_OPEN)
    return;
  text = qmp_message_format_command (command, arguments, FALSE, qmp_calls_skip_id (session->calls),
                                     NULL);
  session_send (session, 0, text, NULL, 0, NULL);
}

/* (transfer full) (nullable) */
static QmpMessage *
call_finish (QmpSession *session, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_async_result_is_tagged (result, qmp_session_call_async), NULL);
  g_return_val_if_fail (g_task_is_valid (result, session), NULL);

  return g_task_propagate_pointer (G_TASK (result), error);
}

QmpValue *
qmp_session_call_finish (QmpSession *session, GAsyncResult *result, GError **error)
{
  g_autoptr (QmpMessage) reply = call_finish (session, result, error);

  return reply ? qmp_message_parse_body (reply, error) : NULL;
}

char *
qmp_session_call_finish_text (QmpSession *session, GAsyncResult *result, GError **error)
{
  g_autoptr (QmpMessage) reply = call_finish (session, result, error);

  return reply ? g_strndup (reply->body.start, reply->body.n_bytes) : NULL;
}

void
qmp_session_subscribe (QmpSession *session, const char *name)
{
  guint count;

  g_return_if_fail (QMP_IS_SESSION (session));
  g_return_if_fail (name);

  count = GPOINTER_TO_UINT (g_hash_table_lookup (session->subscriptions, name));
  g_hash_table_replace (session->subscriptions, g_strdup (name), GUINT_TO_POINTER (count + 1));
}

void
qmp_session_unsubscribe (QmpSession *session, const char *name)
{
  guint count;

  g_return_if_fail (QMP_IS_SESSION (session));
  g_return_if_fail (name);

  count = GPOINTER_TO_UINT (g_hash_table_lookup (session->subscriptions, name));
  if (count > 1)
    g_hash_table_replace (session->subscriptions, g_strdup (name), GUINT_TO_POINTER (count - 1));
  else
    g_hash_table_remove (session->subscriptions, name);
}

void
qmp_session_close (QmpSession *session)
{
  g_return_if_fail (QMP_IS_SESSION (session));

  if (session->state != QMP_SESSION_CLOSED)
    session_end_with (session, QMP_ERROR_DISCONNECTED, "the session was closed");
}
