/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * QEMU, as a user who may not read the file, gets a copy in memory. What others could read is no
 * secret, and refused.
 */
#include "qemu/secret-file.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#define MAX_BYTES 4096
#define OTHERS (S_IRWXG | S_IRWXO)

static int G_GNUC_PRINTF (2, 3) refuse (GError **error, const char *format, ...)
{
  va_list arguments;
  va_start (arguments, format);
  if (error != NULL)
    *error = g_error_new_valist (VB_QEMU_ERROR, VB_QEMU_ERROR_HOST_RESOURCE, format, arguments);
  va_end (arguments);
  return -1;
}

/* The length, or -1 */
static ssize_t
read_secret (int fd, const char *path, char *bytes, GError **error)
{
  struct stat status;
  ssize_t length;

  if (fstat (fd, &status) < 0 || !S_ISREG (status.st_mode))
    return refuse (error, "the passphrase '%s' is no regular file", path);
  if ((status.st_mode & OTHERS) != 0 || status.st_uid != geteuid ())
    return refuse (error,
                   "the passphrase '%s' could be read by others; make it the service's user's own, "
                   "with mode 600",
                   path);
  length = read (fd, bytes, MAX_BYTES);
  if (length < 0)
    return refuse (error, "the passphrase '%s' cannot be read: %s", path, g_strerror (errno));
  if (length == MAX_BYTES)
    return refuse (error, "the passphrase '%s' is longer than %d bytes", path, MAX_BYTES - 1);
  if (length > 0 && bytes[length - 1] == '\n')
    length--;
  return length > 0 ? length : refuse (error, "the passphrase '%s' is empty", path);
}

static int
copy_to_memory (const char *bytes, gsize length, GError **error)
{
  int fd = memfd_create ("secret", MFD_CLOEXEC);

  if (fd >= 0 && write (fd, bytes, length) == (ssize_t) length)
    return fd;
  refuse (error, "there is no memory for a passphrase: %s", g_strerror (errno));
  if (fd >= 0)
    close (fd);
  return -1;
}

int
vb_secret_file_open (const char *folder, const char *uuid, GError **error)
{
  g_autofree char *path = g_build_filename (folder != NULL ? folder : "", uuid, NULL);
  char bytes[MAX_BYTES];
  int fd = open (path, O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK);
  ssize_t length;

  if (fd < 0)
    return refuse (error,
                   "the passphrase '%s' cannot be opened: %s; write it there, in a file of the "
                   "service's user that nobody else may read",
                   path, g_strerror (errno));
  length = read_secret (fd, path, bytes, error);
  close (fd);
  fd = length > 0 ? copy_to_memory (bytes, (gsize) length, error) : -1;
  explicit_bzero (bytes, sizeof bytes);
  return fd;
}
