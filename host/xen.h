/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Whether this machine is the one that Xen's guests are run from, and what is there for them.
 */
#pragma once

#include "host/host.h"

/* Fills Xen's fields of @facts, which are unset. @root: folder that holds `sys` and `usr` */
void vb_xen_read (const char *root, VbHostFacts *facts);
