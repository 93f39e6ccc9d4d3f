/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The file in /dev by which a program uses a device of the host: its own for one on USB, its IOMMU
 * group's for one on PCI. Knows nobody who uses it.
 */
#pragma once

#include "host/host-device.h"

/* (transfer full) (nullable): "/dev/bus/usb/001/004", "/dev/vfio/12"; %NULL for a PCI device without a
 * group */
char *vb_device_node_get_path (const VbHostDevice *device);
/* For reading and writing; -1 with an error of #GFileError. Wakes the device. */
int vb_device_node_open (const char *path, GError **error);

typedef struct
{
  guint uid;
  guint gid;
} VbNodeOwner;

/* Errors: of #GFileError. */
gboolean vb_device_node_get_owner (const char *path, VbNodeOwner *owner, GError **error);
gboolean vb_device_node_set_owner (const char *path, const VbNodeOwner *owner, GError **error);
