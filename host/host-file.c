/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Reading files of the machine. Files of /proc have no size until they are read, so the bound is on
 * what is read.
 */
#include "host/host-file.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#define MAX_BYTES (16u * 1024 * 1024)
#define CHUNK_BYTES (16u * 1024)

/* Neither a folder nor a pipe is read, and no pipe is waited for. */
static int
open_regular (const char *path)
{
  int fd = open (path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
  struct stat status;
  if (fd >= 0 && (fstat (fd, &status) < 0 || !S_ISREG (status.st_mode)))
    {
      close (fd);
      return -1;
    }
  return fd;
}

/* FALSE: there is no more. */
static gboolean
read_chunk (int fd, GString *text)
{
  char chunk[CHUNK_BYTES];
  gssize n_bytes;
  do
    n_bytes = read (fd, chunk, sizeof chunk);
  while (n_bytes < 0 && errno == EINTR);
  if (n_bytes <= 0)
    return FALSE;
  g_string_append_len (text, chunk, n_bytes);
  return TRUE;
}

static void
cut_after_last_line (GString *text)
{
  gsize length = text->len;
  while (length > 0 && text->str[length - 1] != '\n')
    length--;
  g_string_truncate (text, length);
}

char *
vb_host_file_read (const char *root, const char *path)
{
  g_autofree char *full = g_strconcat (root, path, NULL);
  GString *text = g_string_new (NULL);
  int fd = open_regular (full);
  if (fd < 0)
    return g_string_free (text, FALSE);
  while (text->len < MAX_BYTES && read_chunk (fd, text))
    ;
  if (text->len >= MAX_BYTES)
    cut_after_last_line (text);
  close (fd);
  return g_string_free (text, FALSE);
}
