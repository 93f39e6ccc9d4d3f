/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * No other program can take a display's port between the choice and its use: VNC's socket is handed
 * over listening. A port for SPICE is held by a socket that is bound and does not listen: of those that
 * allow it, Linux lets several be bound to one port, and the first of them listen. A program of that
 * kind can come before QEMU; what then is the launch decides.
 */
#include "qemu/display-socket.h"

#include "qemu/unix-socket.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/socket.h>

#include <gio/gio.h>

#define FIRST_PORT 5900
#define LAST_PORT 65535

/* A port of our choice is nobody's, not even one that is held. One that was asked for may still have
 * connections of the machine's last run. */
static gboolean
bind_to (GSocket *socket, GSocketAddress *endpoint, gboolean is_chosen, GError **error)
{
  return g_socket_bind (socket, endpoint, !is_chosen, error) &&
         g_socket_set_option (socket, SOL_SOCKET, SO_REUSEADDR, TRUE, error);
}

/* -1 with the reason, of %G_IO_ERROR */
static int
open_port (
    const VbGraphics *graphics, GInetAddress *address, int port, gboolean is_chosen, GError **error)
{
  g_autoptr (GSocketAddress) endpoint = g_inet_socket_address_new (address, (guint16) port);
  g_autoptr (GSocket) socket = g_socket_new (g_inet_address_get_family (address),
                                             G_SOCKET_TYPE_STREAM, G_SOCKET_PROTOCOL_TCP, error);

  if (socket == NULL || !bind_to (socket, endpoint, is_chosen, error) ||
      (graphics->type == VB_GRAPHICS_VNC && !g_socket_listen (socket, error)))
    return -1;
  return fcntl (g_socket_get_fd (socket), F_DUPFD_CLOEXEC, 0);
}

static int
open_tcp (const VbGraphics *graphics, int *port, GError **error)
{
  const char *text = vb_graphics_get_listen (graphics);
  g_autoptr (GInetAddress) address = g_inet_address_new_from_string (text);
  gboolean any_port = graphics->autoport || *port < 0;
  int first = any_port ? FIRST_PORT : *port;
  int last = any_port ? LAST_PORT : *port;
  g_autoptr (GError) cause = NULL;

  for (int candidate = first; address != NULL && candidate <= last; candidate++)
    {
      int fd;
      g_clear_error (&cause);
      fd = open_port (graphics, address, candidate, any_port, &cause);
      *port = candidate;
      if (fd >= 0)
        return fd;
      if (!g_error_matches (cause, G_IO_ERROR, G_IO_ERROR_ADDRESS_IN_USE))
        break;
    }
  if (address == NULL)
    g_set_error (error, VB_QEMU_ERROR, VB_QEMU_ERROR_HOST_RESOURCE,
                 "graphics '%s': '%s' is no IP address; correct its attribute listen",
                 graphics->base.alias, text);
  else
    g_set_error (error, VB_QEMU_ERROR, VB_QEMU_ERROR_HOST_RESOURCE,
                 "graphics '%s': cannot listen on port %d of %s: %s; choose another port or "
                 "address, or autoport='yes'",
                 graphics->base.alias, *port, text, cause->message);
  return -1;
}

int
vb_display_socket_open (const VbGraphics *graphics, int *port, GError **error)
{
  g_autoptr (GError) cause = NULL;
  int fd;
  if (graphics->socket == NULL)
    return open_tcp (graphics, port, error);
  *port = -1;
  fd = vb_unix_socket_listen (graphics->socket, &cause);
  if (fd < 0)
    g_set_error (error, VB_QEMU_ERROR, VB_QEMU_ERROR_HOST_RESOURCE,
                 "graphics '%s': cannot listen on '%s': %s; choose a path in a folder that the "
                 "domain's owner may write to",
                 graphics->base.alias, graphics->socket, cause->message);
  return fd;
}
