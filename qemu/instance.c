/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The object, its signals, and the commands that a running QEMU gets.
 */
#include "qemu/instance-private.h"

#include "qemu/argv.h"
#include "qemu/qmp-translate.h"
#include "qemu/record.h"

#include <signal.h>

#define BYTES_PER_KIB 1024

G_DEFINE_FINAL_TYPE (VbQemuInstance, vb_qemu_instance, G_TYPE_OBJECT)

static guint signals[VB_INSTANCE_N_SIGNALS];

void
vb_instance_emit (VbQemuInstance *instance, VbInstanceSignal signal, ...)
{
  va_list arguments;
  va_start (arguments, signal);
  g_signal_emit_valist (instance, signals[signal], 0, arguments);
  va_end (arguments);
}

void
vb_instance_clear_source (GSource **slot)
{
  if (*slot != NULL)
    g_source_destroy (*slot);
  g_clear_pointer (slot, g_source_unref);
}

void
vb_instance_set_timer (VbQemuInstance *instance, GSource **slot, guint timeout_ms, GSourceFunc func)
{
  vb_instance_clear_source (slot);
  *slot = g_timeout_source_new (timeout_ms);
  g_source_set_callback (*slot, func, instance, NULL);
  g_source_attach (*slot, g_main_context_get_thread_default ());
}

static void
on_event (
    QmpSession *session, const char *name, QmpValue *data, gint64 timestamp_us, gpointer user_data)
{
  g_autoptr (VbQemuInstance) instance = g_object_ref (user_data);
  vb_instance_handle_event (instance, name, data);
}

static void
on_closed (QmpSession *session, const GError *error, gpointer user_data)
{
  g_autoptr (VbQemuInstance) instance = g_object_ref (user_data);
  g_debug ("monitor of %s: %s", instance->domain->name, error->message);
  vb_instance_monitor_closed (instance);
}

void
vb_instance_start_session (VbQemuInstance *instance, int fd)
{
  instance->session = qmp_session_new_for_fd (fd);
  vb_instance_subscribe (instance->session);
  instance->event_handler =
      g_signal_connect (instance->session, "event", G_CALLBACK (on_event), instance);
  instance->closed_handler =
      g_signal_connect (instance->session, "closed", G_CALLBACK (on_closed), instance);
}

void
vb_instance_drop_session (VbQemuInstance *instance)
{
  g_autoptr (QmpSession) session = g_steal_pointer (&instance->session);
  if (session == NULL)
    return;
  g_clear_signal_handler (&instance->event_handler, session);
  g_clear_signal_handler (&instance->closed_handler, session);
  qmp_session_close (session);
}

static void
vb_qemu_instance_dispose (GObject *object)
{
  VbQemuInstance *instance = VB_QEMU_INSTANCE (object);
  /* QEMU goes on: another service may take it over. */
  vb_instance_clear_source (&instance->drain_timer);
  vb_instance_clear_source (&instance->kill_timer);
  vb_instance_clear_source (&instance->reconnect_timer);
  vb_instance_drop_session (instance);
  g_clear_pointer (&instance->process, vb_process_free);
  G_OBJECT_CLASS (vb_qemu_instance_parent_class)->dispose (object);
}

static void
vb_qemu_instance_finalize (GObject *object)
{
  VbQemuInstance *instance = VB_QEMU_INSTANCE (object);
  g_ptr_array_unref (instance->end_tasks);
  g_ptr_array_unref (instance->orphaned_tasks);
  g_hash_table_unref (instance->io_errors);
  vb_domain_unref (instance->domain);
  g_free (instance->kvm_reason);
  g_clear_pointer (&instance->settings.host, vb_qemu_host_unref);
  g_free (instance->runtime_dir);
  g_free (instance->log_path);
  G_OBJECT_CLASS (vb_qemu_instance_parent_class)->finalize (object);
}

static void
add_signal (VbInstanceSignal signal, const char *name, guint n_types, ...)
{
  va_list types;
  va_start (types, n_types);
  signals[signal] = g_signal_new_valist (name, VB_TYPE_QEMU_INSTANCE, G_SIGNAL_RUN_LAST, NULL, NULL,
                                         NULL, NULL, G_TYPE_NONE, n_types, types);
  va_end (types);
}

static void
vb_qemu_instance_class_init (VbQemuInstanceClass *class)
{
  G_OBJECT_CLASS (class)->dispose = vb_qemu_instance_dispose;
  G_OBJECT_CLASS (class)->finalize = vb_qemu_instance_finalize;
  add_signal (VB_INSTANCE_STATE, "state", 2, G_TYPE_INT, G_TYPE_INT);
  add_signal (VB_INSTANCE_EVENT, "event", 2, G_TYPE_STRING, G_TYPE_VARIANT);
  add_signal (VB_INSTANCE_HELD, "held", 1, G_TYPE_INT);
  add_signal (VB_INSTANCE_EXITED, "exited", 1, G_TYPE_POINTER);
  add_signal (VB_INSTANCE_MEMORY, "memory", 1, G_TYPE_UINT64);
  add_signal (VB_INSTANCE_DOMAIN, "domain", 0);
  add_signal (VB_INSTANCE_CLOCK, "clock", 1, G_TYPE_INT64);
  add_signal (VB_INSTANCE_IO_STATUS, "io-status", 0);
}

static void
vb_qemu_instance_init (VbQemuInstance *instance)
{
  instance->state = VB_STATE_STARTING;
  instance->end_tasks = g_ptr_array_new_with_free_func (g_object_unref);
  instance->orphaned_tasks = g_ptr_array_new_with_free_func (g_object_unref);
  instance->io_errors = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
}

VbQemuInstance *
vb_qemu_instance_new (const VbQemuSettings *settings,
                      VbDomain *domain,
                      const char *runtime_dir,
                      const char *log_path)
{
  VbQemuInstance *instance = g_object_new (VB_TYPE_QEMU_INSTANCE, NULL);
  instance->settings = *settings;
  instance->kvm_reason = g_strdup (settings->kvm_reason);
  instance->settings.kvm_reason = instance->kvm_reason;
  if (settings->host != NULL)
    vb_qemu_host_ref (settings->host);
  instance->domain = vb_domain_ref (domain);
  instance->runtime_dir = g_strdup (runtime_dir);
  instance->log_path = g_strdup (log_path);
  return instance;
}

int
vb_qemu_instance_get_pid (VbQemuInstance *instance)
{
  return instance->process != NULL ? vb_process_get_pid (instance->process) : 0;
}

char *
vb_qemu_instance_get_monitor_path (VbQemuInstance *instance, VbQemuMonitor monitor)
{
  static const char *const files[] = {
    [VB_QEMU_MONITOR_PASSTHROUGH] = "passthrough.sock",
    [VB_QEMU_MONITOR_SPARE] = "spare.sock",
  };
  return g_build_filename (instance->runtime_dir, files[monitor], NULL);
}

VbDomain *
vb_qemu_instance_get_domain (VbQemuInstance *instance)
{
  return instance->domain;
}

void
vb_instance_fail_orphans (VbQemuInstance *instance, const VbQemuExit *exit)
{
  g_autoptr (GPtrArray) tasks = g_steal_pointer (&instance->orphaned_tasks);
  g_autofree char *how = exit != NULL ? vb_qemu_exit_describe (exit) : NULL;

  instance->orphaned_tasks = g_ptr_array_new_with_free_func (g_object_unref);
  for (guint i = 0; i < tasks->len; i++)
    {
      GTask *task = g_ptr_array_index (tasks, i);
      const char *command = g_task_get_task_data (task);
      if (exit == NULL)
        g_task_return_new_error (task, VB_QEMU_ERROR, VB_QEMU_ERROR_EMULATOR,
                                 "QEMU closed its monitor before it answered '%s'", command);
      else
        g_task_return_new_error (task, VB_QEMU_ERROR, VB_QEMU_ERROR_EMULATOR,
                                 "QEMU ended before it answered '%s' (%s)%s%s", command, how,
                                 *exit->last_words != '\0' ? ": " : "", exit->last_words);
    }
}

/* Whether the command lost its monitor: why, is known soon. */
static gboolean
wait_for_cause (VbQemuInstance *instance, GTask *task, const GError *error)
{
  gboolean can_wait =
      instance->process != NULL && (instance->session != NULL || instance->reconnect_timer != NULL);
  if (!can_wait || !(g_error_matches (error, QMP_ERROR, QMP_ERROR_DISCONNECTED) ||
                     g_error_matches (error, QMP_ERROR, QMP_ERROR_PROTOCOL)))
    return FALSE;
  g_ptr_array_add (instance->orphaned_tasks, g_object_ref (task));
  return TRUE;
}

static GError *
translate (const GError *error, const char *command)
{
  if (g_str_equal (command, "balloon") &&
      g_error_matches (error, QMP_ERROR, QMP_ERROR_DEVICE_NOT_ACTIVE))
    return g_error_new (VB_QEMU_ERROR, VB_QEMU_ERROR_UNSUPPORTED,
                        "the machine has no memory balloon; add <memballoon model='virtio'/>");
  return vb_qemu_error_from_qmp (error, command);
}

static void
note_answer (VbQemuInstance *instance, const char *command, gboolean succeeded)
{
  if (g_str_equal (command, "stop"))
    instance->n_stops--;
  if (g_str_equal (command, "cont") && succeeded && !instance->released)
    {
      instance->released = TRUE;
      vb_record_release (instance->runtime_dir);
    }
  vb_record_trim (instance->runtime_dir);
}

static void
on_command_answered (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  g_autoptr (GError) error = NULL;
  VbQemuInstance *instance = g_task_get_source_object (task);
  const char *command = g_task_get_task_data (task);
  g_autoptr (QmpValue) answer = qmp_session_call_finish (QMP_SESSION (source), result, &error);

  note_answer (instance, command, answer != NULL);
  if (answer != NULL)
    g_task_return_boolean (task, TRUE);
  else if (!wait_for_cause (instance, task, error))
    g_task_return_error (task, translate (error, command));
}

gboolean
vb_instance_check_monitor (VbQemuInstance *instance, GError **error)
{
  gboolean runs = instance->process != NULL;
  if (instance->session != NULL && qmp_session_is_open (instance->session))
    return TRUE;
  g_set_error_literal (
      error, VB_QEMU_ERROR, runs ? VB_QEMU_ERROR_TIMEOUT : VB_QEMU_ERROR_EMULATOR,
      runs ? "QEMU's monitor does not answer; try again later, or destroy the machine"
           : "QEMU does not run");
  return FALSE;
}

/* @task: (transfer full); @arguments: (transfer full) (nullable) */
static void
send_command (VbQemuInstance *instance, GTask *task, const char *command, QmpValue *arguments)
{
  g_autoptr (QmpValue) owned = arguments;
  g_autoptr (GTask) owned_task = task;
  guint timeout_ms = instance->released ? instance->settings.command_timeout_ms
                                        : instance->settings.start_timeout_ms;
  GError *error = NULL;

  g_task_set_task_data (task, g_strdup (command), g_free);
  if (!vb_instance_check_monitor (instance, &error))
    {
      g_task_return_error (task, error);
      return;
    }
  if (g_str_equal (command, "stop"))
    instance->n_stops++;
  qmp_session_call_async (instance->session, command, arguments, timeout_ms,
                          g_task_get_cancellable (task), on_command_answered,
                          g_steal_pointer (&owned_task));
}

/* Whose answer nobody needs. */
static void
send_reboot_action (VbQemuInstance *instance, const char *action)
{
  g_autoptr (QmpValue) arguments = qmp_value_new_object ();
  if (instance->session == NULL || !qmp_session_is_open (instance->session))
    return;
  qmp_value_set_string (arguments, "reboot", action);
  qmp_session_call_async (instance->session, "set-action", arguments,
                          instance->settings.command_timeout_ms, NULL, NULL, NULL);
}

static const char *
command_word (VbQemuInstance *instance, VbQemuCommand command)
{
  static const char *const words[] = {
    [VB_QEMU_CONT] = "cont",
    [VB_QEMU_STOP] = "stop",
    [VB_QEMU_POWERDOWN] = "system_powerdown",
    [VB_QEMU_RESET] = "system_reset",
  };
  /* A sleeping guest is not stopped: `cont` would do nothing. */
  if (command == VB_QEMU_CONT && instance->state == VB_STATE_SUSPENDED)
    return "system_wakeup";
  return words[command];
}

void
vb_qemu_instance_command_async (VbQemuInstance *instance,
                                VbQemuCommand command,
                                GCancellable *cancellable,
                                GAsyncReadyCallback callback,
                                gpointer user_data)
{
  GTask *task = g_task_new (instance, cancellable, callback, user_data);
  /* Where a guest's reset is an end, the host's is none. QEMU decides when it takes the command. */
  gboolean resets_only = command == VB_QEMU_RESET && vb_argv_ends_at_reset (instance->domain);

  g_task_set_source_tag (task, vb_qemu_instance_command_async);
  g_task_set_check_cancellable (task, FALSE);
  if (resets_only)
    send_reboot_action (instance, "reset");
  send_command (instance, task, command_word (instance, command), NULL);
  if (resets_only)
    send_reboot_action (instance, "shutdown");
}

gboolean
vb_qemu_instance_command_finish (VbQemuInstance *instance, GAsyncResult *result, GError **error)
{
  return g_task_propagate_boolean (G_TASK (result), error);
}

void
vb_qemu_instance_set_memory_async (VbQemuInstance *instance,
                                   guint64 kib,
                                   GCancellable *cancellable,
                                   GAsyncReadyCallback callback,
                                   gpointer user_data)
{
  GTask *task = g_task_new (instance, cancellable, callback, user_data);
  QmpValue *arguments = qmp_value_new_object ();
  g_task_set_source_tag (task, vb_qemu_instance_set_memory_async);
  g_task_set_check_cancellable (task, FALSE);
  qmp_value_set_uint (arguments, "value", kib * BYTES_PER_KIB);
  send_command (instance, task, "balloon", arguments);
}

static gboolean
on_kill_timeout (gpointer user_data)
{
  VbQemuInstance *instance = user_data;
  vb_instance_clear_source (&instance->kill_timer);
  if (instance->process != NULL)
    vb_process_signal (instance->process, SIGKILL);
  return G_SOURCE_REMOVE;
}

/* One that cannot be asked by its monitor is asked by a signal, and both can be ignored. */
static void
begin_end (VbQemuInstance *instance)
{
  if (instance->session != NULL && qmp_session_is_open (instance->session))
    qmp_session_call_async (instance->session, "quit", NULL, instance->settings.quit_timeout_ms,
                            NULL, NULL, NULL);
  else
    vb_process_signal (instance->process, SIGTERM);
  vb_instance_set_timer (instance, &instance->kill_timer, instance->settings.quit_timeout_ms,
                         on_kill_timeout);
}

void
vb_qemu_instance_end_async (VbQemuInstance *instance,
                            GAsyncReadyCallback callback,
                            gpointer user_data)
{
  GTask *task = g_task_new (instance, NULL, callback, user_data);
  gboolean was_ending = instance->ending;

  g_task_set_source_tag (task, vb_qemu_instance_end_async);
  instance->ending = TRUE;
  if (instance->process == NULL && instance->launch == NULL)
    {
      g_task_return_boolean (task, TRUE);
      g_object_unref (task);
      return;
    }
  g_ptr_array_add (instance->end_tasks, task);
  if (instance->launch != NULL)
    vb_launch_abort (instance);
  else if (!was_ending)
    begin_end (instance);
}

void
vb_qemu_instance_end_finish (VbQemuInstance *instance, GAsyncResult *result)
{
  g_task_propagate_boolean (G_TASK (result), NULL);
}
