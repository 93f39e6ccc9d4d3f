/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * What /proc/cpuinfo says about the processors. Pure: it gets the file's text.
 */
#pragma once

#include "host/host.h"

/* Fills the processor's fields of @facts, which are unset. @text as the kernel writes it, on any
 * architecture. */
void vb_cpu_info_parse (const char *text, VbHostFacts *facts);
