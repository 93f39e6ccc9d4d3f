/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The helper sends the descriptor over the socket that it is given; qemu-bridge-helper.c of QEMU says
 * how.
 */
#include "host/user-bridge.h"

#include "host/host-error.h"
#include "host/program.h"

#include <errno.h>
#include <linux/if_tun.h>
#include <net/if.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <unistd.h>

#define TIMEOUT_MS 30000

/* Where distributions have it. */
static const char *const paths[] = { "/usr/lib/qemu/qemu-bridge-helper",
                                     "/usr/libexec/qemu-bridge-helper",
                                     "/usr/local/libexec/qemu-bridge-helper" };

static const char *
find_helper (void)
{
  for (guint i = 0; i < G_N_ELEMENTS (paths); i++)
    if (access (paths[i], X_OK) == 0)
      return paths[i];
  return NULL;
}

/* -1 where none has come */
static int
receive_fd (int socket_fd)
{
  char byte;
  struct iovec part = { &byte, sizeof byte };
  union
  {
    struct cmsghdr header;
    char space[CMSG_SPACE (sizeof (int))];
  } control;
  struct msghdr message = {
    .msg_iov = &part, .msg_iovlen = 1, .msg_control = &control, .msg_controllen = sizeof control
  };
  struct cmsghdr *header;
  int fd = -1;

  if (recvmsg (socket_fd, &message, MSG_CMSG_CLOEXEC | MSG_DONTWAIT) <= 0)
    return -1;
  header = CMSG_FIRSTHDR (&message);
  if (header != NULL && header->cmsg_level == SOL_SOCKET && header->cmsg_type == SCM_RIGHTS &&
      header->cmsg_len == CMSG_LEN (sizeof fd))
    memcpy (&fd, CMSG_DATA (header), sizeof fd);
  return fd;
}

static int
run (const char *program,
     const char *bridge,
     gboolean is_virtio,
     GCancellable *cancellable,
     GError **error)
{
  g_autofree char *bridge_option = g_strdup_printf ("--br=%s", bridge);
  g_autofree char *fd_option = g_strdup_printf ("--fd=%d", VB_PROGRAM_FD);
  const char *argv[] = { program, bridge_option, fd_option, is_virtio ? "--use-vnet" : NULL, NULL };
  g_autoptr (GError) cause = NULL;
  int ends[2];
  int fd = -1;

  if (socketpair (AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends) < 0)
    {
      g_set_error (error, VB_HOST_ERROR, VB_HOST_ERROR_RESOURCE, "'%s' cannot be run: %s", program,
                   g_strerror (errno));
      return -1;
    }
  if (vb_program_run (&(VbProgram){ argv, ends[1], NULL, TIMEOUT_MS }, cancellable, &cause))
    {
      fd = receive_fd (ends[0]);
      if (fd < 0)
        g_set_error (error, VB_HOST_ERROR, VB_HOST_ERROR_RESOURCE, "'%s' gave no tap device",
                     program);
    }
  else if (cause->domain == VB_HOST_ERROR)
    g_set_error (error, VB_HOST_ERROR, VB_HOST_ERROR_RESOURCE,
                 "%s; the administrator lets users have bridge '%s' by 'allow %s' in "
                 "/etc/qemu/bridge.conf and a helper that is set-uid root",
                 cause->message, bridge, bridge);
  else
    g_propagate_error (error, g_steal_pointer (&cause));
  close (ends[0]);
  close (ends[1]);
  return fd;
}

int
vb_user_bridge_open (
    const char *bridge, gboolean is_virtio, char **name, GCancellable *cancellable, GError **error)
{
  const char *program = find_helper ();
  struct ifreq settings = { 0 };
  int fd;

  if (program == NULL)
    {
      g_set_error_literal (error, VB_HOST_ERROR, VB_HOST_ERROR_RESOURCE,
                           "the service may not make a tap device, and the host has no "
                           "qemu-bridge-helper; install qemu-system-common");
      return -1;
    }
  fd = run (program, bridge, is_virtio, cancellable, error);
  if (fd >= 0 && ioctl (fd, TUNGETIFF, &settings) == 0)
    *name = g_strdup (settings.ifr_name);
  return fd;
}
