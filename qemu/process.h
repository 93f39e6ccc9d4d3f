/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * A process that outlives the service, or one that only answers it: spawned or found again, watched
 * and signalled by pidfd. Knows nothing of QEMU.
 */
#pragma once

#include <glib.h>

typedef struct _VbProcess VbProcess;

typedef struct
{
  char **argv;
  char **environment;
  int output_fd;         /* standard output and error */
  const int *source_fds; /* (array length=n_fds): ours… */
  const int *target_fds; /* (array length=n_fds): …and their numbers there */
  guint n_fds;
  int record_fd;       /* the target number of the file that gets the process's own stat line; it is
                         closed before the program runs; -1: it is not on record */
  gint64 uid;          /* -1: as the service */
  gint64 gid;          /* -1: as the service */
  const guint *groups; /* (array length=n_groups): supplementary ones, used with @uid */
  guint n_groups;
  guint64 locked_bytes; /* how much memory it may lock; 0: as the service */
} VbProcessSpec;

/* Who a process was, as its record tells. */
typedef struct
{
  int pid;
  guint64 start_time_ticks; /* since boot: with the pid it names one process */
} VbProcessIdentity;

/* Called once, when the process has ended. @status_known: FALSE where it is no child of ours */
typedef void (*VbProcessExitFunc) (gboolean status_known, int wait_status, gpointer user_data);

/* The program runs without a controlling terminal, without new privileges, with default signals, and
 * with no descriptors but those of @spec. It is on record before it runs: if the service dies first,
 * so does it. One that is not on record dies with the service, whenever that is, and what it has
 * started goes with it: it is to be watched. Errors: of #GSpawnError. */
VbProcess *vb_process_spawn (const VbProcessSpec *spec, GError **error);
/* (nullable): %NULL where the process that @identity names is gone */
VbProcess *vb_process_adopt (const VbProcessIdentity *identity);
/* Forgets the process, which goes on. */
void vb_process_free (VbProcess *process);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (VbProcess, vb_process_free)

/* In the thread-default main context. */
void vb_process_watch (VbProcess *process, VbProcessExitFunc func, gpointer user_data);
int vb_process_get_pid (const VbProcess *process);
/* Does nothing where the process has ended. */
void vb_process_signal (VbProcess *process, int signal_number);

/* (transfer full): what a program of the service finds in its environment, g_strfreev() */
char **vb_process_make_environment (void);
/* Reads a line of the form of /proc/PID/stat. */
gboolean vb_process_identity_parse (const char *stat_line, VbProcessIdentity *identity);
/* (transfer full): the supplementary groups of @uid. May block. */
guint *vb_process_list_groups (gint64 uid, gint64 gid, guint *n_groups);
