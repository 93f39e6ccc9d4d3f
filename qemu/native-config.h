/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * A command line of QEMU as a file for its option `-readconfig`. Pure.
 */
#pragma once

#include <glib.h>

/* (transfer full): @command are settings of the environment and the emulator, @arguments what follows
 * it (element-type VbArgument). What -readconfig does not take stands in the head of the text, as the
 * command that starts it. */
char *vb_native_config_format (const char *const *command, const GPtrArray *arguments);
