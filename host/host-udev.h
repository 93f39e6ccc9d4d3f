/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * What udev tells: that a device came, went or changed, and how its database of hardware names one.
 */
#pragma once

#include <glib-object.h>

typedef struct _VbHostUdev VbHostUdev;

/* Of a device that has no number on a bus */
#define VB_UDEV_NO_NUMBER G_MAXUINT

/* @subsystem: "pci"; @sysfs_path: "/sys/devices/pci0000:00/0000:00:1f.2"; @gone: 0, or the number on
 * its USB bus of what is gone, or will be in a moment: another may be at that path by now */
typedef void (*VbHostUdevFunc) (const char *subsystem,
                                const char *sysfs_path,
                                guint gone,
                                gpointer user_data);

/* @event is called in the thread-default main context, for each device of @subsystems that comes,
 * goes or changes. Where udev does not run, it is never called. */
VbHostUdev *
vb_host_udev_new (const char *const *subsystems, VbHostUdevFunc event, gpointer user_data);
void vb_host_udev_free (VbHostUdev *udev);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (VbHostUdev, vb_host_udev_free)

/* udev's database of hardware. May be used in any thread, by one at a time. */
typedef struct _VbHwdb VbHwdb;

VbHwdb *vb_hwdb_new (void);
void vb_hwdb_free (VbHwdb *hwdb);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (VbHwdb, vb_hwdb_free)
/* @hwdb: (nullable): knows nothing. @modalias: "pci:v00008086d…", "usb:v046DpC52B".
 * @vendor, @product: (out) (transfer full): "" where the database has no name */
void vb_hwdb_find (VbHwdb *hwdb, const char *modalias, char **vendor, char **product);
