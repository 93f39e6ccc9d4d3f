/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The inventory. One scan at a time reads in a thread what changed; what changes meanwhile is
 * gathered for the next one, so that a burst of events takes few of them and none is lost. Sysfs is
 * the truth: an event only says where to look.
 */
#include "host/host-devices.h"

#include "host/device-node.h"
#include "host/device-scan.h"
#include "host/host-udev.h"
#include "host/usage-watch.h"

#include <string.h>

/* One signal */
typedef struct
{
  VbHostDevice *before; /* (owned) (nullable) */
  VbHostDevice *after;  /* (owned) (nullable) */
} Change;

struct _VbHostDevices
{
  GObject parent_instance;
  char *root;             /* (owned) (nullable) */
  VbDeviceReader *reader; /* (owned) (nullable): the scan that runs has it */
  VbDeviceScan *next;     /* (owned): gathered for when that has ended */
  GHashTable *devices;    /* (owned) (element-type utf8 VbHostDevice): by id; replaced as a whole */
  VbHostUdev *udev;       /* (owned) (nullable) */
  VbUsageWatch *watch;    /* (owned) (nullable) */
  GTask *loading;         /* (owned) (nullable): nothing has been read yet */
};

G_DEFINE_FINAL_TYPE (VbHostDevices, vb_host_devices, G_TYPE_OBJECT)

enum
{
  SIGNAL_CHANGED,
  N_SIGNALS
};
static guint signals[N_SIGNALS];

static void start_scan (VbHostDevices *devices);

static void
scan_in_thread (GTask *task, gpointer source, gpointer task_data, GCancellable *cancellable)
{
  vb_device_scan_run (task_data);
  g_task_return_boolean (task, TRUE);
}

static void
change_free (Change *change)
{
  g_clear_pointer (&change->before, vb_host_device_unref);
  g_clear_pointer (&change->after, vb_host_device_unref);
  g_free (change);
}

static void
add_change (GPtrArray *changes, VbHostDevice *before, VbHostDevice *after)
{
  Change *change = g_new0 (Change, 1);

  change->before = before != NULL ? vb_host_device_ref (before) : NULL;
  change->after = after != NULL ? vb_host_device_ref (after) : NULL;
  g_ptr_array_add (changes, change);
}

/* What went first, as its number may be another's already; else by id */
static gint
compare_changes (gconstpointer a, gconstpointer b)
{
  const Change *first = *(Change *const *) a;
  const Change *second = *(Change *const *) b;

  if ((first->after == NULL) != (second->after == NULL))
    return first->after == NULL ? -1 : 1;
  return first->after == NULL ? strcmp (first->before->id, second->before->id)
                              : strcmp (first->after->id, second->after->id);
}

/* (transfer full) (element-type Change) */
static GPtrArray *
list_changes (GHashTable *before, GHashTable *after)
{
  GPtrArray *changes = g_ptr_array_new_with_free_func ((GDestroyNotify) change_free);
  GHashTableIter iter;
  gpointer id, device;

  g_hash_table_iter_init (&iter, before);
  while (g_hash_table_iter_next (&iter, &id, &device))
    if (!g_hash_table_contains (after, id))
      add_change (changes, device, NULL);
  g_hash_table_iter_init (&iter, after);
  while (g_hash_table_iter_next (&iter, &id, &device))
    {
      VbHostDevice *previous = g_hash_table_lookup (before, id);

      if (previous == NULL || !vb_host_device_equal (previous, device))
        add_change (changes, previous, device);
    }
  g_ptr_array_sort (changes, compare_changes);
  return changes;
}

static void
emit_changes (VbHostDevices *devices, GPtrArray *changes)
{
  for (guint i = 0; i < changes->len; i++)
    {
      const Change *change = changes->pdata[i];

      g_signal_emit (devices, signals[SIGNAL_CHANGED], 0, change->before, change->after);
    }
}

/* @after: (transfer full) */
static void
replace_devices (VbHostDevices *devices, GHashTable *after)
{
  g_autoptr (GHashTable) before = g_steal_pointer (&devices->devices);
  g_autoptr (GPtrArray) changes = list_changes (before, after);

  devices->devices = after;
  emit_changes (devices, changes);
}

static void
stop_following (VbHostDevices *devices)
{
  g_clear_pointer (&devices->udev, vb_host_udev_free);
  g_clear_pointer (&devices->watch, vb_usage_watch_free);
  vb_device_scan_free (devices->next);
  devices->next = vb_device_scan_new ();
}

/* The first scan tells whoever waits for it; nothing has come or gone. @after: (transfer full) */
static void
end_loading (VbHostDevices *devices, GHashTable *after)
{
  g_autoptr (GTask) task = g_steal_pointer (&devices->loading);

  if (g_task_return_error_if_cancelled (task))
    {
      g_hash_table_unref (after);
      stop_following (devices);
      return;
    }
  g_hash_table_unref (devices->devices);
  devices->devices = after;
  g_task_return_boolean (task, TRUE);
}

static void
on_scanned (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (VbHostDevices) devices = user_data;
  VbDeviceScan *scan = g_task_get_task_data (G_TASK (result));
  GHashTable *after = g_steal_pointer (&scan->after);

  devices->reader = g_steal_pointer (&scan->reader);
  if (devices->loading != NULL)
    end_loading (devices, after);
  else
    replace_devices (devices, after);
  start_scan (devices);
}

/* Unless one runs, which will be followed by the next. The reference is kept apart from the task,
 * which the thread may be the last to hold. */
static void
start_scan (VbHostDevices *devices)
{
  g_autoptr (GTask) task = NULL;
  VbDeviceScan *scan;

  if (devices->reader == NULL || vb_device_scan_is_empty (devices->next))
    return;
  scan = g_steal_pointer (&devices->next);
  scan->reader = g_steal_pointer (&devices->reader);
  scan->before = g_hash_table_ref (devices->devices);
  devices->next = vb_device_scan_new ();
  task = g_task_new (NULL, NULL, on_scanned, g_object_ref (devices));
  g_task_set_source_tag (task, start_scan);
  g_task_set_task_data (task, scan, (GDestroyNotify) vb_device_scan_free);
  g_task_run_in_thread (task, scan_in_thread);
}

/* An interface, "1-2:1.0", is told of as part of its device, the folder above. */
static void
note_device (VbDeviceScan *scan, const char *path, gboolean is_usb, guint gone)
{
  g_autofree char *name = g_path_get_basename (path);
  g_autofree char *folder = g_path_get_dirname (path);

  if (is_usb && strchr (name, ':') != NULL)
    vb_device_scan_add (scan, folder, 0);
  else
    vb_device_scan_add (scan, path, gone);
}

static void
on_usage_changed (gpointer user_data)
{
  VbHostDevices *devices = user_data;

  devices->next->usage_changed = TRUE;
  start_scan (devices);
}

static void
on_uevent (const char *subsystem, const char *path, guint gone, gpointer user_data)
{
  VbHostDevices *devices = user_data;
  gboolean is_usb = g_str_equal (subsystem, "usb");

  if (is_usb || g_str_equal (subsystem, "pci"))
    {
      note_device (devices->next, path, is_usb, gone);
      /* A virtual function that goes is the loss of its physical one, of which nothing is told. */
      devices->next->usage_changed |= gone != 0;
    }
  else if (g_str_equal (subsystem, "iommu"))
    devices->next->everything = TRUE;
  else
    devices->next->usage_changed = TRUE;
  start_scan (devices);
}

static void
vb_host_devices_finalize (GObject *object)
{
  VbHostDevices *devices = VB_HOST_DEVICES (object);

  g_clear_pointer (&devices->udev, vb_host_udev_free);
  g_clear_pointer (&devices->watch, vb_usage_watch_free);
  vb_device_scan_free (devices->next);
  g_clear_pointer (&devices->reader, vb_device_reader_free);
  g_hash_table_unref (devices->devices);
  g_free (devices->root);
  G_OBJECT_CLASS (vb_host_devices_parent_class)->finalize (object);
}

static void
vb_host_devices_class_init (VbHostDevicesClass *class)
{
  G_OBJECT_CLASS (class)->finalize = vb_host_devices_finalize;
  signals[SIGNAL_CHANGED] =
      g_signal_new ("changed", VB_TYPE_HOST_DEVICES, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                    G_TYPE_NONE, 2, G_TYPE_POINTER, G_TYPE_POINTER);
}

static void
vb_host_devices_init (VbHostDevices *devices)
{
  devices->next = vb_device_scan_new ();
  devices->devices = vb_device_table_new ();
}

VbHostDevices *
vb_host_devices_new (const char *root)
{
  VbHostDevices *devices = g_object_new (VB_TYPE_HOST_DEVICES, NULL);

  devices->root = g_strdup (root);
  devices->reader = vb_device_reader_new (root);
  return devices;
}

/* The kernel and udev are listened to before the first look, so that nothing falls in between. */
void
vb_host_devices_load_async (VbHostDevices *devices,
                            GCancellable *cancellable,
                            GAsyncReadyCallback callback,
                            gpointer user_data)
{
  /* Of the last four, what the machine uses a device for depends. */
  static const char *const subsystems[] = { "pci",   "usb", "iommu", "net",
                                            "block", "drm", "input", NULL };

  g_return_if_fail (devices->loading == NULL);

  devices->loading = g_task_new (devices, cancellable, callback, user_data);
  g_task_set_source_tag (devices->loading, vb_host_devices_load_async);
  g_task_set_check_cancellable (devices->loading, FALSE);
  if (devices->root == NULL)
    {
      devices->udev = vb_host_udev_new (subsystems, on_uevent, devices);
      devices->watch = vb_usage_watch_new (on_usage_changed, devices);
    }
  devices->next->everything = TRUE;
  devices->next->usage_changed = TRUE;
  start_scan (devices);
}

gboolean
vb_host_devices_load_finish (VbHostDevices *devices, GAsyncResult *result, GError **error)
{
  return g_task_propagate_boolean (G_TASK (result), error);
}

static gint
compare_devices (gconstpointer a, gconstpointer b)
{
  return strcmp ((*(VbHostDevice *const *) a)->id, (*(VbHostDevice *const *) b)->id);
}

GPtrArray *
vb_host_devices_list (VbHostDevices *devices)
{
  GPtrArray *list = g_ptr_array_new_with_free_func ((GDestroyNotify) vb_host_device_unref);
  GHashTableIter iter;
  gpointer device;

  g_hash_table_iter_init (&iter, devices->devices);
  while (g_hash_table_iter_next (&iter, NULL, &device))
    g_ptr_array_add (list, vb_host_device_ref (device));
  g_ptr_array_sort (list, compare_devices);
  return list;
}

VbHostDevice *
vb_host_devices_find (VbHostDevices *devices, const char *id)
{
  return g_hash_table_lookup (devices->devices, id);
}

char *
vb_host_devices_get_node (VbHostDevices *devices, const VbHostDevice *device)
{
  g_autofree char *path = vb_device_node_get_path (device);

  if (path == NULL || devices->root == NULL)
    return g_steal_pointer (&path);
  return g_build_filename (devices->root, path, NULL);
}
