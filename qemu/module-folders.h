/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Where an emulator looks for its modules: what is installed there decides what it can do.
 */
#pragma once

#include <glib.h>

/* (transfer full): those that there are, sorted. @program: path of the binary. Reads one folder. */
char **vb_module_folders_find (const char *program);
/* (transfer full) (nullable): the names of the files in the folder that a running program has loaded
 * modules from; %NULL where it has loaded none, or where that cannot be seen. Reads two small files. */
char **vb_module_folders_list_used (const char *program, int pid);
