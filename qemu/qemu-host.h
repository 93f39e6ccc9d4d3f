/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * What a guest may be told of the host that it runs on, or be made to depend on. A shared, immutable
 * value.
 */
#pragma once

#include "domain/domain.h"

typedef struct
{
  char *cpu_vendor;    /* (owned) "GenuineIntel" */
  char **cpu_features; /* (owned) in the kernel's words */
  VbSysinfo sysinfo;   /* (owned) what the host's firmware says of itself */
} VbQemuHost;

/* Copies, and leaves the sysinfo empty. */
VbQemuHost *vb_qemu_host_new (const char *cpu_vendor, const char *const *cpu_features);
VbQemuHost *vb_qemu_host_ref (VbQemuHost *host);
void vb_qemu_host_unref (VbQemuHost *host);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (VbQemuHost, vb_qemu_host_unref)

/* @host: (nullable). Whether the processor has @feature, of which `-`, `.` and `_` are the same. */
gboolean vb_qemu_host_has_feature (const VbQemuHost *host, const char *feature);
