/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The <watchdog> element: a device that acts when the guest stops telling it that all is well.
 */
#pragma once

#include "domain/device.h"
#include "domain/enum-table.h"

typedef enum
{
  VB_WATCHDOG_I6300ESB,
  VB_WATCHDOG_IB700,
} VbWatchdogModel;

typedef enum
{
  VB_WATCHDOG_ACTION_RESET,
  VB_WATCHDOG_ACTION_SHUTDOWN, /* the guest is asked */
  VB_WATCHDOG_ACTION_POWEROFF,
  VB_WATCHDOG_ACTION_PAUSE,
  VB_WATCHDOG_ACTION_NONE,
  VB_WATCHDOG_ACTION_DUMP,
} VbWatchdogAction;

extern const VbEnumTable vb_watchdog_model_table;
extern const VbEnumTable vb_watchdog_action_table;

typedef struct
{
  VbDevice base;
  VbWatchdogModel model;
  VbWatchdogAction action;
} VbWatchdog;
