/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The end of a log, as one who must explain a failure wants it.
 */
#pragma once

#include <glib.h>

/* (transfer full): at most the last @max_bytes of the file behind @offset; "" where it cannot be
 * read. May hold any bytes but NUL. */
char *vb_log_tail_read (const char *path, goffset offset, gsize max_bytes);
/* (transfer full): QEMU's words in a log's tail: valid UTF-8 on one line, without time stamps and
 * what is no complaint; "" for none. Pure. */
char *vb_log_tail_to_words (const char *tail);
