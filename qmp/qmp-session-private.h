/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Private to libqmp. What the files that make a session what it is share: qmp-session.c (the
 * protocol), qmp-sync.c (blocking calls), and those that add to it (a recorder, a process).
 */
#pragma once

#include "qmp/qmp-calls.h"
#include "qmp/qmp-channel.h"
#include "qmp/qmp-message.h"
#include "qmp/qmp-session.h"

G_BEGIN_DECLS

typedef enum
{
  QMP_SESSION_NEW,
  QMP_SESSION_WAITING, /* for the greeting */
  QMP_SESSION_NEGOTIATING,
  QMP_SESSION_OPEN,
  QMP_SESSION_CLOSED,
} QmpSessionState;

/* Something that lives with the session's sources: a process, a replay. It follows the session into
 * another context (qmp_session_enter_context()) and is freed with it. */
typedef struct
{
  void (*enter_context) (gpointer attachment, GMainContext *context);
  void (*free) (gpointer attachment);
  /* (nullable): the monitor has closed the connection before the session was open. TRUE: the
   * attachment ends the session when it knows why. */
  gboolean (*explain_hang_up) (gpointer attachment);
} QmpAttachmentFuncs;

/* Hears every message of a session, as text: what was sent, and what has come. */
typedef struct
{
  void (*sent) (gpointer recorder, const char *text, gsize n_bytes);
  void (*received) (gpointer recorder, const char *text, gsize n_bytes);
  void (*ended) (gpointer recorder); /* the monitor closed the connection */
  void (*free) (gpointer recorder);
} QmpRecorderFuncs;

/* Takes the reply of a command that its caller has given up. */
typedef void (*QmpLateFunc) (QmpSession *session, const QmpMessage *reply);

/* Hears every event as it comes, masked or not and during a blocking call too; and, with a %NULL
 * @event, that the session has ended, before QmpSession::closed. */
typedef void (*QmpListenFunc) (QmpSession *session, const QmpMessage *event, gpointer user_data);

struct _QmpSession
{
  GObject parent;

  GMainContext *home;    /* (owned) that the session belongs to: callbacks and signals come here */
  GMainContext *context; /* (owned) that it works in now: another one during a blocking call */
  QmpSessionState state;
  gboolean wants_oob;
  QmpChannel *channel;       /* (owned) (nullable): until it is closed */
  QmpReader *reader;         /* (owned) */
  QmpCalls *calls;           /* (owned) */
  GHashTable *late;          /* (owned) (element-type guint64 QmpLateFunc): by id */
  QmpValue *greeting;        /* (owned) (nullable) */
  GHashTable *subscriptions; /* (owned) (element-type utf8 guint) */
  GError *error;             /* (owned) (nullable): why it was closed */
  GSource *end_source;       /* (owned) (nullable): the end is yet to be told */

  const QmpRecorderFuncs *recorder_funcs;     /* (nullable) */
  gpointer recorder;                          /* (owned) */
  const QmpAttachmentFuncs *attachment_funcs; /* (nullable) */
  gpointer attachment;                        /* (owned) */
  GHookList listeners;                        /* (owned) */
};

/* Goes on in @context: the session's own again, or the one of a blocking call. */
void qmp_session_enter_context (QmpSession *session, GMainContext *context);
/* @attachment, @recorder: (transfer full); each once. */
void qmp_session_attach (QmpSession *session, const QmpAttachmentFuncs *funcs, gpointer attachment);
void
qmp_session_set_recorder (QmpSession *session, const QmpRecorderFuncs *funcs, gpointer recorder);
/* The id is for qmp_session_unlisten(), which calls @destroy. Both can be called from a listener;
 * the new one does not hear the event that is being told. */
gulong qmp_session_listen (QmpSession *session,
                           QmpListenFunc func,
                           gpointer user_data,
                           GDestroyNotify destroy);
void qmp_session_unlisten (QmpSession *session, gulong id);
/* Ends the session from within, as if the monitor had. @error: (transfer full) */
void qmp_session_end (QmpSession *session, GError *error);

/* As qmp_session_call_full_async(), for a command that changes something in QEMU: it is sent even if
 * it is given up before, and then @late has its reply, unless that is an error. @late: (nullable) */
void qmp_session_call_with_effect (QmpSession *session,
                                   const char *command,
                                   QmpValue *arguments,
                                   QmpCallFlags flags,
                                   const int *fds,
                                   guint n_fds,
                                   guint timeout_ms,
                                   QmpLateFunc late,
                                   GCancellable *cancellable,
                                   GAsyncReadyCallback callback,
                                   gpointer user_data);
/* Like qmp_session_call_full_async(), for who passes a command on: @arguments (nullable) is the text
 * of a JSON object, which is not looked at. */
void qmp_session_call_text_async (QmpSession *session,
                                  const char *command,
                                  const char *arguments,
                                  QmpCallFlags flags,
                                  const int *fds,
                                  guint n_fds,
                                  guint timeout_ms,
                                  GCancellable *cancellable,
                                  GAsyncReadyCallback callback,
                                  gpointer user_data);
/* Sends a command whose reply nobody waits for, if the session is open. */
void qmp_session_tell (QmpSession *session, const char *command, QmpValue *arguments);

G_END_DECLS
