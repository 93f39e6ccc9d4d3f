/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * A list of tasks, each with the source that hears of its cancellation.
 */
#include "qemu/waiting-tasks.h"

typedef struct
{
  VbWaitingTasks *waiting; /* has it */
  GTask *task;             /* (owned) */
  GSource *cancel;         /* (owned) (nullable) */
} Waiter;

struct _VbWaitingTasks
{
  GPtrArray *waiters; /* (owned) (element-type Waiter) */
};

static void
waiter_free (gpointer data)
{
  Waiter *waiter = data;

  if (waiter->cancel != NULL)
    g_source_destroy (waiter->cancel);
  g_clear_pointer (&waiter->cancel, g_source_unref);
  g_object_unref (waiter->task);
  g_free (waiter);
}

VbWaitingTasks *
vb_waiting_tasks_new (void)
{
  VbWaitingTasks *waiting = g_new0 (VbWaitingTasks, 1);

  waiting->waiters = g_ptr_array_new_with_free_func (waiter_free);
  return waiting;
}

void
vb_waiting_tasks_free (VbWaitingTasks *waiting)
{
  g_ptr_array_unref (waiting->waiters);
  g_free (waiting);
}

static gboolean
on_cancelled (GCancellable *cancellable, gpointer user_data)
{
  Waiter *waiter = user_data;
  g_autoptr (GTask) task = g_object_ref (waiter->task);

  g_ptr_array_remove (waiter->waiting->waiters, waiter);
  g_task_return_error_if_cancelled (task);
  return G_SOURCE_REMOVE;
}

void
vb_waiting_tasks_add (VbWaitingTasks *waiting, GTask *task)
{
  GCancellable *cancellable = g_task_get_cancellable (task);
  Waiter *waiter = g_new0 (Waiter, 1);

  waiter->waiting = waiting;
  waiter->task = g_object_ref (task);
  g_ptr_array_add (waiting->waiters, waiter);
  if (cancellable == NULL)
    return;
  waiter->cancel = g_cancellable_source_new (cancellable);
  g_source_set_callback (waiter->cancel, G_SOURCE_FUNC (on_cancelled), waiter, NULL);
  g_source_attach (waiter->cancel, g_main_context_get_thread_default ());
}

GPtrArray *
vb_waiting_tasks_take (VbWaitingTasks *waiting)
{
  GPtrArray *tasks = g_ptr_array_new_with_free_func (g_object_unref);

  for (guint i = 0; i < waiting->waiters->len; i++)
    {
      const Waiter *waiter = g_ptr_array_index (waiting->waiters, i);

      g_ptr_array_add (tasks, g_object_ref (waiter->task));
    }
  g_ptr_array_set_size (waiting->waiters, 0);
  return tasks;
}
