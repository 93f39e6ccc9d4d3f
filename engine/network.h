/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * What a start makes of the host's network for a guest's cards, and the end unmakes: tap devices on
 * bridges, links beside a card, cables to other guests, routers. QEMU is handed the descriptors, for
 * it may neither open a device nor run a program.
 */
#pragma once

#include <gio/gio.h>

#include "domain/domain.h"
#include "engine/macvtaps.h"
#include "qemu/given.h"

/* Whether anything of the host's is made for @domain. */
gboolean vb_network_is_needed (const VbDomain *domain);

/* Connects the cards of @domain, which the run of @record is to have. Errors:
 * %VB_ENGINE_ERROR_HOST_RESOURCE with the card and the remedy; what was made till then goes by
 * vb_network_disconnect(). */
void vb_network_connect_async (VbMacvtaps *macvtaps,
                               const VbDomain *domain,
                               const VbRunRecord *record,
                               GCancellable *cancellable,
                               GAsyncReadyCallback callback,
                               gpointer user_data);
/* (transfer full) (nullable). @domain: not shared yet; gets the names that its cards have at the
 * host, and who moves their packets. */
VbGiven *vb_network_connect_finish (GAsyncResult *result, VbDomain *domain, GError **error);
/* Takes away what does not go with QEMU by itself. */
void vb_network_disconnect (VbMacvtaps *macvtaps, const VbRunRecord *record);
