/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The <memballoon> element.
 */
#pragma once

#include "domain/device.h"
#include "domain/enum-table.h"

typedef enum
{
  VB_MEMBALLOON_VIRTIO,
  VB_MEMBALLOON_XEN,
  VB_MEMBALLOON_NONE
} VbMemballoonModel;

extern const VbEnumTable vb_memballoon_model_table;

typedef struct
{
  VbDevice base;
  VbMemballoonModel model;
} VbMemballoon;
