/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Where objects are: how UUIDs, kinds and names become object paths. Knows no objects.
 */
#pragma once

#include "domain/device.h"
#include "domain/os.h"

#define VB_PATH_ROOT "/org/virtbus1"
#define VB_PATH_DOMAINS VB_PATH_ROOT "/domain"
#define VB_PATH_CAPABILITIES VB_PATH_ROOT "/capabilities"
#define VB_PATH_HOST_DEVICES VB_PATH_ROOT "/hostdevice"
#define VB_PATH_NONE "/"

/* How many elements these paths have */
#define VB_PATH_ROOT_DEPTH 2
#define VB_PATH_FOLDER_DEPTH 3
#define VB_PATH_DOMAIN_DEPTH 4

/* All (transfer full) */
char *vb_path_for_domain (const char *uuid);
char *vb_path_for_device (const char *domain_path, const VbDevice *device);
/* The last element of a device's path: "disk_vda" */
char *vb_path_device_node (const VbDevice *device);

/* The last element of a capability set's path: "x86_64_hvm" */
char *vb_path_capability_set_node (VbOsType os_type, const char *arch);
char *vb_path_for_capability_set (VbOsType os_type, const char *arch);
/* @id: "": VB_PATH_NONE */
char *vb_path_for_host_device (const char *id);

/* (transfer none) (nullable): what comes in @path after its first @depth elements */
const char *vb_path_find_child (const char *path, guint depth);
