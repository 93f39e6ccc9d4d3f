/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * What may be set is the domain room's to say; what QEMU cannot be started with is not set.
 */
#include "engine/tuning-change.h"

#include "engine/engine-error.h"

static void
set_limit (VbTuning *tuning, VbMemoryLimit limit, guint64 kib)
{
  tuning->limits_kib[limit] = kib > 0 ? (gint64) MIN (kib, G_MAXINT64) : VB_TUNING_UNSET;
}

void
vb_tuning_change_apply (const VbTuningChange *change, VbTuning *tuning)
{
  const guint64 *values = change->values;

  if (change->is_set[VB_TUNING_MEMORY_HARD_LIMIT])
    set_limit (tuning, VB_MEMORY_HARD_LIMIT, values[VB_TUNING_MEMORY_HARD_LIMIT]);
  if (change->is_set[VB_TUNING_MEMORY_SOFT_LIMIT])
    set_limit (tuning, VB_MEMORY_SOFT_LIMIT, values[VB_TUNING_MEMORY_SOFT_LIMIT]);
  if (change->is_set[VB_TUNING_SWAP_HARD_LIMIT])
    set_limit (tuning, VB_MEMORY_SWAP_HARD_LIMIT, values[VB_TUNING_SWAP_HARD_LIMIT]);
  if (change->is_set[VB_TUNING_BLKIO_WEIGHT])
    tuning->blkio_weight = (guint) MIN (values[VB_TUNING_BLKIO_WEIGHT], G_MAXUINT);
  if (change->is_set[VB_TUNING_CPU_SHARES])
    tuning->cpu_shares = values[VB_TUNING_CPU_SHARES] > 0
                             ? (gint64) MIN (values[VB_TUNING_CPU_SHARES], G_MAXINT64)
                             : VB_TUNING_UNSET;
}

/* As a start would say, of which there is none for a guest that runs. */
static gboolean
check_swap (const VbTuning *tuning, GError **error)
{
  if (!vb_tuning_limits_swap_alone (tuning))
    return TRUE;
  g_set_error_literal (error, VB_ENGINE_ERROR, VB_ENGINE_ERROR_INVALID_ARGUMENT,
                       "a limit of memory and swap together cannot be had without one of memory; "
                       "set memory-hard-limit, too");
  return FALSE;
}

gboolean
vb_tuning_change_check (const VbTuningChange *change, const VbTuning *tuning, GError **error)
{
  VbTuning changed = *tuning;
  g_autoptr (GError) invalid = NULL;

  vb_tuning_change_apply (change, &changed);
  if (vb_tuning_check (&changed, &invalid))
    return check_swap (&changed, error);
  g_set_error_literal (error, VB_ENGINE_ERROR, VB_ENGINE_ERROR_INVALID_ARGUMENT, invalid->message);
  return FALSE;
}
