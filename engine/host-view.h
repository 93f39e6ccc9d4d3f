/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The host as guests see it, out of what the room of the host knows.
 */
#pragma once

#include "host/host.h"
#include "qemu/qemu-host.h"

/* (transfer full) */
VbQemuHost *vb_host_view_new (const VbHostFacts *facts);
