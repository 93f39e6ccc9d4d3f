/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Tasks that wait for one and the same thing. Each can be cancelled while it waits; the others go on.
 */
#pragma once

#include <gio/gio.h>

typedef struct _VbWaitingTasks VbWaitingTasks;

VbWaitingTasks *vb_waiting_tasks_new (void);
/* Forgets those that still wait, unanswered. */
void vb_waiting_tasks_free (VbWaitingTasks *waiting);

/* @task: (transfer none) */
void vb_waiting_tasks_add (VbWaitingTasks *waiting, GTask *task);
/* (transfer full) (element-type GTask): those that wait, who do so no longer */
GPtrArray *vb_waiting_tasks_take (VbWaitingTasks *waiting);
