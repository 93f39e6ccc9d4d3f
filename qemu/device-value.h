/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Whether a device's property takes a value: its type, its range, its words. Pure.
 */
#pragma once

#include "qemu/emulator-facts.h"
#include "qmp/qmp-value.h"

/* (transfer full) (nullable): what @property of @device takes instead of @value, and the value: "4 to 16
 * MiB, a power of two, not 64"; %NULL where it takes it */
char *vb_device_value_refuse (const char *device,
                              const VbEmulatorProperty *property,
                              const QmpValue *value);
