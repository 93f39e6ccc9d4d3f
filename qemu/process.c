/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * A process by pidfd. Pids are used again by the kernel: a pid counts only together with the time
 * at which its process started, and is looked at only behind an open pidfd.
 */
#include "qemu/process.h"

#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <poll.h>
#include <pwd.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/pidfd.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <glib-unix.h>

/* Fields of /proc/PID/stat counted from the one after the name, which is field 2. */
#define STAT_FIELDS_TO_START_TIME 19
#define NEW_FILES_UMASK 0077
#define FAILED_SET_UP_STATUS 126
#define MAX_GROUPS 256

struct _VbProcess
{
  int pid;
  int pidfd;           /* (owned) */
  GSource *watch;      /* (owned) (nullable) */
  gboolean owns_group; /* what it has started goes with it */
  VbProcessExitFunc func;
  gpointer user_data;
};

/* What the child needs between fork and exec: nothing there may allocate. */
typedef struct
{
  const VbProcessSpec *spec;
  pid_t parent;
  gid_t groups[MAX_GROUPS];
  gsize n_groups;
} ChildSetup;

/* Only async-signal-safe calls from here to run_in_child(). */

static gboolean
write_record (int record_fd)
{
  char line[1024];
  int stat_fd = open ("/proc/self/stat", O_RDONLY | O_CLOEXEC);
  ssize_t length = stat_fd >= 0 ? read (stat_fd, line, sizeof line) : -1;
  if (stat_fd >= 0)
    close (stat_fd);
  return length > 0 && write (record_fd, line, (size_t) length) == length && close (record_fd) == 0;
}

static gboolean
drop_privileges (const ChildSetup *setup)
{
  const VbProcessSpec *spec = setup->spec;
  if (spec->uid >= 0 && setgroups (setup->n_groups, setup->groups) < 0)
    return FALSE;
  if (spec->gid >= 0 && setgid ((gid_t) spec->gid) < 0)
    return FALSE;
  return spec->uid < 0 || setuid ((uid_t) spec->uid) == 0;
}

static void
reset_signals (void)
{
  sigset_t none;
  for (int number = 1; number < NSIG; number++)
    signal (number, SIG_DFL);
  sigemptyset (&none);
  sigprocmask (SIG_SETMASK, &none, NULL);
}

/* It dies with the service from here on. */
static gboolean
tie_to_service (const ChildSetup *setup)
{
  return prctl (PR_SET_PDEATHSIG, SIGKILL) == 0 && getppid () == setup->parent;
}

/* A service that dies before the record is written takes the child with it; one that dies later
 * leaves a process that is on record. */
static gboolean
go_on_record (const ChildSetup *setup)
{
  return setup->spec->record_fd < 0 ||
         (write_record (setup->spec->record_fd) && prctl (PR_SET_PDEATHSIG, 0) == 0);
}

/* The kernel unties a process that becomes another user's. */
static gboolean
become_user (const ChildSetup *setup)
{
  return drop_privileges (setup) && (setup->spec->record_fd >= 0 || tie_to_service (setup));
}

/* As long as it has the service's privileges. */
static gboolean
raise_limits (const VbProcessSpec *spec)
{
  struct rlimit limit;
  if (spec->locked_bytes == 0)
    return TRUE;
  if (getrlimit (RLIMIT_MEMLOCK, &limit) < 0)
    return FALSE;
  limit.rlim_max = MAX (limit.rlim_max, spec->locked_bytes);
  limit.rlim_cur = limit.rlim_max;
  return setrlimit (RLIMIT_MEMLOCK, &limit) == 0;
}

static void
run_in_child (gpointer user_data)
{
  const ChildSetup *setup = user_data;
  reset_signals ();
  umask (NEW_FILES_UMASK);
  if (!tie_to_service (setup) || setsid () < 0 || !go_on_record (setup) ||
      !raise_limits (setup->spec) || !become_user (setup) ||
      prctl (PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) < 0)
    _exit (FAILED_SET_UP_STATUS);
}

static VbProcess *
process_new (int pid, int pidfd, gboolean owns_group)
{
  VbProcess *process = g_new0 (VbProcess, 1);
  process->pid = pid;
  process->pidfd = pidfd;
  process->owns_group = owns_group;
  return process;
}

VbProcess *
vb_process_spawn (const VbProcessSpec *spec, GError **error)
{
  ChildSetup setup = { .spec = spec, .parent = getpid () };
  GPid pid;
  int pidfd;

  setup.n_groups = MIN (spec->n_groups, MAX_GROUPS);
  for (gsize i = 0; i < setup.n_groups; i++)
    setup.groups[i] = spec->groups[i];
  if (!g_spawn_async_with_pipes_and_fds (
          "/", (const char *const *) spec->argv, (const char *const *) spec->environment,
          G_SPAWN_DO_NOT_REAP_CHILD, run_in_child, &setup, -1, spec->output_fd, spec->output_fd,
          spec->source_fds, spec->target_fds, spec->n_fds, &pid, NULL, NULL, NULL, error))
    return NULL;

  /* Nobody has reaped the child, so the pid is still its own. */
  pidfd = pidfd_open (pid, 0);
  if (pidfd >= 0)
    return process_new (pid, pidfd, spec->record_fd < 0);
  g_set_error (error, G_SPAWN_ERROR, G_SPAWN_ERROR_FAILED, "the process cannot be watched: %s",
               g_strerror (errno));
  kill (pid, SIGKILL);
  waitpid (pid, NULL, 0);
  return NULL;
}

static gboolean
has_ended (int pidfd)
{
  struct pollfd poll_fd = { .fd = pidfd, .events = POLLIN };
  return poll (&poll_fd, 1, 0) > 0;
}

static gboolean
is_same_process (const VbProcessIdentity *identity)
{
  g_autofree char *path = g_strdup_printf ("/proc/%d/stat", identity->pid);
  g_autofree char *line = NULL;
  VbProcessIdentity found;
  return g_file_get_contents (path, &line, NULL, NULL) &&
         vb_process_identity_parse (line, &found) &&
         found.start_time_ticks == identity->start_time_ticks;
}

VbProcess *
vb_process_adopt (const VbProcessIdentity *identity)
{
  int pidfd = pidfd_open (identity->pid, 0);
  if (pidfd < 0)
    return NULL;
  if (is_same_process (identity) && !has_ended (pidfd))
    return process_new (identity->pid, pidfd, FALSE);
  close (pidfd);
  return NULL;
}

static void
stop_watching (VbProcess *process)
{
  if (process->watch != NULL)
    g_source_destroy (process->watch);
  g_clear_pointer (&process->watch, g_source_unref);
}

void
vb_process_free (VbProcess *process)
{
  stop_watching (process);
  close (process->pidfd);
  g_free (process);
}

/* The status as waitpid() gives it. */
static int
status_of (const siginfo_t *info)
{
  return info->si_code == CLD_EXITED ? W_EXITCODE (info->si_status, 0)
                                     : W_EXITCODE (0, info->si_status);
}

static gboolean
on_ended (gint fd, GIOCondition condition, gpointer user_data)
{
  VbProcess *process = user_data;
  VbProcessExitFunc func = process->func;
  gpointer func_data = process->user_data;
  siginfo_t info = { 0 };
  gboolean is_child;

  /* Before it is reaped nobody else can have its number. */
  if (process->owns_group)
    kill (-process->pid, SIGKILL);
  is_child = waitid (P_PIDFD, (id_t) fd, &info, WEXITED) == 0;

  stop_watching (process);
  func (is_child, is_child ? status_of (&info) : 0, func_data);
  return G_SOURCE_REMOVE;
}

void
vb_process_watch (VbProcess *process, VbProcessExitFunc func, gpointer user_data)
{
  process->func = func;
  process->user_data = user_data;
  process->watch = g_unix_fd_source_new (process->pidfd, G_IO_IN);
  g_source_set_callback (process->watch, G_SOURCE_FUNC (on_ended), process, NULL);
  g_source_attach (process->watch, g_main_context_get_thread_default ());
}

int
vb_process_get_pid (const VbProcess *process)
{
  return process->pid;
}

void
vb_process_signal (VbProcess *process, int signal_number)
{
  int result = process->owns_group ? kill (-process->pid, signal_number)
                                   : pidfd_send_signal (process->pidfd, signal_number, NULL, 0);

  if (result < 0 && errno != ESRCH)
    g_warning ("cannot signal process %d: %s", process->pid, g_strerror (errno));
}

char **
vb_process_make_environment (void)
{
  static const char *const kept[] = { "PATH", "HOME", "TMPDIR", "XDG_RUNTIME_DIR" };
  char **environment = NULL;

  for (guint i = 0; i < G_N_ELEMENTS (kept); i++)
    if (g_getenv (kept[i]) != NULL)
      environment = g_environ_setenv (environment, kept[i], g_getenv (kept[i]), TRUE);
  return g_environ_setenv (environment, "LC_ALL", "C", TRUE);
}

gboolean
vb_process_identity_parse (const char *stat_line, VbProcessIdentity *identity)
{
  /* The name is in parentheses and may hold anything, parentheses and blanks too. */
  const char *after_name = strrchr (stat_line, ')');
  g_auto (GStrv) fields = NULL;
  if (after_name == NULL)
    return FALSE;
  fields = g_strsplit (after_name + 1, " ", -1);
  /* The first is empty: a blank follows the name. */
  if (g_strv_length (fields) <= STAT_FIELDS_TO_START_TIME + 1)
    return FALSE;
  identity->pid = (int) g_ascii_strtoll (stat_line, NULL, 10);
  identity->start_time_ticks = g_ascii_strtoull (fields[STAT_FIELDS_TO_START_TIME + 1], NULL, 10);
  return identity->pid > 0 && identity->start_time_ticks > 0;
}

guint *
vb_process_list_groups (gint64 uid, gint64 gid, guint *n_groups)
{
  gid_t groups[MAX_GROUPS];
  int n = MAX_GROUPS;
  struct passwd entry;
  struct passwd *found = NULL;
  char buffer[4096];
  guint *result;

  if (uid < 0 || getpwuid_r ((uid_t) uid, &entry, buffer, sizeof buffer, &found) != 0 ||
      found == NULL ||
      getgrouplist (entry.pw_name, gid >= 0 ? (gid_t) gid : entry.pw_gid, groups, &n) < 0)
    n = 0;
  result = g_new (guint, n + 1);
  for (int i = 0; i < n; i++)
    result[i] = groups[i];
  *n_groups = (guint) n;
  return result;
}
