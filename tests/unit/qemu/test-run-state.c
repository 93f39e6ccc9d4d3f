/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The tables of states, over every value that QEMU 7.2 can send.
 */
#include "qemu/run-state.h"

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
  { "some-later-state", VB_STATE_PAUSED, VB_REASON_UNKNOWN },
  { NULL, VB_STATE_PAUSED, VB_REASON_UNKNOWN },
};

static void
test_run_states (void)
{
  for (guint i = 0; i < G_N_ELEMENTS (run_states); i++)
    {
      VbState state = VB_STATE_SHUTOFF;
      VbStateReason reason = VB_REASON_DAEMON;
      g_test_message ("%s", run_states[i].word != NULL ? run_states[i].word : "(none)");
      vb_run_state_from_qmp (run_states[i].word, &state, &reason);
      g_assert_cmpint (state, ==, run_states[i].state);
      g_assert_cmpint (reason, ==, run_states[i].reason);
    }
}

static const struct
{
  const char *word;
  VbEnd end;
  VbStateReason reason;
} causes[] = {
  { "none", VB_END_UNKNOWN, VB_REASON_UNKNOWN },
  { "host-error", VB_END_CRASH, VB_REASON_CRASHED },
  { "host-qmp-quit", VB_END_HOST_REQUEST, VB_REASON_DESTROYED },
  { "host-qmp-system-reset", VB_END_HOST_REQUEST, VB_REASON_DESTROYED },
  { "host-signal", VB_END_HOST_SIGNAL, VB_REASON_DESTROYED },
  { "host-ui", VB_END_HOST_SIGNAL, VB_REASON_DESTROYED },
  { "guest-shutdown", VB_END_GUEST_SHUTDOWN, VB_REASON_SHUTDOWN },
  { "guest-reset", VB_END_GUEST_RESET, VB_REASON_SHUTDOWN },
  { "guest-panic", VB_END_GUEST_PANIC, VB_REASON_GUEST_PANICKED },
  { "subsystem-reset", VB_END_GUEST_RESET, VB_REASON_SHUTDOWN },
  { "snapshot-load", VB_END_UNKNOWN, VB_REASON_UNKNOWN },
  { NULL, VB_END_UNKNOWN, VB_REASON_UNKNOWN },
};

static void
test_ends (void)
{
  for (guint i = 0; i < G_N_ELEMENTS (causes); i++)
    {
      VbEnd end = vb_end_from_qmp (causes[i].word);
      g_assert_cmpint (end, ==, causes[i].end);
      g_assert_cmpint (vb_end_to_reason (end), ==, causes[i].reason);
    }
}

static void
test_words (void)
{
  for (int state = VB_STATE_SHUTOFF; state <= VB_STATE_CRASHED; state++)
    g_assert_cmpint (vb_state_from_string (vb_state_to_string ((VbState) state)), ==, state);
  g_assert_cmpstr (vb_state_to_string (VB_STATE_SHUTTING_DOWN), ==, "shutting-down");
  g_assert_cmpint (vb_state_from_string ("Running"), ==, -1);
  g_assert_cmpint (vb_state_from_string (NULL), ==, -1);
  for (int reason = VB_REASON_UNKNOWN; reason <= VB_REASON_DAEMON; reason++)
    g_assert_cmpstr (vb_state_reason_to_string ((VbStateReason) reason), !=, NULL);
  g_assert_cmpstr (vb_state_reason_to_string (VB_REASON_GUEST_PANICKED), ==, "guest-panicked");
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/run-state/from-qmp", test_run_states);
  g_test_add_func ("/run-state/ends", test_ends);
  g_test_add_func ("/run-state/words", test_words);
  return g_test_run ();
}
