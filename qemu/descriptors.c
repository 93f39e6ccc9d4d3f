/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The plan of descriptors: a walk over the domain's devices gives each of them its numbers.
 */
#include "qemu/descriptors.h"

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

static void
add_chardev (VbDescriptors *descriptors, const VbChardev *chardev)
{
  const VbChardevSource *source = &chardev->source;
  /* A serial console is another name of a serial port. */
  if (chardev->base.kind == VB_DEVICE_CONSOLE && chardev->target_type == VB_CHARDEV_TARGET_SERIAL)
    return;
  if (source->type == VB_CHARDEV_TYPE_FILE)
    add_device (descriptors, VB_DESCRIPTOR_OUTPUT, &chardev->base, source->path)->fdset =
        ++descriptors->n_fdsets;
  else if (source->type == VB_CHARDEV_TYPE_UNIX)
    add_device (descriptors,
                source->mode == VB_CHARDEV_MODE_BIND ? VB_DESCRIPTOR_LISTEN : VB_DESCRIPTOR_CONNECT,
                &chardev->base, source->path);
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
vb_descriptors_new (const VbDomain *domain, const char *runtime_dir)
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
      else if (vb_device_kind_is_chardev (device->kind))
        add_chardev (descriptors, (const VbChardev *) device);
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

gboolean
vb_descriptors_open (VbDescriptors *descriptors, const VbGiven *given, GError **error)
{
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
