/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The <hostdev> element: a device of the host that is the guest's while it runs.
 */
#pragma once

#include "domain/device.h"
#include "domain/enum-table.h"

typedef enum
{
  VB_HOSTDEV_USB,
  VB_HOSTDEV_PCI
} VbHostdevType;

extern const VbEnumTable vb_hostdev_type_table;

typedef struct
{
  VbDevice base;
  VbHostdevType type;
  gboolean is_managed; /* taken from the host's driver and given back by the service */
  VbAddress pci;       /* pci: where it is at the host */
  guint16 vendor_id;   /* usb: 0 where it is told by its place */
  guint16 product_id;
  guint usb_bus; /* usb told by its place */
  guint usb_device;
} VbHostdev;

/* (transfer full): "0000:06:02.0", of one that is on PCI */
char *vb_hostdev_get_pci_address (const VbHostdev *hostdev);
/* (transfer full): which device it is, as "USB device 0781:5567", "USB device 001:004" or "PCI
 * device 0000:06:02.0" */
char *vb_hostdev_describe (const VbHostdev *hostdev);
