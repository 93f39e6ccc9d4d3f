/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Character devices: <serial>, <parallel>, <console> and <channel>, as the guest sees them.
 */
#pragma once

#include "domain/chardev-source.h"
#include "domain/device.h"

typedef enum
{
  VB_CHARDEV_TARGET_SERIAL,   /* console */
  VB_CHARDEV_TARGET_XEN,      /* console */
  VB_CHARDEV_TARGET_UML,      /* console */
  VB_CHARDEV_TARGET_VIRTIO,   /* console, channel */
  VB_CHARDEV_TARGET_GUESTFWD, /* channel: what the guest sends by TCP to an address of the network
                                 that the emulator makes */
} VbChardevTarget;

extern const VbEnumTable vb_chardev_target_table;

/* Where the guest's agent of SPICE looks for its channel: the name of one that has none. */
#define VB_CHARDEV_SPICE_NAME "com.redhat.spice.0"

typedef struct
{
  VbDevice base; /* kind serial, parallel, console or channel */
  VbChardevSource source;
  VbChardevTarget target_type; /* console, channel; a serial console is another name of the serial
                                  port with the same number, not a second device */
  guint target_port;           /* serial, parallel, console: counted from 0; guestfwd: of TCP */
  char *target_address;        /* (owned) (nullable) guestfwd: of IPv4 */
  char *target_name;           /* (owned) (nullable) virtio channel */
} VbChardev;

/* Whether a device of @kind is a VbChardev. */
gboolean vb_device_kind_is_chardev (VbDeviceKind kind);
