/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Reading files of the machine that have no fixed size, such as the kernel's tables in /proc.
 */
#pragma once

#include <glib.h>

/* @root: "" for the real one. @path: "/proc/swaps". (transfer full): "" where it cannot be read. Of
 * a file above 16 MiB the whole lines of its beginning. */
char *vb_host_file_read (const char *root, const char *path);
