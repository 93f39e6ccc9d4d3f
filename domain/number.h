/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Numbers and sizes as the domain XML writes them: the whole string, no sign unless said, no
 * overflow.
 */
#pragma once

#include <glib.h>

/* Decimal digits only. */
gboolean vb_number_parse (const char *text, guint64 maximum, guint64 *value);
/* "0x1f" hexadecimal, "017" octal, else decimal, as C reads them. */
gboolean vb_number_parse_c (const char *text, guint64 maximum, guint64 *value);
gboolean vb_number_parse_signed (const char *text, gint64 minimum, gint64 maximum, gint64 *value);
/* Bytes in one @unit such as "KiB" or "MB"; 0 where it is not known. */
guint64 vb_size_unit_bytes (const char *unit);
/* (transfer full): "b, bytes, KB, …" */
char *vb_size_unit_list (void);
/* @amount times @unit_bytes in KiB, rounded up; %FALSE on overflow. */
gboolean vb_size_to_kib (guint64 amount, guint64 unit_bytes, guint64 *kib);
