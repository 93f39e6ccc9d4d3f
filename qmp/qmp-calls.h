/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Private to libqmp. Commands that wait for their replies: each with its task, its deadline and its
 * cancellable, found by the id that it was sent with. Sends nothing and decides nothing about what
 * a reply means.
 */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

typedef struct _QmpCalls QmpCalls;

typedef struct
{
  guint64 id;
  GTask *task;   /* (owned) */
  char *command; /* (owned) */
  guint timeout_ms;
  GCallback late;    /* (nullable): the owner's, for a reply that comes after it was given up */
  GSource *deadline; /* (owned) (nullable) */
  GSource *cancel;   /* (owned) (nullable) */
  QmpCalls *calls;   /* (not owned) that it waits in */
} QmpCall;

void qmp_call_free (QmpCall *call);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (QmpCall, qmp_call_free)

/* The deadline has passed or the call was cancelled; @error: (transfer full): to tell. The call still
 * waits in the table. */
typedef void (*QmpCallGivenUpFunc) (QmpCall *call, GError *error, gpointer user_data);

QmpCalls *qmp_calls_new (QmpCallGivenUpFunc given_up, gpointer user_data);
/* Nobody may wait any more. */
void qmp_calls_free (QmpCalls *calls);

guint64 qmp_calls_get_next_id (const QmpCalls *calls);
/* Takes the next id for a command that nobody waits for. */
guint64 qmp_calls_skip_id (QmpCalls *calls);
/* Takes the next id. The call waits from now on, its deadline and cancellable in @context.
 * @timeout_ms: %G_MAXUINT: no deadline. (transfer none) */
QmpCall *qmp_calls_add (
    QmpCalls *calls, GTask *task, const char *command, guint timeout_ms, GMainContext *context);
/* (transfer none) (nullable) */
QmpCall *qmp_calls_find (QmpCalls *calls, guint64 id);
/* (transfer full) (nullable): waits no longer */
QmpCall *qmp_calls_take (QmpCalls *calls, guint64 id);
/* Neither a deadline nor a cancellation ends a call any more. */
void qmp_calls_disarm (QmpCalls *calls);
/* Takes all, and fails them in the order in which they were sent. */
void qmp_calls_fail_all (QmpCalls *calls, const GError *error);

G_END_DECLS
