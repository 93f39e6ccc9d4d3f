/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The use case of the <capabilities> document: the host, and each capability set.
 */
#pragma once

#include "engine/capabilities.h"

/* (transfer full) @sets: (element-type VbCapabilitySet). Pure. */
char *vb_capabilities_document_format (const VbHostFacts *host, const GPtrArray *sets);

/* Has all emulators asked first that have not been. */
void vb_capabilities_document_async (VbCapabilities *capabilities,
                                     VbHost *host,
                                     GCancellable *cancellable,
                                     GAsyncReadyCallback callback,
                                     gpointer user_data);
/* (transfer full). Errors: %G_IO_ERROR_CANCELLED alone. */
char *vb_capabilities_document_finish (VbCapabilities *capabilities,
                                       GAsyncResult *result,
                                       GError **error);
