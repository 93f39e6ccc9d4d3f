/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Tables only: words of states and reasons, QEMU's RunState and ShutdownCause.
 */
#include "qemu/run-state.h"

static const char *const state_words[] = {
  [VB_STATE_SHUTOFF] = "shutoff",
  [VB_STATE_STARTING] = "starting",
  [VB_STATE_RUNNING] = "running",
  [VB_STATE_PAUSED] = "paused",
  [VB_STATE_SHUTTING_DOWN] = "shutting-down",
  [VB_STATE_SUSPENDED] = "suspended",
  [VB_STATE_CRASHED] = "crashed",
};

static const char *const reason_words[] = {
  [VB_REASON_UNKNOWN] = "unknown",     [VB_REASON_BOOTED] = "booted",
  [VB_REASON_USER] = "user",           [VB_REASON_SHUTDOWN] = "shutdown",
  [VB_REASON_DESTROYED] = "destroyed", [VB_REASON_CRASHED] = "crashed",
  [VB_REASON_FAILED] = "failed",       [VB_REASON_IO_ERROR] = "io-error",
  [VB_REASON_WATCHDOG] = "watchdog",   [VB_REASON_SAVED] = "saved",
  [VB_REASON_RESTORED] = "restored",   [VB_REASON_MIGRATED] = "migrated",
  [VB_REASON_SNAPSHOT] = "snapshot",   [VB_REASON_GUEST_PANICKED] = "guest-panicked",
  [VB_REASON_PRESERVED] = "preserved", [VB_REASON_RECONNECTED] = "reconnected",
  [VB_REASON_DAEMON] = "daemon",
};

/* RunState of QEMU's schema. `shutdown` and `guest-panicked` are seen only where an action of the
 * domain holds an ended guest. */
static const struct
{
  const char *word;
  VbState state;
  VbStateReason reason;
} run_states[] = {
  { "debug", VB_STATE_PAUSED, VB_REASON_UNKNOWN },
  { "inmigrate", VB_STATE_PAUSED, VB_REASON_MIGRATED },
  { "internal-error", VB_STATE_CRASHED, VB_REASON_FAILED },
  { "io-error", VB_STATE_PAUSED, VB_REASON_IO_ERROR },
  { "paused", VB_STATE_PAUSED, VB_REASON_USER },
  { "postmigrate", VB_STATE_PAUSED, VB_REASON_MIGRATED },
  { "prelaunch", VB_STATE_STARTING, VB_REASON_UNKNOWN },
  { "finish-migrate", VB_STATE_PAUSED, VB_REASON_MIGRATED },
  { "restore-vm", VB_STATE_PAUSED, VB_REASON_RESTORED },
  { "running", VB_STATE_RUNNING, VB_REASON_BOOTED },
  { "save-vm", VB_STATE_PAUSED, VB_REASON_SAVED },
  { "shutdown", VB_STATE_PAUSED, VB_REASON_PRESERVED },
  { "suspended", VB_STATE_SUSPENDED, VB_REASON_UNKNOWN },
  { "watchdog", VB_STATE_PAUSED, VB_REASON_WATCHDOG },
  { "guest-panicked", VB_STATE_PAUSED, VB_REASON_PRESERVED },
  { "colo", VB_STATE_PAUSED, VB_REASON_MIGRATED },
};

/* ShutdownCause of QEMU's schema. */
static const struct
{
  const char *word;
  VbEnd end;
} shutdown_causes[] = {
  { "host-error", VB_END_CRASH },
  { "host-qmp-quit", VB_END_HOST_REQUEST },
  { "host-qmp-system-reset", VB_END_HOST_REQUEST },
  { "host-signal", VB_END_HOST_SIGNAL },
  { "host-ui", VB_END_HOST_SIGNAL },
  { "guest-shutdown", VB_END_GUEST_SHUTDOWN },
  { "guest-reset", VB_END_GUEST_RESET },
  { "guest-panic", VB_END_GUEST_PANIC },
  { "subsystem-reset", VB_END_GUEST_RESET },
};

static const VbStateReason reason_of_end[] = {
  [VB_END_UNKNOWN] = VB_REASON_UNKNOWN,        [VB_END_GUEST_SHUTDOWN] = VB_REASON_SHUTDOWN,
  [VB_END_GUEST_RESET] = VB_REASON_SHUTDOWN,   [VB_END_GUEST_PANIC] = VB_REASON_GUEST_PANICKED,
  [VB_END_HOST_REQUEST] = VB_REASON_DESTROYED, [VB_END_HOST_SIGNAL] = VB_REASON_DESTROYED,
  [VB_END_CRASH] = VB_REASON_CRASHED,          [VB_END_INTERNAL_ERROR] = VB_REASON_CRASHED,
};

const char *
vb_state_to_string (VbState state)
{
  return state_words[state];
}

int
vb_state_from_string (const char *word)
{
  for (guint i = 0; i < G_N_ELEMENTS (state_words); i++)
    if (g_strcmp0 (state_words[i], word) == 0)
      return (int) i;
  return -1;
}

const char *
vb_state_reason_to_string (VbStateReason reason)
{
  return reason_words[reason];
}

void
vb_run_state_from_qmp (const char *qmp_status, VbState *state, VbStateReason *reason)
{
  /* A word of a later QEMU: it is not "running", so the CPUs are stopped. */
  *state = VB_STATE_PAUSED;
  *reason = VB_REASON_UNKNOWN;
  for (guint i = 0; i < G_N_ELEMENTS (run_states); i++)
    if (g_strcmp0 (run_states[i].word, qmp_status) == 0)
      {
        *state = run_states[i].state;
        *reason = run_states[i].reason;
        return;
      }
}

VbEnd
vb_end_from_qmp (const char *qmp_reason)
{
  for (guint i = 0; i < G_N_ELEMENTS (shutdown_causes); i++)
    if (g_strcmp0 (shutdown_causes[i].word, qmp_reason) == 0)
      return shutdown_causes[i].end;
  return VB_END_UNKNOWN;
}

VbStateReason
vb_end_to_reason (VbEnd end)
{
  return reason_of_end[end];
}
