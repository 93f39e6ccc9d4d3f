/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Where a device sits inside the guest: the <address> element.
 */
#pragma once

#include <glib.h>

typedef enum
{
  VB_ADDRESS_NONE,
  VB_ADDRESS_PCI,
  VB_ADDRESS_DRIVE,
  VB_ADDRESS_VIRTIO_SERIAL,
  VB_ADDRESS_CCID,
  VB_ADDRESS_USB,
} VbAddressType;

typedef struct
{
  guint8 type;        /* VbAddressType */
  guint8 bus;         /* pci, drive */
  guint8 slot;        /* pci */
  guint8 function;    /* pci */
  guint16 domain;     /* pci */
  guint16 controller; /* drive */
  guint16 unit;       /* drive */
} VbAddress;

gboolean vb_address_equal (const VbAddress *a, const VbAddress *b);
/* (transfer full): "pci:0000:00:03.0", "drive:0:0:1"; "" for none */
char *vb_address_to_string (const VbAddress *address);
