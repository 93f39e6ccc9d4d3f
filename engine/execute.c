/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * A command of a caller: read, checked, sent, answered, what it changed re-read. The task's data
 * holds what is under way; its deadline cancels all of it.
 */
#include "engine/execute.h"

#include "engine/engine-private.h"
#include "engine/qmp-client.h"
#include "engine/run.h"

#include <errno.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

/* Longer ones are read in a thread, so that nobody else waits for it. */
#define MAX_INLINE_BYTES (16 * 1024)
#define MAX_SESSIONS 32

typedef struct
{
  VbMachine *machine;         /* (owned) */
  VbPassthrough *passthrough; /* (owned): of the run that it was called for */
  char *name;                 /* (owned) */
  char *arguments;            /* (owned) */
  char *who;                  /* (owned) (nullable) */
  gboolean unsafe;
  guint timeout_ms;
  GSource *deadline;         /* (owned) (nullable) */
  gboolean is_late;          /* the deadline has passed */
  GCancellable *cancellable; /* (owned): of this execution alone */
  GCancellable *callers;     /* (owned) (nullable) */
  gulong callers_id;
  char *answer; /* (owned) (nullable): what QEMU returned */
} Execution;

static void
execution_free (Execution *execution)
{
  if (execution->deadline != NULL)
    g_source_destroy (execution->deadline);
  g_clear_pointer (&execution->deadline, g_source_unref);
  g_cancellable_disconnect (execution->callers, execution->callers_id);
  g_clear_object (&execution->callers);
  g_object_unref (execution->cancellable);
  g_free (execution->answer);
  g_free (execution->who);
  g_free (execution->arguments);
  g_free (execution->name);
  vb_passthrough_unref (execution->passthrough);
  g_object_unref (execution->machine);
  g_free (execution);
}

static void
on_caller_cancelled (GCancellable *callers, gpointer cancellable)
{
  g_cancellable_cancel (cancellable);
}

static gboolean
on_deadline (gpointer data)
{
  Execution *execution = data;

  execution->is_late = TRUE;
  g_cancellable_cancel (execution->cancellable);
  return G_SOURCE_REMOVE;
}

static void
execution_arm (Execution *execution)
{
  execution->deadline = g_timeout_source_new (execution->timeout_ms);
  g_source_set_callback (execution->deadline, on_deadline, execution, NULL);
  g_source_attach (execution->deadline, g_main_context_get_thread_default ());
}

/* The deadline has passed, or the caller has given up. */
static void
return_given_up (GTask *task)
{
  const Execution *execution = g_task_get_task_data (task);

  if (execution->is_late)
    g_task_return_new_error (task, VB_QEMU_ERROR, VB_QEMU_ERROR_TIMEOUT,
                             "QEMU did not answer '%s' within %u ms; it may still do what it was"
                             " told",
                             execution->name, execution->timeout_ms);
  else
    g_task_return_new_error (task, G_IO_ERROR, G_IO_ERROR_CANCELLED, "'%s' was cancelled",
                             execution->name);
}

static void
on_refreshed (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (GTask) task = data;
  Execution *execution = g_task_get_task_data (task);

  g_task_return_pointer (task, g_steal_pointer (&execution->answer), g_free);
}

static void
on_answered (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (GTask) task = data;
  Execution *execution = g_task_get_task_data (task);
  VbRun *run = vb_machine_get_run (execution->machine);
  g_autoptr (GError) error = NULL;

  execution->answer = vb_passthrough_call_finish (result, &error);
  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    return_given_up (task);
  else if (execution->answer == NULL)
    g_task_return_error (task, g_steal_pointer (&error));
  else if (run != NULL && run->passthrough == execution->passthrough &&
           !vb_qmp_command_reads (execution->name))
    vb_refresh_async (run->refresh, on_refreshed, g_steal_pointer (&task));
  else
    g_task_return_pointer (task, g_steal_pointer (&execution->answer), g_free);
}

/* QEMU's own words are kept for what QEMU refuses itself. */
static GError *
describe_failure (const VbQmpCommand *command)
{
  if (g_error_matches (command->failure, VB_ENGINE_ERROR, VB_ENGINE_ERROR_QMP_COMMAND_NOT_FOUND))
    return g_error_copy (command->failure);
  return g_error_new (VB_ENGINE_ERROR, VB_ENGINE_ERROR_INVALID_ARGUMENT,
                      "the arguments of '%s' are no JSON object that QEMU could take: %s",
                      command->name, command->failure->message);
}

static void
execute (GTask *task, const VbQmpCommand *command)
{
  Execution *execution = g_task_get_task_data (task);
  VbQmpRights rights = {
    .who = execution->who,
    .control = TRUE, /* the caller was asked for the right that the command needs */
    .unsafe = execution->unsafe,
  };
  GError *error = NULL;

  if (command->failure != NULL)
    g_task_return_error (task, describe_failure (command));
  else if (!vb_passthrough_check (execution->passthrough, command, &rights, &error))
    g_task_return_error (task, error);
  else if (vb_qmp_command_takes_descriptor (command->name))
    g_task_return_new_error (task, VB_ENGINE_ERROR, VB_ENGINE_ERROR_QMP_GENERIC,
                             "No file descriptor supplied via SCM_RIGHTS");
  else
    vb_passthrough_call_async (execution->passthrough, command, &rights, -1, execution->cancellable,
                               on_answered, g_object_ref (task));
}

static void
on_read (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (GTask) task = data;
  g_autoptr (VbQmpCommand) command = vb_text_reader_parse_finish (result);

  if (command != NULL)
    execute (task, command);
  else
    return_given_up (task);
}

static void
execution_begin (GTask *task)
{
  Execution *execution = g_task_get_task_data (task);
  gsize n_bytes = strlen (execution->arguments);

  if (n_bytes > VB_QMP_MAX_ARGUMENT_BYTES)
    {
      g_task_return_new_error (task, VB_ENGINE_ERROR, VB_ENGINE_ERROR_INVALID_ARGUMENT,
                               "the arguments of '%s' have %" G_GSIZE_FORMAT " bytes, more than %d",
                               execution->name, n_bytes, VB_QMP_MAX_ARGUMENT_BYTES);
    }
  else if (n_bytes > MAX_INLINE_BYTES)
    {
      vb_text_reader_parse_async (vb_passthrough_get_text_reader (execution->passthrough),
                                  execution->name, execution->arguments, n_bytes,
                                  execution->cancellable, on_read, g_object_ref (task));
    }
  else
    {
      g_autoptr (VbQmpCommand) command = vb_qmp_command_new (execution->name, execution->arguments);
      execute (task, command);
    }
}

static gboolean
check_monitor (VbMachine *machine, GError **error)
{
  if (vb_machine_has_monitor (machine))
    return TRUE;
  g_set_error (error, VB_ENGINE_ERROR, VB_ENGINE_ERROR_INVALID_STATE,
               "domain '%s' is %s and has no QEMU to talk to; start it first",
               vb_machine_get_name (machine), vb_state_to_string (vb_machine_get_state (machine)));
  return FALSE;
}

void
vb_engine_execute_async (VbEngine *engine,
                         VbMachine *machine,
                         const VbExecute *request,
                         GCancellable *cancellable,
                         GAsyncReadyCallback callback,
                         gpointer user_data)
{
  g_autoptr (GTask) task = g_task_new (engine, cancellable, callback, user_data);
  Execution *execution;
  GError *error = NULL;

  g_task_set_source_tag (task, vb_engine_execute_async);
  g_task_set_check_cancellable (task, FALSE);
  if (!check_monitor (machine, &error))
    {
      g_task_return_error (task, error);
      return;
    }
  execution = g_new0 (Execution, 1);
  execution->machine = g_object_ref (machine);
  execution->passthrough =
      vb_passthrough_ref (vb_run_get_passthrough (vb_machine_get_run (machine)));
  execution->name = g_strdup (request->command);
  execution->arguments = g_strdup (request->arguments);
  execution->who = g_strdup (request->who);
  execution->unsafe = request->unsafe;
  execution->timeout_ms = request->timeout_ms != 0
                              ? request->timeout_ms
                              : vb_engine_get_config (engine)->qemu.command_timeout_ms;
  execution->cancellable = g_cancellable_new ();
  if (g_set_object (&execution->callers, cancellable))
    execution->callers_id = g_cancellable_connect (cancellable, G_CALLBACK (on_caller_cancelled),
                                                   execution->cancellable, NULL);
  g_task_set_task_data (task, execution, (GDestroyNotify) execution_free);
  execution_arm (execution);
  execution_begin (task);
}

char *
vb_engine_execute_finish (VbEngine *engine, GAsyncResult *result, GError **error)
{
  return g_task_propagate_pointer (G_TASK (result), error);
}

int
vb_engine_open_qmp_session (VbEngine *engine,
                            VbMachine *machine,
                            const VbQmpSessionOptions *options,
                            GError **error)
{
  VbQmpRights rights = {
    .who = options->who,
    .control = options->control,
    .unsafe = options->unsafe,
  };
  VbPassthrough *passthrough;
  int fds[2];

  if (!check_monitor (machine, error))
    return -1;
  passthrough = vb_run_get_passthrough (vb_machine_get_run (machine));
  if (vb_passthrough_get_n_listeners (passthrough) >= MAX_SESSIONS)
    {
      g_set_error (error, VB_ENGINE_ERROR, VB_ENGINE_ERROR_HOST_RESOURCE,
                   "domain '%s' has %d QMP sessions already; close one",
                   vb_machine_get_name (machine), MAX_SESSIONS);
      return -1;
    }
  if (socketpair (AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, fds) < 0)
    {
      g_set_error (error, VB_ENGINE_ERROR, VB_ENGINE_ERROR_HOST_RESOURCE,
                   "cannot make a socket for a QMP session: %s", g_strerror (errno));
      return -1;
    }
  vb_qmp_client_begin (passthrough, fds[0], &rights, options->events);
  return fds[1];
}
