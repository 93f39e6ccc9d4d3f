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

#define VB_ADDRESS_USB_DEPTH 4

typedef struct
{
  guint8 type;                            /* VbAddressType */
  guint8 bus;                             /* all but ccid; of usb the controller's number */
  guint8 slot;                            /* pci, ccid */
  guint8 function;                        /* pci */
  guint16 domain;                         /* pci */
  guint16 controller;                     /* drive, virtio-serial, ccid */
  guint16 unit;                           /* drive */
  guint16 port;                           /* virtio-serial */
  guint8 usb_ports[VB_ADDRESS_USB_DEPTH]; /* from the controller through hubs, ended by 0; none:
                                             the emulator chooses */
} VbAddress;

gboolean vb_address_equal (const VbAddress *a, const VbAddress *b);
guint vb_address_hash (const VbAddress *address);
/* (transfer full): "pci:0000:00:03.0", "drive:0:0:1", "virtio-serial:0:0:1", "ccid:0:0",
 * "usb:0.1"; "" for none */
char *vb_address_to_string (const VbAddress *address);
/* (transfer full) (nullable): "1.2"; %NULL where the emulator chooses */
char *vb_address_get_usb_port (const VbAddress *address);
/* The port before the last one of an address on usb, where a hub must be; %FALSE: there is none before
 * it. @hub may be @address */
gboolean vb_address_get_hub (const VbAddress *address, VbAddress *hub);
