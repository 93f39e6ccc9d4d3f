/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Two lists: who waits for the reading at work, and who for the next one.
 */
#include "engine/refresh.h"

struct _VbRefresh
{
  grefcount ref_count;
  VbQemuInstance *instance;  /* (owned) */
  GCancellable *cancellable; /* (owned) cancelled at the end */
  GPtrArray *current;        /* (owned) (nullable) (element-type GTask): of the reading at work */
  GPtrArray *next;           /* (owned) (element-type GTask) */
};

static GPtrArray *
new_list (void)
{
  return g_ptr_array_new_with_free_func (g_object_unref);
}

static void
refresh_unref (VbRefresh *refresh)
{
  if (!g_ref_count_dec (&refresh->ref_count))
    return;
  g_ptr_array_unref (refresh->next);
  g_object_unref (refresh->cancellable);
  g_object_unref (refresh->instance);
  g_free (refresh);
}
G_DEFINE_AUTOPTR_CLEANUP_FUNC (VbRefresh, refresh_unref)

VbRefresh *
vb_refresh_new (VbQemuInstance *instance)
{
  VbRefresh *refresh = g_new0 (VbRefresh, 1);

  g_ref_count_init (&refresh->ref_count);
  refresh->instance = g_object_ref (instance);
  refresh->cancellable = g_cancellable_new ();
  refresh->next = new_list ();
  return refresh;
}

void
vb_refresh_close (VbRefresh *refresh)
{
  g_cancellable_cancel (refresh->cancellable);
  refresh_unref (refresh);
}

static void refresh_begin (VbRefresh *refresh);

static void
on_refreshed (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (VbRefresh) refresh = data;
  g_autoptr (GPtrArray) done = g_steal_pointer (&refresh->current);
  g_autoptr (GError) error = NULL;

  /* A monitor that is lost is no news: it is how QEMU ends. */
  if (!vb_qemu_instance_refresh_finish (refresh->instance, result, &error) &&
      g_error_matches (error, VB_QEMU_ERROR, VB_QEMU_ERROR_TIMEOUT))
    g_message ("domain '%s': what others changed by QMP is not known: %s",
               vb_qemu_instance_get_domain (refresh->instance)->name, error->message);
  for (guint i = 0; i < done->len; i++)
    g_task_return_boolean (g_ptr_array_index (done, i), TRUE);
  if (refresh->next->len > 0)
    refresh_begin (refresh);
}

static void
refresh_begin (VbRefresh *refresh)
{
  refresh->current = g_steal_pointer (&refresh->next);
  refresh->next = new_list ();
  g_ref_count_inc (&refresh->ref_count);
  vb_qemu_instance_refresh_async (refresh->instance, refresh->cancellable, on_refreshed, refresh);
}

void
vb_refresh_async (VbRefresh *refresh, GAsyncReadyCallback callback, gpointer user_data)
{
  GTask *task = g_task_new (NULL, NULL, callback, user_data);

  g_task_set_source_tag (task, vb_refresh_async);
  g_ptr_array_add (refresh->next, task);
  if (refresh->current == NULL)
    refresh_begin (refresh);
}
