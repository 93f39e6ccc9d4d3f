/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * QEMU pauses the guest; its memory is dumped, and it goes on. A service that comes up meanwhile
 * finds the guest so paused, and begins again.
 */
#include "engine/guest-watchdog.h"

#include "engine/core-dump.h"

static void
let_go_on (VbRun *run)
{
  vb_qemu_instance_command_async (run->instance, VB_QEMU_CONT, NULL, NULL, NULL);
}

void
vb_guest_watchdog_follow (VbRun *run, VbState state, VbStateReason reason)
{
  if (state == VB_STATE_PAUSED && reason == VB_REASON_WATCHDOG && !run->is_dumping &&
      vb_domain_get_watchdog_action (vb_qemu_instance_get_domain (run->instance)) ==
          VB_WATCHDOG_ACTION_DUMP)
    vb_core_dump_take (run, let_go_on);
}
