/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The macvtap links that guests use: unlike a tap device, such a link does not go with its last
 * descriptor. Each has a note in `<runtime_dir>/macvtaps`, which is there before the link is and goes
 * after it, so that a service that was killed at any line leaves nothing that the next cannot find.
 * All wait for the kernel or the disk: for a thread.
 */
#pragma once

#include "domain/interface.h"
#include "engine/run-record.h"

typedef struct _VbMacvtaps VbMacvtaps;

VbMacvtaps *vb_macvtaps_new (const char *runtime_dir);
VbMacvtaps *vb_macvtaps_ref (VbMacvtaps *macvtaps);
void vb_macvtaps_unref (VbMacvtaps *macvtaps);

/* The descriptor of a new link for @interface of the run @id of the domain @uuid, -1 on error.
 * @name: (out) (transfer full): of the link */
int vb_macvtaps_open (VbMacvtaps *macvtaps,
                      const char *uuid,
                      int id,
                      const VbInterface *interface,
                      char **name,
                      GError **error);
/* Whether any guest may have one. Does not wait. */
gboolean vb_macvtaps_are_there (VbMacvtaps *macvtaps);
/* Removes the links of the run @id, and of earlier ones, of the domain @uuid. */
void vb_macvtaps_remove (VbMacvtaps *macvtaps, const char *uuid, int id);
/* Removes the links of domains that are not among @remnants (element-type VbRemnant). */
void vb_macvtaps_sweep (VbMacvtaps *macvtaps, const GPtrArray *remnants);
