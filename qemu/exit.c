/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The end of a QEMU: its pidfd becomes readable, what its monitor still holds is read first, then
 * everybody who waits is told, once.
 */
#include "qemu/instance-private.h"

#include "qemu/host-end.h"
#include "qemu/log-tail.h"
#include "qemu/record.h"
#include "qemu/unix-socket.h"

#include <sys/wait.h>

/* The monitor's end of file comes with the process's end unless something else holds its socket. */
#define DRAIN_TIMEOUT_MS 1000
#define MAX_LAST_WORDS_BYTES 2048

void
vb_qemu_exit_free (VbQemuExit *exit)
{
  if (exit == NULL)
    return;
  g_free (exit->last_words);
  g_free (exit);
}
G_DEFINE_AUTOPTR_CLEANUP_FUNC (VbQemuExit, vb_qemu_exit_free)

char *
vb_qemu_exit_describe (const VbQemuExit *exit)
{
  if (!exit->status_known)
    return g_strdup ("status unknown");
  if (WIFSIGNALED (exit->wait_status))
    return g_strdup_printf ("killed by signal %d", WTERMSIG (exit->wait_status));
  return g_strdup_printf ("exit status %d", WEXITSTATUS (exit->wait_status));
}

char *
vb_instance_read_last_words (VbQemuInstance *instance)
{
  g_autofree char *tail =
      vb_log_tail_read (instance->log_path, instance->log_offset, MAX_LAST_WORDS_BYTES);
  return vb_log_tail_to_words (tail);
}

static VbEnd
decide_end (VbQemuInstance *instance)
{
  VbEnd recorded;
  if (instance->ending)
    return VB_END_HOST_REQUEST;
  if (instance->pending_end != VB_END_UNKNOWN)
    return instance->pending_end;
  recorded = vb_record_read_end (instance->runtime_dir);
  if (recorded != VB_END_UNKNOWN)
    return recorded;
  /* Nobody watched an adopted QEMU that ended before it could be asked. */
  return instance->adoption != NULL ? VB_END_UNKNOWN : VB_END_CRASH;
}

static VbQemuExit *
make_exit (VbQemuInstance *instance)
{
  VbQemuExit *exit = g_new0 (VbQemuExit, 1);
  exit->end = decide_end (instance);
  exit->status_known = instance->status_known;
  exit->wait_status = instance->wait_status;
  exit->last_words = vb_instance_read_last_words (instance);
  return exit;
}

/* QEMU removes them itself, unless it was killed or may not. */
void
vb_instance_remove_sockets (VbQemuInstance *instance)
{
  const GPtrArray *devices = instance->domain->devices;

  for (guint i = 0; i < devices->len; i++)
    {
      const VbDevice *device = g_ptr_array_index (devices, i);
      const VbGraphics *graphics = (const VbGraphics *) device;
      g_autofree char *listener = vb_host_end_get_listener (device, instance->runtime_dir);

      if (listener != NULL)
        vb_unix_socket_remove_stale (listener);
      else if (device->kind == VB_DEVICE_GRAPHICS && graphics->socket != NULL)
        vb_unix_socket_remove_stale (graphics->socket);
    }
}

static void
complete_end_tasks (VbQemuInstance *instance)
{
  g_autoptr (GPtrArray) tasks = g_steal_pointer (&instance->end_tasks);
  instance->end_tasks = g_ptr_array_new_with_free_func (g_object_unref);
  for (guint i = 0; i < tasks->len; i++)
    g_task_return_boolean (g_ptr_array_index (tasks, i), TRUE);
}

static void
finish_exit (VbQemuInstance *instance)
{
  g_autoptr (VbQemuInstance) self = g_object_ref (instance);
  g_autoptr (VbQemuExit) exit = make_exit (instance);

  vb_instance_clear_source (&instance->drain_timer);
  vb_instance_clear_source (&instance->kill_timer);
  vb_instance_clear_source (&instance->reconnect_timer);
  vb_instance_drop_session (instance);
  g_clear_pointer (&instance->process, vb_process_free);
  instance->connecting = FALSE;
  vb_instance_remove_sockets (instance);
  if (instance->adoption != NULL)
    vb_instance_tell_missed_clock (instance);
  /* Before anybody is told: who hears of the end may use the folder for the next QEMU at once. */
  vb_record_remove (instance->runtime_dir);

  if (instance->launch != NULL && vb_launch_try_again (instance, exit))
    return;
  if (instance->adoption != NULL)
    vb_instance_adoption_gone (instance, g_steal_pointer (&exit));
  else
    {
      vb_instance_emit (instance, VB_INSTANCE_EXITED, exit);
      if (instance->launch != NULL)
        vb_launch_process_ended (instance, exit);
      vb_instance_fail_orphans (instance, exit);
      vb_instance_dump_lost (instance, exit);
    }
  complete_end_tasks (instance);
}

static gboolean
on_drain_timeout (gpointer user_data)
{
  finish_exit (user_data);
  return G_SOURCE_REMOVE;
}

static void
on_process_exit (gboolean status_known, int wait_status, gpointer user_data)
{
  VbQemuInstance *instance = user_data;
  instance->status_known = status_known;
  instance->wait_status = wait_status;
  if (instance->session != NULL)
    vb_instance_set_timer (instance, &instance->drain_timer, DRAIN_TIMEOUT_MS, on_drain_timeout);
  else
    finish_exit (instance);
}

void
vb_instance_take_process (VbQemuInstance *instance, VbProcess *process)
{
  instance->process = process;
  vb_process_watch (process, on_process_exit, instance);
}

void
vb_instance_monitor_closed (VbQemuInstance *instance)
{
  vb_instance_drop_session (instance);
  if (instance->drain_timer != NULL)
    finish_exit (instance);
  else if (instance->launch == NULL && !instance->connecting && !instance->ending)
    vb_instance_schedule_reconnect (instance);
}
