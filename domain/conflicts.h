/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * What the parts of one domain must not do to each other. Private to the room.
 */
#pragma once

#include "domain/xml-reader.h"

typedef struct _VbConflicts VbConflicts;

/* @domain: whose devices are read one after another */
VbConflicts *vb_conflicts_new (VbXmlReader *reader, const VbDomain *domain);
void vb_conflicts_free (VbConflicts *conflicts);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (VbConflicts, vb_conflicts_free)
/* The next child of <devices>; @device: (nullable): %NULL where it is kept whole */
void vb_conflicts_add (VbConflicts *conflicts, xmlNode *element, const VbDevice *device);
/* What only all of them together can do to each other. */
void vb_conflicts_check (VbConflicts *conflicts);
