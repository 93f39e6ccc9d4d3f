/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The <video> element.
 */
#pragma once

#include "domain/device.h"
#include "domain/enum-table.h"

typedef enum
{
  VB_VIDEO_VGA,
  VB_VIDEO_CIRRUS,
  VB_VIDEO_VMVGA,
  VB_VIDEO_XEN,
  VB_VIDEO_VBOX,
  VB_VIDEO_QXL,
} VbVideoModel;

extern const VbEnumTable vb_video_model_table;

typedef struct
{
  VbDevice base;
  VbVideoModel model;
  guint64 vram_kib;
  guint heads;
  gboolean has_acceleration; /* whether the next two are told; VirtualBox heeds them */
  gboolean accel_2d;
  gboolean accel_3d;
} VbVideo;
