/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * `/proc/self/fd/N` is the name of a descriptor that QEMU was started with; but the kernel then looks
 * at the file's owner and mode anew. A file in memory may be read by anybody.
 */
#include "qemu/named-file.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/mman.h>
#include <sys/sendfile.h>
#include <sys/stat.h>
#include <unistd.h>

#define SEALS (F_SEAL_SEAL | F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_WRITE)
/* A file that seems to have no end must not fill the host's memory. */
#define MAX_BYTES (1 << 30)

static gboolean
open_again (gpointer data, GError **error)
{
  const int *fd = data;
  g_autofree char *path = g_strdup_printf ("/proc/self/fd/%d", *fd);
  int again = open (path, O_RDONLY | O_CLOEXEC | O_NOCTTY);

  return again >= 0 && close (again) == 0;
}

static gboolean
copy_into (int copy, int fd)
{
  struct stat status;
  off_t offset = 0;
  ssize_t n_bytes = 1;

  if (fstat (fd, &status) < 0)
    return FALSE;
  if (status.st_size > MAX_BYTES)
    {
      errno = EFBIG;
      return FALSE;
    }
  while (n_bytes > 0 && offset < status.st_size)
    n_bytes = sendfile (copy, fd, &offset, (size_t) (status.st_size - offset));
  return n_bytes >= 0 && fcntl (copy, F_ADD_SEALS, SEALS) == 0;
}

/* errno stays. */
static void
discard (int fd)
{
  int error_number = errno;

  close (fd);
  errno = error_number;
}

static int
copy_to_memory (int fd)
{
  int copy = memfd_create ("named-file", MFD_CLOEXEC | MFD_ALLOW_SEALING);

  if (copy < 0 || copy_into (copy, fd))
    return copy;
  discard (copy);
  return -1;
}

int
vb_named_file_share (int fd, const VbRights *qemu)
{
  int copy;

  if (vb_rights_run (qemu, open_again, &fd, NULL))
    return fd;
  copy = copy_to_memory (fd);
  discard (fd);
  return copy;
}
