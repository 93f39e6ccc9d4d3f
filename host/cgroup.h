/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Limits for a process by control groups, in the way that this machine has: a scope of systemd's
 * where it runs, else a group in the service's own. Knows processes, and not what they are.
 */
#pragma once

#include <gio/gio.h>

#include "host/cgroup-limits.h"

typedef enum
{
  VB_CGROUP_MANAGER_SYSTEM, /* systemd's for the system */
  VB_CGROUP_MANAGER_USER,   /* systemd's for the user, on the session bus */
} VbCgroupManager;

typedef struct _VbCgroups VbCgroups;

/* @root: (nullable): folder that holds `proc`, `sys` and `run`; %NULL for the real ones */
VbCgroups *vb_cgroups_new (const char *root, VbCgroupManager manager);
VbCgroups *vb_cgroups_ref (VbCgroups *cgroups);
void vb_cgroups_unref (VbCgroups *cgroups);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (VbCgroups, vb_cgroups_unref)

/* Names are "virtbus-" and a UUID, and for groups of ours more; for each group its own. */
typedef struct
{
  const char *scope; /* without the suffix */
  const char *group;
  const char *description;
  int pid;
  const int *own_pids; /* (array length=n_own_pids): processes left from an earlier service */
  guint n_own_pids;
  VbCgroupLimits limits;
} VbCgroupRequest;

/* Puts a process in a group with limits; completes when they hold. Where it is in that group already,
 * the limits change, but for those that are not among them. Errors: %VB_HOST_ERROR_RESOURCE
 * with the reason and the remedy, %G_IO_ERROR_CANCELLED. A group that is left then goes with its
 * process, or by vb_cgroups_remove_async(). */
void vb_cgroups_confine_async (VbCgroups *cgroups,
                               const VbCgroupRequest *request,
                               GCancellable *cancellable,
                               GAsyncReadyCallback callback,
                               gpointer user_data);
gboolean vb_cgroups_confine_finish (GAsyncResult *result, GError **error);

/* Clears the group @group away behind its last process. systemd does so by itself. */
void vb_cgroups_remove (VbCgroups *cgroups, const char *group);
/* Removes the groups of processes that are gone. Blocks. */
void vb_cgroups_sweep (VbCgroups *cgroups);
