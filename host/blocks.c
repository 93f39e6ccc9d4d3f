/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Reading /sys/class/block. "slaves" of a device is a folder with a link to each that it is made of.
 */
#include "host/blocks.h"

#include "host/udev-record.h"

#include <stdio.h>
#include <string.h>

#define BLOCK_CLASS "/sys/class/block"
/* Disks that several controllers lead to lie here instead of below one of them (Linux,
 * drivers/nvme/host/multipath.c). */
#define NVME_SUBSYSTEMS "/sys/devices/virtual/nvme-subsystem/"

struct _VbBlocks
{
  GPtrArray *list;     /* (owned) (element-type VbBlock): sorted by name */
  GHashTable *nodes;   /* (owned) (element-type utf8 VbBlock): by each name below /dev */
  GHashTable *numbers; /* (owned) (element-type guint64 VbBlock) */
};

static void
block_free (VbBlock *block)
{
  g_free (block->name);
  g_free (block->title);
  g_free (block->path);
  g_free (block->record);
  g_ptr_array_unref (block->slaves);
  g_free (block);
}

static guint64
make_number (guint major, guint minor)
{
  return (guint64) major << 32 | minor;
}

/* A disk that is one of several ways to the same one over NVMe is hidden, and has no number. */
static guint64
read_number (const VbSysfs *sysfs, const char *path)
{
  g_autofree char *text = vb_sysfs_read (sysfs, path, "dev");
  guint major;
  guint minor;
  return text != NULL && sscanf (text, "%u:%u", &major, &minor) == 2 ? make_number (major, minor)
                                                                     : 0;
}

/* (transfer full): the name that device-mapper's user gave; @name where it is none of its devices */
static char *
read_title (const VbSysfs *sysfs, const char *path, const char *name)
{
  g_autofree char *folder = g_strconcat (path, "/dm", NULL);
  char *title = vb_sysfs_read (sysfs, folder, "name");
  return title != NULL ? title : g_strdup (name);
}

/* (transfer full) */
static char *
read_record (const char *root, guint64 number)
{
  g_autofree char *id =
      g_strdup_printf ("b%u:%u", (guint) (number >> 32), (guint) (number & G_MAXUINT32));
  return number != 0 ? vb_udev_record_read (root, id) : g_strdup ("");
}

static VbBlock *
read_block (const char *root, const VbSysfs *sysfs, const char *name, const char *path)
{
  VbBlock *block = g_new0 (VbBlock, 1);
  block->name = g_strdup (name);
  block->title = read_title (sysfs, path, name);
  block->path = g_strdup (path);
  block->number = read_number (sysfs, path);
  block->record = read_record (root, block->number);
  block->slaves = g_ptr_array_new ();
  return block;
}

static void
add_block (VbBlocks *blocks, VbBlock *block)
{
  g_auto (GStrv) links = vb_udev_record_list_links (block->record);
  g_ptr_array_add (blocks->list, block);
  for (guint i = 0; links[i] != NULL; i++)
    g_hash_table_insert (blocks->nodes, g_strdup (links[i]), block);
  g_hash_table_insert (blocks->nodes, g_strconcat ("mapper/", block->title, NULL), block);
  g_hash_table_insert (blocks->nodes, g_strdup (block->name), block);
  if (block->number != 0)
    g_hash_table_insert (blocks->numbers, &block->number, block);
}

static void
add_slave (const VbBlocks *blocks, VbBlock *block, const char *name)
{
  VbBlock *slave = vb_blocks_find_name (blocks, name);
  if (slave == NULL || slave == block)
    return;
  slave->is_slave = TRUE;
  g_ptr_array_add (block->slaves, slave);
}

static void
read_slaves (const VbBlocks *blocks, const VbSysfs *sysfs, VbBlock *block)
{
  g_autofree char *folder = g_strconcat (block->path, "/slaves", NULL);
  g_auto (GStrv) names = vb_sysfs_list (sysfs, folder);
  g_autofree char *partition = vb_sysfs_read (sysfs, block->path, "partition");
  for (guint i = 0; names[i] != NULL; i++)
    add_slave (blocks, block, names[i]);
  block->is_volume = block->slaves->len > 0;
  if (partition != NULL)
    {
      g_autofree char *disk_path = g_path_get_dirname (block->path);
      g_autofree char *disk = g_path_get_basename (disk_path);
      add_slave (blocks, block, disk);
    }
}

VbBlocks *
vb_blocks_read (const char *root, const VbSysfs *sysfs)
{
  VbBlocks *blocks = g_new0 (VbBlocks, 1);
  g_auto (GStrv) names = vb_sysfs_list (sysfs, BLOCK_CLASS);
  blocks->list = g_ptr_array_new_with_free_func ((GDestroyNotify) block_free);
  blocks->nodes = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  blocks->numbers = g_hash_table_new (g_int64_hash, g_int64_equal);
  for (guint i = 0; names[i] != NULL; i++)
    {
      g_autofree char *path = vb_sysfs_resolve (sysfs, BLOCK_CLASS, names[i]);
      if (path != NULL)
        add_block (blocks, read_block (root, sysfs, names[i], path));
    }
  for (guint i = 0; i < blocks->list->len; i++)
    read_slaves (blocks, sysfs, blocks->list->pdata[i]);
  return blocks;
}

void
vb_blocks_free (VbBlocks *blocks)
{
  g_hash_table_unref (blocks->nodes);
  g_hash_table_unref (blocks->numbers);
  g_ptr_array_unref (blocks->list);
  g_free (blocks);
}

GPtrArray *
vb_blocks_list (const VbBlocks *blocks)
{
  return blocks->list;
}

VbBlock *
vb_blocks_find_name (const VbBlocks *blocks, const char *name)
{
  return g_hash_table_lookup (blocks->nodes, name);
}

VbBlock *
vb_blocks_find_number (const VbBlocks *blocks, guint major, guint minor)
{
  guint64 number = make_number (major, minor);
  return number != 0 ? g_hash_table_lookup (blocks->numbers, &number) : NULL;
}

VbBlock *
vb_blocks_find_node (const VbBlocks *blocks, const char *node)
{
  return g_str_has_prefix (node, "/dev/") ? vb_blocks_find_name (blocks, node + strlen ("/dev/"))
                                          : NULL;
}

/* Adds what @block is made of to @found, each once, so that a ring of slaves ends. */
static void
push_slaves (GPtrArray *found, GHashTable *seen, const VbBlock *block)
{
  for (guint i = 0; i < block->slaves->len; i++)
    if (g_hash_table_add (seen, block->slaves->pdata[i]))
      g_ptr_array_add (found, block->slaves->pdata[i]);
}

GPtrArray *
vb_blocks_find_hardware (VbBlock *block)
{
  g_autoptr (GPtrArray) found = g_ptr_array_new ();
  g_autoptr (GHashTable) seen = g_hash_table_new (NULL, NULL);
  GPtrArray *hardware = g_ptr_array_new ();
  g_hash_table_add (seen, block);
  g_ptr_array_add (found, block);
  for (guint i = 0; i < found->len; i++)
    {
      VbBlock *part = found->pdata[i];
      push_slaves (found, seen, part);
      if (part->slaves->len == 0)
        g_ptr_array_add (hardware, part);
    }
  return hardware;
}

/* (transfer full) (nullable): "/sys/devices/virtual/nvme-subsystem/nvme-subsys0" */
static char *
find_nvme_subsystem (const char *path)
{
  gsize length = strlen (NVME_SUBSYSTEMS);
  if (!g_str_has_prefix (path, NVME_SUBSYSTEMS))
    return NULL;
  return g_strndup (path, length + strcspn (path + length, "/"));
}

/* The subsystem has a link to each of its controllers. */
GPtrArray *
vb_blocks_find_places (const VbSysfs *sysfs, const VbBlock *block)
{
  GPtrArray *places = g_ptr_array_new_with_free_func (g_free);
  g_autofree char *subsystem = find_nvme_subsystem (block->path);
  g_auto (GStrv) names = subsystem != NULL ? vb_sysfs_list (sysfs, subsystem) : NULL;
  if (subsystem == NULL)
    g_ptr_array_add (places, g_strdup (block->path));
  for (guint i = 0; names != NULL && names[i] != NULL; i++)
    {
      char *controller = vb_sysfs_resolve (sysfs, subsystem, names[i]);
      if (controller != NULL)
        g_ptr_array_add (places, controller);
    }
  return places;
}
