/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The elements <blkiotune>, <memtune> and <cputune>: the domain's share of the host.
 */
#pragma once

#include "domain/cpuset.h"

typedef enum
{
  VB_MEMORY_HARD_LIMIT,
  VB_MEMORY_SOFT_LIMIT,
  VB_MEMORY_SWAP_HARD_LIMIT, /* memory and swap together */
  VB_MEMORY_MIN_GUARANTEE,
  VB_N_MEMORY_LIMITS,
} VbMemoryLimit;

#define VB_TUNING_UNSET (-1)
#define VB_TUNING_MAX_KIB (G_MAXINT64 / 1024)

typedef struct
{
  guint vcpu;
  VbCpuset *cpus; /* (owned) */
} VbVcpuPin;

typedef struct
{
  guint blkio_weight;                    /* 100 to 1000; 0: not given */
  gint64 limits_kib[VB_N_MEMORY_LIMITS]; /* or %VB_TUNING_UNSET */
  gint64 cpu_shares; /* 2 to 262144; 0: the host's default; or %VB_TUNING_UNSET */
  GArray *pins;      /* (owned) (nullable) (element-type VbVcpuPin) in the order of the document */
} VbTuning;

/* For a setter: whether a definition could have this. Errors: %VB_DOMAIN_ERROR_INVALID. */
gboolean vb_tuning_check (const VbTuning *tuning, GError **error);
/* Whether memory and swap have a limit together, and memory has none. */
gboolean vb_tuning_limits_swap_alone (const VbTuning *tuning);
/* @cpus: (transfer full): what @vcpu is pinned to from now on */
void vb_tuning_pin (VbTuning *tuning, guint vcpu, VbCpuset *cpus);
