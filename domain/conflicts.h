/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * What the parts of one domain must not do to each other. Private to the room.
 */
#pragma once

#include "domain/xml-reader.h"

/* One child of <devices>. */
typedef struct
{
  xmlNode *element;       /* (unowned) */
  const VbDevice *device; /* (unowned) (nullable: kept whole) */
} VbDeviceEntry;

/* @entries: (element-type VbDeviceEntry): in the order of the document */
void vb_conflicts_check (VbXmlReader *reader, const VbDomain *domain, const GArray *entries);
