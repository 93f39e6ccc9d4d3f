/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The guest's own clock where the domain lets it have one (<clock offset='variable'>): what the guest
 * sets it to is what the next start begins with.
 */
#pragma once

#include "engine/run.h"

/* The guest has set its clock to @offset_s seconds from the one that QEMU was started with. Noted in
 * the record of the run at once, and in the definitions, the live and the stored, not more often than
 * every few seconds. */
void vb_guest_clock_change (VbRun *run, gint64 offset_s);
/* The run was taken over: what an earlier service did not store follows. */
void vb_guest_clock_resume (VbRun *run);
/* The run is about to end: what is not in the definitions yet gets there. */
void vb_guest_clock_settle (VbRun *run);
