/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The <virtualport> element: what a switch of IEEE 802.1Qbg is told of a network card.
 */
#pragma once

#include <glib.h>

#include "domain/enum-table.h"

typedef enum
{
  VB_VIRTUAL_PORT_NONE,
  VB_VIRTUAL_PORT_802_1_QBG,
} VbVirtualPortType;

extern const VbEnumTable vb_virtual_port_type_table;

typedef struct
{
  VbVirtualPortType type;
  guint8 manager_id;
  guint8 type_id_version;
  guint32 type_id;   /* 24 bits */
  char *instance_id; /* (owned) (nullable) UUID; %NULL only before vb_domain_complete() */
} VbVirtualPort;
