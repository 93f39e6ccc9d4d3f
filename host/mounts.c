/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * What the kernel says of mounted file systems and of swap. Both files write white space in names
 * as octal (Linux, fs/seq_file.c: mangle_path), so that columns are parted by single spaces.
 */
#include "host/mounts.h"

#include <string.h>

/* Columns of a line of mountinfo (proc_pid_mountinfo(5)). Optional columns follow, up to one that
 * is "-", and behind that the type and the source. */
enum
{
  COLUMN_DEVICE = 2,
  COLUMN_POINT = 4,
  N_FIXED_COLUMNS = 6,
};

static void
mount_free (VbMount *mount)
{
  g_free (mount->point);
  g_free (mount->type);
  g_free (mount->source);
  g_free (mount);
}

G_DEFINE_AUTOPTR_CLEANUP_FUNC (VbMount, mount_free)

static gboolean
is_octal_escape (const char *text)
{
  return text[0] == '\\' && text[1] >= '0' && text[1] <= '3' && text[2] >= '0' && text[2] <= '7' &&
         text[3] >= '0' && text[3] <= '7';
}

/* (transfer full) */
static char *
unescape (const char *text)
{
  g_autoptr (GString) plain = g_string_new (NULL);
  while (*text != '\0')
    if (is_octal_escape (text))
      {
        char byte = (char) ((text[1] - '0') * 64 + (text[2] - '0') * 8 + (text[3] - '0'));
        /* No path has a NUL, and the kernel writes none. */
        if (byte != '\0')
          g_string_append_c (plain, byte);
        text += 4;
      }
    else
      g_string_append_c (plain, *text++);
  return g_string_free (g_steal_pointer (&plain), FALSE);
}

/* "8:2" */
static gboolean
parse_device (const char *text, VbMount *mount)
{
  g_auto (GStrv) numbers = g_strsplit (text, ":", 3);
  guint64 values[2];
  if (g_strv_length (numbers) != 2)
    return FALSE;
  for (guint i = 0; i < G_N_ELEMENTS (values); i++)
    if (!g_ascii_string_to_unsigned (numbers[i], 10, 0, G_MAXUINT32, &values[i], NULL))
      return FALSE;
  mount->major = (guint) values[0];
  mount->minor = (guint) values[1];
  return TRUE;
}

/* (transfer full) (nullable) */
static VbMount *
parse_mount (const char *line)
{
  g_auto (GStrv) columns = g_strsplit (line, " ", 64);
  guint n_columns = g_strv_length (columns);
  guint separator = N_FIXED_COLUMNS;
  g_autoptr (VbMount) mount = g_new0 (VbMount, 1);

  while (separator < n_columns && !g_str_equal (columns[separator], "-"))
    separator++;
  if (separator + 2 >= n_columns || !parse_device (columns[COLUMN_DEVICE], mount))
    return NULL;
  mount->point = unescape (columns[COLUMN_POINT]);
  mount->type = unescape (columns[separator + 1]);
  mount->source = unescape (columns[separator + 2]);
  return g_steal_pointer (&mount);
}

GPtrArray *
vb_mounts_parse (const char *mountinfo)
{
  g_autoptr (GPtrArray) mounts = g_ptr_array_new_with_free_func ((GDestroyNotify) mount_free);
  g_auto (GStrv) lines = g_strsplit (mountinfo, "\n", -1);
  for (guint i = 0; lines[i] != NULL; i++)
    {
      VbMount *mount = parse_mount (lines[i]);
      if (mount != NULL)
        g_ptr_array_add (mounts, mount);
    }
  return g_steal_pointer (&mounts);
}

/* Whether @path is @folder or below it. */
static gboolean
is_within (const char *path, const char *folder)
{
  gsize length = strlen (folder);
  if (length > 0 && folder[length - 1] == '/')
    length--;
  return strncmp (path, folder, length) == 0 && (path[length] == '/' || path[length] == '\0');
}

const VbMount *
vb_mounts_find_holder (GPtrArray *mounts, const char *path)
{
  const VbMount *holder = NULL;
  for (guint i = 0; i < mounts->len; i++)
    {
      const VbMount *mount = mounts->pdata[i];
      /* Of two at one point the later hides the earlier. */
      if (is_within (path, mount->point) &&
          (holder == NULL || strlen (mount->point) >= strlen (holder->point)))
        holder = mount;
    }
  return holder;
}

GPtrArray *
vb_swaps_parse (const char *swaps)
{
  g_autoptr (GPtrArray) paths = g_ptr_array_new_with_free_func (g_free);
  g_auto (GStrv) lines = g_strsplit (swaps, "\n", -1);
  for (guint i = 0; lines[i] != NULL; i++)
    /* The headline does not begin so. */
    if (lines[i][0] == '/')
      {
        g_autofree char *name = g_strndup (lines[i], strcspn (lines[i], " \t"));
        g_ptr_array_add (paths, unescape (name));
      }
  return g_steal_pointer (&paths);
}
