/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The human monitor's list of devices, the one place where QEMU says on which bus a device is and
 * what it is for. Its form is that of qdev_print_devinfo() in QEMU's softmmu/qdev-monitor.c:
 *
 *   Network devices:
 *   name "virtio-net-pci", bus PCI, alias "virtio-net", desc "…", no-user
 */
#include "qemu/facts-builder-private.h"

#include <string.h>

#define HEADING_SUFFIX " devices:"
#define DEVICE_PATTERN                                                                             \
  "^name \"([^\"]+)\"(?:, bus ([^,]+))?(?:, alias \"([^\"]*)\")?(?:, desc \"(.*)\")?(, no-user)?$"

typedef enum
{
  GROUP_NAME = 1,
  GROUP_BUS,
  GROUP_ALIAS,
  GROUP_DESCRIPTION,
  GROUP_NO_USER,
  N_GROUPS,
} Group;

static void
read_device (GRegex *pattern,
             const char *line,
             const char *category,
             VbFactsListingFunc func,
             gpointer user_data)
{
  g_autoptr (GMatchInfo) match = NULL;
  char *groups[N_GROUPS] = { NULL };
  VbEmulatorDevice device;

  if (!g_regex_match (pattern, line, 0, &match))
    return;
  for (guint i = GROUP_NAME; i < N_GROUPS; i++)
    {
      groups[i] = g_match_info_fetch (match, (int) i);
      if (!groups[i])
        groups[i] = g_strdup ("");
    }
  device = (VbEmulatorDevice){ .name = groups[GROUP_NAME],
                               .bus = groups[GROUP_BUS],
                               .description = groups[GROUP_DESCRIPTION],
                               .category = category,
                               .alias = groups[GROUP_ALIAS],
                               .is_pluggable = *groups[GROUP_NO_USER] == '\0' };
  func (&device, user_data);
  for (guint i = GROUP_NAME; i < N_GROUPS; i++)
    g_free (groups[i]);
}

void
vb_facts_listing_read (const char *text, VbFactsListingFunc func, gpointer user_data)
{
  g_autoptr (GRegex) pattern = g_regex_new (DEVICE_PATTERN, G_REGEX_OPTIMIZE, 0, NULL);
  g_autofree char *valid = g_utf8_make_valid (text, -1);
  g_auto (GStrv) lines = g_strsplit_set (valid, "\r\n", -1);
  g_autofree char *category = g_strdup ("");

  for (guint i = 0; lines[i]; i++)
    if (g_str_has_suffix (lines[i], HEADING_SUFFIX))
      {
        /* "Controller/Bridge/Hub devices:" */
        g_free (category);
        category = g_ascii_strdown (lines[i], (gssize) strcspn (lines[i], "/ "));
      }
    else
      {
        read_device (pattern, lines[i], category, func, user_data);
      }
}
