/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * One client that talks QMP to the service as if it were QEMU's monitor: a greeting and a
 * negotiation of its own, its commands passed on, its ids given back. What it sends is hostile until
 * it was read: nothing of it reaches QEMU as it came, and whatever it does ends nobody but itself.
 */
#pragma once

#include "engine/passthrough.h"

typedef struct _VbQmpClient VbQmpClient;

/* Begins a session over @fd, (transfer full). It lives as long as @passthrough is open and the
 * client is connected, and frees itself. @rights: copied. @events: (nullable): the names of the
 * events that it gets; %NULL: all */
void vb_qmp_client_begin (VbPassthrough *passthrough,
                          int fd,
                          const VbQmpRights *rights,
                          const char *const *events);
