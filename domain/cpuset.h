/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * A set of the host's CPUs, which the XML writes as "0-3,^2,8".
 */
#pragma once

#include <glib.h>

#define VB_CPUSET_MAX_CPU 16383

typedef struct
{
  guint n_words; /* the last is not 0 */
  guint64 words[];
} VbCpuset;

/* (transfer full) (nullable): %NULL where @text is no set or an empty one. An excluded CPU is taken
 * from what stands before it. */
VbCpuset *vb_cpuset_parse (const char *text);
/* (transfer full): the same set in the one way that this program writes it: ascending, without
 * exclusions */
char *vb_cpuset_to_string (const VbCpuset *set);
/* @set: (nullable); (transfer full) (nullable) */
VbCpuset *vb_cpuset_copy (const VbCpuset *set);
void vb_cpuset_free (VbCpuset *set);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (VbCpuset, vb_cpuset_free)
