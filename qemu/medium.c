/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Drives and what is in them. A file that QEMU got as a descriptor is `/dev/fdset/N` to it; the set's
 * opaque word has the path, see argv.c. A node with options is named "json:{…}", with the file inside.
 */
#include "qemu/medium.h"

#include <string.h>

#define PERIPHERAL "/machine/peripheral/"
#define FDSET "/dev/fdset/"
#define JSON "json:"

static const char *const image_formats[] = { "raw",  "qcow2", "qcow",      "qed",  "vmdk",
                                             "vdi",  "vhdx",  "vpc",       "dmg",  "bochs",
                                             "luks", "cloop", "parallels", "vvfat" };

void
vb_medium_clear (VbMedium *medium)
{
  g_clear_pointer (&medium->source, g_free);
}

/* A device that sits on the drive itself has its id there, one with parts the path of a part. */
static gboolean
is_drive_of (const QmpValue *drive, const char *id)
{
  const char *device = qmp_value_get_string (drive, "qdev");
  gsize length = strlen (id);
  if (device == NULL)
    return FALSE;
  if (g_str_equal (device, id))
    return TRUE;
  return g_str_has_prefix (device, PERIPHERAL) &&
         strncmp (device + strlen (PERIPHERAL), id, length) == 0 &&
         device[strlen (PERIPHERAL) + length] == '/';
}

QmpValue *
vb_medium_find_drive (const QmpValue *drives, const char *id)
{
  for (guint i = 0; i < qmp_value_get_length (drives); i++)
    {
      g_autoptr (QmpValue) drive = qmp_value_get_element (drives, i);
      if (is_drive_of (drive, id))
        return g_steal_pointer (&drive);
    }
  return NULL;
}

/* (transfer full) (nullable): the file below the layers of the node */
static char *
find_file (const char *json)
{
  g_autoptr (QmpValue) node = qmp_value_parse (json, -1, NULL);
  while (node != NULL)
    {
      const char *filename = qmp_value_get_string (node, "filename");
      QmpValue *below;
      if (filename != NULL)
        return g_strdup (filename);
      below = qmp_value_get (node, "file");
      qmp_value_unref (node);
      node = below;
    }
  return NULL;
}

/* (transfer full) (nullable): the path that the set's first descriptor came with. Later ones stand
 * before it. */
static char *
find_set_path (const QmpValue *set)
{
  g_autoptr (QmpValue) fds = qmp_value_get (set, "fds");
  for (guint i = fds != NULL ? qmp_value_get_length (fds) : 0; i > 0; i--)
    {
      g_autoptr (QmpValue) fd = qmp_value_get_element (fds, i - 1);
      const char *opaque = qmp_value_get_string (fd, "opaque");
      if (opaque != NULL && g_path_is_absolute (opaque))
        return g_strdup (opaque);
    }
  return NULL;
}

/* (transfer full): @file as the service knows it */
static char *
translate (const VbBlockAnswers *answers, const char *file)
{
  guint64 number;
  if (!g_str_has_prefix (file, FDSET) ||
      !g_ascii_string_to_unsigned (file + strlen (FDSET), 10, 0, G_MAXINT64, &number, NULL))
    return g_strdup (file);
  for (guint i = 0; i < qmp_value_get_length (answers->fdsets); i++)
    {
      g_autoptr (QmpValue) set = qmp_value_get_element (answers->fdsets, i);
      g_autofree char *path = NULL;
      if (qmp_value_get_uint (set, "fdset-id", G_MAXUINT64) != number)
        continue;
      path = find_set_path (set);
      return path != NULL ? g_steal_pointer (&path) : g_strdup (file);
    }
  return g_strdup (file);
}

static gboolean
is_block_device (const VbBlockAnswers *answers, const char *file)
{
  guint length = answers->nodes != NULL ? qmp_value_get_length (answers->nodes) : 0;
  for (guint i = 0; i < length; i++)
    {
      g_autoptr (QmpValue) node = qmp_value_get_element (answers->nodes, i);
      const char *driver = qmp_value_get_string (node, "drv");
      if (g_strcmp0 (qmp_value_get_string (node, "file"), file) == 0 && driver != NULL &&
          g_str_has_prefix (driver, "host_"))
        return TRUE;
    }
  return FALSE;
}

/* A node of a protocol alone is raw. */
static const char *
find_format (const char *driver)
{
  for (guint i = 0; i < G_N_ELEMENTS (image_formats); i++)
    if (g_strcmp0 (image_formats[i], driver) == 0)
      return image_formats[i];
  return image_formats[0];
}

static VbDiskCache
read_cache (const QmpValue *inserted)
{
  g_autoptr (QmpValue) cache = qmp_value_get (inserted, "cache");
  if (cache == NULL)
    return VB_DISK_CACHE_DEFAULT;
  if (qmp_value_get_boolean (cache, "direct", FALSE))
    return VB_DISK_CACHE_NONE;
  return qmp_value_get_boolean (cache, "writeback", TRUE) ? VB_DISK_CACHE_DEFAULT
                                                          : VB_DISK_CACHE_WRITETHROUGH;
}

static void
read_source (const VbBlockAnswers *answers, const QmpValue *inserted, VbMedium *medium)
{
  const char *name = qmp_value_get_string (inserted, "file");
  g_autofree char *file = NULL;
  if (name == NULL)
    return;
  file = g_str_has_prefix (name, JSON) ? find_file (name + strlen (JSON)) : g_strdup (name);
  if (file == NULL || !g_path_is_absolute (file))
    return;
  medium->source = translate (answers, file);
  if (is_block_device (answers, file))
    medium->type = VB_DISK_TYPE_BLOCK;
}

gboolean
vb_medium_find (const VbBlockAnswers *answers, const char *id, VbMedium *medium)
{
  g_autoptr (QmpValue) drive = vb_medium_find_drive (answers->drives, id);
  g_autoptr (QmpValue) inserted = drive != NULL ? qmp_value_get (drive, "inserted") : NULL;

  *medium = (VbMedium){ .type = VB_DISK_TYPE_FILE, .format = image_formats[0] };
  if (inserted == NULL)
    return drive != NULL;
  medium->is_inserted = TRUE;
  medium->format = find_format (qmp_value_get_string (inserted, "drv"));
  medium->read_only = qmp_value_get_boolean (inserted, "ro", FALSE);
  medium->cache = read_cache (inserted);
  read_source (answers, inserted, medium);
  return TRUE;
}
