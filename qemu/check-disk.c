/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * What of a <disk> QEMU cannot have.
 */
#include "qemu/check-parts.h"

#include "qemu/image-format.h"

#include <string.h>

/* Longest serial numbers: what is longer QEMU cuts off without a word. */
static const gsize max_serial_bytes[] = {
  [VB_DISK_BUS_IDE] = 20,    [VB_DISK_BUS_FDC] = 0, [VB_DISK_BUS_SCSI] = 36,
  [VB_DISK_BUS_VIRTIO] = 20, [VB_DISK_BUS_XEN] = 0, [VB_DISK_BUS_USB] = 36,
  [VB_DISK_BUS_SATA] = 20,   [VB_DISK_BUS_UML] = 0,
};

static void
check_disk_format (VbCheck *check, const VbDisk *disk)
{
  const VbImageFormat *format = vb_image_format_find (disk->format);

  if (format == NULL)
    vb_check_refuse_device (
        check, &disk->base, "/driver/@type",
        "format '%s' is not supported; use raw, qcow2, vmdk, vdi, vpc, vhdx, qed, qcow, or, "
        "read-only, bochs, cloop or dmg",
        disk->format);
  else if (!format->is_writable && !disk->read_only)
    vb_check_refuse_device (check, &disk->base, "/driver/@type",
                            "format '%s' can only be read; add <readonly/>", disk->format);
  else if (format->has_backing && disk->type == VB_DISK_TYPE_NETWORK)
    vb_check_refuse_device (check, &disk->base, "/driver/@type",
                            "format '%s' on a server is not supported, for it may need files that "
                            "cannot be seen from here; use raw, and let the server read the image",
                            disk->format);
}

static void
check_disk_bus (VbCheck *check, const VbDisk *disk)
{
  gboolean is_disk = disk->device == VB_DISK_DEVICE_DISK;
  gboolean is_ata = disk->bus == VB_DISK_BUS_IDE || disk->bus == VB_DISK_BUS_SATA;
  const char *bus = vb_enum_to_string (&vb_disk_bus_table, (int) disk->bus);

  if (disk->bus == VB_DISK_BUS_XEN || disk->bus == VB_DISK_BUS_UML)
    vb_check_refuse_device (check, &disk->base, "/target/@bus",
                            "bus '%s' is not supported by QEMU; use virtio, scsi, sata, ide or usb",
                            bus);
  else if (disk->device == VB_DISK_DEVICE_CDROM &&
           (disk->bus == VB_DISK_BUS_VIRTIO || disk->bus == VB_DISK_BUS_USB))
    vb_check_refuse_device (check, &disk->base, "/target/@bus",
                            "a CD-ROM drive cannot be on bus '%s'; use ide, sata or scsi", bus);
  if (is_disk && is_ata && disk->read_only)
    vb_check_refuse_device (check, &disk->base, "/readonly",
                            "a read-only disk cannot be on bus '%s'; use virtio, scsi or usb", bus);
}

/* QEMU could write to a folder, but loses files when it does. */
static void
check_disk_folder (VbCheck *check, const VbDisk *disk)
{
  if (!g_str_equal (disk->format, "fat"))
    vb_check_refuse_device (check, &disk->base, "/driver/@type",
                            "a folder cannot be a disk of format '%s'; use fat", disk->format);
  if (disk->device == VB_DISK_DEVICE_CDROM)
    vb_check_refuse_device (check, &disk->base, "/@device",
                            "a folder cannot be in a CD-ROM drive; use device='disk'");
  else if (!disk->read_only)
    vb_check_refuse_device (check, &disk->base, "/@type",
                            "a folder as a disk can only be read; add <readonly/>");
}

static void
check_disk_network (VbCheck *check, const VbDisk *disk)
{
  if (disk->protocol == VB_DISK_PROTOCOL_SHEEPDOG)
    vb_check_refuse_device (
        check, &disk->base, "/source/@protocol",
        "protocol 'sheepdog' is not supported by QEMU any more; use nbd or rbd");
  if (disk->protocol == VB_DISK_PROTOCOL_RBD && strchr (disk->image, '/') == NULL)
    vb_check_refuse_device (check, &disk->base, "/source/@name",
                            "'%s' names no image of rbd; write POOL/IMAGE", disk->image);
  if (disk->io != VB_DISK_IO_DEFAULT)
    vb_check_refuse_device (check, &disk->base, "/driver/@io",
                            "a disk on a server has no way of input and output; remove it");
}

static void
check_disk_encryption (VbCheck *check, const VbDisk *disk)
{
  if (disk->encryption == VB_DISK_ENCRYPTION_QCOW)
    vb_check_refuse_device (check, &disk->base, "/encryption/@format",
                            "the encryption of format qcow is not supported by QEMU any more; "
                            "convert the image, and use luks");
  else if (!g_str_equal (disk->format, "qcow2") || disk->type == VB_DISK_TYPE_NETWORK)
    vb_check_refuse_device (check, &disk->base, "/encryption",
                            "only an image of format qcow2, in a file or on a block device, can be "
                            "encrypted; use such a one");
}

static void
check_disk_source (VbCheck *check, const VbDisk *disk)
{
  if (disk->type == VB_DISK_TYPE_DIR)
    check_disk_folder (check, disk);
  else
    check_disk_format (check, disk);
  if (disk->type == VB_DISK_TYPE_NETWORK)
    check_disk_network (check, disk);
  if (disk->encryption != VB_DISK_ENCRYPTION_NONE)
    check_disk_encryption (check, disk);
}

static void
check_disk_serial (VbCheck *check, const VbDisk *disk)
{
  gsize max = max_serial_bytes[disk->bus];

  if (disk->bus == VB_DISK_BUS_FDC)
    vb_check_refuse_device (check, &disk->base, "/serial",
                            "a floppy drive has no serial number; remove it");
  else if (max > 0 && strlen (disk->serial) > max)
    vb_check_refuse_device (check, &disk->base, "/serial",
                            "a serial number on bus '%s' has at most %" G_GSIZE_FORMAT
                            " characters; shorten it",
                            vb_enum_to_string (&vb_disk_bus_table, (int) disk->bus), max);
}

void
vb_check_disk (VbCheck *check, const VbDevice *device)
{
  const VbDisk *disk = (const VbDisk *) device;
  check_disk_bus (check, disk);
  if (vb_disk_has_medium (disk))
    check_disk_source (check, disk);
  if (disk->serial != NULL)
    check_disk_serial (check, disk);
  if (disk->bus == VB_DISK_BUS_FDC && disk->error_policy != VB_DISK_ERROR_POLICY_DEFAULT)
    vb_check_refuse_device (check, device, "/driver/@error_policy",
                            "a floppy drive has no error policy; remove it");
  if (disk->driver_name != NULL && !g_str_equal (disk->driver_name, "qemu"))
    vb_check_refuse_device (check, device, "/driver/@name",
                            "driver '%s' is not supported; use qemu", disk->driver_name);
  if (disk->io == VB_DISK_IO_NATIVE && disk->cache != VB_DISK_CACHE_NONE && !disk->shareable)
    vb_check_refuse_device (check, device, "/driver/@io", "io='native' needs cache='none'");
  if (disk->shareable && !g_str_equal (disk->format, "raw"))
    vb_check_refuse_device (check, device, "/shareable",
                            "only format raw can be shared between guests, not '%s'", disk->format);
}
