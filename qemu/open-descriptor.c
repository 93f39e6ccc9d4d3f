/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Opening what a guest needs of the host, and saying in the user's words why it cannot be had.
 */
#include "qemu/open-descriptor.h"

#include "qemu/named-file.h"
#include "qemu/secret-file.h"
#include "qemu/unix-socket.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/ppdev.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <unistd.h>

#define NEW_FILE_MODE 0600
#define NO_PARALLEL_PORT "parallel port of the host, such as /dev/parport0"

static int open_image (const VbDescriptor *descriptor, const VbOpening *opening, GError **error);
static int
open_named_file (const VbDescriptor *descriptor, const VbOpening *opening, GError **error);
static int open_secret (const VbDescriptor *descriptor, const VbOpening *opening, GError **error);
static int open_output (const VbDescriptor *descriptor, const VbOpening *opening, GError **error);
static int open_listener (const VbDescriptor *descriptor, const VbOpening *opening, GError **error);
static int
open_connection (const VbDescriptor *descriptor, const VbOpening *opening, GError **error);
static int open_appended (const VbDescriptor *descriptor, const VbOpening *opening, GError **error);
static int open_two_way (const VbDescriptor *descriptor, const VbOpening *opening, GError **error);
static int
refuse_missing (const VbDescriptor *descriptor, const VbOpening *opening, GError **error);

typedef struct
{
  int (*open) (const VbDescriptor *descriptor, const VbOpening *opening, GError **error);
  const char *verb;
  const char *when_missing; /* remedy */
  const char *otherwise;    /* remedy for what has none of its own */
  mode_t format;            /* what it must be, 0: anything */
  const char *other;        /* what to say of anything else */
} KindInfo;

static const KindInfo kinds[] = {
  [VB_DESCRIPTOR_IMAGE_FILE] = { open_image, "open", "; create it or correct <source file>", "",
                                 S_IFREG, "regular file; use type='block' for a block device" },
  [VB_DESCRIPTOR_IMAGE_BLOCK] = { open_image, "open", "; connect it or correct <source dev>", "",
                                  S_IFBLK, "block device; use type='file' for a file" },
  [VB_DESCRIPTOR_NAMED] = { open_named_file, "open", "; create it or correct the path", "", S_IFREG,
                            "regular file; correct the path" },
  [VB_DESCRIPTOR_SECRET] = { open_secret, "open", "", "" },
  [VB_DESCRIPTOR_OUTPUT] = { open_output, "write to", "; create its folder or correct the path",
                             "" },
  [VB_DESCRIPTOR_LISTEN] = { open_listener, "listen on", "; create its folder or correct the path",
                             "; end the program that uses it, or choose another path" },
  [VB_DESCRIPTOR_CONNECT] = { open_connection, "connect to",
                              "; start the program that listens there first",
                              "; start the program that listens there first" },
  [VB_DESCRIPTOR_APPEND] = { open_appended, "write to", "; create its folder or correct the path",
                             "", S_IFREG, "regular file; remove it" },
  [VB_DESCRIPTOR_PIPE] = { open_two_way, "open", "; create it by mkfifo, or correct the path", "",
                           S_IFIFO, "FIFO; create one by mkfifo" },
  [VB_DESCRIPTOR_SERIAL] = { open_two_way, "open", "; connect it or correct the path", "", S_IFCHR,
                             "character device; use type='file' for a file" },
  [VB_DESCRIPTOR_PARALLEL] = { open_two_way, "open", "; connect it or correct the path", "",
                               S_IFCHR, NO_PARALLEL_PORT },
  [VB_DESCRIPTOR_GIVEN] = { refuse_missing, "use", "", "" },
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

static gboolean
is_parallel_port (int fd)
{
  unsigned int modes;
  return ioctl (fd, PPGETMODES, &modes) == 0;
}

/* What a disk has at the top is said in its XML; below stands a file or a block device. */
static gboolean
is_of_kind (const VbDescriptor *descriptor, int fd)
{
  mode_t format = kinds[descriptor->kind].format;
  struct stat status;

  if (format == 0)
    return TRUE;
  if (fstat (fd, &status) < 0)
    return FALSE;
  if (descriptor->depth > 0)
    return S_ISREG (status.st_mode) || S_ISBLK (status.st_mode);
  return (status.st_mode & S_IFMT) == format &&
         (descriptor->kind != VB_DESCRIPTOR_PARALLEL || is_parallel_port (fd));
}

/* @fd: (transfer full). It, where it is what @descriptor says, else -1 */
static int
check_format (const VbDescriptor *descriptor, int fd, GError **error)
{
  if (is_of_kind (descriptor, fd))
    return fd;
  g_set_error (error, VB_QEMU_ERROR, VB_QEMU_ERROR_HOST_RESOURCE, "%s: '%s' is no %s",
               descriptor->subject, descriptor->path,
               descriptor->depth > 0 ? "regular file and no block device"
                                     : kinds[descriptor->kind].other);
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

  return fd >= 0 ? check_format (descriptor, fd, error)
                 : refuse_errno (descriptor, opening, errno, error);
}

static int
open_named_file (const VbDescriptor *descriptor, const VbOpening *opening, GError **error)
{
  int fd = open_image (descriptor, opening, error);

  if (fd < 0)
    return -1;
  fd = vb_named_file_share (fd, opening->qemu);
  if (fd < 0)
    g_set_error (error, VB_QEMU_ERROR, VB_QEMU_ERROR_HOST_RESOURCE,
                 "%s: '%s' cannot be copied for QEMU: %s; let the user that QEMU runs as read it",
                 descriptor->subject, descriptor->path, g_strerror (errno));
  return fd;
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

/* A FIFO that is opened for both waits for nobody, and a line for no carrier. */
static int
open_two_way (const VbDescriptor *descriptor, const VbOpening *opening, GError **error)
{
  int fd = open (descriptor->path, O_RDWR | O_CLOEXEC | O_NOCTTY | O_NONBLOCK);

  return fd >= 0 ? check_format (descriptor, fd, error)
                 : refuse_errno (descriptor, opening, errno, error);
}

static int
open_appended (const VbDescriptor *descriptor, const VbOpening *opening, GError **error)
{
  int fd = open (descriptor->path,
                 O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC | O_NOCTTY | O_NONBLOCK, NEW_FILE_MODE);

  return fd >= 0 ? check_format (descriptor, fd, error)
                 : refuse_errno (descriptor, opening, errno, error);
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

static int
refuse_missing (const VbDescriptor *descriptor, const VbOpening *opening, GError **error)
{
  g_set_error (error, VB_QEMU_ERROR, VB_QEMU_ERROR_HOST_RESOURCE,
               "%s: nobody has opened it; start the domain by the service", descriptor->subject);
  return -1;
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
reopen_read_only (const VbDescriptor *descriptor, const VbOpening *opening, int fd, GError **error)
{
  g_autofree char *path = g_strdup_printf ("/proc/self/fd/%d", fd);
  int again = open (path, O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK);
  int error_number = errno;

  close (fd);
  return again >= 0 ? again : refuse_errno (descriptor, opening, error_number, error);
}

/* Whoever gave it may give another of the same name to the next: it stays theirs. QEMU looks for a
 * descriptor of just the access that it needs. */
static int
copy_given (const VbDescriptor *descriptor, const VbOpening *opening, int given_fd, GError **error)
{
  int flags = fcntl (given_fd, F_GETFL);
  int fd = fcntl (given_fd, F_DUPFD_CLOEXEC, 0);

  if (fd < 0)
    return refuse_errno (descriptor, opening, errno, error);
  fd = check_format (descriptor, fd, error);
  if (fd < 0 || !vb_descriptor_is_image (descriptor))
    return fd;
  if (!check_access (descriptor, flags, error))
    {
      close (fd);
      return -1;
    }
  return descriptor->read_only && (flags & O_ACCMODE) != O_RDONLY
             ? reopen_read_only (descriptor, opening, fd, error)
             : fd;
}

int
vb_descriptor_open (const VbDescriptor *descriptor, const VbOpening *opening, GError **error)
{
  int given_fd = vb_given_find (opening->given, descriptor->key);

  if (given_fd < 0 && vb_descriptor_is_image (descriptor))
    given_fd = vb_given_find (opening->given, descriptor->path);
  if (given_fd >= 0)
    return copy_given (descriptor, opening, given_fd, error);
  return kinds[descriptor->kind].open (descriptor, opening, error);
}

static gboolean
is_fifo (const char *path)
{
  struct stat status;
  return stat (path, &status) == 0 && S_ISFIFO (status.st_mode);
}

gboolean
vb_descriptor_is_pair (const VbDescriptor *descriptor)
{
  g_autofree char *in = g_strconcat (descriptor->path, ".in", NULL);
  g_autofree char *out = g_strconcat (descriptor->path, ".out", NULL);
  return is_fifo (in) && is_fifo (out);
}
