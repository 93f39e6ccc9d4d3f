/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Whether KVM can be used, tried by opening it.
 */
#pragma once

#include <glib.h>

/* @device: path of the `kvm` node. @cpu_features: to name the module that is missing.
 * @reason: (out) (transfer full): why not, and the remedy; "" if it is usable */
gboolean vb_kvm_probe (const char *device, const char *const *cpu_features, char **reason);
