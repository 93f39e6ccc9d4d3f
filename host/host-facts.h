/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Reading the facts about this machine from the files of one root folder.
 */
#pragma once

#include "host/host.h"

/* @root: (nullable). Never fails: what cannot be read is empty or 0, with a reason where there is
 * a field for one. */
VbHostFacts *vb_host_facts_read (const char *root);
void vb_host_facts_free (VbHostFacts *facts);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (VbHostFacts, vb_host_facts_free)
gboolean vb_host_facts_equal (const VbHostFacts *a, const VbHostFacts *b);
