/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The choice of the way. systemd's word is not enough: what a manager does not control it passes
 * over, so the kernel is asked.
 */
#include "host/cgroup.h"

#include "host/cgroup-tree.h"
#include "host/host-error.h"
#include "host/systemd-scope.h"

#include <string.h>

/* As sd_booted(3) finds out */
#define SYSTEMD_FOLDER "run/systemd/system"

struct _VbCgroups
{
  gatomicrefcount n_refs;
  char *root; /* (owned) (nullable) */
  VbCgroupManager manager;
};

/* One confinement, or removal: what its thread works on */
typedef struct
{
  VbCgroups *cgroups; /* (owned) */
  char *group;        /* (owned) */
  int pid;
  int *own_pids; /* (owned) (array length=n_own_pids) */
  guint n_own_pids;
  VbCgroupLimits limits;
} Work;

static void
work_free (Work *work)
{
  vb_cgroups_unref (work->cgroups);
  g_free (work->group);
  g_free (work->own_pids);
  g_free (work);
}

VbCgroups *
vb_cgroups_new (const char *root, VbCgroupManager manager)
{
  VbCgroups *cgroups = g_new0 (VbCgroups, 1);

  g_atomic_ref_count_init (&cgroups->n_refs);
  cgroups->root = g_strdup (root);
  cgroups->manager = manager;
  return cgroups;
}

VbCgroups *
vb_cgroups_ref (VbCgroups *cgroups)
{
  g_atomic_ref_count_inc (&cgroups->n_refs);
  return cgroups;
}

void
vb_cgroups_unref (VbCgroups *cgroups)
{
  if (!g_atomic_ref_count_dec (&cgroups->n_refs))
    return;
  g_free (cgroups->root);
  g_free (cgroups);
}

static gboolean
systemd_runs (const VbCgroups *cgroups)
{
  g_autofree char *path =
      g_build_filename (cgroups->root != NULL ? cgroups->root : "/", SYSTEMD_FOLDER, NULL);

  return g_file_test (path, G_FILE_TEST_IS_DIR);
}

static void
return_result (GTask *task, gboolean done, GError *error)
{
  if (done)
    g_task_return_boolean (task, TRUE);
  else
    g_task_return_error (task, error);
}

static void
add_in_thread (GTask *task, gpointer source, gpointer task_data, GCancellable *cancellable)
{
  const Work *work = task_data;
  GError *error = NULL;
  gboolean done = vb_cgroup_tree_add (work->cgroups->root, work->group, work->pid, work->own_pids,
                                      work->n_own_pids, &work->limits, &error);

  return_result (task, done, error);
}

static void
verify_in_thread (GTask *task, gpointer source, gpointer task_data, GCancellable *cancellable)
{
  const Work *work = task_data;
  GError *error = NULL;
  gboolean done = vb_cgroup_tree_verify (work->cgroups->root, work->pid, &work->limits, &error);

  return_result (task, done, error);
}

static void
remove_in_thread (GTask *task, gpointer source, gpointer task_data, GCancellable *cancellable)
{
  const Work *work = task_data;

  vb_cgroup_tree_remove (work->cgroups->root, work->group);
  g_task_return_boolean (task, TRUE);
}

static void
on_scope_started (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  GError *error = NULL;

  if (vb_systemd_scope_start_finish (result, &error))
    g_task_run_in_thread (task, verify_in_thread);
  else if (g_error_matches (error, VB_HOST_ERROR, VB_HOST_ERROR_ABSENT))
    {
      g_clear_error (&error);
      g_task_run_in_thread (task, add_in_thread);
    }
  else
    g_task_return_error (task, error);
}

static void
start_scope (GTask *task, const VbCgroups *cgroups, const VbCgroupRequest *request)
{
  g_autofree char *unit = g_strconcat (request->scope, ".scope", NULL);
  VbSystemdScope scope = {
    .bus = cgroups->manager == VB_CGROUP_MANAGER_SYSTEM ? G_BUS_TYPE_SYSTEM : G_BUS_TYPE_SESSION,
    .unit = unit,
    .description = request->description,
    .pid = request->pid,
    .limits = request->limits,
  };

  if (vb_cgroup_tree_is_in (cgroups->root, request->pid, unit))
    vb_systemd_scope_change_async (&scope, g_task_get_cancellable (task), on_scope_started,
                                   g_object_ref (task));
  else
    vb_systemd_scope_start_async (&scope, g_task_get_cancellable (task), on_scope_started,
                                  g_object_ref (task));
}

void
vb_cgroups_confine_async (VbCgroups *cgroups,
                          const VbCgroupRequest *request,
                          GCancellable *cancellable,
                          GAsyncReadyCallback callback,
                          gpointer user_data)
{
  g_autoptr (GTask) task = g_task_new (NULL, cancellable, callback, user_data);
  Work *work = g_new0 (Work, 1);

  work->cgroups = vb_cgroups_ref (cgroups);
  work->group = g_strdup (request->group);
  work->pid = request->pid;
  work->own_pids = g_memdup2 (request->own_pids, request->n_own_pids * sizeof *request->own_pids);
  work->n_own_pids = request->n_own_pids;
  work->limits = request->limits;
  g_task_set_source_tag (task, vb_cgroups_confine_async);
  g_task_set_task_data (task, work, (GDestroyNotify) work_free);
  if (systemd_runs (cgroups))
    start_scope (task, cgroups, request);
  else
    g_task_run_in_thread (task, add_in_thread);
}

gboolean
vb_cgroups_confine_finish (GAsyncResult *result, GError **error)
{
  return g_task_propagate_boolean (G_TASK (result), error);
}

void
vb_cgroups_remove (VbCgroups *cgroups, const char *group)
{
  g_autoptr (GTask) task = g_task_new (NULL, NULL, NULL, NULL);
  Work *work = g_new0 (Work, 1);

  work->cgroups = vb_cgroups_ref (cgroups);
  work->group = g_strdup (group);
  g_task_set_source_tag (task, vb_cgroups_remove);
  g_task_set_task_data (task, work, (GDestroyNotify) work_free);
  g_task_run_in_thread (task, remove_in_thread);
}

void
vb_cgroups_sweep (VbCgroups *cgroups)
{
  vb_cgroup_tree_sweep (cgroups->root);
}
