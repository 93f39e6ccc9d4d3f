/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * What of a <disk> QEMU cannot have.
 */
#include "qemu/check-parts.h"

static const struct
{
  const char *format;
  gboolean writable;
} formats[] = {
  { "raw", TRUE },    { "qcow2", TRUE },  { "qcow", TRUE }, { "qed", TRUE },
  { "vmdk", TRUE },   { "vdi", TRUE },    { "vpc", TRUE },  { "vhdx", TRUE },
  { "bochs", FALSE }, { "cloop", FALSE }, { "dmg", FALSE },
};

static void
check_disk_format (VbCheck *check, const VbDisk *disk)
{
  for (guint i = 0; i < G_N_ELEMENTS (formats); i++)
    if (g_str_equal (formats[i].format, disk->format))
      {
        if (!formats[i].writable && !disk->read_only)
          vb_check_refuse_device (check, &disk->base, "/driver/@type",
                                  "format '%s' can only be read; add <readonly/>", disk->format);
        return;
      }
  vb_check_refuse_device (
      check, &disk->base, "/driver/@type",
      "format '%s' is not supported; use raw, qcow2, vmdk, vdi, vpc, vhdx, qed, qcow, or, "
      "read-only, bochs, cloop or dmg",
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

static void
check_disk_source (VbCheck *check, const VbDisk *disk)
{
  if (disk->type == VB_DISK_TYPE_DIR && disk->source != NULL)
    vb_check_refuse_device (check, &disk->base, "/@type",
                            "a folder as a disk is not supported; use an image of it, as a file");
  if (disk->protocol != VB_DISK_PROTOCOL_NONE)
    vb_check_refuse_device (check, &disk->base, "/source/@protocol",
                            "protocol '%s' is not supported; use a file or a block device",
                            vb_enum_to_string (&vb_disk_protocol_table, (int) disk->protocol));
  if (disk->encryption != VB_DISK_ENCRYPTION_NONE)
    vb_check_refuse_device (check, &disk->base, "/encryption",
                            "encrypted images are not supported; use one without encryption");
  if (disk->source != NULL && disk->type != VB_DISK_TYPE_DIR)
    check_disk_format (check, disk);
}

void
vb_check_disk (VbCheck *check, const VbDevice *device)
{
  const VbDisk *disk = (const VbDisk *) device;
  check_disk_bus (check, disk);
  check_disk_source (check, disk);
  if (disk->driver_name != NULL && !g_str_equal (disk->driver_name, "qemu"))
    vb_check_refuse_device (check, device, "/driver/@name",
                            "driver '%s' is not supported; use qemu", disk->driver_name);
  if (disk->io == VB_DISK_IO_NATIVE && disk->cache != VB_DISK_CACHE_NONE && !disk->shareable)
    vb_check_refuse_device (check, device, "/driver/@io", "io='native' needs cache='none'");
  if (disk->shareable && !g_str_equal (disk->format, "raw"))
    vb_check_refuse_device (check, device, "/shareable",
                            "only format raw can be shared between guests, not '%s'", disk->format);
}
