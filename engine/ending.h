/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * What comes after a guest's end: off, started again, or kept to be looked at.
 */
#pragma once

#include "engine/run.h"

/* What @domain wants after @end. Pure. */
VbLifecycleAction vb_ending_choose_action (const VbDomain *domain, VbEnd end);

/* The guest has ended and QEMU stays. */
void vb_ending_hold (VbRun *run, VbEnd end);
/* QEMU is gone. @run is, too, when this returns. */
void vb_ending_finish (VbRun *run, const VbQemuExit *exit);
