/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The only file that knows udev. It says which device changed, and not how: who listens reads the
 * facts again. Names come from the database itself, which is there where udev's daemon is not.
 */
#include "host/host-udev.h"

#include <gudev/gudev.h>
#include <libudev.h>

struct _VbHostUdev
{
  GUdevClient *client; /* (owned) */
  gulong handler;
  VbHostUdevFunc event;
  gpointer user_data;
};

/* A look into the database takes as long as reading a device, and hosts with many devices have many
 * alike. */
#define MAX_REMEMBERED 1024

struct _VbHwdb
{
  struct udev *udev;      /* (owned) (nullable) */
  struct udev_hwdb *hwdb; /* (owned) (nullable): there is no database */
  GHashTable *remembered; /* (owned) (element-type utf8 Names): by modalias */
};

typedef struct
{
  char *vendor;  /* (owned) */
  char *product; /* (owned) */
} Names;

static guint
get_number (GUdevDevice *device)
{
  const char *text = g_udev_device_get_property (device, "DEVNUM");
  guint64 number;

  return text != NULL && g_ascii_string_to_unsigned (text, 10, 1, G_MAXUINT8, &number, NULL)
             ? (guint) number
             : VB_UDEV_NO_NUMBER;
}

static void
on_uevent (GUdevClient *client, const char *action, GUdevDevice *device, gpointer user_data)
{
  VbHostUdev *udev = user_data;

  udev->event (g_udev_device_get_subsystem (device), g_udev_device_get_sysfs_path (device),
               g_str_equal (action, "remove") ? get_number (device) : 0, udev->user_data);
}

VbHostUdev *
vb_host_udev_new (const char *const *subsystems, VbHostUdevFunc event, gpointer user_data)
{
  VbHostUdev *udev = g_new0 (VbHostUdev, 1);

  udev->client = g_udev_client_new (subsystems);
  udev->event = event;
  udev->user_data = user_data;
  udev->handler = g_signal_connect (udev->client, "uevent", G_CALLBACK (on_uevent), udev);
  return udev;
}

void
vb_host_udev_free (VbHostUdev *udev)
{
  g_signal_handler_disconnect (udev->client, udev->handler);
  g_object_unref (udev->client);
  g_free (udev);
}

static void
names_free (Names *names)
{
  g_free (names->vendor);
  g_free (names->product);
  g_free (names);
}

VbHwdb *
vb_hwdb_new (void)
{
  VbHwdb *hwdb = g_new0 (VbHwdb, 1);

  hwdb->udev = udev_new ();
  hwdb->hwdb = udev_hwdb_new (hwdb->udev);
  hwdb->remembered =
      g_hash_table_new_full (g_str_hash, g_str_equal, g_free, (GDestroyNotify) names_free);
  return hwdb;
}

void
vb_hwdb_free (VbHwdb *hwdb)
{
  g_hash_table_unref (hwdb->remembered);
  udev_hwdb_unref (hwdb->hwdb);
  udev_unref (hwdb->udev);
  g_free (hwdb);
}

/* (transfer full) */
static char *
get_name (struct udev_list_entry *properties, const char *property)
{
  struct udev_list_entry *entry = udev_list_entry_get_by_name (properties, property);
  const char *name = entry != NULL ? udev_list_entry_get_value (entry) : NULL;

  return g_utf8_make_valid (name != NULL ? name : "", -1);
}

static Names *
look_up (VbHwdb *hwdb, const char *modalias)
{
  struct udev_list_entry *properties =
      hwdb->hwdb != NULL ? udev_hwdb_get_properties_list_entry (hwdb->hwdb, modalias, 0) : NULL;
  Names *names = g_new (Names, 1);

  names->vendor = get_name (properties, "ID_VENDOR_FROM_DATABASE");
  names->product = get_name (properties, "ID_MODEL_FROM_DATABASE");
  return names;
}

static const Names *
find_names (VbHwdb *hwdb, const char *modalias)
{
  Names *names = g_hash_table_lookup (hwdb->remembered, modalias);

  if (names != NULL)
    return names;
  if (g_hash_table_size (hwdb->remembered) >= MAX_REMEMBERED)
    g_hash_table_remove_all (hwdb->remembered);
  names = look_up (hwdb, modalias);
  g_hash_table_insert (hwdb->remembered, g_strdup (modalias), names);
  return names;
}

void
vb_hwdb_find (VbHwdb *hwdb, const char *modalias, char **vendor, char **product)
{
  const Names *names = hwdb != NULL ? find_names (hwdb, modalias) : NULL;

  *vendor = g_strdup (names != NULL ? names->vendor : "");
  *product = g_strdup (names != NULL ? names->product : "");
}
