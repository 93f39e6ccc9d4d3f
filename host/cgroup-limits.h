/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * What a control group can be limited to, in the numbers of cgroup v2, and how they are told to the
 * kernel and to systemd. Pure.
 */
#pragma once

#include <glib.h>

typedef enum
{
  VB_CGROUP_MEMORY_MAX,      /* bytes */
  VB_CGROUP_MEMORY_HIGH,     /* bytes */
  VB_CGROUP_MEMORY_SWAP_MAX, /* bytes, of swap alone */
  VB_CGROUP_IO_WEIGHT,       /* 1 to 10000 */
  VB_CGROUP_CPU_WEIGHT,      /* 1 to 10000 */
  VB_N_CGROUP_LIMITS,
} VbCgroupLimit;

#define VB_CGROUP_UNLIMITED G_MAXUINT64
#define VB_CGROUP_DEFAULT_WEIGHT 100

typedef struct
{
  gboolean is_set[VB_N_CGROUP_LIMITS];
  guint64 values[VB_N_CGROUP_LIMITS];
} VbCgroupLimits;

void vb_cgroup_limits_set (VbCgroupLimits *limits, VbCgroupLimit limit, guint64 value);
gboolean vb_cgroup_limits_is_empty (const VbCgroupLimits *limits);

/* A weight of cgroup v1's blkio (100 to 1000, 500 if not set) as one of io, by the formula that
 * systemd has for BlockIOWeight= */
guint64 vb_cgroup_weight_from_blkio (guint64 weight);
/* Shares of cgroup v1's cpu (2 to 262144, 1024 if not set) as a weight, by the formula that systemd
 * has for CPUShares= */
guint64 vb_cgroup_weight_from_shares (guint64 shares);

/* All static */
const char *vb_cgroup_limit_get_controller (VbCgroupLimit limit);
/* systemd's property of a scope */
const char *vb_cgroup_limit_get_property (VbCgroupLimit limit);

/* A file of a group that holds a limit. A limit may have several; which of them a kernel has depends
 * on its I/O schedulers. */
typedef struct
{
  const char *name;
  VbCgroupLimit limit;
  guint64 (*convert) (guint64 value); /* (nullable) from the limit's own number */
} VbCgroupFile;
/* (array length=n_files) */
const VbCgroupFile *vb_cgroup_files_get (guint *n_files);
/* (transfer full): what is written for @value */
char *vb_cgroup_file_format (const VbCgroupFile *file, guint64 value);
/* Whether @text, as read, is what the kernel makes of @value: sizes are whole pages there. */
gboolean vb_cgroup_file_holds (const VbCgroupFile *file, const char *text, guint64 value);
