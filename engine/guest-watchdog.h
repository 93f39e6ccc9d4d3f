/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * What follows a watchdog of the guest where QEMU cannot do it alone: the action `dump`.
 */
#pragma once

#include "engine/run.h"

/* QEMU tells that the guest is in this state. */
void vb_guest_watchdog_follow (VbRun *run, VbState state, VbStateReason reason);
