/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * What udev's rules found out about one device, as it keeps it in /run/udev/data. Read there and not
 * through libudev, which knows no root folder.
 */
#pragma once

#include <glib.h>

/* @root: "" for the real one. @id: "b8:2" of a block device, "+input:input5" of one without a number
 * (sd_device_get_device_id(3)). (transfer full): "" where udev knows nothing of it */
char *vb_udev_record_read (const char *root, const char *id);
/* (transfer full) (nullable): the value of @property, such as "ID_FS_TYPE" */
char *vb_udev_record_get (const char *record, const char *property);
gboolean vb_udev_record_has_tag (const char *record, const char *tag);
/* (transfer full): names below /dev: "disk/by-id/dm-name-vg0-root", "mapper/vg0-root" */
char **vb_udev_record_list_links (const char *record);
