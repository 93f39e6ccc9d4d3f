/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * <disk>: its device. What the device reads is said in argv-blockdev.c.
 */
#include "qemu/argv-parts.h"

#include "qemu/boot-order.h"

/* By bus: for a hard disk and for a CD-ROM drive. */
static const struct
{
  const char *disk;
  const char *cdrom;
} drivers[] = {
  [VB_DISK_BUS_IDE] = { "ide-hd", "ide-cd" },
  [VB_DISK_BUS_FDC] = { "floppy", "floppy" },
  [VB_DISK_BUS_SCSI] = { "scsi-hd", "scsi-cd" },
  [VB_DISK_BUS_VIRTIO] = { "virtio-blk-pci" },
  [VB_DISK_BUS_XEN] = { NULL },
  [VB_DISK_BUS_USB] = { "usb-storage" },
  [VB_DISK_BUS_SATA] = { "ide-hd", "ide-cd" },
  [VB_DISK_BUS_UML] = { NULL },
};

static const struct
{
  const char *on_write;
  const char *on_read;
} error_policies[] = {
  [VB_DISK_ERROR_POLICY_DEFAULT] = { NULL, NULL },
  [VB_DISK_ERROR_POLICY_STOP] = { "stop", "stop" },
  [VB_DISK_ERROR_POLICY_IGNORE] = { "ignore", "ignore" },
  [VB_DISK_ERROR_POLICY_ENOSPACE] = { "enospc", "report" },
};

static void
set_ide_place (QmpValue *device, VbBoard board, const VbAddress *place)
{
  /* q35 has a SATA port for each of the four places. */
  guint bus = board == VB_BOARD_Q35 ? place->bus * 2u + place->unit : place->bus;
  g_autofree char *name = g_strdup_printf ("ide.%u", bus);
  qmp_value_set_string (device, "bus", name);
  qmp_value_set_uint (device, "unit", board == VB_BOARD_Q35 ? 0 : place->unit);
}

static void
set_place (QmpValue *device, const VbDomain *domain, VbBoard board, const VbDisk *disk)
{
  const VbAddress *place = &disk->base.address;
  g_autofree char *bus = NULL;
  g_autofree char *port = NULL;
  switch (disk->bus)
    {
    case VB_DISK_BUS_IDE:
      set_ide_place (device, board, place);
      break;
    case VB_DISK_BUS_FDC:
      qmp_value_set_uint (device, "unit", place->unit);
      break;
    case VB_DISK_BUS_SCSI:
      bus = vb_argv_controller_bus (domain, VB_CONTROLLER_SCSI, place->controller);
      qmp_value_set_string (device, "bus", bus);
      qmp_value_set_uint (device, "scsi-id", place->unit);
      break;
    case VB_DISK_BUS_SATA:
      bus = vb_argv_controller_bus (domain, VB_CONTROLLER_SATA, place->controller);
      port = g_strdup_printf ("%s.%u", bus, place->unit);
      qmp_value_set_string (device, "bus", port);
      break;
    case VB_DISK_BUS_USB: /* see vb_argv_add_device() */
    case VB_DISK_BUS_VIRTIO:
    case VB_DISK_BUS_XEN:
    case VB_DISK_BUS_UML:
      break;
    }
}

QmpValue *
vb_argv_disk_device (const VbDomain *domain, VbBoard board, const VbDisk *disk, guint boot_index)
{
  QmpValue *device = vb_argv_new_device (
      disk->device == VB_DISK_DEVICE_CDROM ? drivers[disk->bus].cdrom : drivers[disk->bus].disk);
  g_autofree char *node = vb_disk_has_medium (disk) ? vb_argv_disk_node (disk) : NULL;

  set_place (device, domain, board, disk);
  qmp_value_set_string (device, "drive", node);
  if (disk->shareable)
    qmp_value_set_boolean (device, "share-rw", TRUE);
  if (vb_argv_disk_cache (disk) == VB_DISK_CACHE_WRITETHROUGH)
    qmp_value_set_string (device, "write-cache", "off");
  if (disk->bus == VB_DISK_BUS_FDC)
    return device; /* a floppy drive has none of the following */

  qmp_value_set_string (device, "serial", disk->serial);
  qmp_value_set_string (device, "werror", error_policies[disk->error_policy].on_write);
  qmp_value_set_string (device, "rerror", error_policies[disk->error_policy].on_read);
  if (boot_index > 0)
    qmp_value_set_uint (device, "bootindex", boot_index);
  return device;
}

void
vb_argv_add_disk (VbArgv *argv, const VbDevice *device)
{
  const VbDisk *disk = (const VbDisk *) device;
  guint boot_index = vb_boot_index (argv->domain, device);

  if (vb_disk_has_medium (disk))
    vb_argv_add_disk_nodes (argv, disk);
  if (disk->bus == VB_DISK_BUS_FDC && boot_index > 0)
    vb_argv_add_format (argv, "-global", "isa-fdc.bootindex%c=%u",
                        device->address.unit == 0 ? 'A' : 'B', boot_index);
  vb_argv_add_device (argv, device,
                      vb_argv_disk_device (argv->domain, argv->board, disk, boot_index));
}
