/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The life of a session: waiting for the greeting, negotiating, open, closed. Calls wait in a table
 * by id until a reply, a deadline, a cancellation or the end takes them out. Everything that a
 * caller hears, it hears from the main context, never from inside a function that it called.
 */
#include "qmp/qmp-session.h"

#include "qmp/qmp-message.h"
#include "qmp/qmp-writer.h"

#include <errno.h>
#include <fcntl.h>
#include <glib-unix.h>
#include <sys/socket.h>
#include <unistd.h>

#define READ_BYTES (64 * 1024)
/* How much is still read after the monitor has stopped reading: replies sent before that. */
#define LAST_READS 16

typedef enum
{
  SESSION_NEW,
  SESSION_WAITING, /* for the greeting */
  SESSION_NEGOTIATING,
  SESSION_OPEN,
  SESSION_CLOSED,
} SessionState;

struct _QmpSession
{
  GObject parent;

  GMainContext *context; /* (owned) */
  SessionState state;
  int fd;                    /* (owned): -1 once closed */
  QmpReader *reader;         /* (owned) */
  QmpWriter *writer;         /* (owned) */
  QmpValue *greeting;        /* (owned) (nullable) */
  GHashTable *calls;         /* (owned) (element-type guint64 QmpCall): unanswered */
  GHashTable *subscriptions; /* (owned) (element-type utf8 guint) */
  guint64 last_id;
  GError *error; /* (owned) (nullable): why it was closed */

  GSource *read_source;  /* (owned) (nullable) */
  GSource *write_source; /* (owned) (nullable): while the socket is full */
  GSource *break_source; /* (owned) (nullable): the monitor reads no more */
};

/* One command that is not answered yet; the task holds a reference on the session. */
typedef struct
{
  guint64 id;
  GTask *task;   /* (owned) */
  char *command; /* (owned) */
  guint timeout_ms;
  GSource *deadline; /* (owned) (nullable) */
  GSource *cancel;   /* (owned) (nullable) */
} QmpCall;

enum
{
  SIGNAL_EVENT,
  SIGNAL_CLOSED,
  N_SIGNALS,
};

static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (QmpSession, qmp_session, G_TYPE_OBJECT)

static void
source_clear (GSource **source)
{
  if (!*source)
    return;
  g_source_destroy (*source);
  g_clear_pointer (source, g_source_unref);
}

/* @source: (transfer full) */
static GSource *
session_attach (QmpSession *session, GSource *source, GSourceFunc callback, gpointer data)
{
  g_source_set_callback (source, callback, data, NULL);
  g_source_attach (source, session->context);
  return source;
}

static void
call_free (QmpCall *call)
{
  source_clear (&call->deadline);
  source_clear (&call->cancel);
  g_object_unref (call->task);
  g_free (call->command);
  g_free (call);
}

G_DEFINE_AUTOPTR_CLEANUP_FUNC (QmpCall, call_free)

static gboolean
call_is_open (QmpCall *call)
{
  return g_task_get_source_tag (call->task) == qmp_session_open_async;
}

/* (transfer full) (nullable) */
static QmpCall *
session_take_call (QmpSession *session, guint64 id)
{
  QmpCall *call = g_hash_table_lookup (session->calls, &id);

  if (call)
    g_hash_table_steal (session->calls, &id);
  return call;
}

static int
compare_calls (gconstpointer a, gconstpointer b)
{
  guint64 first = ((const QmpCall *) a)->id;
  guint64 second = ((const QmpCall *) b)->id;

  return (first > second) - (first < second);
}

static gboolean
on_end (gpointer data)
{
  QmpSession *session = data;
  g_autoptr (GList) calls = g_list_sort (g_hash_table_get_values (session->calls), compare_calls);

  g_hash_table_steal_all (session->calls);
  for (GList *link = calls; link; link = link->next)
    {
      g_autoptr (QmpCall) call = link->data;
      g_task_return_error (call->task, g_error_copy (session->error));
    }
  g_signal_emit (session, signals[SIGNAL_CLOSED], 0, session->error);
  return G_SOURCE_REMOVE;
}

static void
session_release (QmpSession *session)
{
  session->state = SESSION_CLOSED;
  source_clear (&session->read_source);
  source_clear (&session->write_source);
  source_clear (&session->break_source);
  if (session->fd >= 0)
    close (g_steal_fd (&session->fd));
}

/* Closes at once; tells it in an iteration of its own. @error: (transfer full) */
static void
session_end (QmpSession *session, GError *error)
{
  g_autoptr (GSource) source = NULL;
  GHashTableIter calls;
  QmpCall *call;

  session->error = error;
  session_release (session);
  g_clear_pointer (&session->writer, qmp_writer_free);

  g_hash_table_iter_init (&calls, session->calls);
  while (g_hash_table_iter_next (&calls, NULL, (gpointer *) &call))
    {
      source_clear (&call->deadline);
      source_clear (&call->cancel);
    }

  source = g_idle_source_new ();
  g_source_set_priority (source, G_PRIORITY_DEFAULT);
  g_source_set_callback (source, on_end, g_object_ref (session), g_object_unref);
  g_source_attach (source, session->context);
}

static void session_end_with (QmpSession *session, QmpError code, const char *format, ...)
    G_GNUC_PRINTF (3, 4);

static void
session_end_with (QmpSession *session, QmpError code, const char *format, ...)
{
  va_list arguments;

  va_start (arguments, format);
  session_end (session, g_error_new_valist (QMP_ERROR, code, format, arguments));
  va_end (arguments);
}

/* Ends a call before its reply. One that opens the session takes the session with it.
 * @error: (transfer full) */
static void
session_abandon_call (QmpSession *session, QmpCall *call, GError *error)
{
  g_autoptr (QmpCall) taken = NULL;

  if (call_is_open (call))
    {
      session_end (session, error);
      return;
    }
  taken = session_take_call (session, call->id);
  qmp_writer_forget (session->writer, call->id);
  g_task_return_error (call->task, error);
}

static gboolean
on_deadline (gpointer data)
{
  QmpCall *call = data;
  QmpSession *session = g_task_get_source_object (call->task);
  const char *missing = session->state == SESSION_WAITING ? "no greeting from the monitor"
                                                          : "no answer from the monitor";

  session_abandon_call (session, call,
                        g_error_new (QMP_ERROR, QMP_ERROR_TIMEOUT, "%s: %s within %u ms",
                                     call->command, missing, call->timeout_ms));
  return G_SOURCE_REMOVE;
}

static gboolean
on_cancelled (GCancellable *cancellable, gpointer data)
{
  QmpCall *call = data;

  session_abandon_call (g_task_get_source_object (call->task), call,
                        g_error_new (G_IO_ERROR, G_IO_ERROR_CANCELLED, "%s: the call was cancelled",
                                     call->command));
  return G_SOURCE_REMOVE;
}

/* (transfer none): waits in the table from now on */
static QmpCall *
session_add_call (QmpSession *session, GTask *task, const char *command, guint timeout_ms)
{
  QmpCall *call = g_new0 (QmpCall, 1);
  GCancellable *cancellable = g_task_get_cancellable (task);

  call->id = ++session->last_id;
  call->task = g_object_ref (task);
  call->command = g_strdup (command);
  call->timeout_ms = timeout_ms ? timeout_ms : QMP_DEFAULT_REPLY_TIMEOUT_MS;
  if (timeout_ms != G_MAXUINT)
    call->deadline =
        session_attach (session, g_timeout_source_new (call->timeout_ms), on_deadline, call);
  if (cancellable)
    call->cancel = session_attach (session, g_cancellable_source_new (cancellable),
                                   G_SOURCE_FUNC (on_cancelled), call);
  g_hash_table_insert (session->calls, &call->id, call);
  return call;
}

static void session_flush (QmpSession *session);

static gboolean
on_writable (int fd, GIOCondition condition, gpointer data)
{
  session_flush (data);
  return G_SOURCE_CONTINUE;
}

static gboolean session_read (QmpSession *session);

static gboolean
on_broken (gpointer data)
{
  g_autoptr (QmpSession) session = g_object_ref (data);
  guint n_reads = 0;

  while (session->state != SESSION_CLOSED && n_reads++ < LAST_READS && session_read (session))
    continue;
  if (session->state != SESSION_CLOSED)
    session_end_with (session, QMP_ERROR_DISCONNECTED, "the monitor reads no more commands");
  return G_SOURCE_REMOVE;
}

static void
session_flush (QmpSession *session)
{
  g_autoptr (GError) error = NULL;

  if (!qmp_writer_flush (session->writer, session->fd, &error))
    {
      g_debug ("%s", error->message);
      source_clear (&session->write_source);
      session->break_source = session_attach (session, g_idle_source_new (), on_broken, session);
      g_source_set_priority (session->break_source, G_PRIORITY_DEFAULT);
    }
  else if (qmp_writer_is_empty (session->writer))
    {
      source_clear (&session->write_source);
    }
  else if (!session->write_source)
    {
      session->write_source = session_attach (session, g_unix_fd_source_new (session->fd, G_IO_OUT),
                                              G_SOURCE_FUNC (on_writable), session);
    }
}

/* @text: (transfer full) */
static gboolean
session_send (
    QmpSession *session, guint64 id, char *text, const int *fds, guint n_fds, GError **error)
{
  if (!qmp_writer_push (session->writer, id, text, fds, n_fds, error))
    return FALSE;
  if (!session->write_source && !session->break_source)
    session_flush (session);
  return TRUE;
}

static void
session_negotiate (QmpSession *session, QmpValue *greeting)
{
  session->greeting = qmp_value_ref (greeting);
  session->state = SESSION_NEGOTIATING;
  /* Opening was the session's first call. */
  session_send (session, 1, qmp_message_format_command ("qmp_capabilities", NULL, 1, NULL), NULL, 0,
                NULL);
}

static void
session_complete_open (QmpSession *session, QmpMessage *message)
{
  g_autoptr (QmpCall) call = NULL;

  if (message->error)
    {
      session_end (session, g_steal_pointer (&message->error));
      return;
    }
  call = session_take_call (session, message->id);
  session->state = SESSION_OPEN;
  g_task_return_boolean (call->task, TRUE);
}

static void
session_complete_call (QmpSession *session, QmpMessage *message)
{
  g_autoptr (QmpCall) call = session_take_call (session, message->id);

  if (message->error)
    g_task_return_error (call->task, g_steal_pointer (&message->error));
  else
    g_task_return_pointer (call->task, g_steal_pointer (&message->body),
                           (GDestroyNotify) qmp_value_unref);
}

static void
session_emit_event (QmpSession *session, QmpMessage *message)
{
  if (!g_hash_table_contains (session->subscriptions, message->event) &&
      !g_hash_table_contains (session->subscriptions, "*"))
    return;
  /* Only a name that somebody listens to is a quark: a monitor cannot fill the table of quarks. */
  g_signal_emit (session, signals[SIGNAL_EVENT], g_quark_try_string (message->event),
                 message->event, message->body, message->timestamp_us);
}

static void
session_handle_reply (QmpSession *session, QmpMessage *message)
{
  QmpCall *call = g_hash_table_lookup (session->calls, &message->id);

  if (session->state == SESSION_WAITING)
    session_end_with (session, QMP_ERROR_PROTOCOL, "the monitor answered before its greeting");
  else if (!call)
    g_debug ("dropped a reply that nobody waits for");
  else if (call_is_open (call))
    session_complete_open (session, message);
  else
    session_complete_call (session, message);
}

static void
session_handle (QmpSession *session, QmpMessage *message)
{
  switch (message->kind)
    {
    case QMP_MESSAGE_GREETING:
      if (session->state == SESSION_WAITING)
        session_negotiate (session, message->body);
      break;
    case QMP_MESSAGE_RETURN:
    case QMP_MESSAGE_ERROR:
      session_handle_reply (session, message);
      break;
    case QMP_MESSAGE_EVENT:
      session_emit_event (session, message);
      break;
    case QMP_MESSAGE_OTHER:
      if (session->state == SESSION_WAITING)
        session_end_with (session, QMP_ERROR_PROTOCOL,
                          "the monitor's first message is no greeting");
      break;
    }
}

static void
session_handle_all (QmpSession *session)
{
  g_autoptr (GError) error = NULL;

  while (session->state != SESSION_CLOSED)
    {
      g_autoptr (QmpMessage) message = qmp_reader_next (session->reader, &error);
      if (!message)
        break;
      session_handle (session, message);
    }
  if (error)
    session_end (session, g_steal_pointer (&error));
}

/* Whether bytes have come; there may be more. */
static gboolean
session_read (QmpSession *session)
{
  char bytes[READ_BYTES];
  gssize n_bytes = recv (session->fd, bytes, sizeof bytes, MSG_DONTWAIT);

  if (n_bytes > 0)
    {
      qmp_reader_feed (session->reader, bytes, (gsize) n_bytes);
      session_handle_all (session);
      return TRUE;
    }
  if (n_bytes < 0 && (errno == EAGAIN || errno == EINTR))
    return FALSE;

  if (n_bytes < 0 && errno != ECONNRESET)
    session_end_with (session, QMP_ERROR_DISCONNECTED, "cannot read from the monitor: %s",
                      g_strerror (errno));
  else if (session->state == SESSION_WAITING)
    session_end_with (session, QMP_ERROR_DISCONNECTED,
                      "the monitor closed the connection before its greeting");
  else
    session_end_with (session, QMP_ERROR_DISCONNECTED, "the monitor closed the connection");
  return FALSE;
}

static gboolean
on_readable (int fd, GIOCondition condition, gpointer data)
{
  g_autoptr (QmpSession) session = g_object_ref (data);

  session_read (session);
  return G_SOURCE_CONTINUE;
}

static void
qmp_session_finalize (GObject *object)
{
  QmpSession *session = QMP_SESSION (object);

  session_release (session);
  g_clear_pointer (&session->writer, qmp_writer_free);
  qmp_reader_free (session->reader);
  g_clear_pointer (&session->greeting, qmp_value_unref);
  g_hash_table_unref (session->calls);
  g_hash_table_unref (session->subscriptions);
  g_clear_error (&session->error);
  g_main_context_unref (session->context);
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
  session->fd = -1;
  session->context = g_main_context_ref_thread_default ();
  session->reader = qmp_reader_new (QMP_MAX_MESSAGE_BYTES);
  session->writer = qmp_writer_new ();
  session->calls = g_hash_table_new (g_int64_hash, g_int64_equal);
  session->subscriptions = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
}

QmpSession *
qmp_session_new_for_fd (int fd)
{
  QmpSession *session;

  g_return_val_if_fail (fd >= 0, NULL);

  session = g_object_new (QMP_TYPE_SESSION, NULL);
  session->fd = fd;
  /* A process that the application starts would keep the monitor connected. */
  fcntl (fd, F_SETFD, FD_CLOEXEC);
  return session;
}

/* (transfer full) (nullable): why a command cannot be sent in this state */
static GError *
session_refuse (QmpSession *session, SessionState wanted, const char *command)
{
  if (session->state == wanted)
    return NULL;
  if (session->state == SESSION_CLOSED)
    return g_error_new (QMP_ERROR, QMP_ERROR_DISCONNECTED, "%s: the session is closed: %s", command,
                        session->error->message);
  return g_error_new (QMP_ERROR, QMP_ERROR_INVALID_ARGUMENT, "%s: the session is %s", command,
                      wanted == SESSION_NEW ? "open or opening already" : "not open yet");
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
  error = session_refuse (session, SESSION_NEW, "opening the session");
  if (error)
    {
      g_task_return_error (task, error);
      return;
    }

  session->state = SESSION_WAITING;
  /* Before the deadline's source: of two that are ready together the answer wins. Allowing
   * recursion saves GLib from taking the descriptor out of the poll and back around each reply,
   * which costs four system calls; the reader keeps no state outside of itself. */
  session->read_source = g_unix_fd_source_new (session->fd, G_IO_IN);
  g_source_set_can_recurse (session->read_source, TRUE);
  session_attach (session, session->read_source, G_SOURCE_FUNC (on_readable), session);
  session_add_call (session, task, "opening the session", timeout_ms);
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

  return session->state == SESSION_OPEN;
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
  qmp_session_call_with_fds_async (session, command, arguments, NULL, 0, timeout_ms, cancellable,
                                   callback, user_data);
}

void
qmp_session_call_with_fds_async (QmpSession *session,
                                 const char *command,
                                 QmpValue *arguments,
                                 const int *fds,
                                 guint n_fds,
                                 guint timeout_ms,
                                 GCancellable *cancellable,
                                 GAsyncReadyCallback callback,
                                 gpointer user_data)
{
  g_autoptr (GTask) task = NULL;
  g_autofree char *text = NULL;
  GError *error = NULL;
  guint64 id;

  g_return_if_fail (QMP_IS_SESSION (session));

  id = session->last_id + 1;
  task = g_task_new (session, cancellable, callback, user_data);
  g_task_set_source_tag (task, qmp_session_call_async);
  if (g_task_return_error_if_cancelled (task))
    return;
  error = session_refuse (session, SESSION_OPEN, command ? command : "a call");
  if (!error)
    text = qmp_message_format_command (command, arguments, id, &error);
  if (error || !session_send (session, id, g_steal_pointer (&text), fds, n_fds, &error))
    {
      g_task_return_error (task, error);
      return;
    }
  session_add_call (session, task, command, timeout_ms);
}

QmpValue *
qmp_session_call_finish (QmpSession *session, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_async_result_is_tagged (result, qmp_session_call_async), NULL);
  g_return_val_if_fail (g_task_is_valid (result, session), NULL);

  return g_task_propagate_pointer (G_TASK (result), error);
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

  if (session->state != SESSION_CLOSED)
    session_end_with (session, QMP_ERROR_DISCONNECTED, "the session was closed");
}
