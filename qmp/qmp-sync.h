/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Private to libqmp. Turns an asynchronous function into a blocking one. While it waits, nothing
 * runs but what it waits for: the session works in a context of its own, and all other callbacks and
 * signals come when the caller's main context runs again.
 */
#pragma once

#include "qmp/qmp-session.h"

G_BEGIN_DECLS

typedef struct
{
  QmpSession *session;   /* (owned) (nullable): one that exists already */
  GMainContext *context; /* (owned) */
  GAsyncResult *result;  /* (owned) (nullable) */
} QmpSync;

/* Between begin and end, asynchronous functions complete in the context of @sync.
 * @session: (nullable): none where the function makes one */
void qmp_sync_begin (QmpSync *sync, QmpSession *session);
/* The callback to give, with @sync as its data. */
void qmp_sync_done (GObject *source, GAsyncResult *result, gpointer sync);
/* (transfer none): waits */
GAsyncResult *qmp_sync_wait (QmpSync *sync);
/* @made: (nullable): the session that the function has made, which goes on in the caller's context */
void qmp_sync_end (QmpSync *sync, QmpSession *made);

G_END_DECLS
