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
typedef enum
{
  VB_SCSI_MODEL_DEFAULT, /* not said; until vb_domain_complete(), and where no machine of QEMU's is
                            meant */
  VB_SCSI_MODEL_AUTO,
  VB_SCSI_MODEL_BUSLOGIC,
  VB_SCSI_MODEL_LSILOGIC,
  VB_SCSI_MODEL_LSISAS1068,
  VB_SCSI_MODEL_VMPVSCSI,
  VB_SCSI_MODEL_VIRTIO_SCSI,
} VbScsiModel;

#define VB_N_CONTROLLER_TYPES (VB_CONTROLLER_USB + 1)

extern const VbEnumTable vb_controller_type_table;
extern const VbEnumTable vb_scsi_model_table; /* value 0 is spelled "default" */

/* What a virtio-serial controller has at most, and where nothing is said. */
#define VB_CONTROLLER_MAX_PORTS 31

typedef struct
{
  VbDevice base;
  VbControllerType type;
  guint index;       /* unique within the type */
  VbScsiModel model; /* scsi */
  guint ports;       /* virtio-serial; 0: not said */
  guint vectors;     /* virtio-serial, where: */
  gboolean has_vectors;
} VbController;
