/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * What a device takes: what its emulator says of it, together with what the schema of ours adds to
 * that (meaning, unit, range, words, place in the domain XML). Pure.
 */
#pragma once

#include "qemu/emulator-facts.h"

/* (transfer floating) (nullable): the properties of @device by name, as `a(sssv)`: name, type,
 * description, default.
 *
 * The type is `bool`, `u8` to `u64`, `i8` to `i64`, `size` (bytes), `str`, `link<…>`, or the words of an
 * enum: "auto|on|off". Where there is no default, or QEMU decides by itself, it is an empty string.
 * %NULL where the emulator has no such device, or has not been asked for its properties. */
GVariant *vb_device_schema_describe (const VbEmulatorFacts *facts, const char *device);

/* (transfer full): the type of one property in the words above. @device: which has it */
char *vb_device_schema_get_type (const char *device, const VbEmulatorProperty *property);

/* (nullable) (transfer none): what @device is, in a sentence; for the devices that a domain can have,
 * whatever the emulator says of them. */
const char *vb_device_schema_get_summary (const char *device);
