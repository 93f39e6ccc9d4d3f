/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * /dev/net/tun and /dev/tapN; linux/if_tun.h has what they take.
 */
#include "host/tap.h"

#include "host/host-error.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/if_tun.h>
#include <net/if.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <unistd.h>

#define TUN_PATH "/dev/net/tun"
#define VHOST_PATH "/dev/vhost-net"

/* -1, with @fd closed */
static int G_GNUC_PRINTF (4, 5)
    fail (int fd, VbHostError code, GError **error, const char *format, ...)
{
  va_list arguments;
  g_autofree char *message = NULL;

  va_start (arguments, format);
  message = g_strdup_vprintf (format, arguments);
  va_end (arguments);
  g_set_error_literal (error, VB_HOST_ERROR, (int) code, message);
  if (fd >= 0)
    close (fd);
  return -1;
}

static int
open_device (const char *path, const char *remedy, GError **error)
{
  int fd = open (path, O_RDWR | O_CLOEXEC | O_NONBLOCK);
  int error_number = errno;

  return fd >= 0 ? fd
                 : fail (-1, VB_HOST_ERROR_RESOURCE, error, "cannot open '%s': %s; %s", path,
                         g_strerror (error_number), remedy);
}

static int
fail_to_open (int fd, const char *name, int error_number, GError **error)
{
  switch (error_number)
    {
    case EPERM:
      return fail (fd, VB_HOST_ERROR_ABSENT, error,
                   "the service may not make a tap device; name in <target dev> one that was made "
                   "for its user (ip tuntap add mode tap user USER), or use type 'bridge'");
    case EBUSY:
    case EINVAL:
      return fail (fd, VB_HOST_ERROR_RESOURCE, error,
                   "'%s' is in use, or is no tap device; choose another name", name);
    default:
      return fail (fd, VB_HOST_ERROR_RESOURCE, error, "cannot have a tap device '%s': %s", name,
                   g_strerror (error_number));
    }
}

int
vb_tap_open (const VbTapRequest *request, char **name, GError **error)
{
  const char *wanted = request->name != NULL ? request->name : "vnet%d";
  int fd = open_device (TUN_PATH, "load the kernel's module tun", error);
  struct ifreq settings = { 0 };

  if (fd < 0)
    return -1;
  g_strlcpy (settings.ifr_name, wanted, IFNAMSIZ);
  settings.ifr_flags = (short) (IFF_TAP | IFF_NO_PI | (request->is_virtio ? IFF_VNET_HDR : 0));
  if (!request->is_shared && if_nametoindex (wanted) != 0)
    return fail_to_open (fd, wanted, EBUSY, error);
  if (ioctl (fd, TUNSETIFF, &settings) < 0)
    return fail_to_open (fd, wanted, errno, error);
  *name = g_strdup (settings.ifr_name);
  return fd;
}

/* The node's name is its link's number. Without udev, as in a container, there is none. */
static int
open_own_node (const char *link, guint index, const char *folder, GError **error)
{
  g_autofree char *number = g_strdup_printf ("/sys/class/net/%s/macvtap/tap%u/dev", link, index);
  g_autofree char *node = g_strdup_printf ("%s/tap%u", folder, index);
  g_autofree char *text = NULL;
  guint device_major, device_minor;
  int fd = -1;

  if (!g_file_get_contents (number, &text, NULL, NULL) ||
      sscanf (text, "%u:%u", &device_major, &device_minor) != 2)
    return fail (-1, VB_HOST_ERROR_RESOURCE, error, "link '%s' has no tap device", link);
  if (mknod (node, S_IFCHR | 0600, makedev (device_major, device_minor)) == 0)
    {
      fd = open (node, O_RDWR | O_CLOEXEC | O_NONBLOCK);
      unlink (node);
    }
  return fd >= 0
             ? fd
             : fail (-1, VB_HOST_ERROR_RESOURCE, error,
                     "the tap device of link '%s' cannot be opened: %s", link, g_strerror (errno));
}

int
vb_tap_open_macvtap (const char *link, const char *folder, gboolean is_virtio, GError **error)
{
  guint index = if_nametoindex (link);
  g_autofree char *path = g_strdup_printf ("/dev/tap%u", index);
  struct ifreq settings = { .ifr_flags =
                                (short) (IFF_TAP | IFF_NO_PI | (is_virtio ? IFF_VNET_HDR : 0)) };
  int fd = open (path, O_RDWR | O_CLOEXEC | O_NONBLOCK);

  if (fd < 0)
    fd = open_own_node (link, index, folder, error);
  if (fd >= 0 && ioctl (fd, TUNSETIFF, &settings) < 0)
    return fail (fd, VB_HOST_ERROR_RESOURCE, error, "link '%s' takes no frames: %s", link,
                 g_strerror (errno));
  return fd;
}

int
vb_tap_open_vhost (GError **error)
{
  return open_device (VHOST_PATH,
                      "load the kernel's module vhost_net, or leave out <driver name='vhost'>",
                      error);
}
