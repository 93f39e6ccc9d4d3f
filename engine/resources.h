/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * A guest's share of the host's memory, I/O and processors: <memtune>, <blkiotune>, <cputune>. What
 * is asked for is had, or the start fails.
 */
#pragma once

#include "engine/run.h"
#include "host/cgroup-limits.h"

/* What @tuning asks for, in the numbers of control groups. */
VbCgroupLimits vb_resources_get_limits (const VbTuning *tuning);

/* Puts the run's QEMU in a group with these limits, and notes that in its record; where it is in one,
 * that gets them. Errors:
 * %VB_ENGINE_ERROR_HOST_RESOURCE, %G_IO_ERROR_CANCELLED. */
void vb_resources_apply_async (VbRun *run,
                               const VbCgroupLimits *limits,
                               GCancellable *cancellable,
                               GAsyncReadyCallback callback,
                               gpointer user_data);
gboolean vb_resources_apply_finish (GAsyncResult *result, GError **error);
/* What a group that is limited as @former asks must be told to be as @tuning asks: what is not asked for
 * any more is the host's default again. */
VbCgroupLimits vb_resources_get_change (const VbTuning *former, const VbTuning *tuning);
/* Its QEMU is gone: clears the group away, if it had one. */
void vb_resources_release (VbEngine *engine, const VbRunRecord *record);
