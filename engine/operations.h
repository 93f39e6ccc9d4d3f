/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Which operation is possible in which state: one table for what is refused, what is offered and
 * what the message says. Pure; knows no machine.
 */
#pragma once

#include "engine/machine.h"

typedef struct
{
  const char *name; /* for the message */
  VbState state;
  VbStateReason reason;
  gboolean persistent;
} VbCondition;

/* Whether @operation is accepted. Errors: %VB_ENGINE_ERROR_INVALID_STATE. */
gboolean vb_operation_check (VbOperation operation, const VbCondition *condition, GError **error);
/* Whether it is accepted and has an effect: nothing is suspended that is paused. */
gboolean vb_operation_is_useful (VbOperation operation, const VbCondition *condition);
