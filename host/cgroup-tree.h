/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The control groups that the service makes itself, where the group that it was started in was
 * handed over to it: one for each guest that has limits, and one for the service. Everything here
 * blocks. @root: (nullable): the folder that holds `proc` and `sys`; %NULL for the real ones.
 */
#pragma once

#include "host/cgroup-limits.h"

/* Puts the process @pid into a new group @name with @limits; where it is in that already, the group gets
 * these limits, and keeps those that are not among them. @own_pids (array length=n_own_pids):
 * processes that came from an earlier service, and may be moved to stand beside this one. Errors:
 * %VB_HOST_ERROR_RESOURCE; a new group is gone then, and another may have some of the limits. */
gboolean vb_cgroup_tree_add (const char *root,
                             const char *name,
                             int pid,
                             const int *own_pids,
                             guint n_own_pids,
                             const VbCgroupLimits *limits,
                             GError **error);
/* Whether the process @pid is in a group @name, wherever that is. */
gboolean vb_cgroup_tree_is_in (const char *root, int pid, const char *name);
/* Removes the group @name once its last process is gone; nothing, where there is none. */
void vb_cgroup_tree_remove (const char *root, const char *name);
/* Removes the groups of guests that are gone. */
void vb_cgroup_tree_sweep (const char *root);

/* Whether the group that the process @pid is in has these limits. Errors: %VB_HOST_ERROR_RESOURCE. */
gboolean
vb_cgroup_tree_verify (const char *root, int pid, const VbCgroupLimits *limits, GError **error);
