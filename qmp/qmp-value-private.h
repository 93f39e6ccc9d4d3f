/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Private to libqmp: the door for text that was already scanned as it arrived.
 */
#pragma once

#include "qmp/qmp-scan.h"
#include "qmp/qmp-value.h"

G_BEGIN_DECLS

/* As qmp_value_parse(), but @scan has already taken these bytes and found no fault. */
QmpValue *
qmp_value_parse_scanned (const QmpScan *scan, const char *json, gsize n_bytes, GError **error);

G_END_DECLS
