/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Where objects are: how UUIDs, kinds and names become object paths. Knows no objects.
 */
#pragma once

#include "domain/device.h"

#define VB_PATH_ROOT "/org/virtbus1"
#define VB_PATH_DOMAINS VB_PATH_ROOT "/domain"
#define VB_PATH_NONE "/"

/* All (transfer full) */
char *vb_path_for_domain (const char *uuid);
char *vb_path_for_device (const char *domain_path, const VbDevice *device);
/* The last element of a device's path: "disk_vda" */
char *vb_path_device_node (const VbDevice *device);

/* (transfer none) (nullable): the element below a domain's in an object's path */
const char *vb_path_find_child (const char *path);
