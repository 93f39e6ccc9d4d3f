/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Displays that this machine shows itself on: the one that the firmware started on, the one of the
 * console, and those that are plugged in.
 */
#include "host/usage-private.h"

#include <string.h>

#define DRM_CLASS "/sys/class/drm"
#define FRAMEBUFFER_CLASS "/sys/class/graphics"
#define CONSOLE_FRAMEBUFFER "fb0"

static gboolean
is_boot_display (const VbHostUsage *usage, const char *path)
{
  guint64 value = 0;
  return vb_sysfs_read_number (usage->sysfs, path, "boot_vga", 10, &value) && value == 1;
}

/* Where firmware names no boot display, or that one was given up, the console is on this. */
static void
read_console (VbHostUsage *usage)
{
  g_autofree char *path = vb_sysfs_resolve (usage->sysfs, FRAMEBUFFER_CLASS, CONSOLE_FRAMEBUFFER);
  g_autofree char *device = path != NULL ? vb_host_usage_find_device (usage, path) : g_strdup ("");
  if (*device != '\0' && !is_boot_display (usage, device))
    vb_host_usage_add (usage, VB_SAFETY_FORBIDDEN, path, "display of the console");
}

/* "HDMI-A-1" of "card0-HDMI-A-1"; %NULL of what is no connector */
static const char *
find_connector (const char *name)
{
  const char *connector = g_str_has_prefix (name, "card") ? strchr (name, '-') : NULL;
  return connector != NULL ? connector + 1 : NULL;
}

static void
read_connectors (VbHostUsage *usage)
{
  g_auto (GStrv) names = vb_sysfs_list (usage->sysfs, DRM_CLASS);
  for (guint i = 0; names[i] != NULL; i++)
    {
      const char *connector = find_connector (names[i]);
      g_autofree char *path =
          connector != NULL ? vb_sysfs_resolve (usage->sysfs, DRM_CLASS, names[i]) : NULL;
      g_autofree char *status = path != NULL ? vb_sysfs_read (usage->sysfs, path, "status") : NULL;
      if (g_strcmp0 (status, "connected") == 0)
        vb_host_usage_add (usage, VB_SAFETY_WARN, path, "display connected at %s", connector);
    }
}

const char *
vb_host_usage_judge_display (const VbHostDevice *device, VbSafety *safety)
{
  /* Whoever bound it to vfio-pci gave it up. */
  if (device->kind != VB_HOST_DEVICE_PCI || !device->pci.boot_vga ||
      g_str_equal (device->driver, "vfio-pci"))
    return NULL;
  *safety = VB_SAFETY_FORBIDDEN;
  return "boot display";
}

void
vb_host_usage_read_displays (VbHostUsage *usage)
{
  read_console (usage);
  read_connectors (usage);
}
