/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Reading /sys. Decides how much is read and that a link is looked at and never followed: the name
 * or the path that it holds is all that is wanted of it.
 */
#include "host/sysfs.h"

#include <fcntl.h>
#include <string.h>
#include <unistd.h>

/* The kernel gives an attribute at most a page. */
#define MAX_BYTES 4096
#define MAX_CHARACTERS 200
#define MAX_NAMES 65536

struct _VbSysfs
{
  char *root; /* (owned) "" for the real one */
};

VbSysfs *
vb_sysfs_new (const char *root)
{
  VbSysfs *sysfs = g_new0 (VbSysfs, 1);

  sysfs->root = g_strdup (root != NULL ? root : "");
  return sysfs;
}

void
vb_sysfs_free (VbSysfs *sysfs)
{
  g_free (sysfs->root);
  g_free (sysfs);
}

static gboolean
is_below_sys (const char *path)
{
  return g_str_has_prefix (path, "/sys/") && strstr (path, "/../") == NULL &&
         !g_str_has_suffix (path, "/..");
}

/* (transfer full) (nullable): where the file is. %NULL if that is not below /sys. */
static char *
locate (const VbSysfs *sysfs, const char *path, const char *name)
{
  if (!is_below_sys (path) || strchr (name, '/') != NULL || g_str_equal (name, ".."))
    return NULL;
  return g_strconcat (sysfs->root, path, "/", name, NULL);
}

/* A file of /sys never blocks; what lies in a test's folder might be a pipe. */
static gssize
read_bytes (const char *path, char bytes[MAX_BYTES])
{
  int fd = open (path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK);
  gssize n_bytes;

  if (fd < 0)
    return -1;
  do
    n_bytes = read (fd, bytes, MAX_BYTES);
  while (n_bytes < 0 && errno == EINTR);
  close (fd);
  return n_bytes;
}

char *
vb_sysfs_read (const VbSysfs *sysfs, const char *path, const char *attribute)
{
  g_autofree char *file = locate (sysfs, path, attribute);
  char bytes[MAX_BYTES];
  gssize n_bytes = file != NULL ? read_bytes (file, bytes) : -1;

  return n_bytes >= 0 ? g_strchomp (g_strndup (bytes, (gsize) n_bytes)) : NULL;
}

/* What is not printable counts as a blank; that includes marks that change the direction of text. */
static char *
make_readable (const char *text)
{
  g_autofree char *valid = g_utf8_make_valid (text, -1);
  GString *readable = g_string_new (NULL);
  gboolean blank = FALSE;
  guint n_characters = 0;

  for (const char *at = valid; *at != '\0' && n_characters < MAX_CHARACTERS;
       at = g_utf8_next_char (at))
    {
      gunichar character = g_utf8_get_char (at);

      if (!g_unichar_isgraph (character))
        {
          blank = readable->len > 0;
          continue;
        }
      if (blank)
        g_string_append_c (readable, ' ');
      g_string_append_unichar (readable, character);
      n_characters += blank ? 2 : 1;
      blank = FALSE;
    }
  return g_string_free (readable, FALSE);
}

char *
vb_sysfs_read_text (const VbSysfs *sysfs, const char *path, const char *attribute)
{
  g_autofree char *text = vb_sysfs_read (sysfs, path, attribute);

  return text != NULL ? make_readable (text) : g_strdup ("");
}

gboolean
vb_sysfs_read_number (
    const VbSysfs *sysfs, const char *path, const char *attribute, guint base, guint64 *value)
{
  g_autofree char *text = vb_sysfs_read (sysfs, path, attribute);
  const char *digits = text;

  if (text == NULL)
    return FALSE;
  if (base == 16 && g_str_has_prefix (text, "0x"))
    digits += 2;
  return g_ascii_string_to_unsigned (digits, base, 0, G_MAXUINT64, value, NULL);
}

char *
vb_sysfs_read_link (const VbSysfs *sysfs, const char *path, const char *link)
{
  g_autofree char *file = locate (sysfs, path, link);
  g_autofree char *target = file != NULL ? g_file_read_link (file, NULL) : NULL;

  return target != NULL && *target != '\0' ? g_path_get_basename (target) : NULL;
}

char *
vb_sysfs_resolve (const VbSysfs *sysfs, const char *path, const char *link)
{
  g_autofree char *file = locate (sysfs, path, link);
  g_autofree char *target = file != NULL ? g_file_read_link (file, NULL) : NULL;
  g_autofree char *resolved = target != NULL ? g_canonicalize_filename (target, path) : NULL;

  if (resolved == NULL || !g_str_has_prefix (resolved, "/sys/devices/"))
    return NULL;
  return g_steal_pointer (&resolved);
}

static gint
compare_names (gconstpointer a, gconstpointer b)
{
  return strcmp (*(const char *const *) a, *(const char *const *) b);
}

char **
vb_sysfs_list (const VbSysfs *sysfs, const char *path)
{
  g_autofree char *folder = is_below_sys (path) ? g_strconcat (sysfs->root, path, NULL) : NULL;
  g_autoptr (GDir) dir = folder != NULL ? g_dir_open (folder, 0, NULL) : NULL;
  GPtrArray *names = g_ptr_array_new ();
  const char *name;

  while (dir != NULL && names->len < MAX_NAMES && (name = g_dir_read_name (dir)) != NULL)
    g_ptr_array_add (names, g_strdup (name));
  g_ptr_array_sort (names, compare_names);
  g_ptr_array_add (names, NULL);
  return (char **) g_ptr_array_free (names, FALSE);
}

char *
vb_sysfs_find_value (const char *uevent, const char *key)
{
  gsize n_key = strlen (key);

  for (const char *line = uevent; line != NULL; line = strchr (line, '\n'))
    {
      line += *line == '\n' ? 1 : 0;
      if (strncmp (line, key, n_key) == 0 && line[n_key] == '=')
        return g_strndup (line + n_key + 1, strcspn (line + n_key + 1, "\n"));
    }
  return NULL;
}
