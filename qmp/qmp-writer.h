/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Private to libqmp. Commands on their way to a socket: in order, never blocking, each with its
 * descriptors on its first byte. Knows nothing of what the commands say.
 */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

#define QMP_MAX_FDS 16

typedef struct _QmpWriter QmpWriter;

QmpWriter *qmp_writer_new (void);
void qmp_writer_free (QmpWriter *writer);

/* Queues @text, (transfer full), and duplicates of @fds; sends nothing yet. FALSE with
 * %QMP_ERROR_INVALID_ARGUMENT if the descriptors are too many or not open. */
gboolean qmp_writer_push (
    QmpWriter *writer, guint64 id, char *text, const int *fds, guint n_fds, GError **error);
/* Forgets the command @id unless some of it has been sent already. */
void qmp_writer_forget (QmpWriter *writer, guint64 id);
/* Sends what @socket_fd takes now. FALSE with %QMP_ERROR_DISCONNECTED when it takes no more. */
gboolean qmp_writer_flush (QmpWriter *writer, int socket_fd, GError **error);
/* Bytes that were queued and not sent yet */
gsize qmp_writer_get_unsent (const QmpWriter *writer);

G_END_DECLS
