/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The <interface> element: a network card and what it is connected to.
 */
#pragma once

#include "domain/device.h"
#include "domain/enum-table.h"

typedef enum
{
  VB_INTERFACE_USER
} VbInterfaceType;

extern const VbEnumTable vb_interface_type_table;

typedef struct
{
  VbDevice base;
  VbInterfaceType type;
  char *mac;    /* (owned) "52:54:00:12:34:56", lower case */
  char *model;  /* (owned) (nullable) "virtio", "e1000" */
  char *target; /* (owned) (nullable) host device name */
} VbInterface;
