/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * A child process by pidfd. What it writes to its standard error goes to a sealed piece of memory:
 * nobody has to read it, and it cannot grow.
 */
#include "qmp/qmp-process.h"

#include "qmp/qmp-error.h"

#include <errno.h>
#include <fcntl.h>
#include <glib-unix.h>
#include <poll.h>
#include <signal.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/pidfd.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#define OUTPUT_BYTES (64 * 1024)
#define LAST_WORDS_BYTES 4096
/* How long a killed process is waited for where that keeps nobody. */
#define KILL_WAIT_MS 1000
#define FAILED_SET_UP_STATUS 126

struct _QmpProcess
{
  int pid;       /* 0 once it was reaped */
  int pidfd;     /* (owned): -1 before there is one */
  int output_fd; /* (owned): its standard error; the position is where the process writes next */
  gboolean status_known;
  int wait_status;
};

static void
process_free (QmpProcess *process)
{
  if (process->pidfd >= 0)
    close (process->pidfd);
  close (process->output_fd);
  g_free (process);
}

/* Between fork and exec: only async-signal-safe calls. */
static void
set_up_child (gpointer data)
{
  pid_t parent = *(const pid_t *) data;
  sigset_t none;

  for (int number = 1; number < NSIG; number++)
    signal (number, SIG_DFL);
  sigemptyset (&none);
  sigprocmask (SIG_SETMASK, &none, NULL);
  if (prctl (PR_SET_PDEATHSIG, SIGKILL) < 0 || getppid () != parent)
    _exit (FAILED_SET_UP_STATUS);
}

/* -1 with errno set */
static int
open_bounded_memory (void)
{
  int fd = memfd_create ("qmp-process-output", MFD_CLOEXEC | MFD_ALLOW_SEALING);

  if (fd < 0 || (ftruncate (fd, OUTPUT_BYTES) == 0 &&
                 fcntl (fd, F_ADD_SEALS, F_SEAL_GROW | F_SEAL_SHRINK | F_SEAL_SEAL) == 0))
    return fd;
  close (fd);
  return -1;
}

static void
set_error (GError **error, const char *const *argv, const char *reason)
{
  g_set_error (error, QMP_ERROR, QMP_ERROR_EMULATOR, "cannot run '%s': %s", argv[0], reason);
}

static gboolean
process_run (QmpProcess *process, const char *const *argv, int fd, GError **error)
{
  g_autoptr (GError) spawn_error = NULL;
  pid_t parent = getpid ();
  int target_fd = QMP_PROCESS_FD;

  if (!g_spawn_async_with_pipes_and_fds (NULL, argv, NULL,
                                         G_SPAWN_DO_NOT_REAP_CHILD | G_SPAWN_SEARCH_PATH,
                                         set_up_child, &parent, -1, -1, process->output_fd, &fd,
                                         &target_fd, 1, &process->pid, NULL, NULL, NULL,
                                         &spawn_error))
    {
      set_error (error, argv, spawn_error->message);
      return FALSE;
    }
  /* Nobody has reaped the child, so the pid is still its own. */
  process->pidfd = pidfd_open (process->pid, 0);
  if (process->pidfd >= 0)
    return TRUE;
  set_error (error, argv, g_strerror (errno));
  kill (process->pid, SIGKILL);
  waitpid (process->pid, NULL, 0);
  return FALSE;
}

QmpProcess *
qmp_process_spawn (const char *const *argv, int fd, GError **error)
{
  int output_fd = open_bounded_memory ();
  QmpProcess *process;

  if (output_fd < 0)
    {
      set_error (error, argv, g_strerror (errno));
      return NULL;
    }
  process = g_new0 (QmpProcess, 1);
  process->pidfd = -1;
  process->output_fd = output_fd;
  if (process_run (process, argv, fd, error))
    return process;
  process_free (process);
  return NULL;
}

static gboolean
has_ended (const QmpProcess *process, int timeout_ms)
{
  struct pollfd poll_fd = { .fd = process->pidfd, .events = POLLIN };

  return process->pid == 0 || poll (&poll_fd, 1, timeout_ms) > 0;
}

static gboolean
on_killed (int pidfd, GIOCondition condition, gpointer data)
{
  return G_SOURCE_REMOVE;
}

/* The last chance, too, of one whose context has gone without running again. */
static void
process_reap_and_free (QmpProcess *process)
{
  if (has_ended (process, 0))
    qmp_process_reap (process);
  process_free (process);
}

void
qmp_process_kill (QmpProcess *process, GMainContext *context)
{
  gboolean loop_waits = g_main_depth () > 0;
  g_autoptr (GSource) source = NULL;

  pidfd_send_signal (process->pidfd, SIGKILL, NULL, 0);
  if (has_ended (process, loop_waits ? 0 : KILL_WAIT_MS))
    {
      process_reap_and_free (process);
      return;
    }
  source = g_unix_fd_source_new (process->pidfd, G_IO_IN);
  g_source_set_callback (source, G_SOURCE_FUNC (on_killed), process,
                         (GDestroyNotify) process_reap_and_free);
  g_source_attach (source, context);
}

int
qmp_process_get_pid (const QmpProcess *process)
{
  return process->pid;
}

int
qmp_process_get_pidfd (const QmpProcess *process)
{
  return process->pidfd;
}

void
qmp_process_reap (QmpProcess *process)
{
  siginfo_t info = { 0 };

  if (process->pid == 0)
    return;
  process->status_known = waitid (P_PIDFD, (id_t) process->pidfd, &info, WEXITED) == 0;
  process->wait_status =
      info.si_code == CLD_EXITED ? W_EXITCODE (info.si_status, 0) : W_EXITCODE (0, info.si_status);
  process->pid = 0;
}

gboolean
qmp_process_get_wait_status (const QmpProcess *process, int *wait_status)
{
  *wait_status = process->wait_status;
  return process->status_known;
}

/* (transfer full) */
static char *
process_read_last_words (const QmpProcess *process)
{
  char bytes[LAST_WORDS_BYTES];
  off_t n_written = lseek (process->output_fd, 0, SEEK_CUR);
  off_t start = MAX (n_written - LAST_WORDS_BYTES, 0);
  ssize_t n_bytes = pread (process->output_fd, bytes, (size_t) (n_written - start), start);

  return g_strstrip (g_utf8_make_valid (bytes, MAX (n_bytes, 0)));
}

char *
qmp_process_describe_end (const QmpProcess *process)
{
  g_autofree char *words = process_read_last_words (process);
  const char *separator = words[0] ? ": " : "";

  if (!process->status_known)
    return g_strdup_printf ("ended%s%s", separator, words);
  if (WIFEXITED (process->wait_status))
    return g_strdup_printf ("ended with exit status %d%s%s", WEXITSTATUS (process->wait_status),
                            separator, words);
  return g_strdup_printf ("was ended by signal %d%s%s", WTERMSIG (process->wait_status), separator,
                          words);
}
