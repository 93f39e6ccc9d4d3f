/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The dictionary that SetTuning takes.
 */
#pragma once

#include <gio/gio.h>

#include "engine/tuning-change.h"

/* @values: `a{sv}`. Errors: %VB_ENGINE_ERROR_INVALID_ARGUMENT. */
gboolean vb_tuning_values_read (GVariant *values, VbTuningChange *change, GError **error);
