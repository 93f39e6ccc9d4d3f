/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The <controller> element.
 */
#pragma once

#include "domain/device.h"
#include "domain/enum-table.h"

typedef enum
{
  VB_CONTROLLER_IDE,
  VB_CONTROLLER_FDC,
  VB_CONTROLLER_SCSI,
  VB_CONTROLLER_SATA,
  VB_CONTROLLER_VIRTIO_SERIAL,
  VB_CONTROLLER_CCID,
  VB_CONTROLLER_USB,
} VbControllerType;

extern const VbEnumTable vb_controller_type_table;

/* What a virtio-serial controller has at most, and where nothing is said. */
#define VB_CONTROLLER_MAX_PORTS 31

typedef struct
{
  VbDevice base;
  VbControllerType type;
  guint index; /* unique within the type */
  char *
      model; /* (owned) (nullable) scsi: auto, buslogic, lsilogic, lsisas1068, vmpvscsi, virtio-scsi */
} VbController;
