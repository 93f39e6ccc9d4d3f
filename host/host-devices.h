/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The PCI and USB devices of this machine, followed by udev, and what the machine itself uses each
 * for. Knows no domains and no bus.
 */
#pragma once

#include <gio/gio.h>

#include "host/host-device.h"

#define VB_TYPE_HOST_DEVICES (vb_host_devices_get_type ())
G_DECLARE_FINAL_TYPE (VbHostDevices, vb_host_devices, VB, HOST_DEVICES, GObject)

/**
 * VbHostDevices::changed:
 * @devices: the devices
 * @before: (nullable): a #VbHostDevice, %NULL: it came
 * @after: (nullable): a #VbHostDevice, %NULL: it went
 *
 * One device is not as it was. Sent after the list has been updated.
 */

/* @root: (nullable): folder that holds `sys`, `proc`, `run` and `dev`; %NULL for the real ones. Devices are
 * there after vb_host_devices_load_async() only. */
VbHostDevices *vb_host_devices_new (const char *root);
/* Reads all of them in a thread, without signals, and follows them from then on. */
void vb_host_devices_load_async (VbHostDevices *devices,
                                 GCancellable *cancellable,
                                 GAsyncReadyCallback callback,
                                 gpointer user_data);
gboolean vb_host_devices_load_finish (VbHostDevices *devices, GAsyncResult *result, GError **error);

/* (transfer container) (element-type VbHostDevice): sorted by id */
GPtrArray *vb_host_devices_list (VbHostDevices *devices);
/* (transfer none) (nullable) */
VbHostDevice *vb_host_devices_find (VbHostDevices *devices, const char *id);
/* (transfer full) (nullable): vb_device_node_get_path(), in the root */
char *vb_host_devices_get_node (VbHostDevices *devices, const VbHostDevice *device);
