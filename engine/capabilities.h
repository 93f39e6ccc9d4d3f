/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * What this host can run: the capability sets, kept up to date with the emulators and with KVM.
 */
#pragma once

#include <gio/gio.h>

#include "engine/engine-error.h"
#include "host/host.h"
#include "qemu/capability-set.h"
#include "qemu/emulators.h"

#define VB_TYPE_CAPABILITIES (vb_capabilities_get_type ())
G_DECLARE_FINAL_TYPE (VbCapabilities, vb_capabilities, VB, CAPABILITIES, GObject)

/**
 * VbCapabilities::changed:
 * @capabilities: the capabilities
 * @before: (nullable): a #VbCapabilitySet, %NULL: it came
 * @after: (nullable): a #VbCapabilitySet, %NULL: it went
 *
 * One set is not as it was. Sent after the list has been updated.
 */

VbCapabilities *vb_capabilities_new (VbHost *host, const VbEmulatorsConfig *config);
/* (transfer none) */
VbEmulators *vb_capabilities_get_emulators (VbCapabilities *capabilities);
/* (transfer container) (element-type VbCapabilitySet) */
GPtrArray *vb_capabilities_list (VbCapabilities *capabilities);
/* (transfer none) (nullable) @arch: as a domain writes it */
VbCapabilitySet *
vb_capabilities_find (VbCapabilities *capabilities, VbOsType os_type, const char *arch);

/* Has the emulators of @set (nullable: of all sets) asked where they have not been; the sets then
 * have facts. */
void vb_capabilities_complete_async (VbCapabilities *capabilities,
                                     VbCapabilitySet *set,
                                     GCancellable *cancellable,
                                     GAsyncReadyCallback callback,
                                     gpointer user_data);
/* Errors: %G_IO_ERROR_CANCELLED alone: an emulator that cannot be asked says so in its facts. */
gboolean vb_capabilities_complete_finish (VbCapabilities *capabilities,
                                          GAsyncResult *result,
                                          GError **error);
