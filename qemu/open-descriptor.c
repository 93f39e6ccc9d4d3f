/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Opening what a guest needs of the host, and saying in the user's words why it cannot be had.
 */
#include "qemu/open-descriptor.h"

#include "qemu/unix-socket.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#define NEW_FILE_MODE 0600

static int open_image (const VbDescriptor *descriptor, GError **error);
static int open_output (const VbDescriptor *descriptor, GError **error);
static int open_listener (const VbDescriptor *descriptor, GError **error);
static int open_connection (const VbDescriptor *descriptor, GError **error);

typedef struct
{
  int (*open) (const VbDescriptor *descriptor, GError **error);
  const char *verb;
  const char *when_missing; /* remedy */
  const char *otherwise;    /* remedy for what has none of its own */
} KindInfo;

static const KindInfo kinds[] = {
  [VB_DESCRIPTOR_IMAGE_FILE] = { open_image, "open", "; create it or correct <source file>", "" },
  [VB_DESCRIPTOR_IMAGE_BLOCK] = { open_image, "open", "; connect it or correct <source dev>", "" },
  [VB_DESCRIPTOR_OUTPUT] = { open_output, "write to", "; create its folder or correct the path",
                             "" },
  [VB_DESCRIPTOR_LISTEN] = { open_listener, "listen on", "; create its folder or correct the path",
                             "; end the program that uses it, or choose another path" },
  [VB_DESCRIPTOR_CONNECT] = { open_connection, "connect to",
                              "; start the program that listens there first",
                              "; start the program that listens there first" },
};

static const char *
remedy_of (const VbDescriptor *descriptor, int error_code)
{
  switch (error_code)
    {
    case G_FILE_ERROR_NOENT:
    case G_FILE_ERROR_NOTDIR:
      return kinds[descriptor->kind].when_missing;
    case G_FILE_ERROR_ACCES:
    case G_FILE_ERROR_PERM:
      return descriptor->read_only ? "; let the service's user read it"
                                   : "; let the service's user read and write it";
    case G_FILE_ERROR_ROFS:
      return "; add <readonly/>, or make its file system writable";
    case G_FILE_ERROR_ISDIR:
      return "; name a file";
    case G_FILE_ERROR_MFILE:
    case G_FILE_ERROR_NFILE:
      return "; raise the limit of open files of the service";
    case G_FILE_ERROR_NAMETOOLONG:
      return "; choose a shorter path";
    case G_FILE_ERROR_AGAIN:
      return "; more clients wait there than the program takes";
    case G_FILE_ERROR_NXIO:
      return "; start the program that reads it first";
    default:
      return kinds[descriptor->kind].otherwise;
    }
}

static void
refuse (const VbDescriptor *descriptor, const GError *cause, GError **error)
{
  g_set_error (error, VB_QEMU_ERROR, VB_QEMU_ERROR_HOST_RESOURCE, "%s: cannot %s '%s': %s%s",
               descriptor->subject, kinds[descriptor->kind].verb, descriptor->path, cause->message,
               remedy_of (descriptor, cause->code));
}

static int
refuse_errno (const VbDescriptor *descriptor, int error_number, GError **error)
{
  g_autoptr (GError) cause =
      g_error_new_literal (G_FILE_ERROR, (int) g_file_error_from_errno (error_number),
                           g_strerror (error_number));
  refuse (descriptor, cause, error);
  return -1;
}

static gboolean
is_image (const VbDescriptor *descriptor)
{
  return descriptor->kind == VB_DESCRIPTOR_IMAGE_FILE ||
         descriptor->kind == VB_DESCRIPTOR_IMAGE_BLOCK;
}

/* @fd: (transfer full). It, where it is what @descriptor says, else -1 */
static int
check_image (const VbDescriptor *descriptor, int fd, GError **error)
{
  gboolean wants_block = descriptor->kind == VB_DESCRIPTOR_IMAGE_BLOCK;
  struct stat status;

  if (fstat (fd, &status) == 0 &&
      (wants_block ? S_ISBLK (status.st_mode) : S_ISREG (status.st_mode)))
    return fd;
  g_set_error (error, VB_QEMU_ERROR, VB_QEMU_ERROR_HOST_RESOURCE,
               wants_block ? "%s: '%s' is no block device; use type='file' for a file"
                           : "%s: '%s' is no regular file; use type='block' for a block device",
               descriptor->subject, descriptor->path);
  close (fd);
  return -1;
}

/* Opening a FIFO or a tape must not block the service: without O_NONBLOCK it could. QEMU sets the
 * flags that it wants on its own. */
static int
open_image (const VbDescriptor *descriptor, GError **error)
{
  int access_mode = descriptor->read_only ? O_RDONLY : O_RDWR;
  int fd = open (descriptor->path, access_mode | O_CLOEXEC | O_NOCTTY | O_NONBLOCK);

  return fd >= 0 ? check_image (descriptor, fd, error) : refuse_errno (descriptor, errno, error);
}

static int
open_output (const VbDescriptor *descriptor, GError **error)
{
  int fd = open (descriptor->path,
                 O_WRONLY | O_CREAT | O_TRUNC | O_APPEND | O_CLOEXEC | O_NOCTTY | O_NONBLOCK,
                 NEW_FILE_MODE);
  return fd >= 0 ? fd : refuse_errno (descriptor, errno, error);
}

static int
open_listener (const VbDescriptor *descriptor, GError **error)
{
  g_autoptr (GError) cause = NULL;
  int fd = vb_unix_socket_listen (descriptor->path, &cause);
  if (fd < 0)
    refuse (descriptor, cause, error);
  return fd;
}

static int
open_connection (const VbDescriptor *descriptor, GError **error)
{
  g_autoptr (GError) cause = NULL;
  int fd = vb_unix_socket_connect (descriptor->path, &cause);
  if (fd < 0)
    refuse (descriptor, cause, error);
  return fd;
}

/* Whether who opened it may do what the guest is to be able to do: nobody gains a right by handing
 * a descriptor over. */
static gboolean
check_access (const VbDescriptor *descriptor, int flags, GError **error)
{
  gboolean has_access =
      descriptor->read_only ? (flags & O_ACCMODE) != O_WRONLY : (flags & O_ACCMODE) == O_RDWR;

  if (has_access && (flags & O_PATH) == 0)
    return TRUE;
  g_set_error (error, VB_QEMU_ERROR, VB_QEMU_ERROR_HOST_RESOURCE,
               descriptor->read_only
                   ? "%s: the descriptor that was given for '%s' cannot be read from; open it for "
                     "reading"
                   : "%s: the descriptor that was given for '%s' cannot be both read from and "
                     "written to; open it so, or add <readonly/>",
               descriptor->subject, descriptor->path);
  return FALSE;
}

/* @fd: (transfer full). A descriptor of the same file that can be read from and no more. */
static int
reopen_read_only (const VbDescriptor *descriptor, int fd, GError **error)
{
  g_autofree char *path = g_strdup_printf ("/proc/self/fd/%d", fd);
  int again = open (path, O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK);
  int error_number = errno;

  close (fd);
  return again >= 0 ? again : refuse_errno (descriptor, error_number, error);
}

/* Whoever gave it may give another of the same name to the next: it stays theirs. QEMU looks for a
 * descriptor of just the access that it needs. */
static int
copy_given (const VbDescriptor *descriptor, int given_fd, GError **error)
{
  int flags = fcntl (given_fd, F_GETFL);
  int fd = fcntl (given_fd, F_DUPFD_CLOEXEC, 0);

  if (fd < 0)
    return refuse_errno (descriptor, errno, error);
  if (!is_image (descriptor))
    return fd;
  fd = check_image (descriptor, fd, error);
  if (fd >= 0 && !check_access (descriptor, flags, error))
    {
      close (fd);
      return -1;
    }
  return fd >= 0 && descriptor->read_only && (flags & O_ACCMODE) != O_RDONLY
             ? reopen_read_only (descriptor, fd, error)
             : fd;
}

int
vb_descriptor_open (const VbDescriptor *descriptor, const VbGiven *given, GError **error)
{
  int given_fd = vb_given_find (given, descriptor->key);

  if (given_fd < 0 && is_image (descriptor))
    given_fd = vb_given_find (given, descriptor->path);
  if (given_fd >= 0)
    return copy_given (descriptor, given_fd, error);
  return kinds[descriptor->kind].open (descriptor, error);
}
