/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * What is used at one moment. Uses are found from the side of what uses: each mounted file system,
 * each interface with an address, leads to one place in sysfs. Nothing walks the tree of devices,
 * and no loop of links in it can keep a walk going.
 */
#include "host/usage-private.h"

#include "host/host-file.h"

#include <string.h>

#define MAX_REASON_CHARACTERS 300

static void
use_free (VbUse *use)
{
  g_free (use->path);
  g_free (use->device);
  g_free (use->reason);
  g_free (use->seat);
  g_free (use);
}

static gint
compare_uses (gconstpointer a, gconstpointer b)
{
  const VbUse *const *left = a;
  const VbUse *const *right = b;
  return strcmp ((*left)->path, (*right)->path);
}

GHashTable *
vb_host_usage_count_keyboards (VbUse *const *uses, guint n_uses)
{
  GHashTable *keyboards = g_hash_table_new (g_str_hash, g_str_equal);
  for (guint i = 0; i < n_uses; i++)
    if (uses[i]->seat != NULL)
      {
        guint n = GPOINTER_TO_UINT (g_hash_table_lookup (keyboards, uses[i]->seat));
        g_hash_table_insert (keyboards, uses[i]->seat, GUINT_TO_POINTER (n + 1));
      }
  return keyboards;
}

static GPtrArray *
read_mounts (const char *root)
{
  g_autofree char *text = vb_host_file_read (root, "/proc/self/mountinfo");
  return vb_mounts_parse (text);
}

VbHostUsage *
vb_host_usage_read (const char *root)
{
  VbHostUsage *usage = g_new0 (VbHostUsage, 1);
  usage->root = g_strdup (root != NULL ? root : "");
  usage->sysfs = vb_sysfs_new (root);
  usage->mounts = read_mounts (usage->root);
  usage->uses = g_ptr_array_new_with_free_func ((GDestroyNotify) use_free);
  vb_host_usage_read_network (usage);
  vb_host_usage_read_blocks (usage);
  vb_host_usage_read_displays (usage);
  vb_host_usage_read_inputs (usage);
  vb_host_usage_read_board (usage);
  g_ptr_array_sort (usage->uses, compare_uses);
  usage->keyboards =
      vb_host_usage_count_keyboards ((VbUse *const *) usage->uses->pdata, usage->uses->len);
  return usage;
}

void
vb_host_usage_free (VbHostUsage *usage)
{
  g_free (usage->root);
  vb_sysfs_free (usage->sysfs);
  g_ptr_array_unref (usage->mounts);
  g_hash_table_unref (usage->keyboards);
  g_ptr_array_unref (usage->uses);
  g_free (usage);
}

/* "usb1" or "1-2.3", and not "1-2.3:1.0", which is one of its interfaces */
static gboolean
is_pci_or_usb_device (const VbHostUsage *usage, const char *path)
{
  g_autofree char *subsystem = vb_sysfs_read_link (usage->sysfs, path, "subsystem");
  const char *name = strrchr (path, '/') + 1;
  return g_strcmp0 (subsystem, "pci") == 0 ||
         (g_strcmp0 (subsystem, "usb") == 0 && strchr (name, ':') == NULL);
}

char *
vb_host_usage_find_device (const VbHostUsage *usage, const char *path)
{
  g_autofree char *device = g_strdup (path);
  while (g_str_has_prefix (device, "/sys/devices/"))
    {
      if (is_pci_or_usb_device (usage, device))
        return g_steal_pointer (&device);
      *strrchr (device, '/') = '\0';
    }
  return g_strdup ("");
}

/* (transfer full): names of mount points and volumes may hold anything, and be long */
static char *
make_presentable (const char *text)
{
  g_autofree char *valid = g_utf8_make_valid (text, -1);
  GString *result = g_string_new (NULL);
  const char *at = valid;
  for (guint n = 0; *at != '\0' && n < MAX_REASON_CHARACTERS; n++, at = g_utf8_next_char (at))
    {
      gunichar character = g_utf8_get_char (at);
      g_string_append_unichar (result, g_unichar_isprint (character) ? character : '?');
    }
  if (*at != '\0')
    g_string_append (result, "...");
  return g_string_free (result, FALSE);
}

/* @device: (transfer full) */
static VbUse *
add_use (VbHostUsage *usage, VbSafety safety, const char *path, char *device, const char *reason)
{
  VbUse *use = g_new0 (VbUse, 1);
  use->path = g_strconcat (path, "/", NULL);
  use->device = device;
  use->safety = safety;
  use->reason = make_presentable (reason);
  g_ptr_array_add (usage->uses, use);
  return use;
}

void
vb_host_usage_add (VbHostUsage *usage, VbSafety safety, const char *path, const char *format, ...)
{
  g_autofree char *device = vb_host_usage_find_device (usage, path);
  g_autofree char *reason = NULL;
  va_list arguments;
  if (*device == '\0')
    return;
  va_start (arguments, format);
  reason = g_strdup_vprintf (format, arguments);
  va_end (arguments);
  add_use (usage, safety, path, g_steal_pointer (&device), reason);
}

char *
vb_host_usage_describe_seat (const char *seat)
{
  return g_str_equal (seat, "seat0") ? g_strdup ("this seat") : g_strdup (seat);
}

void
vb_host_usage_add_keyboard (VbHostUsage *usage, const char *path, const char *seat)
{
  g_autofree char *whose = vb_host_usage_describe_seat (seat);
  g_autofree char *reason = g_strconcat ("keyboard of ", whose, NULL);
  char *device = vb_host_usage_find_device (usage, path);
  add_use (usage, VB_SAFETY_WARN, path, device, reason)->seat = make_presentable (seat);
}
