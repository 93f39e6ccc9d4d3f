/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Which devices have a host's end, and what it is called.
 */
#include "qemu/host-end.h"

VbChardevSource *
vb_host_end_of (const VbDevice *device)
{
  VbChardev *chardev = (VbChardev *) device;
  VbSmartcard *card = (VbSmartcard *) device;

  if (device->kind == VB_DEVICE_SMARTCARD)
    return card->mode == VB_SMARTCARD_PASSTHROUGH ? &card->source : NULL;
  if (!vb_device_kind_is_chardev (device->kind) ||
      (device->kind == VB_DEVICE_CONSOLE && chardev->target_type != VB_CHARDEV_TARGET_VIRTIO))
    return NULL;
  return &chardev->source;
}

char *
vb_host_end_id (const VbDevice *device)
{
  return g_strdup_printf ("char%s", device->alias);
}

char *
vb_host_end_get_listener (const VbDevice *device, const char *runtime_dir)
{
  const VbChardevSource *source = vb_host_end_of (device);

  if (source == NULL || source->type != VB_CHARDEV_TYPE_UNIX ||
      source->mode != VB_CHARDEV_MODE_BIND)
    return NULL;
  return source->path != NULL ? g_strdup (source->path)
                              : g_strdup_printf ("%s/%s.sock", runtime_dir, device->alias);
}
