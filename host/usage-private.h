/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * How the readers of each kind of use tell what they found: a place in sysfs with a reason. A use is
 * one of every device whose place is above.
 */
#pragma once

#include "host/mounts.h"
#include "host/usage.h"

typedef struct
{
  char *path;   /* (owned) with "/" at its end, so that what is below begins with it */
  char *device; /* (owned) path of the PCI or USB device that is nearest above; "": none */
  VbSafety safety;
  char *reason; /* (owned) */
  char *seat;   /* (owned) (nullable): it is a keyboard, and of that seat */
} VbUse;

struct _VbHostUsage
{
  char *root;            /* (owned) "" for the real one */
  VbSysfs *sysfs;        /* (owned) of the same root */
  GPtrArray *mounts;     /* (owned) (element-type VbMount) */
  GPtrArray *uses;       /* (owned) (element-type VbUse): once all are read, sorted by path */
  GHashTable *keyboards; /* (owned) (element-type utf8 guint): how many each seat has */
};

/* @path: of the class device, such as "/sys/devices/.../net/eth0". @format: the reason. What is below
 * no PCI or USB device is left out: no device is judged by it. */
void
vb_host_usage_add (VbHostUsage *usage, VbSafety safety, const char *path, const char *format, ...)
    G_GNUC_PRINTF (4, 5);
/* @path: of an input device that is a keyboard of @seat, wherever it is: it matters to a seat's last
 * keyboard whether there is another. */
void vb_host_usage_add_keyboard (VbHostUsage *usage, const char *path, const char *seat);
/* (transfer container): how many of @uses are keyboards, by their seat */
GHashTable *vb_host_usage_count_keyboards (VbUse *const *uses, guint n_uses);
/* (transfer full): path of the PCI or USB device at or nearest above @path; "" if there is none */
char *vb_host_usage_find_device (const VbHostUsage *usage, const char *path);
/* "this seat" for the first one */
char *vb_host_usage_describe_seat (const char *seat);

void vb_host_usage_read_network (VbHostUsage *usage);
void vb_host_usage_read_blocks (VbHostUsage *usage);
void vb_host_usage_read_displays (VbHostUsage *usage);
void vb_host_usage_read_inputs (VbHostUsage *usage);
void vb_host_usage_read_board (VbHostUsage *usage);

/* (nullable): why the machine needs @device whatever lies below it: it is a bridge or the like, or
 * what the firmware showed itself on. @safety: (out): set if so */
const char *vb_host_usage_judge_board (const VbHostDevice *device, VbSafety *safety);
const char *vb_host_usage_judge_display (const VbHostDevice *device, VbSafety *safety);
