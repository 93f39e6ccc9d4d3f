/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Opening one descriptor of the launch plan.
 */
#pragma once

#include "qemu/descriptors.h"

/* A close-on-exec descriptor, or -1. Errors: %VB_QEMU_ERROR_HOST_RESOURCE. */
int vb_descriptor_open (const VbDescriptor *descriptor, const VbOpening *opening, GError **error);
/* Whether what @descriptor, a pipe, names is not one FIFO but two, with `.in` and `.out` behind its
 * name: what the guest reads, and what it writes. */
gboolean vb_descriptor_is_pair (const VbDescriptor *descriptor);
