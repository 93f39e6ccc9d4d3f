/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The table of operations and states.
 */
#include "engine/operations.h"

#include "engine/engine-error.h"

#define IN(state) (1u << VB_STATE_##state)
#define IN_ANY (IN (SHUTOFF) | IN_STARTED)
#define IN_STARTED                                                                                 \
  (IN (STARTING) | IN (RUNNING) | IN (PAUSED) | IN (SHUTTING_DOWN) | IN (SUSPENDED) | IN (CRASHED))

typedef struct
{
  const char *name;       /* the bus method's */
  guint states;           /* it has an effect in these */
  guint done_states;      /* it is accepted in these as well, and has been done already */
  gboolean persistent;    /* needs a stored definition */
  gboolean not_preserved; /* impossible where QEMU was kept after the guest's end */
  const char *needs;      /* "Suspend needs it running" */
} OperationRow;

static const OperationRow rows[] = {
  [VB_OPERATION_START] = { "Start", IN (SHUTOFF), 0, FALSE, FALSE, "shutoff" },
  [VB_OPERATION_SHUTDOWN] = { "Shutdown", IN (RUNNING), 0, FALSE, FALSE, "running" },
  [VB_OPERATION_REBOOT] = { "Reboot", IN (RUNNING), 0, FALSE, FALSE, "running" },
  [VB_OPERATION_RESET] = { "Reset", IN (RUNNING) | IN (PAUSED) | IN (SUSPENDED) | IN (CRASHED), 0,
                           FALSE, TRUE, "running, paused (not preserved), suspended or crashed" },
  [VB_OPERATION_DESTROY] = { "Destroy", IN_STARTED, 0, FALSE, FALSE, "started" },
  [VB_OPERATION_SUSPEND] = { "Suspend", IN (RUNNING), IN (PAUSED), FALSE, FALSE, "running" },
  [VB_OPERATION_RESUME] = { "Resume", IN (PAUSED) | IN (SUSPENDED), IN (RUNNING), FALSE, TRUE,
                            "paused (not preserved) or suspended" },
  [VB_OPERATION_UNDEFINE] = { "Undefine", IN_ANY, 0, TRUE, FALSE, "" },
  [VB_OPERATION_SET_AUTOSTART] = { "SetAutostart", IN_ANY, 0, TRUE, FALSE, "" },
  [VB_OPERATION_SET_TITLE] = { "SetTitle", IN_ANY, 0, FALSE, FALSE, "" },
  [VB_OPERATION_SET_DESCRIPTION] = { "SetDescription", IN_ANY, 0, FALSE, FALSE, "" },
  [VB_OPERATION_RENAME] = { "Rename", IN (SHUTOFF), 0, TRUE, FALSE, "shutoff" },
  [VB_OPERATION_SET_MEMORY] = { "SetMemory", IN_ANY, 0, FALSE, FALSE, "" },
  [VB_OPERATION_SET_MAX_MEMORY] = { "SetMaxMemory", IN_ANY, 0, TRUE, FALSE, "" },
  [VB_OPERATION_SET_VCPUS] = { "SetVcpus", IN_ANY, 0, TRUE, FALSE, "" },
  [VB_OPERATION_PIN_VCPU] = { "PinVcpu", IN_ANY, 0, FALSE, FALSE, "" },
  [VB_OPERATION_SET_TUNING] = { "SetTuning", IN_ANY, 0, FALSE, FALSE, "" },
};
G_STATIC_ASSERT (G_N_ELEMENTS (rows) == VB_N_OPERATIONS);

static gboolean
is_in (guint states, const OperationRow *row, const VbCondition *condition)
{
  return (states & (1u << condition->state)) != 0 &&
         !(row->not_preserved && condition->state == VB_STATE_PAUSED &&
           condition->reason == VB_REASON_PRESERVED);
}

gboolean
vb_operation_check (VbOperation operation, const VbCondition *condition, GError **error)
{
  const OperationRow *row = &rows[operation];

  if (!is_in (row->states | row->done_states, row, condition))
    {
      g_set_error (error, VB_ENGINE_ERROR, VB_ENGINE_ERROR_INVALID_STATE,
                   "domain '%s' is %s (%s); %s needs it %s", condition->name,
                   vb_state_to_string (condition->state),
                   vb_state_reason_to_string (condition->reason), row->name, row->needs);
      return FALSE;
    }
  if (row->persistent && !condition->persistent)
    {
      g_set_error (
          error, VB_ENGINE_ERROR, VB_ENGINE_ERROR_INVALID_STATE,
          "domain '%s' is transient; %s needs a stored definition (DefineDomain makes one)",
          condition->name, row->name);
      return FALSE;
    }
  return TRUE;
}

gboolean
vb_operation_is_useful (VbOperation operation, const VbCondition *condition)
{
  const OperationRow *row = &rows[operation];

  return is_in (row->states, row, condition) && (!row->persistent || condition->persistent);
}

const char *
vb_operation_to_string (VbOperation operation)
{
  return rows[operation].name;
}
