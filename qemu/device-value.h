/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Whether a device's property takes a value: its type, its range, its words. Pure.
 */
#pragma once

#include "qemu/device-table.h"
#include "qmp/qmp-value.h"

/* (transfer full) (nullable): what a property takes instead of @value, and the value: "4 to 16 MiB, a
 * power of two, not 64"; %NULL where it takes it. @type: of vb_device_schema_get_type(); @schema:
 * (nullable): what the schema says of it */
char *
vb_device_value_refuse (const char *type, const VbSchemaProperty *schema, const QmpValue *value);
