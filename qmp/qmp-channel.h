/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Private to libqmp. A connected stream socket in a main context: reads what comes, sends what is
 * queued, tells when it is over. Knows nothing of messages.
 */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

typedef struct _QmpChannel QmpChannel;

typedef struct
{
  /* Bytes have come. @fds: descriptors that came with them, for the receiver to close; only where
   * the channel was made to accept them, and at most 16 at once: more end it. */
  void (*received) (
      const char *bytes, gsize n_bytes, const int *fds, guint n_fds, gpointer user_data);
  /* The peer has gone or the socket is broken; sent once, after all bytes. @error: (transfer full) */
  void (*ended) (GError *error, gpointer user_data);
  /* (nullable): what qmp_channel_send() could not send at once has been sent. */
  void (*drained) (gpointer user_data);
} QmpChannelFuncs;

/* @fd: (transfer full). No function is called before qmp_channel_start(), from inside another
 * function of the channel, or after qmp_channel_close(). */
QmpChannel *
qmp_channel_new (int fd, gboolean accepts_fds, const QmpChannelFuncs *funcs, gpointer user_data);
/* Reads from now on in @context. */
void qmp_channel_start (QmpChannel *channel, GMainContext *context);
/* Goes on in another context. */
void qmp_channel_move (QmpChannel *channel, GMainContext *context);
/* Stops reading, and starts again: who does not read makes the peer wait. A peer that goes meanwhile
 * takes what was not read with it. */
void qmp_channel_set_reading (QmpChannel *channel, gboolean reading);

/* Queues @text, (transfer full), and duplicates of @fds, and sends what the socket takes now.
 * Errors: %QMP_ERROR_INVALID_ARGUMENT for the descriptors. @id: for qmp_channel_forget() */
gboolean qmp_channel_send (
    QmpChannel *channel, guint64 id, char *text, const int *fds, guint n_fds, GError **error);
/* Forgets a text of which nothing was sent yet. */
void qmp_channel_forget (QmpChannel *channel, guint64 id);
/* Bytes that are queued and not sent */
gsize qmp_channel_get_unsent (const QmpChannel *channel);

/* Closes the descriptor at once and frees the channel, now or when its caller has returned. */
void qmp_channel_close (QmpChannel *channel);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (QmpChannel, qmp_channel_close)

G_END_DECLS
