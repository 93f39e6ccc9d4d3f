/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Keyboards and mice that somebody uses this machine with. udev knows them and their seats; where it
 * does not run, what they can do tells.
 */
#include "host/usage-private.h"

#include "host/udev-record.h"

#include <string.h>

#define INPUT_CLASS "/sys/class/input"
/* Made by programs, such as those that change what keys do. */
#define MADE_INPUTS "/sys/devices/virtual/input/"
#define DEFAULT_SEAT "seat0"

typedef struct
{
  const char *property; /* of udev's builtin input_id */
  const char *words;
} KindRow;

static const KindRow kind_rows[] = {
  { "ID_INPUT_MOUSE", "mouse" },
  { "ID_INPUT_TOUCHPAD", "touchpad" },
  { "ID_INPUT_TOUCHSCREEN", "touch screen" },
  { "ID_INPUT_TABLET", "tablet" },
};

/* The lowest word of a bitmap of the kernel, which stands last. */
static guint64
read_lowest_word (const VbHostUsage *usage, const char *path, const char *bitmap)
{
  g_autofree char *folder = g_strconcat (path, "/capabilities", NULL);
  g_autofree char *text = vb_sysfs_read (usage->sysfs, folder, bitmap);
  const char *last = text != NULL ? strrchr (text, ' ') : NULL;
  guint64 word = 0;
  if (text != NULL)
    g_ascii_string_to_unsigned (last != NULL ? last + 1 : text, 16, 0, G_MAXUINT64, &word, NULL);
  return word;
}

/* Has Escape, the digits and the first row of letters: udev asks the same. */
static gboolean
can_type (const VbHostUsage *usage, const char *path)
{
  const guint64 first_keys = 0xfffffffe;
  return (read_lowest_word (usage, path, "key") & first_keys) == first_keys;
}

/* Moves to both sides. */
static gboolean
can_point (const VbHostUsage *usage, const char *path)
{
  const guint64 both_axes = 0x3;
  return (read_lowest_word (usage, path, "rel") & both_axes) == both_axes;
}

static void
add_pointer (VbHostUsage *usage, const char *path, const char *words, const char *seat)
{
  g_autofree char *whose = vb_host_usage_describe_seat (seat);
  vb_host_usage_add (usage, VB_SAFETY_WARN, path, "%s of %s", words, whose);
}

static gboolean
is_set (const char *record, const char *property)
{
  g_autofree char *value = vb_udev_record_get (record, property);
  return g_strcmp0 (value, "1") == 0;
}

static void
read_known (VbHostUsage *usage, const char *path, const char *record)
{
  g_autofree char *named_seat = vb_udev_record_get (record, "ID_SEAT");
  const char *seat = named_seat != NULL && *named_seat != '\0' ? named_seat : DEFAULT_SEAT;
  if (!vb_udev_record_has_tag (record, "seat"))
    return;
  if (is_set (record, "ID_INPUT_KEYBOARD"))
    vb_host_usage_add_keyboard (usage, path, seat);
  for (guint i = 0; i < G_N_ELEMENTS (kind_rows); i++)
    if (is_set (record, kind_rows[i].property))
      add_pointer (usage, path, kind_rows[i].words, seat);
}

static void
read_unknown (VbHostUsage *usage, const char *path)
{
  if (can_type (usage, path))
    vb_host_usage_add_keyboard (usage, path, DEFAULT_SEAT);
  if (can_point (usage, path))
    add_pointer (usage, path, "mouse", DEFAULT_SEAT);
}

void
vb_host_usage_read_inputs (VbHostUsage *usage)
{
  g_auto (GStrv) names = vb_sysfs_list (usage->sysfs, INPUT_CLASS);
  for (guint i = 0; names[i] != NULL; i++)
    {
      g_autofree char *path = vb_sysfs_resolve (usage->sysfs, INPUT_CLASS, names[i]);
      g_autofree char *id = g_strconcat ("+input:", names[i], NULL);
      g_autofree char *record = NULL;
      if (path == NULL || !g_str_has_prefix (names[i], "input") ||
          g_str_has_prefix (path, MADE_INPUTS))
        continue;
      record = vb_udev_record_read (usage->root, id);
      if (*record != '\0')
        read_known (usage, path, record);
      else
        read_unknown (usage, path);
    }
}
