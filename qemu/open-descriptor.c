/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Opening what a guest needs of the host, and saying in the user's words why it cannot be had.
 */
#include "qemu/open-descriptor.h"

#include "qemu/secret-file.h"
#include "qemu/unix-socket.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#define NEW_FILE_MODE 0600

static int open_image (const VbDescriptor *descriptor, const VbOpening *opening, GError **error);
static int open_secret (const VbDescriptor *descriptor, const VbOpening *opening, GError **error);
static int open_output (const VbDescriptor *descriptor, const VbOpening *opening, GError **error);
static int open_listener (const VbDescriptor *descriptor, const VbOpening *opening, GError **error);
static int
open_connection (const VbDescriptor *descriptor, const VbOpening *opening, GError **error);

typedef struct
{
  int (*open) (const VbDescriptor *descriptor, const VbOpening *opening, GError **error);
  const char *verb;
  const char *when_missing; /* remedy */
  const char *otherwise;    /* remedy for what has none of its own */
} KindInfo;

static const KindInfo kinds[] = {
  [VB_DESCRIPTOR_IMAGE_FILE] = { open_image, "open", "; create it or correct <source file>", "" },
  [VB_DESCRIPTOR_IMAGE_BLOCK] = { open_image, "open", "; connect it or correct <source dev>", "" },
  [VB_DESCRIPTOR_SECRET] = { open_secret, "open", "", "" },
  [VB_DESCRIPTOR_OUTPUT] = { open_output, "write to", "; create its folder or correct the path",
                             "" },
  [VB_DESCRIPTOR_LISTEN] = { open_listener, "listen on", "; create its folder or correct the path",
                             "; end the program that uses it, or choose another path" },
  [VB_DESCRIPTOR_CONNECT] = { open_connection, "connect to",
                              "; start the program that listens there first",
                              "; start the program that listens there first" },
};

/* (transfer full) */
static char *
access_remedy (const VbDescriptor *descriptor, const VbOpening *opening)
{
  const char *what = descriptor->read_only ? "read it" : "read and write it";
  return opening->owner != NULL && !descriptor->is_own
             ? g_strdup_printf ("; let user '%s' %s", opening->owner, what)
             : g_strdup_printf ("; let the service's user %s", what);
}

static const char *
remedy_of (const VbDescriptor *descriptor, int error_code)
{
  switch (error_code)
    {
    case G_FILE_ERROR_NOENT:
    case G_FILE_ERROR_NOTDIR:
      if (descriptor->depth > 0)
        return "; create it or name another by qemu-img rebase -u";
      return kinds[descriptor->kind].when_missing;
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
refuse (const VbDescriptor *descriptor,
        const VbOpening *opening,
        const GError *cause,
        GError **error)
{
  gboolean is_access = cause->code == G_FILE_ERROR_ACCES || cause->code == G_FILE_ERROR_PERM;
  g_autofree char *remedy = is_access ? access_remedy (descriptor, opening)
                                      : g_strdup (remedy_of (descriptor, cause->code));
  g_set_error (error, VB_QEMU_ERROR, VB_QEMU_ERROR_HOST_RESOURCE, "%s: cannot %s '%s': %s%s",
               descriptor->subject, kinds[descriptor->kind].verb, descriptor->path, cause->message,
               remedy);
}

static int
refuse_errno (const VbDescriptor *descriptor,
              const VbOpening *opening,
              int error_number,
              GError **error)
{
  g_autoptr (GError) cause =
      g_error_new_literal (G_FILE_ERROR, (int) g_file_error_from_errno (error_number),
                           g_strerror (error_number));
  refuse (descriptor, opening, cause, error);
  return -1;
}

/* What a disk has at the top is said in its XML; below stands either. */
static gboolean
is_image_of (const VbDescriptor *descriptor, mode_t mode)
{
  return (S_ISREG (mode) &&
          (descriptor->depth > 0 || descriptor->kind == VB_DESCRIPTOR_IMAGE_FILE)) ||
         (S_ISBLK (mode) &&
          (descriptor->depth > 0 || descriptor->kind == VB_DESCRIPTOR_IMAGE_BLOCK));
}

static const char *
describe_mistake (const VbDescriptor *descriptor)
{
  if (descriptor->depth > 0)
    return "is neither a regular file nor a block device";
  return descriptor->kind == VB_DESCRIPTOR_IMAGE_BLOCK
             ? "is no block device; use type='file' for a file"
             : "is no regular file; use type='block' for a block device";
}

/* @fd: (transfer full). It, where it is what @descriptor says, else -1 */
static int
check_image (const VbDescriptor *descriptor, int fd, GError **error)
{
  struct stat status;

  if (fstat (fd, &status) == 0 && is_image_of (descriptor, status.st_mode))
    return fd;
  g_set_error (error, VB_QEMU_ERROR, VB_QEMU_ERROR_HOST_RESOURCE, "%s: '%s' %s",
               descriptor->subject, descriptor->path, describe_mistake (descriptor));
  close (fd);
  return -1;
}

/* Opening a FIFO or a tape must not block the service: without O_NONBLOCK it could. QEMU sets the
 * flags that it wants on its own. */
static int
open_image (const VbDescriptor *descriptor, const VbOpening *opening, GError **error)
{
  int access_mode = descriptor->read_only ? O_RDONLY : O_RDWR;
  int fd = open (descriptor->path, access_mode | O_CLOEXEC | O_NOCTTY | O_NONBLOCK);

  return fd >= 0 ? check_image (descriptor, fd, error)
                 : refuse_errno (descriptor, opening, errno, error);
}

static int
open_secret (const VbDescriptor *descriptor, const VbOpening *opening, GError **error)
{
  g_autoptr (GError) cause = NULL;
  int fd = vb_secret_file_open (opening->secrets_dir, descriptor->path, &cause);
  if (fd < 0)
    g_set_error (error, VB_QEMU_ERROR, VB_QEMU_ERROR_HOST_RESOURCE, "%s: %s", descriptor->subject,
                 cause->message);
  return fd;
}

static int
open_output (const VbDescriptor *descriptor, const VbOpening *opening, GError **error)
{
  int fd = open (descriptor->path,
                 O_WRONLY | O_CREAT | O_TRUNC | O_APPEND | O_CLOEXEC | O_NOCTTY | O_NONBLOCK,
                 NEW_FILE_MODE);
  return fd >= 0 ? fd : refuse_errno (descriptor, opening, errno, error);
}

static int
open_listener (const VbDescriptor *descriptor, const VbOpening *opening, GError **error)
{
  g_autoptr (GError) cause = NULL;
  int fd = vb_unix_socket_listen (descriptor->path, &cause);
  if (fd < 0)
    refuse (descriptor, opening, cause, error);
  return fd;
}

static int
open_connection (const VbDescriptor *descriptor, const VbOpening *opening, GError **error)
{
  g_autoptr (GError) cause = NULL;
  int fd = vb_unix_socket_connect (descriptor->path, &cause);
  if (fd < 0)
    refuse (descriptor, opening, cause, error);
  return fd;
}

static gboolean
is_image (const VbDescriptor *descriptor)
{
  return descriptor->kind == VB_DESCRIPTOR_IMAGE_FILE ||
         descriptor->kind == VB_DESCRIPTOR_IMAGE_BLOCK;
}

/* Whoever gave it may give another of the same name to the next: it stays theirs. */
static int
copy_given (const VbDescriptor *descriptor, const VbOpening *opening, int given_fd, GError **error)
{
  int fd = fcntl (given_fd, F_DUPFD_CLOEXEC, 0);

  if (fd < 0)
    return refuse_errno (descriptor, opening, errno, error);
  return is_image (descriptor) ? check_image (descriptor, fd, error) : fd;
}

int
vb_descriptor_open (const VbDescriptor *descriptor, const VbOpening *opening, GError **error)
{
  int given_fd = vb_given_find (opening->given, descriptor->key);

  if (given_fd < 0 && is_image (descriptor))
    given_fd = vb_given_find (opening->given, descriptor->path);
  if (given_fd >= 0)
    return copy_given (descriptor, opening, given_fd, error);
  return kinds[descriptor->kind].open (descriptor, opening, error);
}
