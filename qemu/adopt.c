/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Taking over a QEMU that runs already: one that an earlier service left, or one whose monitor was
 * lost. Whether it lives is the process's matter; a monitor that does not answer is tried again.
 */
#include "qemu/instance-private.h"

#include "qemu/record.h"
#include "qemu/unix-socket.h"

#include <unistd.h>

#define BYTES_PER_KIB 1024
#define FIRST_RECONNECT_DELAY_MS 250
#define LAST_RECONNECT_DELAY_MS 5000

typedef struct
{
  VbAdoptResult adopted;
  VbState state;
  VbQemuExit *exit; /* (owned) (nullable) */
} Adoption;

static void
adoption_free (Adoption *adoption)
{
  vb_qemu_exit_free (adoption->exit);
  g_free (adoption);
}

static void
return_adoption (VbQemuInstance *instance, VbAdoptResult adopted, VbQemuExit *exit)
{
  g_autoptr (GTask) task = g_steal_pointer (&instance->adoption);
  Adoption *adoption = g_new0 (Adoption, 1);
  adoption->adopted = adopted;
  adoption->state = exit != NULL ? VB_STATE_SHUTOFF : instance->state;
  adoption->exit = exit;
  g_task_return_pointer (task, adoption, (GDestroyNotify) adoption_free);
}

void
vb_instance_adoption_gone (VbQemuInstance *instance, VbQemuExit *exit)
{
  return_adoption (instance, VB_ADOPT_GONE, exit);
}

/* @error: why the monitor cannot be used now */
static void
connect_failed (VbQemuInstance *instance, const GError *error)
{
  g_autoptr (GTask) task = g_steal_pointer (&instance->adoption);
  instance->connecting = FALSE;
  vb_instance_drop_session (instance);
  if (instance->process == NULL)
    return;
  vb_instance_schedule_reconnect (instance);
  if (task == NULL)
    return;
  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    g_task_return_error (task, g_error_copy (error));
  else
    g_task_return_new_error (task, VB_QEMU_ERROR, VB_QEMU_ERROR_TIMEOUT,
                             "QEMU runs as process %d, but its monitor does not answer: %s",
                             vb_process_get_pid (instance->process), error->message);
}

void
vb_instance_tell_missed_clock (VbQemuInstance *instance)
{
  gint64 offset_s = 0;

  if (vb_record_read_clock (instance->runtime_dir, &offset_s))
    vb_instance_emit (instance, VB_INSTANCE_CLOCK, offset_s);
}

/* A guest that an earlier service saw end, or that ended while nobody watched, and that QEMU
 * holds. */
static void
tell_held (VbQemuInstance *instance, const char *status)
{
  if (g_strcmp0 (status, "guest-panicked") == 0)
    instance->pending_end = VB_END_GUEST_PANIC;
  else if (g_strcmp0 (status, "internal-error") == 0)
    instance->pending_end = VB_END_INTERNAL_ERROR;
  else if (g_strcmp0 (status, "shutdown") == 0)
    instance->pending_end = vb_record_read_end (instance->runtime_dir);
  else
    return;
  vb_instance_emit (instance, VB_INSTANCE_HELD, (int) instance->pending_end);
}

/* The state that the guest is found in. */
static void
note_found_state (VbQemuInstance *instance, const QmpValue *status)
{
  vb_instance_read_status (instance, status, &instance->state, &instance->reason);
  if (instance->state == VB_STATE_RUNNING)
    {
      /* The guest was let go, even if the service ended before it could note that. */
      instance->released = TRUE;
      instance->reason = VB_REASON_RECONNECTED;
    }
}

static void
on_status (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (VbQemuInstance) instance = user_data;
  g_autoptr (GError) error = NULL;
  g_autoptr (QmpValue) status = qmp_session_call_finish (QMP_SESSION (source), result, &error);

  if (!instance->connecting)
    return;
  if (status == NULL)
    {
      connect_failed (instance, error);
      return;
    }
  instance->connecting = FALSE;
  instance->reconnect_delay_ms = 0;
  note_found_state (instance, status);
  vb_instance_tell_missed_clock (instance);
  vb_instance_dump_ask (instance);
  if (instance->state != VB_STATE_STARTING)
    vb_instance_emit (instance, VB_INSTANCE_STATE, (int) instance->state, (int) instance->reason);
  if (instance->adoption != NULL)
    return_adoption (instance,
                     instance->state == VB_STATE_STARTING ? VB_ADOPT_UNFINISHED : VB_ADOPT_RUNNING,
                     NULL);
  tell_held (instance, qmp_value_get_string (status, "status"));
}

static void
on_balloon (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (VbQemuInstance) instance = user_data;
  g_autoptr (QmpValue) balloon = qmp_session_call_finish (QMP_SESSION (source), result, NULL);
  /* A machine without a balloon has no answer. */
  if (balloon != NULL && instance->process != NULL)
    vb_instance_emit (instance, VB_INSTANCE_MEMORY,
                      qmp_value_get_uint (balloon, "actual", 0) / BYTES_PER_KIB);
}

static GCancellable *
get_cancellable (VbQemuInstance *instance)
{
  return instance->adoption != NULL ? g_task_get_cancellable (instance->adoption) : NULL;
}

static void
on_drives (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (VbQemuInstance) instance = user_data;
  g_autoptr (QmpValue) drives = qmp_session_call_finish (QMP_SESSION (source), result, NULL);

  if (drives != NULL)
    vb_instance_take_io_status (instance, drives);
}

static void
on_session_open (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (VbQemuInstance) instance = user_data;
  g_autoptr (GError) error = NULL;
  gboolean open = qmp_session_open_finish (QMP_SESSION (source), result, &error);

  if (!instance->connecting)
    return;
  if (!open)
    {
      connect_failed (instance, error);
      return;
    }
  qmp_session_call_async (instance->session, "query-status", NULL,
                          instance->settings.command_timeout_ms, get_cancellable (instance),
                          on_status, g_object_ref (instance));
  qmp_session_call_async (instance->session, "query-block", NULL,
                          instance->settings.command_timeout_ms, NULL, on_drives,
                          g_object_ref (instance));
  qmp_session_call_async (instance->session, "query-balloon", NULL,
                          instance->settings.command_timeout_ms, NULL, on_balloon,
                          g_object_ref (instance));
}

static void
connect_monitor (VbQemuInstance *instance)
{
  g_autofree char *path = g_build_filename (instance->runtime_dir, "monitor.sock", NULL);
  g_autoptr (GError) error = NULL;
  int fd = vb_unix_socket_connect (path, &error);

  instance->connecting = TRUE;
  if (fd < 0)
    {
      connect_failed (instance, error);
      return;
    }
  vb_instance_start_session (instance, fd);
  qmp_session_open_async (instance->session, instance->settings.command_timeout_ms,
                          get_cancellable (instance), on_session_open, g_object_ref (instance));
}

static gboolean
on_reconnect (gpointer user_data)
{
  g_autoptr (VbQemuInstance) instance = g_object_ref (user_data);
  vb_instance_clear_source (&instance->reconnect_timer);
  vb_instance_fail_orphans (instance, NULL);
  connect_monitor (instance);
  return G_SOURCE_REMOVE;
}

void
vb_instance_schedule_reconnect (VbQemuInstance *instance)
{
  instance->reconnect_delay_ms =
      CLAMP (instance->reconnect_delay_ms * 2, FIRST_RECONNECT_DELAY_MS, LAST_RECONNECT_DELAY_MS);
  vb_instance_set_timer (instance, &instance->reconnect_timer, instance->reconnect_delay_ms,
                         on_reconnect);
}

/* Nothing is left but what the recorder has. */
static VbQemuExit *
read_exit (VbQemuInstance *instance)
{
  VbQemuExit *exit = g_new0 (VbQemuExit, 1);
  exit->end = vb_record_read_end (instance->runtime_dir);
  exit->last_words = vb_instance_read_last_words (instance);
  return exit;
}

void
vb_qemu_instance_adopt_async (VbQemuInstance *instance,
                              GCancellable *cancellable,
                              GAsyncReadyCallback callback,
                              gpointer user_data)
{
  VbRecord record = { 0 };
  VbProcess *process = NULL;

  instance->adoption = g_task_new (instance, cancellable, callback, user_data);
  g_task_set_source_tag (instance->adoption, vb_qemu_instance_adopt_async);
  g_task_set_check_cancellable (instance->adoption, FALSE);
  if (vb_record_read (instance->runtime_dir, &record))
    process = vb_process_adopt (&record.identity);
  instance->log_offset = record.log_offset;
  instance->released = record.released;
  if (process == NULL)
    {
      vb_instance_tell_missed_clock (instance);
      return_adoption (instance, VB_ADOPT_GONE, read_exit (instance));
      return;
    }
  vb_instance_take_process (instance, process);
  connect_monitor (instance);
}

gboolean
vb_qemu_instance_adopt_finish (VbQemuInstance *instance,
                               GAsyncResult *result,
                               VbAdoptResult *adopted,
                               VbState *state,
                               VbQemuExit **exit,
                               GError **error)
{
  Adoption *adoption = g_task_propagate_pointer (G_TASK (result), error);
  if (adoption == NULL)
    return FALSE;
  *adopted = adoption->adopted;
  *state = adoption->state;
  *exit = g_steal_pointer (&adoption->exit);
  adoption_free (adoption);
  return TRUE;
}
