/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * A launch, in reading order: open, spawn, greet, hand over. One struct, the task's data, holds
 * what is under way. A step that fails kills the process, and the error is made when it is gone,
 * with its last words.
 */
#include "qemu/instance-private.h"

#include "qemu/affinity.h"
#include "qemu/argv.h"
#include "qemu/device-failure.h"
#include "qemu/display-failure.h"
#include "qemu/hand-over.h"
#include "qemu/launch-input.h"
#include "qemu/qmp-translate.h"
#include "qemu/record.h"
#include "qemu/unix-socket.h"

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <unistd.h>

/* How long a QEMU that closed its monitor may take to end by itself, and so with its own status. */
#define LAST_WORDS_TIMEOUT_MS 1000

/* A port that was free may be another program's when QEMU wants it; so many times is no accident. */
#define MAX_ATTEMPTS 10

#define LIMITS_REMEDY "end other programs, or raise the limits of the service"

typedef struct
{
  char *emulator;       /* (owned) */
  VbLaunchInput *input; /* (owned) */
  QmpSession *session;  /* (owned) (nullable): with the process of this attempt */
  guint n_attempts;
  GError *error; /* (owned) (nullable): why it has failed */
  gboolean greeted;
  gboolean killed;
} Launch;

static void
launch_free (Launch *launch)
{
  g_free (launch->emulator);
  g_clear_pointer (&launch->input, vb_launch_input_free);
  g_clear_object (&launch->session);
  g_clear_error (&launch->error);
  g_free (launch);
}

/* Ends a launch that has no process: none yet, or none any more. @error: (transfer full) */
static void
return_error (VbQemuInstance *instance, GError *error)
{
  g_autoptr (GTask) task = g_steal_pointer (&instance->launch);
  g_autoptr (GPtrArray) end_tasks = g_steal_pointer (&instance->end_tasks);
  Launch *launch = g_task_get_task_data (task);

  instance->end_tasks = g_ptr_array_new_with_free_func (g_object_unref);
  /* Nobody listens on the sockets any more. */
  g_clear_pointer (&launch->input, vb_launch_input_free);
  vb_instance_remove_sockets (instance);
  vb_record_remove (instance->runtime_dir);
  g_task_return_error (task, error);
  for (guint i = 0; i < end_tasks->len; i++)
    g_task_return_boolean (g_ptr_array_index (end_tasks, i), TRUE);
}

static void
kill_process (VbQemuInstance *instance)
{
  Launch *launch = g_task_get_task_data (instance->launch);
  launch->killed = TRUE;
  vb_process_signal (instance->process, SIGKILL);
}

static gboolean
on_last_words_timeout (gpointer user_data)
{
  VbQemuInstance *instance = user_data;
  vb_instance_clear_source (&instance->kill_timer);
  kill_process (instance);
  return G_SOURCE_REMOVE;
}

/* @error: (transfer full) */
static void
fail (VbQemuInstance *instance, GError *error)
{
  Launch *launch = g_task_get_task_data (instance->launch);
  if (launch->error != NULL)
    {
      g_error_free (error);
      return;
    }
  launch->error = error;
  launch->greeted =
      instance->session != NULL && qmp_session_get_greeting (instance->session) != NULL;
  if (g_error_matches (error, QMP_ERROR, QMP_ERROR_DISCONNECTED))
    vb_instance_set_timer (instance, &instance->kill_timer, LAST_WORDS_TIMEOUT_MS,
                           on_last_words_timeout);
  else
    kill_process (instance);
}

/* (transfer full): why the launch failed, in the words of who wanted it */
static GError *
explain (VbQemuInstance *instance, const Launch *launch, const VbQemuExit *exit)
{
  const char *stage = launch->greeted ? "before its guest could run" : "before its monitor greeted";
  g_autofree char *how = vb_qemu_exit_describe (exit);
  g_autofree char *words = vb_descriptors_translate (launch->input->descriptors, exit->last_words);
  const char *colon = *words != '\0' ? ": " : "";
  const GError *error = launch->error;
  GError *translated;

  if (error != NULL && error->domain != QMP_ERROR)
    return g_error_copy (error);
  translated = vb_display_failure_explain (launch->input->domain, words);
  if (translated == NULL)
    translated = vb_device_failure_explain (instance->domain, words);
  if (translated != NULL)
    return translated;
  if (g_error_matches (error, QMP_ERROR, QMP_ERROR_TIMEOUT))
    return g_error_new (VB_QEMU_ERROR, VB_QEMU_ERROR_TIMEOUT,
                        launch->greeted ? "QEMU's monitor did not become ready within %u ms%s%s"
                                        : "QEMU's monitor did not greet within %u ms%s%s",
                        instance->settings.start_timeout_ms, colon, words);
  if (error != NULL && !g_error_matches (error, QMP_ERROR, QMP_ERROR_DISCONNECTED))
    return g_error_new (VB_QEMU_ERROR, VB_QEMU_ERROR_EMULATOR,
                        "QEMU's monitor does not speak its protocol: %s%s%s", error->message, colon,
                        words);
  return g_error_new (VB_QEMU_ERROR, VB_QEMU_ERROR_EMULATOR,
                      launch->killed ? "QEMU closed its monitor %s, and was killed (%s)%s%s"
                                     : "QEMU ended %s (%s)%s%s",
                      stage, how, colon, words);
}

void
vb_launch_process_ended (VbQemuInstance *instance, const VbQemuExit *exit)
{
  return_error (instance, explain (instance, g_task_get_task_data (instance->launch), exit));
}

void
vb_launch_abort (VbQemuInstance *instance)
{
  /* Without a process yet, the next step sees that it is not wanted any more. */
  if (instance->process != NULL)
    fail (instance, g_error_new_literal (G_IO_ERROR, G_IO_ERROR_CANCELLED, "the start was ended"));
}

/* Step 4: what QEMU chose has been read back. */

static void
on_handed_over (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  VbQemuInstance *instance = g_task_get_source_object (task);
  g_autoptr (GError) error = NULL;
  g_autoptr (VbDomain) live = vb_hand_over_finish (QMP_SESSION (source), result, &error);
  Launch *launch = g_task_get_task_data (task);

  if (instance->launch != task)
    return;
  if (live == NULL)
    {
      fail (instance, g_steal_pointer (&error));
      return;
    }
  if (launch->error != NULL)
    return;
  vb_domain_unref (instance->domain);
  instance->domain = g_steal_pointer (&live);
  g_clear_object (&instance->launch);
  g_task_return_boolean (task, TRUE);
}

/* Step 3: the monitor is ready. */

static void
on_session_open (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  VbQemuInstance *instance = g_task_get_source_object (task);
  Launch *launch = g_task_get_task_data (task);
  GError *error = NULL;

  if (!qmp_session_open_finish (QMP_SESSION (source), result, &error))
    {
      if (instance->launch == task && launch->session == QMP_SESSION (source))
        fail (instance, error);
      else
        g_error_free (error);
      return;
    }
  if (instance->launch != task || launch->error != NULL)
    return;
  vb_hand_over_async (QMP_SESSION (source), launch->input->domain, instance->runtime_dir,
                      launch->input->vnc_fd, instance->settings.start_timeout_ms,
                      g_task_get_cancellable (task), on_handed_over, g_object_ref (task));
}

/* Step 2: QEMU is spawned. */

/* What the service has no business telling QEMU stays out. */
static char **
make_environment (const VbDomain *domain)
{
  static const char *const of_screen[] = { "DISPLAY", "XAUTHORITY" };
  gboolean has_window = vb_domain_find_graphics (domain, VB_GRAPHICS_SDL) != NULL;
  char **environment = vb_process_make_environment ();

  /* A session's own service has the session's screen. */
  for (guint i = 0; has_window && i < G_N_ELEMENTS (of_screen); i++)
    if (g_getenv (of_screen[i]) != NULL)
      environment = g_environ_setenv (environment, of_screen[i], g_getenv (of_screen[i]), TRUE);
  return vb_argv_set_environment (environment, domain, TRUE);
}

/* A line for who reads the log; what follows it are QEMU's words. */
static goffset
write_log_header (const VbLaunchInput *input, char **argv)
{
  g_autoptr (GDateTime) now = g_date_time_new_now_utc ();
  g_autofree char *time = g_date_time_format (now, "%Y-%m-%dT%H:%M:%SZ");
  g_autoptr (GString) line = g_string_new (NULL);
  for (guint i = 0; argv[i] != NULL; i++)
    {
      g_autofree char *word = g_shell_quote (argv[i]);
      g_string_append_printf (line, " %s", word);
    }
  if (dprintf (input->log_fd, "%s starting:%s\n", time, line->str) < 0)
    g_warning ("cannot write to %s: %s", input->log_path, g_strerror (errno));
  return MAX (lseek (input->log_fd, 0, SEEK_END), 0);
}

static GError *
translate_spawn_error (const GError *error, const char *emulator)
{
  /* Before the program is executed, what fails is the host's. */
  gboolean is_limit = error->domain != G_SPAWN_ERROR || error->code == G_SPAWN_ERROR_FORK ||
                      error->code == G_SPAWN_ERROR_FAILED;

  return g_error_new (VB_QEMU_ERROR, VB_QEMU_ERROR_HOST_RESOURCE,
                      "emulator '%s' cannot be run: %s; %s", emulator, error->message,
                      is_limit ? LIMITS_REMEDY : "install it anew or correct <emulator>");
}

static VbProcess *
spawn (VbQemuInstance *instance, Launch *launch, GError **error)
{
  const VbLaunchInput *input = launch->input;
  const VbQemuHost *host = instance->settings.host;
  VbArgvOptions options = { launch->emulator,
                            instance->settings.sandbox,
                            instance->settings.reject_deprecated,
                            g_get_real_time () / G_USEC_PER_SEC,
                            input->huge_page_kib,
                            host != NULL ? &host->sysinfo : NULL,
                            NULL };
  g_auto (GStrv) argv = vb_argv_build (input->domain, input->descriptors, &options);
  g_auto (GStrv) environment = make_environment (input->domain);
  guint n_fds = vb_descriptors_get_length (input->descriptors);
  g_autofree int *source_fds = g_new (int, n_fds);
  g_autofree int *target_fds = g_new (int, n_fds);
  const VbDescriptor *record = vb_descriptors_find (input->descriptors, VB_DESCRIPTOR_PROCESS);
  VbProcessSpec spec = { argv,       environment,   input->log_fd,    source_fds,
                         target_fds, n_fds,         record->child_fd, input->uid,
                         input->gid, input->groups, input->n_groups,  input->locked_bytes };

  for (guint i = 0; i < n_fds; i++)
    {
      const VbDescriptor *descriptor = vb_descriptors_get (input->descriptors, i);
      source_fds[i] = descriptor->fd;
      target_fds[i] = descriptor->child_fd;
    }
  instance->log_offset = write_log_header (input, argv);
  if (!vb_record_begin (record->fd, instance->log_offset))
    g_warning ("cannot write to %s: %s", record->path, g_strerror (errno));
  return vb_process_spawn (&spec, error);
}

/* Connecting before QEMU is there spares waiting for its socket: the listening one is ours. */
static gboolean
connect_and_spawn (VbQemuInstance *instance, GTask *task, GError **error)
{
  Launch *launch = g_task_get_task_data (task);
  g_autoptr (GError) cause = NULL;
  const VbDescriptor *monitor =
      vb_descriptors_find (launch->input->descriptors, VB_DESCRIPTOR_MONITOR);
  int fd = vb_unix_socket_connect (monitor->path, &cause);
  g_autoptr (VbAffinity) affinity = NULL;
  VbProcess *process;

  if (fd < 0)
    {
      g_set_error (error, VB_QEMU_ERROR, VB_QEMU_ERROR_HOST_RESOURCE,
                   "cannot connect to '%s': %s; " LIMITS_REMEDY, monitor->path, cause->message);
      return FALSE;
    }
  affinity = vb_affinity_enter (instance->domain->vcpu_cpus, error);
  if (affinity == NULL)
    {
      close (fd);
      return FALSE;
    }
  process = spawn (instance, launch, &cause);
  if (process == NULL)
    {
      close (fd);
      g_propagate_error (error, translate_spawn_error (cause, launch->emulator));
      return FALSE;
    }
  /* From here on a QEMU that ends closes the monitor's last socket. */
  vb_descriptors_close (launch->input->descriptors);
  vb_instance_take_process (instance, process);
  vb_instance_start_session (instance, fd);
  launch->session = g_object_ref (instance->session);
  return TRUE;
}

/* Step 1: everything is open. */

static void
on_opened (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  VbQemuInstance *instance = g_task_get_source_object (task);
  GError *error = NULL;

  if (!g_task_propagate_boolean (G_TASK (result), &error) ||
      g_cancellable_set_error_if_cancelled (g_task_get_cancellable (task), &error))
    {
      return_error (instance, error);
      return;
    }
  if (instance->ending)
    {
      return_error (instance,
                    g_error_new_literal (G_IO_ERROR, G_IO_ERROR_CANCELLED, "the start was ended"));
      return;
    }
  if (!connect_and_spawn (instance, task, &error))
    {
      return_error (instance, error);
      return;
    }
  qmp_session_open_async (instance->session, instance->settings.start_timeout_ms,
                          g_task_get_cancellable (task), on_session_open, g_object_ref (task));
}

static void
open_in_thread (GTask *task, gpointer source, gpointer task_data, GCancellable *cancellable)
{
  GError *error = NULL;
  if (vb_launch_input_open (task_data, &error))
    g_task_return_boolean (task, TRUE);
  else
    g_task_return_error (task, error);
}

static void
begin_attempt (VbQemuInstance *instance, GTask *task, VbGiven *given)
{
  Launch *launch = g_task_get_task_data (task);
  g_autoptr (GTask) opening = NULL;

  launch->n_attempts++;
  launch->input = vb_launch_input_new (instance->domain, given, instance->runtime_dir,
                                       instance->log_path, &instance->settings);
  /* Without the cancellable: the thread must be done before its data goes. Without the instance: the
   * thread may be the last to let the task go. */
  opening = g_task_new (NULL, NULL, on_opened, g_object_ref (task));
  g_task_set_task_data (opening, launch->input, NULL);
  g_task_run_in_thread (opening, open_in_thread);
}

/* Whether QEMU ended because its display's port, which we chose, became another program's. */
static gboolean
has_lost_port (VbQemuInstance *instance, const Launch *launch, const VbQemuExit *exit)
{
  const VbGraphics *spice = vb_domain_find_graphics (launch->input->domain, VB_GRAPHICS_SPICE);
  gboolean is_its_own_end =
      launch->error == NULL || g_error_matches (launch->error, QMP_ERROR, QMP_ERROR_DISCONNECTED);

  return spice != NULL && spice->autoport && is_its_own_end && !launch->killed &&
         !instance->ending && vb_display_failure_is_of_port (exit->last_words);
}

gboolean
vb_launch_try_again (VbQemuInstance *instance, const VbQemuExit *exit)
{
  Launch *launch = g_task_get_task_data (instance->launch);
  g_autoptr (VbLaunchInput) input = NULL;

  if (launch->n_attempts >= MAX_ATTEMPTS || !has_lost_port (instance, launch, exit))
    return FALSE;
  input = g_steal_pointer (&launch->input);
  g_clear_object (&launch->session);
  g_clear_error (&launch->error);
  begin_attempt (instance, instance->launch, g_steal_pointer (&input->given));
  return TRUE;
}

void
vb_qemu_instance_launch_async (VbQemuInstance *instance,
                               VbGiven *given,
                               GCancellable *cancellable,
                               GAsyncReadyCallback callback,
                               gpointer user_data)
{
  g_autoptr (GTask) task = g_task_new (instance, cancellable, callback, user_data);
  g_autoptr (VbGiven) owned_given = given;
  Launch *launch = g_new0 (Launch, 1);
  GError *error = NULL;

  g_task_set_source_tag (task, vb_qemu_instance_launch_async);
  g_task_set_check_cancellable (task, FALSE);
  g_task_set_task_data (task, launch, (GDestroyNotify) launch_free);
  if (!vb_qemu_check (&instance->settings, instance->domain, NULL, NULL, &error))
    {
      g_task_return_error (task, error);
      return;
    }
  launch->emulator = vb_qemu_find_emulator (instance->domain, &error);
  if (launch->emulator == NULL)
    {
      g_task_return_error (task, error);
      return;
    }
  instance->launch = g_object_ref (task);
  begin_attempt (instance, task, g_steal_pointer (&owned_given));
}

gboolean
vb_qemu_instance_launch_finish (VbQemuInstance *instance, GAsyncResult *result, GError **error)
{
  return g_task_propagate_boolean (G_TASK (result), error);
}
