/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The plan of descriptors: a walk over the domain's devices gives each of them its numbers.
 */
#include "qemu/descriptors.h"

#include "qemu/certificates.h"
#include "qemu/host-end.h"
#include "qemu/image-chain.h"
#include "qemu/open-descriptor.h"

#include <sys/stat.h>
#include <unistd.h>

/* 0 to 2 are QEMU's standard streams. */
#define FIRST_CHILD_FD 3

struct _VbDescriptors
{
  GPtrArray *list;    /* (owned) (element-type VbDescriptor) */
  GHashTable *by_key; /* (owned) (element-type utf8 VbDescriptor): the same */
  int next_child_fd;
  guint n_fdsets;
  guint n_layers;
};

static void
descriptor_free (VbDescriptor *descriptor)
{
  if (descriptor->fd >= 0)
    close (descriptor->fd);
  g_free (descriptor->key);
  g_free (descriptor->subject);
  g_free (descriptor->path);
  g_free (descriptor->format);
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

/* (transfer full) */
static char *
layer_key (const char *top_key, guint depth)
{
  return depth == 0 ? g_strdup (top_key) : g_strdup_printf ("%s/%u", top_key, depth);
}

/* (transfer full) */
static char *
secret_key (const VbDevice *disk)
{
  return g_strdup_printf ("secret:%s", vb_device_get_name (disk));
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
  descriptor->child_fd = descriptors->next_child_fd++;
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
add_secret (VbDescriptors *descriptors, const VbDisk *disk)
{
  const char *subject = vb_descriptors_find_device (descriptors, &disk->base)->subject;
  VbDescriptor *secret = add (descriptors, VB_DESCRIPTOR_SECRET, secret_key (&disk->base),
                              g_strdup (subject), g_strdup (disk->secret_uuid));
  secret->is_own = TRUE;
}

static void
add_disk (VbDescriptors *descriptors, const VbDisk *disk)
{
  VbDescriptor *descriptor;
  /* QEMU finds folders by itself. */
  if (disk->source == NULL || disk->type == VB_DISK_TYPE_DIR)
    return;
  descriptor = add_device (descriptors,
                           disk->type == VB_DISK_TYPE_BLOCK ? VB_DESCRIPTOR_IMAGE_BLOCK
                                                            : VB_DESCRIPTOR_IMAGE_FILE,
                           &disk->base, disk->source);
  descriptor->read_only = disk->read_only;
  descriptor->format = g_strdup (disk->format);
  descriptor->fdset = ++descriptors->n_fdsets;
  descriptor->has_secret = disk->secret_uuid != NULL;
  if (descriptor->has_secret)
    add_secret (descriptors, disk);
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
  descriptor->is_own = source->path == NULL; /* the service names it */
  if (source->type != VB_CHARDEV_TYPE_UNIX)
    descriptor->fdset = ++descriptors->n_fdsets;
}

static gboolean
is_log (const VbDevice *device)
{
  const VbChardevSource *source = vb_host_end_of (device);
  return source != NULL && source->type == VB_CHARDEV_TYPE_STDIO;
}

/* Once, for all. */
static void
add_log (VbDescriptors *descriptors, const char *path)
{
  VbDescriptor *log;

  if (vb_descriptors_find (descriptors, VB_DESCRIPTOR_LOG) != NULL)
    return;
  log = add (descriptors, VB_DESCRIPTOR_APPEND, g_strdup (VB_DESCRIPTOR_LOG),
             g_strdup ("the machine's log"), g_strdup (path));
  log->is_own = TRUE;
  log->fdset = ++descriptors->n_fdsets;
}

gboolean
vb_descriptors_is_connection (const VbDevice *device)
{
  const VbInterface *interface = (const VbInterface *) device;

  if (device->kind != VB_DEVICE_INTERFACE)
    return FALSE;
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
add_connection (VbDescriptors *descriptors, const VbInterface *interface)
{
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
  VbDescriptor *descriptor =
      add (descriptors, kind, g_strdup (key), g_strdup_printf ("the machine's %s", file),
           g_build_filename (runtime_dir, file, NULL));
  descriptor->is_own = TRUE;
  return descriptor;
}

static void
add_boot_files (VbDescriptors *descriptors, const VbOs *os)
{
  const struct
  {
    const char *key;
    const char *path;
  } files[] = {
    { VB_DESCRIPTOR_LOADER, os->loader },
    { VB_DESCRIPTOR_KERNEL, os->kernel },
    { VB_DESCRIPTOR_INITRD, os->initrd },
  };

  for (guint i = 0; i < G_N_ELEMENTS (files); i++)
    if (files[i].path != NULL)
      add (descriptors, VB_DESCRIPTOR_NAMED, g_strdup (files[i].key), g_strdup (files[i].key),
           g_strdup (files[i].path))
          ->read_only = TRUE;
}

static void
add_certificates (VbDescriptors *descriptors, const VbDomain *domain, const char *folder)
{
  const VbGraphics *spice = vb_domain_find_graphics (domain, VB_GRAPHICS_SPICE);

  if (spice == NULL || spice->tls_port == VB_GRAPHICS_PORT_NONE)
    return;
  for (guint i = 0; i < VB_N_CERTIFICATES; i++)
    {
      const char *file = vb_certificates[i].file;
      VbDescriptor *descriptor =
          add (descriptors, VB_DESCRIPTOR_NAMED, g_strdup (file),
               g_strdup_printf ("graphics '%s'", vb_device_get_name (&spice->base)),
               g_build_filename (folder != NULL ? folder : "", file, NULL));
      descriptor->read_only = TRUE;
      descriptor->is_own = TRUE;
    }
}

VbDescriptors *
vb_descriptors_new (const VbDomain *domain,
                    const char *runtime_dir,
                    const char *log_path,
                    const char *certificates_dir)
{
  VbDescriptors *descriptors = g_new0 (VbDescriptors, 1);
  descriptors->next_child_fd = FIRST_CHILD_FD;
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
      else if (vb_descriptors_is_connection (device))
        add_connection (descriptors, (const VbInterface *) device);
      else if (is_log (device))
        add_log (descriptors, log_path);
      else if (vb_host_end_of (device) != NULL)
        add_end (descriptors, device, runtime_dir);
      else if (device->kind == VB_DEVICE_HOSTDEV)
        add_hostdev (descriptors, (const VbHostdev *) device);
    }
  add_boot_files (descriptors, &domain->os);
  add_certificates (descriptors, domain, certificates_dir);
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

/* @next: what is below @upper, of the disk whose image is @top */
static VbDescriptor *
add_layer (VbDescriptors *descriptors,
           const VbDescriptor *top,
           const VbDescriptor *upper,
           VbImageLayer *next)
{
  guint depth = upper->depth + 1;
  VbDescriptor *layer = add (descriptors, VB_DESCRIPTOR_IMAGE_FILE, layer_key (top->key, depth),
                             g_strdup (top->subject), g_steal_pointer (&next->path));
  layer->read_only = TRUE;
  layer->format = g_steal_pointer (&next->format);
  layer->depth = depth;
  layer->has_secret = top->has_secret;
  layer->fdset = VB_DESCRIPTORS_FIRST_LAYER_FDSET + descriptors->n_layers++;
  return layer;
}

/* Whether @layer is none of those above it. */
static gboolean
check_loop (const VbDescriptors *descriptors,
            const VbDescriptor *top,
            const VbDescriptor *layer,
            GError **error)
{
  for (guint depth = 0; depth < layer->depth; depth++)
    {
      g_autofree char *key = layer_key (top->key, depth);
      if (vb_image_chain_is_same (vb_descriptors_find (descriptors, key), layer))
        {
          g_set_error (error, VB_QEMU_ERROR, VB_QEMU_ERROR_HOST_RESOURCE,
                       "%s: '%s' is its own backing file; name another by qemu-img rebase -u",
                       top->subject, layer->path);
          return FALSE;
        }
    }
  return TRUE;
}

static gboolean
open_layer (VbDescriptors *descriptors,
            const VbDescriptor *top,
            VbDescriptor *layer,
            const VbOpening *opening,
            GError **error)
{
  struct stat status;

  if (layer->depth >= VB_IMAGE_CHAIN_MAX_LAYERS)
    {
      g_set_error (error, VB_QEMU_ERROR, VB_QEMU_ERROR_HOST_RESOURCE,
                   "%s: '%s' stands on more than %d images; merge some by qemu-img commit",
                   top->subject, top->path, VB_IMAGE_CHAIN_MAX_LAYERS - 1);
      return FALSE;
    }
  layer->fd = vb_descriptor_open (layer, opening, error);
  if (layer->fd < 0)
    return FALSE;
  if (fstat (layer->fd, &status) == 0 && S_ISBLK (status.st_mode))
    layer->kind = VB_DESCRIPTOR_IMAGE_BLOCK;
  return check_loop (descriptors, top, layer, error);
}

/* The images that the open @top is based on, down to the last. */
static gboolean
open_layers (VbDescriptors *descriptors,
             VbDescriptor *top,
             const VbOpening *opening,
             GError **error)
{
  VbDescriptor *layer = top;

  while (layer != NULL)
    {
      g_auto (VbImageLayer) next = { 0 };
      if (!vb_image_chain_next (layer, &next, &layer->is_encrypted, error))
        return FALSE;
      layer = next.path != NULL ? add_layer (descriptors, top, layer, &next) : NULL;
      if (layer != NULL && !open_layer (descriptors, top, layer, opening, error))
        return FALSE;
    }
  return TRUE;
}

typedef struct
{
  VbDescriptors *descriptors;
  const VbOpening *opening;
  gboolean are_own; /* those that it opens */
} Pass;

static gboolean
open_some (gpointer data, GError **error)
{
  const Pass *pass = data;
  guint n_planned = pass->descriptors->list->len;

  for (guint i = 0; i < n_planned; i++)
    {
      VbDescriptor *descriptor = g_ptr_array_index (pass->descriptors->list, i);
      if (descriptor->is_own != pass->are_own)
        continue;
      descriptor->fd = vb_descriptor_open (descriptor, pass->opening, error);
      if (descriptor->fd < 0)
        return FALSE;
      if (descriptor->format != NULL &&
          !open_layers (pass->descriptors, descriptor, pass->opening, error))
        return FALSE;
    }
  return TRUE;
}

gboolean
vb_descriptors_open (VbDescriptors *descriptors, const VbOpening *opening, GError **error)
{
  Pass own = { descriptors, opening, TRUE };
  Pass others = { descriptors, opening, FALSE };

  drop_pairs (descriptors);
  return open_some (&own, error) && vb_rights_run (opening->rights, open_some, &others, error);
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

gboolean
vb_descriptor_is_image (const VbDescriptor *descriptor)
{
  return descriptor->kind == VB_DESCRIPTOR_IMAGE_FILE ||
         descriptor->kind == VB_DESCRIPTOR_IMAGE_BLOCK;
}

char *
vb_descriptor_get_qemu_path (const VbDescriptor *descriptor)
{
  return descriptor->fdset != 0 ? g_strdup_printf ("/dev/fdset/%u", descriptor->fdset)
                                : g_strdup_printf ("/proc/self/fd/%d", descriptor->child_fd);
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

const VbDescriptor *
vb_descriptors_find_layer (const VbDescriptors *descriptors, const VbDevice *disk, guint depth)
{
  g_autofree char *top_key = vb_descriptors_key (disk);
  g_autofree char *key = layer_key (top_key, depth);
  return vb_descriptors_find (descriptors, key);
}

const VbDescriptor *
vb_descriptors_find_secret (const VbDescriptors *descriptors, const VbDevice *disk)
{
  g_autofree char *key = secret_key (disk);
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
      g_autofree char *name = vb_descriptor_get_qemu_path (descriptor);
      g_string_replace (result, name, descriptor->path, 0);
    }
  return g_string_free (g_steal_pointer (&result), FALSE);
}
