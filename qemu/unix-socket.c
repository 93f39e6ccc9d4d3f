/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Unix sockets by path. A socket's address holds 107 bytes; a longer path is reached through the
 * descriptor of its folder.
 */
#include "qemu/unix-socket.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include <glib/gstdio.h>

/* More clients than one may wait while QEMU starts, is stopped, or talks to another. A connection
 * beyond these is refused at once: nobody blocks. */
#define LISTEN_BACKLOG 16

typedef struct
{
  struct sockaddr_un name;
  int folder_fd; /* (owned) -1: not needed. The name is good while it is open. */
} Address;

static gboolean
address_init (Address *address, const char *path)
{
  g_autofree char *folder = NULL;
  g_autofree char *base = NULL;
  int length;

  memset (&address->name, 0, sizeof address->name);
  address->name.sun_family = AF_UNIX;
  address->folder_fd = -1;
  if (strlen (path) < sizeof address->name.sun_path)
    {
      strcpy (address->name.sun_path, path);
      return TRUE;
    }
  folder = g_path_get_dirname (path);
  base = g_path_get_basename (path);
  address->folder_fd = open (folder, O_PATH | O_DIRECTORY | O_CLOEXEC);
  if (address->folder_fd < 0)
    return FALSE;
  length = g_snprintf (address->name.sun_path, sizeof address->name.sun_path, "/proc/self/fd/%d/%s",
                       address->folder_fd, base);
  if (length < (int) sizeof address->name.sun_path)
    return TRUE;
  close (address->folder_fd);
  address->folder_fd = -1;
  errno = ENAMETOOLONG;
  return FALSE;
}

static void
address_clear (Address *address)
{
  int saved_errno = errno;
  if (address->folder_fd >= 0)
    close (address->folder_fd);
  errno = saved_errno;
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Address, address_clear)

static int
new_socket (void)
{
  return socket (AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
}

/* -1 with errno */
static int
fail_with (int fd)
{
  int saved_errno = errno;
  if (fd >= 0)
    close (fd);
  errno = saved_errno;
  return -1;
}

static int
listen_at (const Address *address)
{
  int fd = new_socket ();
  if (fd < 0 || bind (fd, (const struct sockaddr *) &address->name, sizeof address->name) < 0 ||
      listen (fd, LISTEN_BACKLOG) < 0)
    return fail_with (fd);
  return fd;
}

static int
connect_to (const Address *address)
{
  int fd = new_socket ();
  if (fd < 0 || connect (fd, (const struct sockaddr *) &address->name, sizeof address->name) < 0)
    return fail_with (fd);
  return fd;
}

static void
set_error_from_errno (GError **error)
{
  int saved_errno = errno;
  g_set_error_literal (error, G_FILE_ERROR, g_file_error_from_errno (saved_errno),
                       g_strerror (saved_errno));
}

static gboolean
is_stale (const char *path, const Address *address)
{
  GStatBuf status;
  int fd;
  /* Connecting to what is no socket is refused, too. */
  if (g_lstat (path, &status) < 0 || !S_ISSOCK (status.st_mode))
    return FALSE;
  fd = connect_to (address);
  if (fd < 0)
    return errno == ECONNREFUSED;
  close (fd);
  return FALSE;
}

int
vb_unix_socket_listen (const char *path, GError **error)
{
  g_auto (Address) address = { .folder_fd = -1 };
  int fd = -1;

  if (address_init (&address, path))
    {
      fd = listen_at (&address);
      if (fd < 0 && errno == EADDRINUSE)
        {
          if (is_stale (path, &address) && g_unlink (path) == 0)
            fd = listen_at (&address);
          else
            errno = EADDRINUSE;
        }
    }
  if (fd < 0)
    set_error_from_errno (error);
  return fd;
}

int
vb_unix_socket_connect (const char *path, GError **error)
{
  g_auto (Address) address = { .folder_fd = -1 };
  int fd = address_init (&address, path) ? connect_to (&address) : -1;
  if (fd < 0)
    set_error_from_errno (error);
  return fd;
}

void
vb_unix_socket_remove_stale (const char *path)
{
  g_auto (Address) address = { .folder_fd = -1 };
  if (address_init (&address, path) && is_stale (path, &address))
    g_unlink (path);
}
