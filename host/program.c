/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The program leads a process group, so that a script that hangs is killed with all that it waits
 * for. It does not outlive a service that is killed.
 */
#include "host/program.h"

#include "host/host-error.h"

#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <poll.h>
#include <pwd.h>
#include <signal.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#define ENVIRONMENT_PATH "PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"
/* How much of what it says is told. */
#define MAX_LAST_WORDS 400
#define MS_PER_S 1000

typedef struct
{
  gboolean switches; /* to: */
  uid_t uid;
  gid_t gid;
} Rights;

/* Runs in the child before the program, where only system calls are safe. */
static void
become (gpointer user_data)
{
  const Rights *rights = user_data;

  setpgid (0, 0);
  if (rights->switches &&
      (setgroups (1, &rights->gid) < 0 || setgid (rights->gid) < 0 || setuid (rights->uid) < 0))
    _exit (127);
  /* Nobody would wait for it. A change of rights takes that back, so it comes last. */
  prctl (PR_SET_PDEATHSIG, SIGKILL);
}

static gboolean
find_rights (const char *user, Rights *rights, GError **error)
{
  struct passwd entry, *found = NULL;
  char buffer[4096];

  if (user == NULL || geteuid () != 0)
    return TRUE;
  if (getpwnam_r (user, &entry, buffer, sizeof buffer, &found) != 0 || found == NULL)
    {
      g_set_error (error, VB_HOST_ERROR, VB_HOST_ERROR_RESOURCE, "the host has no user '%s'", user);
      return FALSE;
    }
  *rights = (Rights){ entry.pw_uid != 0, entry.pw_uid, entry.pw_gid };
  return TRUE;
}

static void
keep_last_words (GString *words, const char *text, gsize length)
{
  g_string_append_len (words, text, (gssize) length);
  if (words->len > MAX_LAST_WORDS)
    g_string_erase (words, 0, (gssize) (words->len - MAX_LAST_WORDS));
}

static void
drain (int fd, GString *words)
{
  char buffer[1024];
  gssize n_read;

  while ((n_read = read (fd, buffer, sizeof buffer)) > 0)
    keep_last_words (words, buffer, (gsize) n_read);
}

/* Until the process has ended, or must not go on: then FALSE. */
static gboolean
wait_for_end (
    int pid_fd, int output_fd, guint timeout_ms, GCancellable *cancellable, GString *words)
{
  gint64 deadline_us = g_get_monotonic_time () + (gint64) timeout_ms * MS_PER_S;
  struct pollfd fds[] = { { pid_fd, POLLIN, 0 },
                          { output_fd, POLLIN, 0 },
                          { g_cancellable_get_fd (cancellable), POLLIN, 0 } };
  gboolean has_ended = FALSE;

  while (!has_ended)
    {
      gint64 left_us = deadline_us - g_get_monotonic_time ();
      int n_ready =
          left_us > 0 ? poll (fds, G_N_ELEMENTS (fds), (int) (left_us / MS_PER_S) + 1) : 0;

      if (n_ready == 0 || fds[2].revents != 0)
        break;
      if (n_ready < 0)
        continue;
      drain (output_fd, words);
      if ((fds[1].revents & POLLHUP) != 0)
        fds[1].fd = -1;
      has_ended = fds[0].revents != 0;
    }
  if (cancellable != NULL)
    g_cancellable_release_fd (cancellable);
  return has_ended;
}

static gboolean
judge (const VbProgram *program, gboolean has_ended, int status, GString *words, GError **error)
{
  const char *path = program->argv[0];
  g_autofree char *text = g_utf8_make_valid (words->str, (gssize) words->len);
  const char *colon;

  g_strstrip (text);
  colon = *text != '\0' ? ": " : "";
  if (!has_ended)
    g_set_error (error, VB_HOST_ERROR, VB_HOST_ERROR_RESOURCE,
                 "'%s' did not end within %u s, and was killed%s%s", path,
                 program->timeout_ms / MS_PER_S, colon, text);
  else if (WIFSIGNALED (status))
    g_set_error (error, VB_HOST_ERROR, VB_HOST_ERROR_RESOURCE, "'%s' was ended by signal %d%s%s",
                 path, WTERMSIG (status), colon, text);
  else if (WEXITSTATUS (status) != 0)
    g_set_error (error, VB_HOST_ERROR, VB_HOST_ERROR_RESOURCE, "'%s' ended with status %d%s%s",
                 path, WEXITSTATUS (status), colon, text);
  else
    return TRUE;
  return FALSE;
}

static gboolean
watch (const VbProgram *program, GPid pid, int output_fd, GCancellable *cancellable, GError **error)
{
  g_autoptr (GString) words = g_string_new (NULL);
  int pid_fd = (int) syscall (SYS_pidfd_open, pid, 0);
  gboolean has_ended =
      pid_fd >= 0 && wait_for_end (pid_fd, output_fd, program->timeout_ms, cancellable, words);
  int status = 0;

  if (!has_ended)
    kill (-pid, SIGKILL);
  while (waitpid (pid, &status, 0) < 0 && errno == EINTR)
    ;
  drain (output_fd, words);
  if (pid_fd >= 0)
    close (pid_fd);
  return !g_cancellable_set_error_if_cancelled (cancellable, error) &&
         judge (program, has_ended, status, words, error);
}

gboolean
vb_program_run (const VbProgram *program, GCancellable *cancellable, GError **error)
{
  static const char *const environment[] = { ENVIRONMENT_PATH, NULL };
  const int target_fd = VB_PROGRAM_FD;
  g_autoptr (GError) cause = NULL;
  Rights rights = { FALSE, 0, 0 };
  int output[2];
  GPid pid;
  gboolean is_there, ended_well;

  if (!find_rights (program->user, &rights, error))
    return FALSE;
  if (pipe2 (output, O_CLOEXEC) < 0)
    {
      g_set_error (error, VB_HOST_ERROR, VB_HOST_ERROR_RESOURCE, "'%s' cannot be run: %s",
                   program->argv[0], g_strerror (errno));
      return FALSE;
    }
  /* Not the program's end: few programs expect that. */
  fcntl (output[0], F_SETFL, O_NONBLOCK);
  is_there =
      g_spawn_async_with_pipes_and_fds ("/", program->argv, environment, G_SPAWN_DO_NOT_REAP_CHILD,
                                        become, &rights, -1, output[1], output[1], &program->fd,
                                        &target_fd, program->fd >= 0 ? 1 : 0, &pid, NULL, NULL,
                                        NULL, &cause);
  close (output[1]);
  ended_well = is_there && watch (program, pid, output[0], cancellable, error);
  if (!is_there)
    g_set_error (error, VB_HOST_ERROR, VB_HOST_ERROR_RESOURCE, "'%s' cannot be run: %s",
                 program->argv[0], cause->message);
  close (output[0]);
  return ended_well;
}
