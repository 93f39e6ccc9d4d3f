/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The writing of a guest's memory to a file. QEMU does it in a thread of its own and tells the end by
 * an event; a monitor that was lost meanwhile asks for it instead. One that somebody else had begun
 * is waited for: QEMU makes one at a time.
 */
#include "qemu/instance-private.h"

#include "qemu/qmp-translate.h"

#include <string.h>
#include <unistd.h>

#define DUMP_COMMAND "dump-guest-memory"
#define DUMP_FD_NAME "dump"

typedef struct
{
  int fd;            /* (owned) -1 once QEMU has it */
  gboolean is_begun; /* QEMU was told to write this one */
  gulong cancelled_handler;
} Dump;

static void
dump_free (Dump *dump)
{
  if (dump->fd >= 0)
    close (dump->fd);
  g_free (dump);
}

/* (transfer full) */
static GTask *
take_task (VbQemuInstance *instance)
{
  GTask *task = g_steal_pointer (&instance->dump);
  Dump *dump = g_task_get_task_data (task);

  if (dump->cancelled_handler != 0)
    g_signal_handler_disconnect (g_task_get_cancellable (task), dump->cancelled_handler);
  dump->cancelled_handler = 0;
  return task;
}

/* @error: (transfer full) */
static void
fail (VbQemuInstance *instance, GError *error)
{
  g_autoptr (GTask) task = take_task (instance);

  g_task_return_error (task, error);
}

static void
on_cancelled (GCancellable *cancellable, VbQemuInstance *instance)
{
  fail (instance, g_error_new_literal (G_IO_ERROR, G_IO_ERROR_CANCELLED,
                                       "the dump of the guest's memory was cancelled"));
}

/* A monitor that is lost is asked again when it is back, or its QEMU has ended. */
static gboolean
is_lost (const GError *error)
{
  return g_error_matches (error, QMP_ERROR, QMP_ERROR_DISCONNECTED) ||
         g_error_matches (error, QMP_ERROR, QMP_ERROR_PROTOCOL);
}

static void
on_command_answered (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  VbQemuInstance *instance = g_task_get_source_object (task);
  g_autoptr (GError) error = NULL;
  g_autoptr (QmpValue) answer = qmp_session_call_finish (QMP_SESSION (source), result, &error);

  if (answer == NULL && instance->dump == task && !is_lost (error))
    fail (instance, vb_qemu_error_from_qmp (error, DUMP_COMMAND));
}

static void
begin (VbQemuInstance *instance)
{
  Dump *dump = g_task_get_task_data (instance->dump);
  guint timeout_ms = instance->settings.command_timeout_ms;
  g_autoptr (QmpValue) name = qmp_value_new_object ();
  g_autoptr (QmpValue) arguments = qmp_value_new_object ();

  dump->is_begun = TRUE;
  qmp_value_set_string (name, "fdname", DUMP_FD_NAME);
  qmp_session_call_full_async (instance->session, "getfd", name, 0, &dump->fd, 1, timeout_ms, NULL,
                               on_command_answered, g_object_ref (instance->dump));
  close (g_steal_fd (&dump->fd));
  qmp_value_set_boolean (arguments, "paging", FALSE);
  qmp_value_set_string (arguments, "protocol", "fd:" DUMP_FD_NAME);
  qmp_value_set_boolean (arguments, "detach", TRUE);
  qmp_session_call_async (instance->session, DUMP_COMMAND, arguments, timeout_ms, NULL,
                          on_command_answered, g_object_ref (instance->dump));
}

/* @status: a DumpStatus of QEMU; @why: (nullable) QEMU's own words */
static void
follow (VbQemuInstance *instance, const char *status, const char *why)
{
  const Dump *dump = g_task_get_task_data (instance->dump);

  if (g_strcmp0 (status, "active") == 0)
    return;
  if (!dump->is_begun)
    begin (instance);
  else if (g_strcmp0 (status, "completed") == 0)
    {
      g_autoptr (GTask) task = take_task (instance);

      g_task_return_boolean (task, TRUE);
    }
  else
    fail (instance, g_error_new (VB_QEMU_ERROR, VB_QEMU_ERROR_EMULATOR,
                                 "QEMU did not dump the guest's memory: %s",
                                 why != NULL ? why : "it does not say why"));
}

static void
on_asked (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  VbQemuInstance *instance = g_task_get_source_object (task);
  g_autoptr (GError) error = NULL;
  g_autoptr (QmpValue) answer = qmp_session_call_finish (QMP_SESSION (source), result, &error);

  if (instance->dump != task || (answer == NULL && is_lost (error)))
    return;
  if (answer == NULL)
    fail (instance, vb_qemu_error_from_qmp (error, "query-dump"));
  else
    follow (instance, qmp_value_get_string (answer, "status"), NULL);
}

void
vb_instance_dump_ask (VbQemuInstance *instance)
{
  if (instance->dump != NULL)
    qmp_session_call_async (instance->session, "query-dump", NULL,
                            instance->settings.command_timeout_ms, NULL, on_asked,
                            g_object_ref (instance->dump));
}

void
vb_instance_dump_completed (VbQemuInstance *instance, const QmpValue *data)
{
  g_autoptr (QmpValue) result = qmp_value_get (data, "result");

  if (instance->dump != NULL && result != NULL)
    follow (instance, qmp_value_get_string (result, "status"),
            qmp_value_get_string (data, "error"));
}

void
vb_instance_dump_lost (VbQemuInstance *instance, const VbQemuExit *exit)
{
  g_autofree char *how = vb_qemu_exit_describe (exit);

  if (instance->dump != NULL)
    fail (instance, g_error_new (VB_QEMU_ERROR, VB_QEMU_ERROR_EMULATOR,
                                 "QEMU ended before it had dumped the guest's memory (%s)%s%s", how,
                                 *exit->last_words != '\0' ? ": " : "", exit->last_words));
}

void
vb_qemu_instance_dump_async (VbQemuInstance *instance,
                             int fd,
                             GCancellable *cancellable,
                             GAsyncReadyCallback callback,
                             gpointer user_data)
{
  g_autoptr (GTask) task = g_task_new (instance, cancellable, callback, user_data);
  Dump *dump = g_new0 (Dump, 1);
  GError *error = NULL;

  dump->fd = fd;
  g_task_set_source_tag (task, vb_qemu_instance_dump_async);
  g_task_set_task_data (task, dump, (GDestroyNotify) dump_free);
  g_task_set_check_cancellable (task, FALSE);
  g_return_if_fail (instance->dump == NULL);
  if (g_cancellable_set_error_if_cancelled (cancellable, &error) ||
      !vb_instance_check_monitor (instance, &error))
    {
      g_task_return_error (task, error);
      return;
    }
  if (cancellable != NULL)
    dump->cancelled_handler =
        g_signal_connect (cancellable, "cancelled", G_CALLBACK (on_cancelled), instance);
  instance->dump = g_steal_pointer (&task);
  vb_instance_dump_ask (instance);
}

gboolean
vb_qemu_instance_dump_finish (VbQemuInstance *instance, GAsyncResult *result, GError **error)
{
  return g_task_propagate_boolean (G_TASK (result), error);
}
