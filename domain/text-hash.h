/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Hashes of what a document says, for tables: the one who wrote it cannot choose many texts of one
 * hash, as with g_str_hash(), and so make each look-up go through all of them.
 */
#pragma once

#include <glib.h>

/* A GHashFunc for texts */
guint vb_text_hash (gconstpointer text);
guint vb_bytes_hash (const guint8 *bytes, gsize length);
