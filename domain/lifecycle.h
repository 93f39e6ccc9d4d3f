/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The elements <on_poweroff>, <on_reboot> and <on_crash>: what follows when the guest ends.
 */
#pragma once

#include "domain/enum-table.h"

typedef enum
{
  VB_LIFECYCLE_DESTROY,
  VB_LIFECYCLE_RESTART,
  VB_LIFECYCLE_PRESERVE,
  VB_LIFECYCLE_RENAME_RESTART,
  VB_LIFECYCLE_COREDUMP_DESTROY, /* on_crash only, as the next */
  VB_LIFECYCLE_COREDUMP_RESTART,
} VbLifecycleAction;

extern const VbEnumTable vb_lifecycle_action_table;
