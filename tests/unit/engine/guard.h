/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Runs a test program in a child, and clears away what it leaves however it ends: processes and its
 * folder.
 */
#pragma once

/* The folder, with a short path, that the tests may fill; set in the child. */
const char *guard_get_folder (void);
int guard_main (int argc, char **argv, int (*run) (int argc, char **argv));
