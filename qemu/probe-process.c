/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The monitor is one end of a pair of sockets. What is written beside it goes to a sealed piece of
 * memory: nobody has to read it, and it cannot grow.
 */
#include "qemu/probe-process.h"

#include "qemu/log-tail.h"
#include "qemu/module-folders.h"
#include "qemu/process.h"
#include "qemu/qemu-error.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <unistd.h>

#define MAX_OUTPUT_BYTES (16 * 1024)
#define MAX_WORDS_BYTES 2048

#define REMEDY "install it anew or name another <emulator>"
#define LIMITS_REMEDY "raise the limits of processes, memory and open files of the service"

struct _VbProbeProcess
{
  VbProcess *process; /* (owned) */
  int output_fd;      /* (owned) */
  VbProbeProcessFunc func;
  gpointer user_data;
};

static const char *const arguments[] = {
  "-S",
  "-nodefaults",
  "-no-user-config",
  "-display",
  "none",
  "-M",
  "none",
  "-chardev",
  "socket,id=monitor,fd=" G_STRINGIFY (VB_PROBE_MONITOR_FD),
  "-mon",
  "chardev=monitor,mode=control",
};

/* QEMU takes the first accelerator that works; one that was built for KVM alone still has that of its
 * own tests to answer with. */
char **
vb_probe_process_make_argv (const VbProbeConfig *config)
{
  g_autoptr (GStrvBuilder) argv = g_strv_builder_new ();

  g_strv_builder_add (argv, config->path);
  for (guint i = 0; i < G_N_ELEMENTS (arguments); i++)
    g_strv_builder_add (argv, arguments[i]);
  if (config->use_kvm)
    g_strv_builder_add_many (argv, "-accel", "kvm", NULL);
  g_strv_builder_add_many (argv, "-accel", "tcg", "-accel", "qtest", NULL);
  return g_strv_builder_end (argv);
}

/* -1 with errno set */
static int
open_output (void)
{
  int fd = memfd_create ("emulator-output", MFD_CLOEXEC | MFD_ALLOW_SEALING);

  if (fd < 0 || (ftruncate (fd, MAX_OUTPUT_BYTES) == 0 &&
                 fcntl (fd, F_ADD_SEALS, F_SEAL_GROW | F_SEAL_SHRINK | F_SEAL_SEAL) == 0))
    return fd;
  close (fd);
  return -1;
}

static void
set_error (GError **error, const VbProbeConfig *config, const char *reason, const char *remedy)
{
  g_set_error (error, VB_QEMU_ERROR, VB_QEMU_ERROR_HOST_RESOURCE,
               "emulator '%s' cannot be run: %s; %s", config->path, reason, remedy);
}

static void
on_ended (gboolean status_known, int wait_status, gpointer user_data)
{
  VbProbeProcess *process = user_data;

  process->func (wait_status, process->user_data);
}

static gboolean
run (VbProbeProcess *process,
     const VbProbeConfig *config,
     const guint *groups,
     guint n_groups,
     int monitor_fd,
     GError **error)
{
  g_autoptr (GError) cause = NULL;
  g_auto (GStrv) argv = vb_probe_process_make_argv (config);
  g_auto (GStrv) environment = vb_process_make_environment ();
  const int target_fd = VB_PROBE_MONITOR_FD;
  const VbProcessSpec spec = { .argv = argv,
                               .environment = environment,
                               .output_fd = process->output_fd,
                               .source_fds = &monitor_fd,
                               .target_fds = &target_fd,
                               .n_fds = 1,
                               .record_fd = -1,
                               .uid = config->uid,
                               .gid = config->gid,
                               .groups = groups,
                               .n_groups = n_groups };

  process->process = vb_process_spawn (&spec, &cause);
  if (process->process == NULL)
    {
      set_error (error, config, cause->message,
                 g_error_matches (cause, G_SPAWN_ERROR, G_SPAWN_ERROR_FORK) ? LIMITS_REMEDY
                                                                            : REMEDY);
      return FALSE;
    }
  vb_process_watch (process->process, on_ended, process);
  return TRUE;
}

VbProbeProcess *
vb_probe_process_spawn (const VbProbeConfig *config,
                        const guint *groups,
                        guint n_groups,
                        int *monitor_fd,
                        VbProbeProcessFunc func,
                        gpointer user_data,
                        GError **error)
{
  VbProbeProcess *process = g_new0 (VbProbeProcess, 1);
  int fds[2] = { -1, -1 };
  gboolean is_running = FALSE;

  process->func = func;
  process->user_data = user_data;
  process->output_fd = open_output ();
  if (process->output_fd < 0 || socketpair (AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, fds) < 0)
    set_error (error, config, g_strerror (errno), LIMITS_REMEDY);
  else
    is_running = run (process, config, groups, n_groups, fds[1], error);
  if (fds[1] >= 0)
    close (fds[1]);
  if (is_running)
    {
      *monitor_fd = fds[0];
      return process;
    }
  if (fds[0] >= 0)
    close (fds[0]);
  vb_probe_process_free (process);
  return NULL;
}

void
vb_probe_process_free (VbProbeProcess *process)
{
  g_clear_pointer (&process->process, vb_process_free);
  if (process->output_fd >= 0)
    close (process->output_fd);
  g_free (process);
}

void
vb_probe_process_kill (VbProbeProcess *process)
{
  vb_process_signal (process->process, SIGKILL);
}

char *
vb_probe_process_read_program (const VbProbeProcess *process)
{
  g_autofree char *link = g_strdup_printf ("/proc/%d/exe", vb_process_get_pid (process->process));

  return g_file_read_link (link, NULL);
}

char **
vb_probe_process_list_modules (const VbProbeProcess *process, const char *program)
{
  return vb_module_folders_list_used (program, vb_process_get_pid (process->process));
}

char *
vb_probe_process_read_words (const VbProbeProcess *process)
{
  char output[MAX_OUTPUT_BYTES + 1] = "";
  gsize length;

  if (pread (process->output_fd, output, MAX_OUTPUT_BYTES, 0) < 0)
    return g_strdup ("");
  length = strlen (output);
  return vb_log_tail_to_words (output + (length > MAX_WORDS_BYTES ? length - MAX_WORDS_BYTES : 0));
}
