/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The host's end of a device that passes bytes on: of a character device, or of a smartcard whose
 * answers come from elsewhere.
 */
#pragma once

#include "domain/domain.h"

/* (nullable) (transfer none): of @device; %NULL where it has none of its own, as a serial console has
 * not, which is another name of a serial port. */
VbChardevSource *vb_host_end_of (const VbDevice *device);
/* (transfer full): what QEMU calls it: `query-chardev`'s label */
char *vb_host_end_id (const VbDevice *device);
/* (transfer full) (nullable): the path of the UNIX socket that the host's end of @device listens on.
 * One that the definition leaves to the service is in the machine's runtime folder. */
char *vb_host_end_get_listener (const VbDevice *device, const char *runtime_dir);
