/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * What the generated structures and enums have in common. Only the library makes a structure, so that
 * a later version can append members; it knows the words of an enum, so that one can be added.
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

/**
 * qmp_enum_to_string:
 * @enum_name: an enum of the schema, such as "RunState"
 * @value: a value of it
 *
 * Each enum has a function of its own that is this one with its name.
 *
 * Returns: (nullable) (transfer none): QEMU's word for it; %NULL for a value that has no word
 */
QMP_EXPORT const char *qmp_enum_to_string (const char *enum_name, int value);

/**
 * qmp_enum_from_string:
 * @enum_name: an enum of the schema, such as "RunState"
 * @word: (nullable): QEMU's word for a value
 *
 * Returns: the value; 0, which is UNKNOWN, for a word that this version does not know
 */
QMP_EXPORT int qmp_enum_from_string (const char *enum_name, const char *word);

G_END_DECLS
