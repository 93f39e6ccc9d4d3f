/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Disks that hold mounted file systems or swap, through whatever lies between. A file system counts
 * once, by that of its mount points that matters most.
 */
#include "host/usage-private.h"

#include "host/blocks.h"
#include "host/host-file.h"
#include "host/udev-record.h"

#include <string.h>

#define BTRFS_FOLDER "/sys/fs/btrfs"

typedef struct
{
  VbHostUsage *usage;
  VbBlocks *blocks;   /* (owned) */
  GHashTable *pools;  /* (owned) (element-type utf8 GPtrArray): members of each pool of ZFS;
                         "": of those that nobody knows the pool of */
  GHashTable *points; /* (owned) (element-type VbBlock VbMount): the mount that matters most */
  GHashTable *in_use; /* (owned) (element-type VbBlock): hardware that holds any of it */
} Reader;

/* Desktops mount here what a user plugs in or opens: it is missed, and nothing falls. */
static gboolean
is_medium (const VbMount *mount)
{
  return g_str_has_prefix (mount->point, "/media/") ||
         g_str_has_prefix (mount->point, "/run/media/");
}

/* Whether @a matters more than @b: near the root is what others lie on. */
static gboolean
matters_more (const VbMount *a, const VbMount *b)
{
  gsize a_length = strlen (a->point);
  gsize b_length = strlen (b->point);
  if (is_medium (a) != is_medium (b))
    return is_medium (b);
  return a_length != b_length ? a_length < b_length : strcmp (a->point, b->point) < 0;
}

static void
add_mount (Reader *reader, VbBlock *block, const VbMount *mount)
{
  const VbMount *known = g_hash_table_lookup (reader->points, block);
  if (known == NULL || matters_more (mount, known))
    g_hash_table_insert (reader->points, block, (gpointer) mount);
}

static void
add_node (Reader *reader, const char *node, GPtrArray *found)
{
  VbBlock *block = vb_blocks_find_node (reader->blocks, node);
  if (block != NULL)
    g_ptr_array_add (found, block);
}

static void
add_pool (Reader *reader, const char *dataset, GPtrArray *found)
{
  g_autofree char *pool = g_strndup (dataset, strcspn (dataset, "/"));
  GPtrArray *members = g_hash_table_lookup (reader->pools, pool);
  if (members == NULL)
    members = g_hash_table_lookup (reader->pools, "");
  if (members != NULL)
    g_ptr_array_extend (found, members, NULL, NULL);
}

/* Some file systems, which may be on several devices, hide the number: their source is a device, a
 * list of devices, or a data set of a pool. Whoever mounts by FUSE chooses the source freely. */
static void
add_source (Reader *reader, const VbMount *mount, GPtrArray *found)
{
  g_auto (GStrv) nodes = NULL;
  if (g_str_has_prefix (mount->type, "fuse"))
    return;
  if (g_str_equal (mount->type, "zfs"))
    {
      add_pool (reader, mount->source, found);
      return;
    }
  nodes = g_strsplit (mount->source, g_str_equal (mount->type, "bcachefs") ? ":" : "\n", 256);
  for (guint i = 0; nodes[i] != NULL; i++)
    add_node (reader, nodes[i], found);
}

/* (transfer container) (element-type VbBlock) */
static GPtrArray *
find_blocks (Reader *reader, const VbMount *mount)
{
  GPtrArray *found = g_ptr_array_new ();
  VbBlock *block = vb_blocks_find_number (reader->blocks, mount->major, mount->minor);
  if (block != NULL)
    g_ptr_array_add (found, block);
  else if (mount->major == 0)
    add_source (reader, mount, found);
  return found;
}

static void
read_mounts (Reader *reader)
{
  for (guint i = 0; i < reader->usage->mounts->len; i++)
    {
      const VbMount *mount = reader->usage->mounts->pdata[i];
      g_autoptr (GPtrArray) blocks = find_blocks (reader, mount);
      for (guint n = 0; n < blocks->len; n++)
        add_mount (reader, blocks->pdata[n], mount);
    }
}

/* A file system of btrfs names one of its devices as its source; all of them hold it. */
static void
read_btrfs (Reader *reader, const char *name)
{
  g_autofree char *folder = g_strconcat (BTRFS_FOLDER "/", name, "/devices", NULL);
  g_auto (GStrv) members = vb_sysfs_list (reader->usage->sysfs, folder);
  const VbMount *mount = NULL;
  for (guint i = 0; members[i] != NULL && mount == NULL; i++)
    {
      VbBlock *block = vb_blocks_find_name (reader->blocks, members[i]);
      mount = block != NULL ? g_hash_table_lookup (reader->points, block) : NULL;
    }
  for (guint i = 0; members[i] != NULL && mount != NULL; i++)
    {
      VbBlock *block = vb_blocks_find_name (reader->blocks, members[i]);
      if (block != NULL)
        add_mount (reader, block, mount);
    }
}

static void
read_all_btrfs (Reader *reader)
{
  g_auto (GStrv) names = vb_sysfs_list (reader->usage->sysfs, BTRFS_FOLDER);
  for (guint i = 0; names[i] != NULL; i++)
    read_btrfs (reader, names[i]);
}

static void
add_reason (Reader *reader, VbBlock *hardware, VbSafety safety, const char *reason)
{
  g_autoptr (GPtrArray) places = vb_blocks_find_places (reader->usage->sysfs, hardware);
  for (guint i = 0; i < places->len; i++)
    vb_host_usage_add (reader->usage, safety, places->pdata[i], "%s", reason);
}

static void
add_reason_below (Reader *reader, VbBlock *block, VbSafety safety, const char *reason)
{
  g_autoptr (GPtrArray) hardware = vb_blocks_find_hardware (block);
  for (guint i = 0; i < hardware->len; i++)
    {
      g_hash_table_add (reader->in_use, hardware->pdata[i]);
      add_reason (reader, hardware->pdata[i], safety, reason);
    }
}

static void
tell_mounts (Reader *reader)
{
  GHashTableIter iter;
  gpointer block;
  gpointer value;
  g_hash_table_iter_init (&iter, reader->points);
  while (g_hash_table_iter_next (&iter, &block, &value))
    {
      const VbMount *mount = value;
      g_autofree char *reason =
          g_str_equal (mount->point, "/")
              ? g_strdup ("holds the root file system")
              : g_strdup_printf ("holds the file system mounted at %s", mount->point);
      add_reason_below (reader, block, is_medium (mount) ? VB_SAFETY_WARN : VB_SAFETY_FORBIDDEN,
                        reason);
    }
}

/* (transfer container) (element-type VbBlock): of a swap device, or of what a swap file lies on */
static GPtrArray *
find_swap (Reader *reader, const char *path)
{
  const VbMount *mount = vb_mounts_find_holder (reader->usage->mounts, path);
  GPtrArray *found;
  if (vb_blocks_find_node (reader->blocks, path) == NULL && mount != NULL)
    return find_blocks (reader, mount);
  found = g_ptr_array_new ();
  add_node (reader, path, found);
  return found;
}

static void
tell_swaps (Reader *reader)
{
  g_autofree char *text = vb_host_file_read (reader->usage->root, "/proc/swaps");
  g_autoptr (GPtrArray) paths = vb_swaps_parse (text);
  for (guint i = 0; i < paths->len; i++)
    {
      g_autoptr (GPtrArray) blocks = find_swap (reader, paths->pdata[i]);
      for (guint n = 0; n < blocks->len; n++)
        add_reason_below (reader, blocks->pdata[n], VB_SAFETY_FORBIDDEN, "holds swap");
    }
}

/* (transfer none) */
static GPtrArray *
get_pool (Reader *reader, const char *name)
{
  GPtrArray *members = g_hash_table_lookup (reader->pools, name);
  if (members == NULL)
    {
      members = g_ptr_array_new ();
      g_hash_table_insert (reader->pools, g_strdup (name), members);
    }
  return members;
}

/* A pool has no device in sysfs: only what udev saw on a disk tells that the disk is a member. */
static void
read_pools (Reader *reader)
{
  GPtrArray *blocks = vb_blocks_list (reader->blocks);
  for (guint i = 0; i < blocks->len; i++)
    {
      VbBlock *block = blocks->pdata[i];
      g_autofree char *type = vb_udev_record_get (block->record, "ID_FS_TYPE");
      g_autofree char *pool = vb_udev_record_get (block->record, "ID_FS_LABEL");
      if (g_strcmp0 (type, "zfs_member") == 0)
        g_ptr_array_add (get_pool (reader, pool != NULL ? pool : ""), block);
    }
}

static void
tell_pool (Reader *reader, const char *name, GPtrArray *members)
{
  g_autofree char *reason = *name != '\0' ? g_strdup_printf ("belongs to the ZFS pool %s", name)
                                          : g_strdup ("belongs to a ZFS pool");
  for (guint i = 0; i < members->len; i++)
    if (!g_hash_table_contains (reader->points, members->pdata[i]))
      add_reason_below (reader, members->pdata[i], VB_SAFETY_WARN, reason);
}

static void
tell_pools (Reader *reader)
{
  GHashTableIter iter;
  gpointer name;
  gpointer members;
  g_hash_table_iter_init (&iter, reader->pools);
  while (g_hash_table_iter_next (&iter, &name, &members))
    tell_pool (reader, name, members);
}

/* Nothing may be mounted from a volume, and guests may have their disks on it. */
static void
tell_volume (Reader *reader, VbBlock *volume)
{
  g_autoptr (GPtrArray) hardware = vb_blocks_find_hardware (volume);
  g_autofree char *reason = g_strdup_printf ("holds the active volume %s", volume->title);
  for (guint i = 0; i < hardware->len; i++)
    if (!g_hash_table_contains (reader->in_use, hardware->pdata[i]))
      add_reason (reader, hardware->pdata[i], VB_SAFETY_WARN, reason);
}

static void
tell_volumes (Reader *reader)
{
  GPtrArray *blocks = vb_blocks_list (reader->blocks);
  for (guint i = 0; i < blocks->len; i++)
    {
      VbBlock *block = blocks->pdata[i];
      if (block->is_volume && !block->is_slave)
        tell_volume (reader, block);
    }
}

static void
reader_free (Reader *reader)
{
  vb_blocks_free (reader->blocks);
  g_hash_table_unref (reader->pools);
  g_hash_table_unref (reader->points);
  g_hash_table_unref (reader->in_use);
  g_free (reader);
}

G_DEFINE_AUTOPTR_CLEANUP_FUNC (Reader, reader_free)

void
vb_host_usage_read_blocks (VbHostUsage *usage)
{
  g_autoptr (Reader) reader = g_new0 (Reader, 1);

  reader->usage = usage;
  reader->blocks = vb_blocks_read (usage->root, usage->sysfs);
  reader->pools =
      g_hash_table_new_full (g_str_hash, g_str_equal, g_free, (GDestroyNotify) g_ptr_array_unref);
  reader->points = g_hash_table_new (NULL, NULL);
  reader->in_use = g_hash_table_new (NULL, NULL);

  read_pools (reader);
  read_mounts (reader);
  read_all_btrfs (reader);
  tell_mounts (reader);
  tell_swaps (reader);
  tell_pools (reader);
  tell_volumes (reader);
}
