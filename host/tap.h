/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The descriptors of tap devices, which an emulator reads and writes frames by, and of the kernel's
 * own mover of their packets. Errors: %VB_HOST_ERROR_RESOURCE, with the remedy;
 * %VB_HOST_ERROR_ABSENT where the service has no right to make a tap device.
 */
#pragma once

#include <glib.h>

typedef struct
{
  const char *name;   /* (nullable) "vnet%d": the kernel chooses a number */
  gboolean is_virtio; /* frames have a header of virtio's */
  gboolean is_shared; /* it may be there already, made by somebody else for this user */
} VbTapRequest;

/* A new descriptor, -1 on error. A tap device that it has made goes with its last descriptor.
 * @name: (out) (transfer full): of the device */
int vb_tap_open (const VbTapRequest *request, char **name, GError **error);
/* The same of a macvtap, whose link is there. @folder: where a device node can be made. */
int vb_tap_open_macvtap (const char *link, const char *folder, gboolean is_virtio, GError **error);
/* -1 on error */
int vb_tap_open_vhost (GError **error);
