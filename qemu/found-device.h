/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * A device that was found in a running QEMU, and that no domain described, as a device of a domain.
 * Pure: it reads QEMU's answers.
 */
#pragma once

#include "domain/domain.h"
#include "qemu/medium.h"

typedef struct
{
  const char *id;               /* QEMU's */
  const char *type;             /* QEMU's: "virtio-blk-pci" */
  const QmpValue *properties;   /* an object: those of vb_found_device_list_properties() */
  const VbBlockAnswers *blocks; /* what is in drives */
  const QmpValue *pci;          /* `query-pci`; (nullable) */
} VbFound;

/* (nullable) (array zero-terminated=1): which of QEMU's properties tell about a device of @type;
 * %NULL where domains have no such device */
const char *const *vb_found_device_list_properties (const char *type);
/* (transfer full) (nullable): as it would be in @domain; %NULL where domains have no such device */
VbDevice *vb_found_device_new (const VbDomain *domain, const VbFound *found);
