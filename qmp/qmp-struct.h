/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * What the generated structures have in common: only the library makes them, so that a later version
 * can append members. Knows nothing of what is in them.
 */
#pragma once

#include "qmp/qmp-value.h"

G_BEGIN_DECLS

/**
 * qmp_struct_copy:
 * @structure: a structure of the schema, such as a #QmpStatusInfo
 *
 * A deep copy. Each structure has a function of its own that is this one with its type.
 *
 * Returns: (transfer full): the copy
 */
QMP_EXPORT gpointer qmp_struct_copy (gconstpointer structure);

/**
 * qmp_struct_free:
 * @structure: (nullable) (transfer full): a structure of the schema
 *
 * Frees a structure and all that it owns: its strings, arrays, structures and values.
 */
QMP_EXPORT void qmp_struct_free (gpointer structure);

G_END_DECLS
