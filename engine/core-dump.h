/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Core dumps of guests: a file each in `<state_dir>/dump`, named after the domain, its UUID and the
 * time, mode 0600. The latest few of a domain are kept.
 */
#pragma once

#include "engine/run.h"

#define VB_CORE_DUMP_FOLDER "dump"
/* Of one domain */
#define VB_CORE_DUMP_MAX_KEPT 3

typedef void (*VbCoreDumpFunc) (VbRun *run);

/* Dumps the memory of the guest of @run, which stands still, as soon as no other operation is at work
 * on the machine, and then calls @next, whether it could be dumped or not: why not is the machine's
 * last error. Not called where the run was ended meanwhile. One at a time. */
void vb_core_dump_take (VbRun *run, VbCoreDumpFunc next);
