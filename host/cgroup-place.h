/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Where a process's control group lies, out of the texts in which the kernel tells it. Pure.
 */
#pragma once

#include <glib.h>

/* The group that holds the service itself once its former group has groups of guests. */
#define VB_CGROUP_LEAF "virtbus-service"

/* (transfer full): the folder of the cgroup v2 group, as an absolute path. @mountinfo as
 * /proc/self/mountinfo has it, @membership as /proc/PID/cgroup. Errors: %VB_HOST_ERROR_ABSENT where
 * cgroup v2 is not to be seen. */
char *vb_cgroup_place_find (const char *mountinfo, const char *membership, GError **error);
/* Whether cgroup v1 has @controller. */
gboolean vb_cgroup_place_is_v1 (const char *membership, const char *controller);
/* (transfer full): the group whose children the groups of guests are, out of the folder of the
 * service's own */
char *vb_cgroup_place_find_tree (const char *own_folder);
/* Whether a file holds a word: the controllers of a group */
gboolean vb_cgroup_words_have (const char *text, const char *word);
/* Whether @name is that of a guest's group. */
gboolean vb_cgroup_name_is_ours (const char *name);
