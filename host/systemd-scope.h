/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * A process in a scope of its own, asked of systemd: the manager of the system, or of the user. The
 * interface is that of org.freedesktop.systemd1(5).
 */
#pragma once

#include <gio/gio.h>

#include "host/cgroup-limits.h"

typedef struct
{
  GBusType bus;     /* where the manager is */
  const char *unit; /* "virtbus-….scope" */
  const char *description;
  int pid;
  VbCgroupLimits limits;
} VbSystemdScope;

/* Makes the scope around the process, and completes when it is there. A scope of that name whose
 * end systemd has not noted yet is waited for. */
void vb_systemd_scope_start_async (const VbSystemdScope *scope,
                                   GCancellable *cancellable,
                                   GAsyncReadyCallback callback,
                                   gpointer user_data);
/* Gives the scope, which is there, other limits; those that are not among them stay. Shares the finish
 * function. */
void vb_systemd_scope_change_async (const VbSystemdScope *scope,
                                    GCancellable *cancellable,
                                    GAsyncReadyCallback callback,
                                    gpointer user_data);
/* Errors: %VB_HOST_ERROR_ABSENT where no manager answers, %VB_HOST_ERROR_RESOURCE,
 * %G_IO_ERROR_CANCELLED. */
gboolean vb_systemd_scope_start_finish (GAsyncResult *result, GError **error);
