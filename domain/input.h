/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The <input> element.
 */
#pragma once

#include "domain/device.h"
#include "domain/enum-table.h"

typedef enum
{
  VB_INPUT_MOUSE,
  VB_INPUT_TABLET
} VbInputType;
typedef enum
{
  VB_INPUT_BUS_PS2,
  VB_INPUT_BUS_USB,
  VB_INPUT_BUS_XEN
} VbInputBus;

extern const VbEnumTable vb_input_type_table;
extern const VbEnumTable vb_input_bus_table;

typedef struct
{
  VbDevice base;
  VbInputType type;
  VbInputBus bus;
} VbInput;
