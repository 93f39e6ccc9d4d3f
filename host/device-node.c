/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Files of devices. Whatever else stands under such a name is left alone.
 */
#include "host/device-node.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

static void
set_error (GError **error, int code)
{
  g_set_error_literal (error, G_FILE_ERROR, (gint) g_file_error_from_errno (code),
                       g_strerror (code));
}

char *
vb_device_node_get_path (const VbHostDevice *device)
{
  if (device->kind == VB_HOST_DEVICE_USB)
    return g_strdup_printf ("/dev/bus/usb/%03u/%03u", device->usb.bus_number,
                            device->usb.device_number);
  if (device->pci.iommu_group < 0)
    return NULL;
  return g_strdup_printf ("/dev/vfio/%d", device->pci.iommu_group);
}

/* @owner: (nullable) */
static int
open_node (const char *path, int flags, VbNodeOwner *owner, GError **error)
{
  int fd = open (path, flags | O_CLOEXEC | O_NOCTTY);
  int code = errno;
  struct stat status;

  if (fd >= 0 && fstat (fd, &status) == 0 && S_ISCHR (status.st_mode))
    {
      if (owner != NULL)
        *owner = (VbNodeOwner){ status.st_uid, status.st_gid };
      return fd;
    }
  if (fd >= 0)
    {
      close (fd);
      code = ENODEV;
    }
  set_error (error, code);
  return -1;
}

int
vb_device_node_open (const char *path, GError **error)
{
  return open_node (path, O_RDWR | O_NONBLOCK, NULL, error);
}

gboolean
vb_device_node_get_owner (const char *path, VbNodeOwner *owner, GError **error)
{
  int fd = open_node (path, O_PATH, owner, error);

  if (fd >= 0)
    close (fd);
  return fd >= 0;
}

gboolean
vb_device_node_set_owner (const char *path, const VbNodeOwner *owner, GError **error)
{
  int fd = open_node (path, O_PATH, NULL, error);
  gboolean is_set;

  if (fd < 0)
    return FALSE;
  is_set = fchownat (fd, "", owner->uid, owner->gid, AT_EMPTY_PATH) == 0;
  if (!is_set)
    set_error (error, errno);
  close (fd);
  return is_set;
}
