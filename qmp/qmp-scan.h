/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Private to libqmp. Follows the brackets and strings of JSON text byte by byte, as it arrives, so
 * that limits hold before anything is parsed and a stream can be cut into messages. Refuses bytes
 * that no JSON text has; knows nothing else of the grammar.
 */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

typedef struct
{
  /* A brace in the first column starts a new message, whatever came before. */
  gboolean is_stream;

  guint depth;
  guint max_depth; /* so far */
  guint n_values;
  guint n_digits; /* of the number that the scan is in */
  gboolean in_string;
  gboolean after_backslash;
  gboolean after_newline;
  gboolean has_non_ascii;
  gboolean has_long_number; /* one that may not fit in 64 bits */
} QmpScan;

typedef enum
{
  QMP_SCAN_MORE,      /* all bytes are taken */
  QMP_SCAN_COMPLETE,  /* the last byte taken closes the outermost bracket */
  QMP_SCAN_BROKEN,    /* the last byte taken cannot be there */
  QMP_SCAN_RESTARTED, /* the last byte taken is the brace of a new message */
  QMP_SCAN_TOO_LARGE, /* too deep, or too many values */
} QmpScanResult;

/* Takes bytes until there is something to tell; @n_taken: (out): how many. */
QmpScanResult qmp_scan_bytes (QmpScan *scan, const char *bytes, gsize n_bytes, gsize *n_taken);

G_END_DECLS
