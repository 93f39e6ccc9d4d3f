/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The limits of a control group: two tables, of limits and of files.
 */
#include "host/cgroup-limits.h"

#include <string.h>
#include <unistd.h>

#define MIN_WEIGHT 1
#define MAX_WEIGHT 10000
#define DEFAULT_BLKIO_WEIGHT 500
#define DEFAULT_SHARES 1024
#define MAX_BFQ_WEIGHT 1000
#define UNLIMITED_WORD "max"
/* io.weight and io.bfq.weight begin with the weight for devices without one of their own. */
#define DEFAULT_WORD "default "

static const struct
{
  const char *controller;
  const char *property;
} limit_rows[VB_N_CGROUP_LIMITS] = {
  [VB_CGROUP_MEMORY_MAX] = { "memory", "MemoryMax" },
  [VB_CGROUP_MEMORY_HIGH] = { "memory", "MemoryHigh" },
  [VB_CGROUP_MEMORY_SWAP_MAX] = { "memory", "MemorySwapMax" },
  [VB_CGROUP_IO_WEIGHT] = { "io", "IOWeight" },
  [VB_CGROUP_CPU_WEIGHT] = { "cpu", "CPUWeight" },
};

/* From one default and one end of the scale to the other, as systemd has it: BFQ_WEIGHT() */
static guint64
to_bfq_weight (guint64 weight)
{
  if (weight <= VB_CGROUP_DEFAULT_WEIGHT)
    return weight;
  return VB_CGROUP_DEFAULT_WEIGHT + (weight - VB_CGROUP_DEFAULT_WEIGHT) *
                                        (MAX_BFQ_WEIGHT - VB_CGROUP_DEFAULT_WEIGHT) /
                                        (MAX_WEIGHT - VB_CGROUP_DEFAULT_WEIGHT);
}

static const VbCgroupFile files[] = {
  { "memory.max", VB_CGROUP_MEMORY_MAX, NULL },
  { "memory.high", VB_CGROUP_MEMORY_HIGH, NULL },
  { "memory.swap.max", VB_CGROUP_MEMORY_SWAP_MAX, NULL },
  { "io.weight", VB_CGROUP_IO_WEIGHT, NULL },
  { "io.bfq.weight", VB_CGROUP_IO_WEIGHT, to_bfq_weight },
  { "cpu.weight", VB_CGROUP_CPU_WEIGHT, NULL },
};

void
vb_cgroup_limits_set (VbCgroupLimits *limits, VbCgroupLimit limit, guint64 value)
{
  limits->is_set[limit] = TRUE;
  limits->values[limit] = value;
}

gboolean
vb_cgroup_limits_is_empty (const VbCgroupLimits *limits)
{
  for (int limit = 0; limit < VB_N_CGROUP_LIMITS; limit++)
    if (limits->is_set[limit])
      return FALSE;
  return TRUE;
}

guint64
vb_cgroup_weight_from_blkio (guint64 weight)
{
  return CLAMP (weight * VB_CGROUP_DEFAULT_WEIGHT / DEFAULT_BLKIO_WEIGHT, MIN_WEIGHT, MAX_WEIGHT);
}

guint64
vb_cgroup_weight_from_shares (guint64 shares)
{
  return CLAMP (shares * VB_CGROUP_DEFAULT_WEIGHT / DEFAULT_SHARES, MIN_WEIGHT, MAX_WEIGHT);
}

const char *
vb_cgroup_limit_get_controller (VbCgroupLimit limit)
{
  return limit_rows[limit].controller;
}

const char *
vb_cgroup_limit_get_property (VbCgroupLimit limit)
{
  return limit_rows[limit].property;
}

const VbCgroupFile *
vb_cgroup_files_get (guint *n_files)
{
  *n_files = G_N_ELEMENTS (files);
  return files;
}

static guint64
convert (const VbCgroupFile *file, guint64 value)
{
  return file->convert != NULL ? file->convert (value) : value;
}

char *
vb_cgroup_file_format (const VbCgroupFile *file, guint64 value)
{
  if (value == VB_CGROUP_UNLIMITED)
    return g_strdup (UNLIMITED_WORD);
  return g_strdup_printf ("%" G_GUINT64_FORMAT, convert (file, value));
}

gboolean
vb_cgroup_file_holds (const VbCgroupFile *file, const char *text, guint64 value)
{
  g_autofree char *line = g_strndup (text, strcspn (text, "\n"));
  const char *word = g_str_has_prefix (line, DEFAULT_WORD) ? line + strlen (DEFAULT_WORD) : line;
  gboolean is_size = file->limit <= VB_CGROUP_MEMORY_SWAP_MAX;
  guint64 page_bytes = is_size ? (guint64) sysconf (_SC_PAGESIZE) : 1;
  guint64 found;

  if (g_str_equal (word, UNLIMITED_WORD))
    return value == VB_CGROUP_UNLIMITED;
  return g_ascii_string_to_unsigned (word, 10, 0, G_MAXUINT64, &found, NULL) &&
         found / page_bytes == convert (file, value) / page_bytes;
}
