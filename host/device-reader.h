/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Reading whole devices from this machine: what they tell of themselves, and what the machine uses
 * them for. Blocks; may be used in any thread, by one at a time.
 */
#pragma once

#include "host/host-device.h"

typedef struct _VbDeviceReader VbDeviceReader;

/* @root: (nullable): folder that holds `sys`, `proc` and `run`; %NULL for the real ones. Names that
 * udev's database of hardware knows are told of the real ones only. */
VbDeviceReader *vb_device_reader_new (const char *root);
void vb_device_reader_free (VbDeviceReader *reader);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (VbDeviceReader, vb_device_reader_free)

/* Reads what the machine uses, for all judgements that follow; before the first one, and when it
 * changed */
void vb_device_reader_refresh_usage (VbDeviceReader *reader);

/* (transfer full) (element-type utf8): paths in sysfs of the devices that are there */
GPtrArray *vb_device_reader_list (VbDeviceReader *reader);
/* (transfer full) (nullable): %NULL if there is no such device, or no longer. On its own: without
 * relations to others, and not judged. */
VbHostDevice *vb_device_reader_read (VbDeviceReader *reader, const char *path);
/* (transfer full) (nullable): @device with its safety as it now is; %NULL if that has not changed */
VbHostDevice *vb_device_reader_judge (VbDeviceReader *reader, const VbHostDevice *device);
