/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * A session's life from its opening to QEMU's end, the same for QEMU itself and for what stands in
 * for it. The machine is of type `none`, stopped before its first instruction.
 */
#pragma once

#include "qmp/qmp.h"

G_BEGIN_DECLS

/* @session: (transfer full): yet to be opened. Checks what every call comes to. */
void simple_life_live (QmpSession *session);
/* The same with blocking calls. */
void simple_life_live_blocking (QmpSession *session);

G_END_DECLS
