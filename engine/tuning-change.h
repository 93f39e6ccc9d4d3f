/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Some of what <memtune>, <blkiotune> and <cputune> say, to be set in a definition.
 */
#pragma once

#include "domain/domain.h"

typedef enum
{
  VB_TUNING_MEMORY_HARD_LIMIT,
  VB_TUNING_MEMORY_SOFT_LIMIT,
  VB_TUNING_SWAP_HARD_LIMIT,
  VB_TUNING_BLKIO_WEIGHT,
  VB_TUNING_CPU_SHARES,
  VB_N_TUNING_VALUES,
} VbTuningValue;

typedef struct
{
  gboolean is_set[VB_N_TUNING_VALUES];
  guint64 values[VB_N_TUNING_VALUES]; /* limits in KiB; 0: none, or the host's default */
} VbTuningChange;

/* Whether @tuning could be so. Errors: %VB_ENGINE_ERROR_INVALID_ARGUMENT. */
gboolean
vb_tuning_change_check (const VbTuningChange *change, const VbTuning *tuning, GError **error);
/* The change has been checked. */
void vb_tuning_change_apply (const VbTuningChange *change, VbTuning *tuning);
