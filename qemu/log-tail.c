/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The end of a log. QEMU writes one complaint a line, each with a time stamp, and notes about
 * character devices that mean nothing to a reader.
 */
#include "qemu/log-tail.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define NOTE_PREFIX "char device redirected to "
#define STAMP_LENGTH strlen ("2011-04-09T15:51:00.123456Z ")

char *
vb_log_tail_read (const char *path, goffset offset, gsize max_bytes)
{
  int fd = open (path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
  g_autofree char *buffer = NULL;
  struct stat status;
  ssize_t length = 0;

  if (fd < 0)
    return g_strdup ("");
  if (fstat (fd, &status) == 0 && S_ISREG (status.st_mode))
    {
      offset = MAX (offset, status.st_size - (goffset) max_bytes);
      buffer = g_malloc (max_bytes + 1);
      length = pread (fd, buffer, max_bytes, MAX (offset, 0));
    }
  close (fd);
  if (length <= 0)
    return g_strdup ("");
  for (ssize_t i = 0; i < length; i++)
    if (buffer[i] == '\0')
      buffer[i] = ' ';
  buffer[length] = '\0';
  return g_steal_pointer (&buffer);
}

static const char *
skip_stamp (const char *line)
{
  gboolean stamped = strlen (line) > STAMP_LENGTH && g_ascii_isdigit (line[0]) && line[4] == '-' &&
                     line[10] == 'T' && line[STAMP_LENGTH - 2] == 'Z';
  return stamped ? line + STAMP_LENGTH : line;
}

char *
vb_log_tail_to_words (const char *tail)
{
  g_autofree char *valid = g_utf8_make_valid (tail, -1);
  g_auto (GStrv) lines = g_strsplit (valid, "\n", -1);
  g_autoptr (GString) words = g_string_new (NULL);
  for (guint i = 0; lines[i] != NULL; i++)
    {
      const char *line = skip_stamp (g_strstrip (lines[i]));
      if (*line != '\0' && !g_str_has_prefix (line, NOTE_PREFIX))
        g_string_append_printf (words, "%s%s", words->len > 0 ? "; " : "", line);
    }
  return g_string_free (g_steal_pointer (&words), FALSE);
}
