/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * One look at devices of the machine: what is to be looked at is gathered in the main loop, and a
 * thread makes of it, and of the inventory before, the inventory after. An inventory is a table from
 * id to device that is never changed: it may be read while it is the one before.
 */
#pragma once

#include "host/device-reader.h"

typedef struct
{
  GHashTable *paths;      /* (owned) (element-type utf8 guint): to be read, and what went there */
  gboolean everything;    /* look for devices that nobody told of, and at all that are known */
  gboolean usage_changed; /* judge anew what the machine uses each for; so in the first scan */

  VbDeviceReader *reader; /* (owned) (nullable): set for the thread */
  GHashTable *before; /* (owned) (nullable) (element-type utf8 VbHostDevice): set for the thread */
  GHashTable *after;  /* (owned) (nullable) (element-type utf8 VbHostDevice): set by the thread */
} VbDeviceScan;

VbDeviceScan *vb_device_scan_new (void);
void vb_device_scan_free (VbDeviceScan *scan);
/* Of several calls for one path the last counts. @gone: as in #VbHostUdevFunc: it is none of what is
 * there */
void vb_device_scan_add (VbDeviceScan *scan, const char *path, guint gone);
gboolean vb_device_scan_is_empty (const VbDeviceScan *scan);
/* Reads. Blocks; in any thread. */
void vb_device_scan_run (VbDeviceScan *scan);

/* (transfer full): an empty inventory */
GHashTable *vb_device_table_new (void);
