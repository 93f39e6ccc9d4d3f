/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The block nodes behind a <disk>: for each layer of its image one that reads the descriptor that the
 * service opened, the file itself or a server, and above it one of the layer's format. QEMU neither
 * probes a format nor looks for a backing file.
 */
#include "qemu/argv-parts.h"

#include "qemu/image-format.h"

#include <string.h>

/* One image of a disk. */
typedef struct
{
  const VbArgv *argv;
  const VbDisk *disk;
  const VbDescriptor *descriptor; /* (nullable): QEMU opens it itself */
  guint depth;                    /* 0: what the guest writes to */
} Layer;

static Layer
find_layer (const VbArgv *argv, const VbDisk *disk, guint depth)
{
  const VbDescriptor *descriptor =
      argv->descriptors != NULL ? vb_descriptors_find_layer (argv->descriptors, &disk->base, depth)
                                : NULL;
  return (Layer){ argv, disk, descriptor, depth };
}

static const char *
get_format (const Layer *layer)
{
  if (layer->disk->type == VB_DISK_TYPE_DIR)
    return "raw"; /* the file system is made by the node below */
  return layer->descriptor != NULL ? layer->descriptor->format : layer->disk->format;
}

/* (transfer full): "file-vda" or, of the second layer, "file-vda-1" */
static char *
node_name (const char *kind, const VbDisk *disk, guint depth)
{
  return depth == 0 ? g_strdup_printf ("%s-%s", kind, disk->target)
                    : g_strdup_printf ("%s-%s-%u", kind, disk->target, depth);
}

char *
vb_argv_disk_node (const VbDisk *disk)
{
  return node_name ("disk", disk, 0);
}

VbDiskCache
vb_argv_disk_cache (const VbDisk *disk)
{
  return disk->shareable ? VB_DISK_CACHE_NONE : disk->cache;
}

static void
set_cache (QmpValue *node, const VbDisk *disk)
{
  VbDiskCache cache = vb_argv_disk_cache (disk);
  QmpValue *flags;
  if (cache == VB_DISK_CACHE_DEFAULT)
    return;
  flags = qmp_value_new_object ();
  qmp_value_set_boolean (flags, "direct", cache == VB_DISK_CACHE_NONE);
  qmp_value_set_boolean (flags, "no-flush", FALSE);
  qmp_value_set_value (node, "cache", flags);
}

static QmpValue *
new_storage (const char *driver)
{
  QmpValue *node = qmp_value_new_object ();
  qmp_value_set_string (node, "driver", driver);
  return node;
}

/* A file that others are based on is opened for writing once something is committed to it, and a
 * descriptor for that has been added. */
static void
set_name_and_access (QmpValue *node, const Layer *layer)
{
  g_autofree char *name = node_name ("file", layer->disk, layer->depth);
  qmp_value_set_string (node, "node-name", name);
  if (layer->depth > 0)
    qmp_value_set_boolean (node, "auto-read-only", TRUE);
  else
    qmp_value_set_boolean (node, "read-only", layer->disk->read_only);
}

static void
set_file (QmpValue *node, const Layer *layer)
{
  const VbDescriptor *descriptor = layer->descriptor;
  g_autofree char *file = descriptor != NULL ? vb_descriptor_get_qemu_path (descriptor)
                                             : g_strdup (layer->disk->source);
  qmp_value_set_string (node, "filename", file);
}

static QmpValue *
make_file (const Layer *layer)
{
  const VbDisk *disk = layer->disk;
  gboolean is_block = layer->descriptor != NULL
                          ? layer->descriptor->kind == VB_DESCRIPTOR_IMAGE_BLOCK
                          : disk->type == VB_DISK_TYPE_BLOCK;
  QmpValue *node = new_storage (is_block ? "host_device" : "file");

  set_file (node, layer);
  set_name_and_access (node, layer);
  if (disk->io != VB_DISK_IO_DEFAULT)
    qmp_value_set_string (node, "aio", vb_enum_to_string (&vb_disk_io_table, (int) disk->io));
  return node;
}

static QmpValue *
make_folder (const Layer *layer)
{
  QmpValue *node = new_storage ("vvfat");
  qmp_value_set_string (node, "dir", layer->disk->source);
  if (layer->disk->device == VB_DISK_DEVICE_FLOPPY)
    qmp_value_set_boolean (node, "floppy", TRUE);
  set_name_and_access (node, layer);
  return node;
}

/* (transfer full): as both protocols have it */
static QmpValue *
make_server (const VbDiskHost *host)
{
  g_autofree char *port = g_strdup_printf ("%u", host->port);
  QmpValue *server = qmp_value_new_object ();
  qmp_value_set_string (server, "host", host->name);
  qmp_value_set_string (server, "port", port);
  return server;
}

static QmpValue *
make_nbd (const Layer *layer)
{
  QmpValue *node = new_storage ("nbd");
  QmpValue *server = make_server (g_ptr_array_index (layer->disk->hosts, 0));
  qmp_value_set_string (server, "type", "inet");
  qmp_value_set_value (node, "server", server);
  qmp_value_set_string (node, "export", layer->disk->image);
  set_name_and_access (node, layer);
  return node;
}

/* POOL/IMAGE or POOL/IMAGE@SNAPSHOT */
static void
set_rbd_image (QmpValue *node, const char *name)
{
  const char *slash = strchr (name, '/');
  const char *at = strchr (name, '@');
  g_autofree char *pool = g_strndup (name, slash != NULL ? (gsize) (slash - name) : 0);
  const char *image = slash != NULL ? slash + 1 : name;
  g_autofree char *bare =
      at != NULL && at > image ? g_strndup (image, (gsize) (at - image)) : g_strdup (image);
  qmp_value_set_string (node, "pool", pool);
  qmp_value_set_string (node, "image", bare);
  qmp_value_set_string (node, "snapshot", at != NULL ? at + 1 : NULL);
}

static QmpValue *
make_rbd (const Layer *layer)
{
  const VbDisk *disk = layer->disk;
  QmpValue *node = new_storage ("rbd");
  QmpValue *servers = qmp_value_new_array ();

  set_rbd_image (node, disk->image);
  for (guint i = 0; i < disk->hosts->len; i++)
    qmp_value_append (servers, make_server (g_ptr_array_index (disk->hosts, i)));
  if (disk->hosts->len > 0)
    qmp_value_set_value (node, "server", servers);
  else
    qmp_value_unref (servers);
  set_name_and_access (node, layer);
  return node;
}

static QmpValue *
make_storage (const Layer *layer)
{
  switch (layer->disk->type)
    {
    case VB_DISK_TYPE_DIR:
      return make_folder (layer);
    case VB_DISK_TYPE_NETWORK:
      return layer->disk->protocol == VB_DISK_PROTOCOL_RBD ? make_rbd (layer) : make_nbd (layer);
    case VB_DISK_TYPE_FILE:
    case VB_DISK_TYPE_BLOCK:
      break;
    }
  return make_file (layer);
}

/* (transfer full) */
static char *
secret_name (const VbDisk *disk)
{
  return g_strdup_printf ("secret-%s", disk->target);
}

/* What QEMU reads the passphrase from is memory that nobody else has a name for. */
static void
add_secret (VbArgv *argv, const VbDisk *disk)
{
  g_autofree char *name = secret_name (disk);
  g_autofree char *file =
      argv->descriptors != NULL
          ? g_strdup_printf ("/dev/fd/%d",
                             vb_descriptors_find_secret (argv->descriptors, &disk->base)->child_fd)
          : g_build_filename (argv->secrets_dir, disk->secret_uuid, NULL);
  QmpValue *secret = qmp_value_new_object ();
  qmp_value_set_string (secret, "qom-type", "secret");
  qmp_value_set_string (secret, "id", name);
  qmp_value_set_string (secret, "file", file);
  vb_argv_add_json (argv, "-object", secret);
}

static void
set_encryption (QmpValue *node, const VbDisk *disk)
{
  g_autofree char *secret = secret_name (disk);
  QmpValue *encryption = qmp_value_new_object ();
  qmp_value_set_string (encryption, "format", "luks");
  qmp_value_set_string (encryption, "key-secret", secret);
  qmp_value_set_value (node, "encrypt", encryption);
}

/* The top layer is as its XML says; of those below only the image tells. */
static gboolean
is_encrypted (const Layer *layer)
{
  return layer->depth == 0 ? layer->disk->secret_uuid != NULL : layer->descriptor->is_encrypted;
}

/* Left out only where QEMU is to find the backing file by itself. */
static void
set_backing (QmpValue *node, const Layer *layer)
{
  const VbImageFormat *format = vb_image_format_find (get_format (layer));
  Layer below = find_layer (layer->argv, layer->disk, layer->depth + 1);
  g_autofree char *name = node_name ("disk", layer->disk, below.depth);

  if (layer->descriptor == NULL || format == NULL || !format->has_backing)
    return;
  if (below.descriptor != NULL)
    qmp_value_set_string (node, "backing", name);
  else
    qmp_value_set_value (node, "backing", qmp_value_parse ("null", -1, NULL));
}

static QmpValue *
make_image (const Layer *layer)
{
  g_autofree char *name = node_name ("disk", layer->disk, layer->depth);
  g_autofree char *file = node_name ("file", layer->disk, layer->depth);
  QmpValue *node = qmp_value_new_object ();
  qmp_value_set_string (node, "driver", get_format (layer));
  qmp_value_set_string (node, "file", file);
  qmp_value_set_string (node, "node-name", name);
  qmp_value_set_boolean (node, "read-only", layer->depth > 0 || layer->disk->read_only);
  set_backing (node, layer);
  if (is_encrypted (layer))
    set_encryption (node, layer->disk);
  return node;
}

static void
add_layer (VbArgv *argv, const Layer *layer)
{
  QmpValue *storage = make_storage (layer);
  QmpValue *image = make_image (layer);
  set_cache (storage, layer->disk);
  set_cache (image, layer->disk);
  vb_argv_add_json (argv, "-blockdev", storage);
  vb_argv_add_json (argv, "-blockdev", image);
}

void
vb_argv_add_disk_nodes (VbArgv *argv, const VbDisk *disk)
{
  guint n_layers = 1;

  if (disk->secret_uuid != NULL)
    add_secret (argv, disk);
  while (find_layer (argv, disk, n_layers).descriptor != NULL)
    n_layers++;
  /* From the last: what is named must be there. */
  for (guint depth = n_layers; depth > 0; depth--)
    {
      Layer layer = find_layer (argv, disk, depth - 1);
      add_layer (argv, &layer);
    }
}
