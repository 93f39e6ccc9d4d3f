/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * On which of the host's CPUs a process or a thread runs.
 */
#pragma once

#include "domain/cpuset.h"
#include "qemu/qemu-error.h"

typedef struct _VbAffinity VbAffinity;

/* Has the calling thread, and what it spawns, run on @cpus alone, until the affinity is left.
 * @cpus: (nullable): no change. (transfer full). Errors: %VB_QEMU_ERROR_HOST_RESOURCE where none of
 * them can be used. */
VbAffinity *vb_affinity_enter (const VbCpuset *cpus, GError **error);
void vb_affinity_leave (VbAffinity *affinity);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (VbAffinity, vb_affinity_leave)

/* Has the thread @thread_id of the virtual CPU @vcpu run on @cpus alone. Errors:
 * %VB_QEMU_ERROR_HOST_RESOURCE. */
gboolean vb_affinity_pin (int thread_id, guint vcpu, const VbCpuset *cpus, GError **error);
