/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The only file that knows udev. It says that something changed, and not what: who listens reads
 * the facts again.
 */
#include "host/host-udev.h"

#include <gudev/gudev.h>

struct _VbHostUdev
{
  GUdevClient *client; /* (owned) */
  gulong handler;
  VbHostUdevFunc changed;
  gpointer user_data;
};

/* "misc" has many devices, of which KVM's alone matters. */
static const char *const subsystems[] = { "misc", "iommu", NULL };

static void
on_uevent (GUdevClient *client, const char *action, GUdevDevice *device, gpointer user_data)
{
  VbHostUdev *udev = user_data;
  if (g_strcmp0 (g_udev_device_get_subsystem (device), "iommu") == 0 ||
      g_strcmp0 (g_udev_device_get_name (device), "kvm") == 0)
    udev->changed (udev->user_data);
}

VbHostUdev *
vb_host_udev_new (VbHostUdevFunc changed, gpointer user_data)
{
  VbHostUdev *udev = g_new0 (VbHostUdev, 1);
  udev->client = g_udev_client_new (subsystems);
  udev->changed = changed;
  udev->user_data = user_data;
  udev->handler = g_signal_connect (udev->client, "uevent", G_CALLBACK (on_uevent), udev);
  return udev;
}

void
vb_host_udev_free (VbHostUdev *udev)
{
  g_signal_handler_disconnect (udev->client, udev->handler);
  g_object_unref (udev->client);
  g_free (udev);
}
