/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Opening one descriptor of the launch plan.
 */
#pragma once

#include "qemu/descriptors.h"

/* A close-on-exec descriptor, or -1. Errors: %VB_QEMU_ERROR_HOST_RESOURCE. */
int vb_descriptor_open (const VbDescriptor *descriptor, const VbOpening *opening, GError **error);
