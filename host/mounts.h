/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * What the kernel says of mounted file systems and of swap. Pure: it gets the files' text.
 */
#pragma once

#include <glib.h>

typedef struct
{
  guint major;
  guint minor;  /* major 0: the file system is on no block device, or hides which */
  char *point;  /* (owned) where it is mounted */
  char *type;   /* (owned) "ext4" */
  char *source; /* (owned) "/dev/sda2", "tank/home", "none" */
} VbMount;

/* (element-type VbMount): of `/proc/self/mountinfo`, in its order. Lines that are not as the kernel
 * writes them are left out. */
GPtrArray *vb_mounts_parse (const char *mountinfo);
/* (transfer none) (nullable): the mount that the file @path lies in */
const VbMount *vb_mounts_find_holder (GPtrArray *mounts, const char *path);

/* (element-type utf8): devices and files of `/proc/swaps`: "/dev/dm-1", "/swapfile" */
GPtrArray *vb_swaps_parse (const char *swaps);
