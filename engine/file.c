/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * A new text is written beside the old one, synced, renamed over it, and the folder synced: at
 * every instant the name stands for one whole text.
 */
#include "engine/file.h"

#include "engine/engine-error.h"

#include <glib/gstdio.h>

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define LEFTOVER_SUFFIX ".tmp"

static const struct
{
  int error_number;
  const char *remedy;
} remedies[] = {
  { ENOSPC, "free some space on its file system" },
  { EDQUOT, "free some space or raise the quota of the service's user" },
  { EFBIG, "raise the file size limit of the service" },
  { EROFS, "mount its file system writable" },
  { EACCES, "give the service's user the right to it" },
  { EPERM, "give the service's user the right to it" },
  { ENOENT, "make the folder it belongs in" },
  { ENOTDIR, "make a folder of what stands in its way" },
  { EEXIST, "move away the file that is there already" },
  { EMFILE, "raise the limit of open files of the service" },
};

static const char *
remedy_for (int error_number)
{
  for (gsize i = 0; i < G_N_ELEMENTS (remedies); i++)
    if (remedies[i].error_number == error_number)
      return remedies[i].remedy;
  return NULL;
}

/* The results of the next four are 0 or an errno. */

static int
write_all (int fd, const char *text, gsize length)
{
  while (length > 0)
    {
      gssize written = write (fd, text, length);

      if (written < 0 && errno != EINTR)
        return errno;
      if (written > 0)
        {
          text += written;
          length -= (gsize) written;
        }
    }
  return 0;
}

static int
write_leftover (int folder_fd, const char *name, const char *text, VbFileFlags flags)
{
  int fd = openat (folder_fd, name, O_WRONLY | O_CREAT | O_TRUNC | O_NOFOLLOW | O_CLOEXEC, 0600);
  int failure;

  if (fd < 0)
    return errno;
  failure = write_all (fd, text, strlen (text));
  if (failure == 0 && (flags & VB_FILE_SYNC) != 0 && fsync (fd) < 0)
    failure = errno;
  if (close (fd) < 0 && failure == 0)
    failure = errno;
  return failure;
}

static int
rename_to_new (int folder_fd, const char *from, const char *to)
{
  if (renameat2 (folder_fd, from, folder_fd, to, RENAME_NOREPLACE) == 0)
    return 0;
  /* EINVAL: this file system cannot do it in one step. */
  if (errno != EINVAL)
    return errno;
  if (faccessat (folder_fd, to, F_OK, AT_SYMLINK_NOFOLLOW) == 0)
    return EEXIST;
  return renameat (folder_fd, from, folder_fd, to) < 0 ? errno : 0;
}

static int
put_in_place (int folder_fd, const char *from, const char *to, VbFileFlags flags)
{
  int failure = 0;

  if ((flags & VB_FILE_NEW) != 0)
    failure = rename_to_new (folder_fd, from, to);
  else if (renameat (folder_fd, from, folder_fd, to) < 0)
    failure = errno;
  if (failure == 0 && (flags & VB_FILE_SYNC) != 0 && fsync (folder_fd) < 0)
    failure = errno;
  return failure;
}

static char *
read_regular (int fd, const char *name, gsize max_bytes, gsize *length, GError **error)
{
  g_autofree char *text = NULL;
  gsize size = 0;
  struct stat info;
  gssize got = 0;

  if (fstat (fd, &info) < 0 || !S_ISREG (info.st_mode) || (guint64) info.st_size > max_bytes)
    {
      g_set_error (error, VB_ENGINE_ERROR, VB_ENGINE_ERROR_HOST_RESOURCE,
                   "cannot read %s: it is not a regular file of at most %" G_GSIZE_FORMAT " bytes",
                   name, max_bytes);
      return NULL;
    }
  text = g_malloc ((gsize) info.st_size + 1);
  do
    {
      got = read (fd, text + size, (gsize) info.st_size - size);
      size += got > 0 ? (gsize) got : 0;
    }
  while (got > 0 || (got < 0 && errno == EINTR));
  if (got < 0)
    {
      vb_file_set_error (error, errno, "read", name);
      return NULL;
    }
  text[size] = '\0';
  *length = size;
  return g_steal_pointer (&text);
}

void
vb_file_set_error (GError **error, int error_number, const char *verb, const char *path)
{
  const char *remedy = remedy_for (error_number);

  g_set_error (error, VB_ENGINE_ERROR, VB_ENGINE_ERROR_HOST_RESOURCE, "cannot %s %s: %s%s%s", verb,
               path, g_strerror (error_number), remedy != NULL ? "; " : "",
               remedy != NULL ? remedy : "");
}

int
vb_file_open_folder (const char *path, GError **error)
{
  int fd;

  if (g_mkdir_with_parents (path, 0700) < 0)
    {
      vb_file_set_error (error, errno, "make the folder", path);
      return -1;
    }
  fd = open (path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (fd < 0)
    vb_file_set_error (error, errno, "open the folder", path);
  return fd;
}

gboolean
vb_file_replace (int folder_fd,
                 const char *folder_path,
                 const char *name,
                 const char *text,
                 VbFileFlags flags,
                 GError **error)
{
  g_autofree char *leftover = g_strconcat (name, LEFTOVER_SUFFIX, NULL);
  int failure = write_leftover (folder_fd, leftover, text, flags);

  if (failure == 0)
    failure = put_in_place (folder_fd, leftover, name, flags);
  if (failure != 0)
    {
      g_autofree char *path = g_build_filename (folder_path, name, NULL);

      unlinkat (folder_fd, leftover, 0);
      vb_file_set_error (error, failure, "write", path);
    }
  return failure == 0;
}

char *
vb_file_read (int folder_fd, const char *name, gsize max_bytes, gsize *length, GError **error)
{
  /* O_NONBLOCK: a FIFO under this name must not hold the service up. */
  int fd = openat (folder_fd, name, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
  char *text = NULL;

  if (fd < 0)
    {
      vb_file_set_error (error, errno, "read", name);
      return NULL;
    }
  text = read_regular (fd, name, max_bytes, length, error);
  close (fd);
  return text;
}

gboolean
vb_file_is_leftover (const char *name)
{
  return g_str_has_suffix (name, LEFTOVER_SUFFIX);
}
