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
  VB_DISK_TYPE_BLOCK,
  VB_DISK_TYPE_DIR,
  VB_DISK_TYPE_NETWORK
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
  VB_DISK_BUS_UML,
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
typedef enum
{
  VB_DISK_PROTOCOL_NONE,
  VB_DISK_PROTOCOL_NBD,
  VB_DISK_PROTOCOL_RBD,
  VB_DISK_PROTOCOL_SHEEPDOG,
} VbDiskProtocol;
typedef enum
{
  VB_DISK_ENCRYPTION_NONE,
  VB_DISK_ENCRYPTION_DEFAULT,
  VB_DISK_ENCRYPTION_QCOW,
  VB_DISK_ENCRYPTION_LUKS,
} VbDiskEncryption;

extern const VbEnumTable vb_disk_type_table;
extern const VbEnumTable vb_disk_device_table;
extern const VbEnumTable vb_disk_bus_table;
extern const VbEnumTable vb_disk_cache_table; /* value 0 is spelled "default" */
extern const VbEnumTable vb_disk_error_policy_table;
extern const VbEnumTable vb_disk_io_table;
extern const VbEnumTable vb_disk_protocol_table;   /* value 0 is spelled "none" */
extern const VbEnumTable vb_disk_encryption_table; /* value 0 is spelled "none" */

typedef struct
{
  char *name; /* (owned) */
  guint port;
} VbDiskHost;

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
  VbDiskProtocol protocol; /* network; none: no medium */
  VbDiskEncryption encryption;
  char *source;      /* (owned) (nullable: no medium) file, block, dir: absolute path */
  char *image;       /* (owned) (nullable) network: name of the image or export */
  GPtrArray *hosts;  /* (owned) (nullable) (element-type VbDiskHost) network */
  char *secret_uuid; /* (owned) (nullable) what the encryption's passphrase is kept under */
  char *target;      /* (owned) "vda" */
  char *driver_name; /* (owned) (nullable) "qemu" */
  char *format;      /* (owned) "raw", "qcow2"; never probed; "fat" where a folder says nothing */
  char *serial;      /* (owned) (nullable) */
} VbDisk;

gboolean vb_disk_has_medium (const VbDisk *disk);
/* (transfer full): what a person would call the medium: a path, "nbd://host:10809/export",
 * "rbd:pool/image"; "" for none */
char *vb_disk_describe_source (const VbDisk *disk);
/* Leaves @disk without a medium. */
void vb_disk_clear_source (VbDisk *disk);
