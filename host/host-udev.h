/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Tells when a device came or went that facts about this machine depend on.
 */
#pragma once

#include <glib-object.h>

typedef struct _VbHostUdev VbHostUdev;

typedef void (*VbHostUdevFunc) (gpointer user_data);

/* @changed is called in the thread-default main context, once for each change of KVM's device or of
 * an IOMMU. Where udev does not run, it is never called. */
VbHostUdev *vb_host_udev_new (VbHostUdevFunc changed, gpointer user_data);
void vb_host_udev_free (VbHostUdev *udev);
