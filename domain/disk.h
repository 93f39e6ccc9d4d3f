/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The <disk> element.
 */
#pragma once

#include "domain/device.h"
#include "domain/enum-table.h"

typedef enum
{
  VB_DISK_TYPE_FILE,
  VB_DISK_TYPE_BLOCK
} VbDiskType;
typedef enum
{
  VB_DISK_DEVICE_DISK,
  VB_DISK_DEVICE_CDROM,
  VB_DISK_DEVICE_FLOPPY
} VbDiskDevice;
typedef enum
{
  VB_DISK_BUS_IDE,
  VB_DISK_BUS_FDC,
  VB_DISK_BUS_SCSI,
  VB_DISK_BUS_VIRTIO,
  VB_DISK_BUS_XEN,
  VB_DISK_BUS_USB,
  VB_DISK_BUS_SATA,
} VbDiskBus;
typedef enum
{
  VB_DISK_CACHE_DEFAULT,
  VB_DISK_CACHE_NONE,
  VB_DISK_CACHE_WRITETHROUGH,
  VB_DISK_CACHE_WRITEBACK,
} VbDiskCache;
typedef enum
{
  VB_DISK_ERROR_POLICY_DEFAULT,
  VB_DISK_ERROR_POLICY_STOP,
  VB_DISK_ERROR_POLICY_IGNORE,
  VB_DISK_ERROR_POLICY_ENOSPACE,
} VbDiskErrorPolicy;
typedef enum
{
  VB_DISK_IO_DEFAULT,
  VB_DISK_IO_THREADS,
  VB_DISK_IO_NATIVE
} VbDiskIo;

extern const VbEnumTable vb_disk_type_table;
extern const VbEnumTable vb_disk_device_table;
extern const VbEnumTable vb_disk_bus_table;
extern const VbEnumTable vb_disk_cache_table; /* value 0 is spelled "default" */
extern const VbEnumTable vb_disk_error_policy_table;
extern const VbEnumTable vb_disk_io_table;

typedef struct
{
  VbDevice base;
  VbDiskType type;
  VbDiskDevice device;
  VbDiskBus bus;
  VbDiskCache cache;
  VbDiskErrorPolicy error_policy;
  VbDiskIo io;
  gboolean read_only; /* always for a cdrom */
  gboolean shareable;
  char *source;      /* (owned) (nullable: no medium) absolute path */
  char *target;      /* (owned) "vda" */
  char *driver_name; /* (owned) (nullable) "qemu" */
  char *format;      /* (owned) "raw", "qcow2"; never probed */
  char *serial;      /* (owned) (nullable) */
} VbDisk;
