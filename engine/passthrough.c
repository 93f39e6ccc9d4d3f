/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * One session with the monitor and one queue before it. A command waits there until the monitor is
 * open, until those before it are few enough, and until the descriptor before its own has arrived.
 */
#include "engine/passthrough.h"

#include "engine/engine-error.h"
#include "engine/qmp-failure.h"
#include "qemu/unix-socket.h"
#include "qmp/qmp-session-private.h"

#include <string.h>
#include <unistd.h>

/* QEMU reads no more once it holds eight commands, not even those that are out of band. */
#define MAX_UNDER_WAY 7
/* QEMU may drop one more connection while it gets over the loss of the one before. */
#define MAX_REFUSALS 3
/* Takes QEMU's only thread 20 ms each time and never changes: it is asked for once. */
#define SCHEMA_COMMAND "query-qmp-schema"

typedef struct
{
  const VbPassthroughListener *funcs;
  gpointer listener; /* (not owned) */
} Listener;

struct _VbPassthrough
{
  grefcount ref_count;
  char *path;                /* (owned) */
  VbQmpOwn *own;             /* (owned) */
  VbTextReader *text_reader; /* (owned) */
  const VbPassthroughFuncs *funcs;
  gpointer user_data;
  QmpSession *session;   /* (owned) (nullable): while it is connected */
  gulong event_listener; /* to the session's events */
  gboolean lacks_oob;    /* QEMU does not offer it */
  guint n_refusals;      /* sessions in a row that did not become open */
  gboolean is_closed;
  GQueue waiting;        /* (element-type Call) (owned): not sent yet */
  guint n_under_way;     /* commands in turn that were sent and not answered */
  gboolean fd_under_way; /* of those one has a descriptor */
  GArray *listeners;     /* (owned) (element-type Listener) */
  char *schema;          /* (owned) (nullable): what the command SCHEMA_COMMAND returned */
  GHashTable *names;     /* (owned) name of a descriptor in QEMU (owned) → session */
};

typedef struct
{
  VbPassthrough *passthrough; /* (owned) */
  GTask *task;                /* (owned) */
  char *name;                 /* (owned) */
  char *arguments;            /* (owned) (nullable) */
  char *subject;              /* (owned) (nullable) */
  char *who;                  /* (owned) (nullable) */
  VbQmpRights rights;         /* `who` is the one above */
  gboolean out_of_band;
  int fd;                    /* (owned) -1: none */
  GCancellable *cancellable; /* (owned) (nullable) */
  GSource *cancel_source;    /* (owned) (nullable): until it is answered or given up */
  gboolean is_sent;
  gboolean is_given_up; /* its caller was told; QEMU is still at work on it */
} Call;

static void passthrough_connect (VbPassthrough *passthrough);
static void passthrough_send_waiting (VbPassthrough *passthrough);

static void
call_disarm (Call *call)
{
  if (call->cancel_source != NULL)
    g_source_destroy (call->cancel_source);
  g_clear_pointer (&call->cancel_source, g_source_unref);
}

static void
call_free (Call *call)
{
  call_disarm (call);
  if (call->fd >= 0)
    close (call->fd);
  g_clear_object (&call->cancellable);
  g_free (call->name);
  g_free (call->arguments);
  g_free (call->subject);
  g_free (call->who);
  g_object_unref (call->task);
  vb_passthrough_unref (call->passthrough);
  g_free (call);
}
G_DEFINE_AUTOPTR_CLEANUP_FUNC (Call, call_free)

static void
drop_session (VbPassthrough *passthrough)
{
  g_autoptr (QmpSession) session = g_steal_pointer (&passthrough->session);

  if (session == NULL)
    return;
  g_signal_handlers_disconnect_by_data (session, passthrough);
  qmp_session_unlisten (session, passthrough->event_listener);
  qmp_session_close (session);
}

VbPassthrough *
vb_passthrough_new (const char *path,
                    VbQmpOwn *own,
                    const VbPassthroughFuncs *funcs,
                    gpointer user_data)
{
  VbPassthrough *passthrough = g_new0 (VbPassthrough, 1);

  g_ref_count_init (&passthrough->ref_count);
  passthrough->path = g_strdup (path);
  passthrough->own = own;
  passthrough->text_reader = vb_text_reader_new ();
  passthrough->funcs = funcs;
  passthrough->user_data = user_data;
  g_queue_init (&passthrough->waiting);
  passthrough->listeners = g_array_new (FALSE, FALSE, sizeof (Listener));
  passthrough->names = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  return passthrough;
}

VbPassthrough *
vb_passthrough_ref (VbPassthrough *passthrough)
{
  g_ref_count_inc (&passthrough->ref_count);
  return passthrough;
}

void
vb_passthrough_unref (VbPassthrough *passthrough)
{
  if (!g_ref_count_dec (&passthrough->ref_count))
    return;
  drop_session (passthrough);
  g_hash_table_unref (passthrough->names);
  g_array_unref (passthrough->listeners);
  vb_text_reader_unref (passthrough->text_reader);
  vb_qmp_own_free (passthrough->own);
  g_free (passthrough->schema);
  g_free (passthrough->path);
  g_free (passthrough);
}

/* Those that wait fail in an iteration of their own: their callers may be in the middle of
 * something. */
static gboolean
on_fail_waiting (gpointer data)
{
  GQueue *calls = data;
  Call *next;

  while ((next = g_queue_pop_head (calls)) != NULL)
    {
      g_autoptr (Call) call = next;
      g_task_return_error (call->task,
                           g_error_new (VB_ENGINE_ERROR, VB_ENGINE_ERROR_INVALID_STATE,
                                        "QEMU ended or refuses its monitor, so '%s' was not sent",
                                        call->name));
    }
  return G_SOURCE_REMOVE;
}

static void
free_calls (gpointer calls)
{
  g_queue_free_full (calls, (GDestroyNotify) call_free);
}

static void
fail_waiting (VbPassthrough *passthrough)
{
  GQueue *calls;

  if (g_queue_is_empty (&passthrough->waiting))
    return;
  calls = g_queue_new ();
  while (!g_queue_is_empty (&passthrough->waiting))
    {
      Call *call = g_queue_pop_head (&passthrough->waiting);

      call_disarm (call);
      g_queue_push_tail (calls, call);
    }
  g_idle_add_full (G_PRIORITY_DEFAULT, on_fail_waiting, calls, free_calls);
}

static void
on_event (QmpSession *session, const QmpMessage *event, gpointer data)
{
  g_autoptr (VbPassthrough) passthrough = vb_passthrough_ref (data);

  /* That the session has ended is heard otherwise. From the last to the first: one may remove
   * itself. */
  for (guint i = event ? passthrough->listeners->len : 0; i-- > 0;)
    {
      Listener *entry = &g_array_index (passthrough->listeners, Listener, i);
      entry->funcs->event (event->event, event->text, entry->listener);
    }
}

static void
on_opened (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (VbPassthrough) passthrough = data;
  g_autoptr (GError) error = NULL;

  if (!qmp_session_open_finish (QMP_SESSION (source), result, &error))
    {
      passthrough->lacks_oob = g_error_matches (error, QMP_ERROR, QMP_ERROR_UNSUPPORTED);
      passthrough->n_refusals++;
      return;
    }
  if (passthrough->session != QMP_SESSION (source))
    return;
  passthrough->n_refusals = 0;
  for (guint i = passthrough->listeners->len; i-- > 0;)
    {
      Listener *entry = &g_array_index (passthrough->listeners, Listener, i);
      entry->funcs->opened (entry->listener);
    }
  passthrough_send_waiting (passthrough);
}

static void
on_closed (QmpSession *session, const GError *error, gpointer data)
{
  g_autoptr (VbPassthrough) passthrough = vb_passthrough_ref (data);
  gboolean is_needed = !g_queue_is_empty (&passthrough->waiting) || passthrough->listeners->len > 0;

  g_debug ("%s: %s", passthrough->path, error->message);
  drop_session (passthrough);
  if (passthrough->n_refusals < MAX_REFUSALS && is_needed)
    passthrough_connect (passthrough);
  else
    fail_waiting (passthrough);
}

static void
passthrough_connect (VbPassthrough *passthrough)
{
  g_autoptr (GError) error = NULL;
  int fd;

  if (passthrough->session != NULL || passthrough->is_closed)
    return;
  fd = vb_unix_socket_connect (passthrough->path, &error);
  if (fd < 0)
    {
      g_debug ("%s: %s", passthrough->path, error->message);
      fail_waiting (passthrough);
      return;
    }
  passthrough->session = qmp_session_new_for_fd (fd);
  if (!passthrough->lacks_oob)
    qmp_session_enable_out_of_band (passthrough->session);
  passthrough->event_listener =
      qmp_session_listen (passthrough->session, on_event, passthrough, NULL);
  g_signal_connect (passthrough->session, "closed", G_CALLBACK (on_closed), passthrough);
  /* A stopped QEMU greets when it goes on: those who wait have deadlines of their own. */
  qmp_session_open_async (passthrough->session, G_MAXUINT, NULL, on_opened,
                          vb_passthrough_ref (passthrough));
}

/* What the call came to, for its caller. @text, @error: (transfer full), one of them (nullable) */
static void
call_complete (Call *call, char *text, GError *error)
{
  if (text != NULL && !g_utf8_validate (text, -1, NULL))
    {
      g_clear_pointer (&text, g_free);
      error = g_error_new (QMP_ERROR, QMP_ERROR_PROTOCOL, "its answer is not UTF-8");
    }
  if (text != NULL)
    g_task_return_pointer (call->task, text, g_free);
  else
    g_task_return_error (call->task, vb_qmp_failure_from_qmp (error, call->name));
}

static void
on_answered (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (Call) call = data;
  g_autoptr (GError) error = NULL;
  g_autofree char *text = qmp_session_call_finish_text (QMP_SESSION (source), result, &error);
  VbPassthrough *passthrough = call->passthrough;

  call_disarm (call);
  if (!call->out_of_band)
    passthrough->n_under_way--;
  if (call->fd >= 0)
    passthrough->fd_under_way = FALSE;
  if (text != NULL && passthrough->schema == NULL && g_str_equal (call->name, SCHEMA_COMMAND))
    passthrough->schema = g_strdup (text);
  if (text != NULL && g_str_equal (call->name, "closefd") && call->subject != NULL)
    g_hash_table_remove (passthrough->names, call->subject);

  if (!call->is_given_up)
    call_complete (call, g_steal_pointer (&text), g_steal_pointer (&error));
  else if (!vb_qmp_command_reads (call->name))
    vb_passthrough_tell_changed (passthrough);
  passthrough_send_waiting (passthrough);
}

/* @call: (transfer full) */
static void
call_send (Call *call)
{
  VbPassthrough *passthrough = call->passthrough;
  gboolean has_fd = call->fd >= 0;

  call->is_sent = TRUE;
  if (call->out_of_band)
    call_disarm (call);
  if (!vb_qmp_command_reads (call->name) && !passthrough->is_closed)
    passthrough->funcs->changing (call->name, &call->rights, passthrough->user_data);
  if (!call->out_of_band)
    passthrough->n_under_way++;
  if (has_fd)
    passthrough->fd_under_way = TRUE;
  if (has_fd && call->subject != NULL)
    g_hash_table_insert (passthrough->names, g_strdup (call->subject),
                         (gpointer) call->rights.session);
  /* Whoever gives up, QEMU does not: what it holds is counted until it has answered. Out of band
   * nothing is counted. */
  qmp_session_call_text_async (passthrough->session, call->name, call->arguments,
                               call->out_of_band ? QMP_CALL_OUT_OF_BAND : QMP_CALL_NONE, &call->fd,
                               has_fd ? 1 : 0, G_MAXUINT,
                               call->out_of_band ? call->cancellable : NULL, on_answered, call);
}

static gboolean
can_send (const Call *call)
{
  const VbPassthrough *passthrough = call->passthrough;

  if (passthrough->session == NULL || !qmp_session_is_open (passthrough->session))
    return FALSE;
  return call->out_of_band || (passthrough->n_under_way < MAX_UNDER_WAY &&
                               !(call->fd >= 0 && passthrough->fd_under_way));
}

static void
passthrough_send_waiting (VbPassthrough *passthrough)
{
  while (!g_queue_is_empty (&passthrough->waiting) &&
         can_send (g_queue_peek_head (&passthrough->waiting)))
    call_send (g_queue_pop_head (&passthrough->waiting));
}

static gboolean
on_cancelled (GCancellable *cancellable, gpointer data)
{
  Call *call = data;

  call_disarm (call);
  g_task_return_new_error (call->task, G_IO_ERROR, G_IO_ERROR_CANCELLED, "'%s' was cancelled",
                           call->name);
  call->is_given_up = TRUE;
  if (!call->is_sent)
    {
      g_queue_remove (&call->passthrough->waiting, call);
      call_free (call);
    }
  return G_SOURCE_REMOVE;
}

static void
call_arm (Call *call)
{
  call->cancel_source = g_cancellable_source_new (call->cancellable);
  g_source_set_callback (call->cancel_source, G_SOURCE_FUNC (on_cancelled), call, NULL);
  g_source_attach (call->cancel_source, g_main_context_get_thread_default ());
}

void
vb_passthrough_call_async (VbPassthrough *passthrough,
                           const VbQmpCommand *command,
                           const VbQmpRights *rights,
                           int fd,
                           GCancellable *cancellable,
                           GAsyncReadyCallback callback,
                           gpointer user_data)
{
  Call *call = g_new0 (Call, 1);

  call->passthrough = vb_passthrough_ref (passthrough);
  call->task = g_task_new (NULL, NULL, callback, user_data);
  g_task_set_source_tag (call->task, vb_passthrough_call_async);
  call->name = g_strdup (command->name);
  call->arguments = g_strdup (command->arguments);
  call->subject = g_strdup (command->subject);
  call->who = g_strdup (rights->who);
  call->rights = *rights;
  call->rights.who = call->who;
  call->out_of_band = command->out_of_band;
  call->fd = fd;
  g_set_object (&call->cancellable, cancellable);
  if (cancellable != NULL)
    call_arm (call);
  if (passthrough->schema != NULL && command->arguments == NULL &&
      g_str_equal (command->name, SCHEMA_COMMAND))
    {
      g_task_return_pointer (call->task, g_strdup (passthrough->schema), g_free);
      call_free (call);
      return;
    }
  /* In turn, but for one that is out of turn. */
  if (can_send (call) && (call->out_of_band || g_queue_is_empty (&passthrough->waiting)))
    {
      call_send (call);
      return;
    }
  g_queue_push_tail (&passthrough->waiting, call);
  if (passthrough->is_closed)
    fail_waiting (passthrough);
  else
    passthrough_connect (passthrough);
}

char *
vb_passthrough_call_finish (GAsyncResult *result, GError **error)
{
  return g_task_propagate_pointer (G_TASK (result), error);
}

/* A name of a descriptor is known to the whole monitor, but to the session that chose it alone it
 * means something. */
static gboolean
is_others_name (VbPassthrough *passthrough, const VbQmpCommand *command, const VbQmpRights *rights)
{
  gpointer session;

  return command->subject != NULL &&
         g_strcmp0 (vb_qmp_command_get_subject (command->name), "fdname") == 0 &&
         g_hash_table_lookup_extended (passthrough->names, command->subject, NULL, &session) &&
         session != rights->session;
}

gboolean
vb_passthrough_check (VbPassthrough *passthrough,
                      const VbQmpCommand *command,
                      const VbQmpRights *rights,
                      GError **error)
{
  const char *harm = vb_qmp_own_find_harm (passthrough->own, command->name, command->subject);

  if (g_str_equal (command->name, "qmp_capabilities"))
    g_set_error (error, VB_ENGINE_ERROR, VB_ENGINE_ERROR_QMP_COMMAND_NOT_FOUND,
                 "Capabilities negotiation is already complete, command ignored");
  else if (!rights->control && !vb_qmp_command_reads (command->name))
    g_set_error (error, VB_ENGINE_ERROR, VB_ENGINE_ERROR_INVALID_ARGUMENT,
                 "'%s' is none of the commands that only read, which is all that this session may;"
                 " open one with the mode 'control'",
                 command->name);
  else if (harm != NULL && !rights->unsafe)
    g_set_error (error, VB_ENGINE_ERROR, VB_ENGINE_ERROR_INVALID_ARGUMENT,
                 "'%s' %s; set the option 'unsafe' if that is meant", command->name, harm);
  else if (is_others_name (passthrough, command, rights))
    g_set_error (error, VB_ENGINE_ERROR, VB_ENGINE_ERROR_INVALID_ARGUMENT,
                 "'%s' of '%s': a descriptor of another session is called so; use another name",
                 command->name, command->subject);
  else
    return TRUE;
  return FALSE;
}

void
vb_passthrough_close (VbPassthrough *passthrough)
{
  passthrough->is_closed = TRUE;
  drop_session (passthrough);
  fail_waiting (passthrough);
  while (passthrough->listeners->len > 0)
    {
      guint last = passthrough->listeners->len - 1;
      Listener entry = g_array_index (passthrough->listeners, Listener, last);

      g_array_set_size (passthrough->listeners, last);
      entry.funcs->closed (entry.listener);
    }
}

VbTextReader *
vb_passthrough_get_text_reader (VbPassthrough *passthrough)
{
  return passthrough->text_reader;
}

QmpValue *
vb_passthrough_get_greeting (VbPassthrough *passthrough)
{
  QmpSession *session = passthrough->session;

  return session != NULL && qmp_session_is_open (session) ? qmp_session_get_greeting (session)
                                                          : NULL;
}

gboolean
vb_passthrough_has_oob (VbPassthrough *passthrough)
{
  return !passthrough->lacks_oob;
}

void
vb_passthrough_add_listener (VbPassthrough *passthrough,
                             const VbPassthroughListener *funcs,
                             gpointer listener)
{
  Listener entry = { funcs, listener };

  g_array_append_val (passthrough->listeners, entry);
  passthrough_connect (passthrough);
}

void
vb_passthrough_remove_listener (VbPassthrough *passthrough, gpointer listener)
{
  for (guint i = 0; i < passthrough->listeners->len; i++)
    if (g_array_index (passthrough->listeners, Listener, i).listener == listener)
      {
        g_array_remove_index (passthrough->listeners, i);
        return;
      }
}

guint
vb_passthrough_get_n_listeners (VbPassthrough *passthrough)
{
  return passthrough->listeners->len;
}

void
vb_passthrough_tell_changed (VbPassthrough *passthrough)
{
  if (!passthrough->is_closed)
    passthrough->funcs->changed (passthrough->user_data);
}

void
vb_passthrough_drop_names (VbPassthrough *passthrough, gconstpointer session)
{
  GHashTableIter names;
  gpointer name, owner;

  g_hash_table_iter_init (&names, passthrough->names);
  while (g_hash_table_iter_next (&names, &name, &owner))
    if (owner == session)
      {
        g_autoptr (QmpValue) arguments = qmp_value_new_object ();
        qmp_value_set_string (arguments, "fdname", name);
        if (passthrough->session != NULL && qmp_session_is_open (passthrough->session))
          qmp_session_call_async (passthrough->session, "closefd", arguments, G_MAXUINT, NULL, NULL,
                                  NULL);
        g_hash_table_iter_remove (&names);
      }
}
