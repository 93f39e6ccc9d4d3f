/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Reading the kernel's tree of devices, /sys, or the copy of one below a test's root folder. What is
 * not there or not as expected reads as %NULL: devices vanish while they are read. May be used by
 * several threads at once.
 *
 * Paths are absolute and without the root: "/sys/devices/pci0000:00/0000:00:1f.2". The names of
 * attributes and links are single elements.
 */
#pragma once

#include <glib.h>

typedef struct _VbSysfs VbSysfs;

/* @root: (nullable): folder that holds `sys`; %NULL for the real one */
VbSysfs *vb_sysfs_new (const char *root);
void vb_sysfs_free (VbSysfs *sysfs);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (VbSysfs, vb_sysfs_free)

/* (transfer full) (nullable): as the kernel wrote it, without white space at its end; at most 4 KiB.
 * The file itself is never a link. */
char *vb_sysfs_read (const VbSysfs *sysfs, const char *path, const char *attribute);
/* (transfer full): a text that a device gave, for people: UTF-8, printable, white space as single
 * blanks, shortened to 200 characters; "" where there is none */
char *vb_sysfs_read_text (const VbSysfs *sysfs, const char *path, const char *attribute);
/* A number that stands alone in its file. %FALSE, and @value unchanged, where there is none.
 * @base: 10, or 16 with or without "0x" */
gboolean vb_sysfs_read_number (
    const VbSysfs *sysfs, const char *path, const char *attribute, guint base, guint64 *value);
/* (transfer full) (nullable): last element of what @link, in folder @path, points to: "e1000e" of
 * "driver". Nothing is followed. */
char *vb_sysfs_read_link (const VbSysfs *sysfs, const char *path, const char *link);
/* (transfer full) (nullable): the device that @link, in folder @path, points to, as its path below
 * /sys/devices; %NULL if it points elsewhere. There need be nothing. */
char *vb_sysfs_resolve (const VbSysfs *sysfs, const char *path, const char *link);
/* (transfer full): names in a folder, sorted; empty where it cannot be read */
char **vb_sysfs_list (const VbSysfs *sysfs, const char *path);

/* (transfer full) (nullable): the value of KEY=VALUE on a line of its own in @uevent, which is the
 * text of the attribute of that name */
char *vb_sysfs_find_value (const char *uevent, const char *key);
