/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * What a capability set has to list: CPU models, device models, the properties of one, and what a form
 * may offer. Pure: says no more than the set knows. All return %NULL with an error; values are floating.
 *
 * Errors: %VB_QEMU_ERROR_EMULATOR where the emulator could not be asked, %VB_ENGINE_ERROR_UNSUPPORTED
 * where it is none of QEMU's, %VB_ENGINE_ERROR_BUSY where it has not been asked, and those below.
 */
#pragma once

#include "qemu/capability-set.h"

#include <gio/gio.h>

/* `a(sbas)`. @domain_type: (nullable): the best one that QEMU runs. %VB_ENGINE_ERROR_INVALID_ARGUMENT: the set has no
 * such type; %VB_ENGINE_ERROR_UNSUPPORTED: its models are not known. */
GVariant *
vb_capability_list_cpus (const VbCapabilitySet *set, const char *domain_type, GError **error);
/* (transfer full): the <domainCapabilities>. @domain_type: (nullable): the best one that QEMU runs;
 * @machine: (nullable): the default. %VB_ENGINE_ERROR_INVALID_ARGUMENT: the set has no such type;
 * %VB_QEMU_ERROR_UNSUPPORTED: the emulator has no such machine. */
char *vb_capability_get_xml (const VbCapabilitySet *set,
                             const char *domain_type,
                             const char *machine,
                             GError **error);
/* `a(sss)`. @category: (nullable): any. %VB_ENGINE_ERROR_INVALID_ARGUMENT: there is no such. */
GVariant *
vb_capability_list_devices (const VbCapabilitySet *set, const char *category, GError **error);
/* (transfer none): the name that the emulator has for the model @model, which may be an alias.
 * %VB_ENGINE_ERROR_NOT_FOUND: there is none. */
const char *
vb_capability_find_device (const VbCapabilitySet *set, const char *model, GError **error);
/* `a(sssv)`, from what the emulator has told since. @model: as above */
GVariant *
vb_capability_describe_device (const VbEmulatorFacts *facts, const char *model, GError **error);
