/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Every operation in every state: what is accepted, what is offered, what the refusal says.
 */
#include "engine/ending.h"
#include "engine/engine-error.h"
#include "engine/operations.h"

#include <string.h>

#define N_STATES (VB_STATE_CRASHED + 1)

/* One letter per state, in the order of VbState: 'x' offered, 'a' accepted without effect. */
static const struct
{
  VbOperation operation;
  const char *bus_name;
  const char *states;
  gboolean persistent;
} expected[] = {
  { VB_OPERATION_START, "Start", "x......", FALSE },
  { VB_OPERATION_SHUTDOWN, "Shutdown", "..x....", FALSE },
  { VB_OPERATION_REBOOT, "Reboot", "..x....", FALSE },
  { VB_OPERATION_RESET, "Reset", "..xx.xx", FALSE },
  { VB_OPERATION_DESTROY, "Destroy", ".xxxxxx", FALSE },
  { VB_OPERATION_SUSPEND, "Suspend", "..xa...", FALSE },
  { VB_OPERATION_RESUME, "Resume", "..ax.x.", FALSE },
  { VB_OPERATION_UNDEFINE, "Undefine", "xxxxxxx", TRUE },
  { VB_OPERATION_SET_AUTOSTART, "SetAutostart", "xxxxxxx", TRUE },
  { VB_OPERATION_SET_TITLE, "SetTitle", "xxxxxxx", FALSE },
  { VB_OPERATION_SET_DESCRIPTION, "SetDescription", "xxxxxxx", FALSE },
  { VB_OPERATION_RENAME, "Rename", "x......", TRUE },
  { VB_OPERATION_SET_MEMORY, "SetMemory", "xxxxxxx", FALSE },
  { VB_OPERATION_SET_MAX_MEMORY, "SetMaxMemory", "xxxxxxx", TRUE },
  { VB_OPERATION_SET_VCPUS, "SetVcpus", "xxxxxxx", TRUE },
  { VB_OPERATION_PIN_VCPU, "PinVcpu", "xxxxxxx", FALSE },
  { VB_OPERATION_SET_TUNING, "SetTuning", "xxxxxxx", FALSE },
};

static void
check_one (gsize row, VbState state, gboolean persistent)
{
  VbCondition condition = {
    .name = "x", .state = state, .reason = VB_REASON_USER, .persistent = persistent
  };
  char mark = expected[row].states[state];
  gboolean has_definition = persistent || !expected[row].persistent;
  g_autoptr (GError) error = NULL;
  gboolean accepted = vb_operation_check (expected[row].operation, &condition, &error);

  g_assert_cmpint (accepted, ==, mark != '.' && has_definition);
  g_assert_cmpint (vb_operation_is_useful (expected[row].operation, &condition), ==,
                   mark == 'x' && has_definition);
  if (accepted)
    {
      g_assert_no_error (error);
      return;
    }
  g_assert_error (error, VB_ENGINE_ERROR, VB_ENGINE_ERROR_INVALID_STATE);
  g_assert_nonnull (strstr (error->message, expected[row].bus_name));
  g_assert_nonnull (
      strstr (error->message, mark != '.' ? "transient" : vb_state_to_string (state)));
}

static void
test_table (void)
{
  g_assert_cmpuint (G_N_ELEMENTS (expected), ==, VB_N_OPERATIONS);
  for (gsize row = 0; row < G_N_ELEMENTS (expected); row++)
    {
      g_assert_cmpuint (strlen (expected[row].states), ==, N_STATES);
      g_assert_cmpstr (vb_operation_to_string (expected[row].operation), ==,
                       expected[row].bus_name);
      for (int state = 0; state < N_STATES; state++)
        {
          check_one (row, (VbState) state, TRUE);
          check_one (row, (VbState) state, FALSE);
        }
    }
}

static void
test_preserved (void)
{
  VbCondition condition = {
    .name = "x", .state = VB_STATE_PAUSED, .reason = VB_REASON_PRESERVED, .persistent = TRUE
  };

  g_assert_false (vb_operation_check (VB_OPERATION_RESUME, &condition, NULL));
  g_assert_false (vb_operation_check (VB_OPERATION_RESET, &condition, NULL));
  g_assert_false (vb_operation_is_useful (VB_OPERATION_RESUME, &condition));
  g_assert_true (vb_operation_check (VB_OPERATION_DESTROY, &condition, NULL));
}

static void
test_message (void)
{
  VbCondition condition = { .name = "web",
                            .state = VB_STATE_SHUTOFF,
                            .reason = VB_REASON_SHUTDOWN };
  g_autoptr (GError) error = NULL;

  g_assert_false (vb_operation_check (VB_OPERATION_SUSPEND, &condition, &error));
  g_assert_cmpstr (error->message, ==,
                   "domain 'web' is shutoff (shutdown); Suspend needs it running");
}

static void
test_actions (void)
{
  const VbDomain domain = {
    .on_poweroff = VB_LIFECYCLE_DESTROY,
    .on_reboot = VB_LIFECYCLE_RESTART,
    .on_crash = VB_LIFECYCLE_PRESERVE,
  };
  static const struct
  {
    VbEnd end;
    VbLifecycleAction action;
  } rows[] = {
    { VB_END_UNKNOWN, VB_LIFECYCLE_DESTROY },      { VB_END_GUEST_SHUTDOWN, VB_LIFECYCLE_DESTROY },
    { VB_END_GUEST_RESET, VB_LIFECYCLE_RESTART },  { VB_END_GUEST_PANIC, VB_LIFECYCLE_PRESERVE },
    { VB_END_HOST_REQUEST, VB_LIFECYCLE_DESTROY }, { VB_END_HOST_SIGNAL, VB_LIFECYCLE_DESTROY },
    { VB_END_CRASH, VB_LIFECYCLE_PRESERVE },       { VB_END_INTERNAL_ERROR, VB_LIFECYCLE_PRESERVE },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (rows); i++)
    g_assert_cmpint (vb_ending_choose_action (&domain, rows[i].end), ==, rows[i].action);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/engine/operations/table", test_table);
  g_test_add_func ("/engine/operations/preserved", test_preserved);
  g_test_add_func ("/engine/operations/message", test_message);
  g_test_add_func ("/engine/operations/actions", test_actions);
  return g_test_run ();
}
