/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The states of a machine and their reasons, and the pure mapping from what QEMU says to them.
 */
#pragma once

#include <glib.h>

/* Spelled on the bus as vb_state_to_string() says. */
typedef enum
{
  VB_STATE_SHUTOFF,
  VB_STATE_STARTING,
  VB_STATE_RUNNING,
  VB_STATE_PAUSED,
  VB_STATE_SHUTTING_DOWN,
  VB_STATE_SUSPENDED,
  VB_STATE_CRASHED,
} VbState;

typedef enum
{
  VB_REASON_UNKNOWN,
  VB_REASON_BOOTED,
  VB_REASON_USER,
  VB_REASON_SHUTDOWN,
  VB_REASON_DESTROYED,
  VB_REASON_CRASHED,
  VB_REASON_FAILED,
  VB_REASON_IO_ERROR,
  VB_REASON_WATCHDOG,
  VB_REASON_SAVED,
  VB_REASON_RESTORED,
  VB_REASON_MIGRATED,
  VB_REASON_SNAPSHOT,
  VB_REASON_GUEST_PANICKED,
  VB_REASON_PRESERVED,
  VB_REASON_RECONNECTED,
  VB_REASON_DAEMON,
} VbStateReason;

/* How a guest came to its end. */
typedef enum
{
  VB_END_UNKNOWN,        /* it ended while nobody watched, and left no word */
  VB_END_GUEST_SHUTDOWN, /* the guest powered itself off */
  VB_END_GUEST_RESET,    /* the guest asked for a reset, and on_reboot is not restart */
  VB_END_GUEST_PANIC,
  VB_END_HOST_REQUEST,   /* we told QEMU to quit */
  VB_END_HOST_SIGNAL,    /* somebody sent QEMU a signal that ends it in order (SIGTERM) */
  VB_END_CRASH,          /* QEMU died */
  VB_END_INTERNAL_ERROR, /* QEMU lives, but cannot run its guest any more */
} VbEnd;

const char *vb_state_to_string (VbState state);
/* -1 where unknown */
int vb_state_from_string (const char *word);
const char *vb_state_reason_to_string (VbStateReason reason);

/* From QMP `query-status`. @qmp_status as QEMU spells RunState: "running", "prelaunch", … */
void vb_run_state_from_qmp (const char *qmp_status, VbState *state, VbStateReason *reason);
/* From the `reason` of the event SHUTDOWN: "guest-shutdown", "host-signal", … */
VbEnd vb_end_from_qmp (const char *qmp_reason);
/* The reason of state `shutoff` after such an end. */
VbStateReason vb_end_to_reason (VbEnd end);
