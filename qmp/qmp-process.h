/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Private to libqmp. A child process that lives no longer than its owner: started with one socket,
 * watched by pidfd, its last words kept. Knows nothing of QEMU or of the protocol.
 */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* The child's number of the descriptor that it is given. */
#define QMP_PROCESS_FD 3

typedef struct _QmpProcess QmpProcess;

/* Runs argv[0], found in `PATH`, with @fd, which the caller keeps, as #QMP_PROCESS_FD.
 * Errors: %QMP_ERROR_EMULATOR */
QmpProcess *qmp_process_spawn (const char *const *argv, int fd, GError **error);
/* Kills the process and sees to it that no zombie is left: at once where no main loop waits for the
 * caller to return, else from @context. */
void qmp_process_kill (QmpProcess *process, GMainContext *context);

/* 0 once it has ended */
int qmp_process_get_pid (const QmpProcess *process);
/* Readable once the process has ended. */
int qmp_process_get_pidfd (const QmpProcess *process);
/* Takes note of the end; to be called when the pidfd is readable, any number of times. */
void qmp_process_reap (QmpProcess *process);
/* Of a process that was reaped, as waitpid() gives it. FALSE if somebody else has taken it. */
gboolean qmp_process_get_wait_status (const QmpProcess *process, int *wait_status);
/* (transfer full): "ended with exit status 1: " and what it wrote last, of one that was reaped */
char *qmp_process_describe_end (const QmpProcess *process);

G_END_DECLS
