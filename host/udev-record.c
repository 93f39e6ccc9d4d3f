/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The records are lines of a letter, a colon and a text: E for a property, S for a link below /dev,
 * G for a tag (systemd, src/libsystemd/sd-device/sd-device.c).
 */
#include "host/udev-record.h"

#include "host/host-file.h"

#include <string.h>

char *
vb_udev_record_read (const char *root, const char *id)
{
  g_autofree char *path = g_strconcat ("/run/udev/data/", id, NULL);
  return vb_host_file_read (root, path);
}

/* (nullable): what stands behind @prefix on the first line of @text that begins so */
static const char *
find_line (const char *text, const char *prefix)
{
  gsize length = strlen (prefix);
  for (const char *line = text; line != NULL; line = strchr (line, '\n'))
    {
      line += *line == '\n' ? 1 : 0;
      if (strncmp (line, prefix, length) == 0)
        return line + length;
    }
  return NULL;
}

char *
vb_udev_record_get (const char *record, const char *property)
{
  g_autofree char *prefix = g_strconcat ("E:", property, "=", NULL);
  const char *value = find_line (record, prefix);
  return value != NULL ? g_strndup (value, strcspn (value, "\n")) : NULL;
}

gboolean
vb_udev_record_has_tag (const char *record, const char *tag)
{
  g_autofree char *line = g_strconcat ("G:", tag, "\n", NULL);
  return find_line (record, line) != NULL;
}

char **
vb_udev_record_list_links (const char *record)
{
  g_autoptr (GStrvBuilder) links = g_strv_builder_new ();
  const char *link = record;
  while ((link = find_line (link, "S:")) != NULL)
    {
      g_autofree char *name = g_strndup (link, strcspn (link, "\n"));
      g_strv_builder_add (links, name);
    }
  return g_strv_builder_end (links);
}
