/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The plan of descriptors: a walk over the domain's devices gives each of them its numbers.
 */
#include "qemu/descriptors.h"

#include "qemu/host-end.h"
#include "qemu/open-descriptor.h"

#include <unistd.h>

/* 0 to 2 are QEMU's standard streams. */
#define FIRST_CHILD_FD 3

struct _VbDescriptors
{
  GPtrArray *list;    /* (owned) (element-type VbDescriptor) */
  GHashTable *by_key; /* (owned) (element-type utf8 VbDescriptor): the same */
  guint n_fdsets;
};

static void
descriptor_free (VbDescriptor *descriptor)
{
  if (descriptor->fd >= 0)
    close (descriptor->fd);
  g_free (descriptor->key);
  g_free (descriptor->subject);
  g_free (descriptor->path);
  g_free (descriptor);
}

char *
vb_descriptors_key (const VbDevice *device)
{
  return g_strdup_printf ("%s:%s", vb_device_kind_to_string (device->kind),
                          vb_device_get_name (device));
}

char *
vb_descriptors_vhost_key (const VbDevice *device)
{
  return g_strdup_printf ("vhost:%s", vb_device_get_name (device));
}

/* @key, @subject, @path: (transfer full) */
static VbDescriptor *
add (VbDescriptors *descriptors, VbDescriptorKind kind, char *key, char *subject, char *path)
{
  VbDescriptor *descriptor = g_new0 (VbDescriptor, 1);
  descriptor->kind = kind;
  descriptor->key = key;
  descriptor->subject = subject;
  descriptor->path = path;
  descriptor->child_fd = FIRST_CHILD_FD + (int) descriptors->list->len;
  descriptor->fd = -1;
  g_ptr_array_add (descriptors->list, descriptor);
  g_hash_table_insert (descriptors->by_key, descriptor->key, descriptor);
  return descriptor;
}

static VbDescriptor *
add_device (VbDescriptors *descriptors,
            VbDescriptorKind kind,
            const VbDevice *device,
            const char *path)
{
  return add (descriptors, kind, vb_descriptors_key (device),
              g_strdup_printf ("%s '%s'", vb_device_kind_to_string (device->kind),
                               vb_device_get_name (device)),
              g_strdup (path));
}

static void
add_disk (VbDescriptors *descriptors, const VbDisk *disk)
{
  VbDescriptor *descriptor;
  if (disk->source == NULL || disk->type == VB_DISK_TYPE_DIR)
    return;
  descriptor = add_device (descriptors,
                           disk->type == VB_DISK_TYPE_BLOCK ? VB_DESCRIPTOR_IMAGE_BLOCK
                                                            : VB_DESCRIPTOR_IMAGE_FILE,
                           &disk->base, disk->source);
  descriptor->read_only = disk->read_only;
  descriptor->fdset = ++descriptors->n_fdsets;
}

static VbDescriptorKind
kind_of_end (const VbDevice *device, const VbChardevSource *source)
{
  switch (source->type)
    {
    case VB_CHARDEV_TYPE_FILE:
      return VB_DESCRIPTOR_OUTPUT;
    case VB_CHARDEV_TYPE_PIPE:
      return VB_DESCRIPTOR_PIPE;
    case VB_CHARDEV_TYPE_DEV:
      return device->kind == VB_DEVICE_PARALLEL ? VB_DESCRIPTOR_PARALLEL : VB_DESCRIPTOR_SERIAL;
    default:
      return source->mode == VB_CHARDEV_MODE_BIND ? VB_DESCRIPTOR_LISTEN : VB_DESCRIPTOR_CONNECT;
    }
}

/* The log is added once, for all. */
static void
add_end (VbDescriptors *descriptors, const VbDevice *device, const char *runtime_dir)
{
  const VbChardevSource *source = vb_host_end_of (device);
  g_autofree char *listener = vb_host_end_get_listener (device, runtime_dir);
  const char *path = listener != NULL ? listener : source->path;
  VbDescriptor *descriptor;

  if (path == NULL || source->type == VB_CHARDEV_TYPE_PTY)
    return;
  descriptor = add_device (descriptors, kind_of_end (device, source), device, path);
  if (source->type != VB_CHARDEV_TYPE_UNIX)
    descriptor->fdset = ++descriptors->n_fdsets;
}

static gboolean
is_log (const VbDevice *device)
{
  const VbChardevSource *source = vb_host_end_of (device);
  return source != NULL && source->type == VB_CHARDEV_TYPE_STDIO;
}

static void
add_log (VbDescriptors *descriptors, const char *path)
{
  if (vb_descriptors_find (descriptors, VB_DESCRIPTOR_LOG) == NULL)
    add (descriptors, VB_DESCRIPTOR_APPEND, g_strdup (VB_DESCRIPTOR_LOG),
         g_strdup ("the machine's log"), g_strdup (path))
        ->fdset = ++descriptors->n_fdsets;
}

static gboolean
is_handed_over (const VbInterface *interface)
{
  switch (interface->type)
    {
    case VB_INTERFACE_USER:
      return interface->backend == VB_INTERFACE_BACKEND_PASST;
    case VB_INTERFACE_BRIDGE:
    case VB_INTERFACE_ETHERNET:
    case VB_INTERFACE_DIRECT:
    case VB_INTERFACE_SERVER:
    case VB_INTERFACE_CLIENT:
      return TRUE;
    case VB_INTERFACE_MCAST:
    case VB_INTERFACE_NETWORK: /* refused, as the next */
    case VB_INTERFACE_INTERNAL:
      break;
    }
  return FALSE;
}

static void
add_interface (VbDescriptors *descriptors, const VbInterface *interface)
{
  if (!is_handed_over (interface))
    return;
  add_device (descriptors, VB_DESCRIPTOR_GIVEN, &interface->base, "");
  if (interface->driver == VB_INTERFACE_DRIVER_VHOST)
    add (descriptors, VB_DESCRIPTOR_GIVEN, vb_descriptors_vhost_key (&interface->base),
         g_strdup_printf ("interface '%s'", vb_device_get_name (&interface->base)), g_strdup (""));
}

/* QEMU opens a device on PCI itself. */
static void
add_hostdev (VbDescriptors *descriptors, const VbHostdev *hostdev)
{
  g_autofree char *what = vb_hostdev_describe (hostdev);
  if (hostdev->type == VB_HOSTDEV_USB)
    add_device (descriptors, VB_DESCRIPTOR_GIVEN, &hostdev->base, what)->fdset =
        ++descriptors->n_fdsets;
}

static VbDescriptor *
add_own (VbDescriptors *descriptors,
         VbDescriptorKind kind,
         const char *key,
         const char *runtime_dir,
         const char *file)
{
  return add (descriptors, kind, g_strdup (key), g_strdup_printf ("the machine's %s", file),
              g_build_filename (runtime_dir, file, NULL));
}

VbDescriptors *
vb_descriptors_new (const VbDomain *domain, const char *runtime_dir, const char *log_path)
{
  VbDescriptors *descriptors = g_new0 (VbDescriptors, 1);
  descriptors->list = g_ptr_array_new_with_free_func ((GDestroyNotify) descriptor_free);
  descriptors->by_key = g_hash_table_new (g_str_hash, g_str_equal);

  /* First the one that cannot be had while another QEMU uses the folder. */
  add_own (descriptors, VB_DESCRIPTOR_LISTEN, VB_DESCRIPTOR_MONITOR, runtime_dir, "monitor.sock");
  add_own (descriptors, VB_DESCRIPTOR_OUTPUT, VB_DESCRIPTOR_PROCESS, runtime_dir, "process");
  add_own (descriptors, VB_DESCRIPTOR_OUTPUT, VB_DESCRIPTOR_MONITOR_LOG, runtime_dir, "monitor.log")
      ->fdset = ++descriptors->n_fdsets;
  /* None can be added to a QEMU that runs. */
  add_own (descriptors, VB_DESCRIPTOR_LISTEN, VB_DESCRIPTOR_PASSTHROUGH, runtime_dir,
           "passthrough.sock");
  add_own (descriptors, VB_DESCRIPTOR_LISTEN, VB_DESCRIPTOR_SPARE, runtime_dir, "spare.sock");
  for (guint i = 0; i < domain->devices->len; i++)
    {
      const VbDevice *device = g_ptr_array_index (domain->devices, i);
      if (device->kind == VB_DEVICE_DISK)
        add_disk (descriptors, (const VbDisk *) device);
      else if (device->kind == VB_DEVICE_INTERFACE)
        add_interface (descriptors, (const VbInterface *) device);
      else if (is_log (device))
        add_log (descriptors, log_path);
      else if (vb_host_end_of (device) != NULL)
        add_end (descriptors, device, runtime_dir);
      else if (device->kind == VB_DEVICE_HOSTDEV)
        add_hostdev (descriptors, (const VbHostdev *) device);
    }
  return descriptors;
}

void
vb_descriptors_free (VbDescriptors *descriptors)
{
  g_hash_table_unref (descriptors->by_key);
  g_ptr_array_unref (descriptors->list);
  g_free (descriptors);
}

/* QEMU has no back end that reads from one descriptor and writes to another: it opens a pair itself. */
static void
drop_pairs (VbDescriptors *descriptors)
{
  for (guint i = descriptors->list->len; i > 0; i--)
    {
      VbDescriptor *descriptor = g_ptr_array_index (descriptors->list, i - 1);
      if (descriptor->kind != VB_DESCRIPTOR_PIPE || !vb_descriptor_is_pair (descriptor))
        continue;
      g_hash_table_remove (descriptors->by_key, descriptor->key);
      g_ptr_array_remove_index (descriptors->list, i - 1);
    }
}

gboolean
vb_descriptors_open (VbDescriptors *descriptors, const VbGiven *given, GError **error)
{
  drop_pairs (descriptors);
  for (guint i = 0; i < descriptors->list->len; i++)
    {
      VbDescriptor *descriptor = g_ptr_array_index (descriptors->list, i);
      descriptor->fd = vb_descriptor_open (descriptor, given, error);
      if (descriptor->fd < 0)
        return FALSE;
    }
  return TRUE;
}

void
vb_descriptors_close (VbDescriptors *descriptors)
{
  for (guint i = 0; i < descriptors->list->len; i++)
    {
      VbDescriptor *descriptor = g_ptr_array_index (descriptors->list, i);
      if (descriptor->fd >= 0)
        close (g_steal_fd (&descriptor->fd));
    }
}

guint
vb_descriptors_get_length (const VbDescriptors *descriptors)
{
  return descriptors->list->len;
}

const VbDescriptor *
vb_descriptors_get (const VbDescriptors *descriptors, guint index)
{
  return g_ptr_array_index (descriptors->list, index);
}

const VbDescriptor *
vb_descriptors_find (const VbDescriptors *descriptors, const char *key)
{
  return g_hash_table_lookup (descriptors->by_key, key);
}

const VbDescriptor *
vb_descriptors_find_device (const VbDescriptors *descriptors, const VbDevice *device)
{
  g_autofree char *key = vb_descriptors_key (device);
  return vb_descriptors_find (descriptors, key);
}

const VbDescriptor *
vb_descriptors_find_end (const VbDescriptors *descriptors, const VbDevice *device)
{
  return is_log (device) ? vb_descriptors_find (descriptors, VB_DESCRIPTOR_LOG)
                         : vb_descriptors_find_device (descriptors, device);
}

char *
vb_descriptors_translate (const VbDescriptors *descriptors, const char *text)
{
  g_autoptr (GString) result = g_string_new (text);
  /* From the highest number down, so that /dev/fdset/1 is not found in /dev/fdset/12. */
  for (guint i = descriptors->list->len; i > 0; i--)
    {
      const VbDescriptor *descriptor = g_ptr_array_index (descriptors->list, i - 1);
      g_autofree char *name = g_strdup_printf ("/dev/fdset/%u", descriptor->fdset);
      if (descriptor->fdset != 0)
        g_string_replace (result, name, descriptor->path, 0);
    }
  return g_string_free (g_steal_pointer (&result), FALSE);
}
