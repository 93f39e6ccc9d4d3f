/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Where an emulator looks for its modules: what is installed there decides what it can do.
 */
#pragma once

#include <glib.h>

/* (transfer full): those that there are, sorted. @program: path of the binary. Reads one folder. */
char **vb_module_folders_find (const char *program);
