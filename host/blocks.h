/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The block devices of this machine, and which of them others are made of: partitions of disks,
 * volumes of LVM, encrypted disks, RAID arrays. Knows not what is on them.
 */
#pragma once

#include "host/sysfs.h"

typedef struct _VbBlock VbBlock;
struct _VbBlock
{
  char *name;        /* (owned) "sda1", "dm-0" */
  char *title;       /* (owned) for people: "vg0-root" rather than "dm-0" */
  char *path;        /* (owned) in sysfs */
  guint64 number;    /* major in the upper 32 bits, minor in the lower; 0: none */
  char *record;      /* (owned) what udev knows of it */
  GPtrArray *slaves; /* (owned) (element-type VbBlock): what it is made of; empty: it is hardware */
  gboolean is_volume; /* software made it of others; a partition is not called so */
  gboolean is_slave;  /* something is made of it */
};

typedef struct _VbBlocks VbBlocks;

/* @root: "" for the real one; @sysfs: of the same root */
VbBlocks *vb_blocks_read (const char *root, const VbSysfs *sysfs);
void vb_blocks_free (VbBlocks *blocks);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (VbBlocks, vb_blocks_free)

/* (transfer none) (element-type VbBlock): sorted by name */
GPtrArray *vb_blocks_list (const VbBlocks *blocks);
/* (transfer none) (nullable) */
VbBlock *vb_blocks_find_name (const VbBlocks *blocks, const char *name);
VbBlock *vb_blocks_find_number (const VbBlocks *blocks, guint major, guint minor);
/* @node: "/dev/sda1", "/dev/mapper/vg0-root", "/dev/vg0/root" */
VbBlock *vb_blocks_find_node (const VbBlocks *blocks, const char *node);
/* (transfer container) (element-type VbBlock): the hardware that @block is made of in the end */
GPtrArray *vb_blocks_find_hardware (VbBlock *block);
/* (transfer full) (element-type utf8): places in sysfs of the devices that serve @block, which are
 * several where an NVMe disk is reached through several controllers */
GPtrArray *vb_blocks_find_places (const VbSysfs *sysfs, const VbBlock *block);
