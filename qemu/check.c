/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * What a valid domain may ask for that QEMU on this host cannot do. Every finding says what can.
 * Machine types are left to QEMU, which knows its own.
 */
#include "qemu/argv-parts.h"
#include "qemu/card-models.h"
#include "qemu/check-parts.h"

#define MAX_ISA_SERIAL_PORTS 4
#define VNC_PASSWORD_SIGNIFICANT_BYTES 8

typedef VbCheck Check;
typedef void (*CheckDeviceFunc) (Check *check, const VbDevice *device);

static void
record_error (Check *check, const char *path, const char *message)
{
  vb_diagnostics_add (check->diagnostics, VB_SEVERITY_ERROR, path, 0, "%s", message);
  if (check->error == NULL)
    check->error = g_error_new_literal (VB_QEMU_ERROR, VB_QEMU_ERROR_UNSUPPORTED, message);
}

void
vb_check_refuse (VbCheck *check, const char *path, const char *format, ...)
{
  va_list arguments;
  g_autofree char *message = NULL;
  va_start (arguments, format);
  message = g_strdup_vprintf (format, arguments);
  va_end (arguments);
  record_error (check, path, message);
}

/* (transfer full): "/domain/devices/disk[2]" and what follows */
static char *
device_path (const Check *check, const VbDevice *device, const char *rest)
{
  guint number = 0;
  for (guint i = 0; i < check->domain->devices->len; i++)
    {
      const VbDevice *other = g_ptr_array_index (check->domain->devices, i);
      number += other->kind == device->kind;
      if (other == device)
        break;
    }
  return g_strdup_printf ("/domain/devices/%s[%u]%s", vb_device_kind_to_string (device->kind),
                          number, rest);
}

static void G_GNUC_PRINTF (4, 5)
    refuse_device (Check *check, const VbDevice *device, const char *rest, const char *format, ...)
{
  va_list arguments;
  g_autofree char *path = device_path (check, device, rest);
  g_autofree char *finding = NULL;
  g_autofree char *message = NULL;
  va_start (arguments, format);
  finding = g_strdup_vprintf (format, arguments);
  va_end (arguments);
  message = g_strdup_printf ("%s '%s': %s", vb_device_kind_to_string (device->kind),
                             vb_device_get_name (device), finding);
  record_error (check, path, message);
}

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
check_disk_format (Check *check, const VbDisk *disk)
{
  for (guint i = 0; i < G_N_ELEMENTS (formats); i++)
    if (g_str_equal (formats[i].format, disk->format))
      {
        if (!formats[i].writable && !disk->read_only)
          refuse_device (check, &disk->base, "/driver/@type",
                         "format '%s' can only be read; add <readonly/>", disk->format);
        return;
      }
  refuse_device (
      check, &disk->base, "/driver/@type",
      "format '%s' is not supported; use raw, qcow2, vmdk, vdi, vpc, vhdx, qed, qcow, or, "
      "read-only, bochs, cloop or dmg",
      disk->format);
}

static void
check_disk_bus (Check *check, const VbDisk *disk)
{
  gboolean is_disk = disk->device == VB_DISK_DEVICE_DISK;
  gboolean is_ata = disk->bus == VB_DISK_BUS_IDE || disk->bus == VB_DISK_BUS_SATA;
  const char *bus = vb_enum_to_string (&vb_disk_bus_table, (int) disk->bus);

  if (disk->bus == VB_DISK_BUS_XEN)
    refuse_device (check, &disk->base, "/target/@bus",
                   "bus 'xen' is not supported by QEMU; use virtio, scsi, sata, ide or usb");
  else if (disk->device == VB_DISK_DEVICE_CDROM &&
           (disk->bus == VB_DISK_BUS_VIRTIO || disk->bus == VB_DISK_BUS_USB))
    refuse_device (check, &disk->base, "/target/@bus",
                   "a CD-ROM drive cannot be on bus '%s'; use ide, sata or scsi", bus);
  if (is_disk && is_ata && disk->read_only)
    refuse_device (check, &disk->base, "/readonly",
                   "a read-only disk cannot be on bus '%s'; use virtio, scsi or usb", bus);
}

static void
check_disk (Check *check, const VbDevice *device)
{
  const VbDisk *disk = (const VbDisk *) device;
  check_disk_bus (check, disk);
  if (disk->source != NULL)
    check_disk_format (check, disk);
  if (disk->driver_name != NULL && !g_str_equal (disk->driver_name, "qemu"))
    refuse_device (check, device, "/driver/@name", "driver '%s' is not supported; use qemu",
                   disk->driver_name);
  if (disk->io == VB_DISK_IO_NATIVE && disk->cache != VB_DISK_CACHE_NONE && !disk->shareable)
    refuse_device (check, device, "/driver/@io", "io='native' needs cache='none'");
  if (disk->shareable && !g_str_equal (disk->format, "raw"))
    refuse_device (check, device, "/shareable",
                   "only format raw can be shared between guests, not '%s'", disk->format);
}

static void
check_controller (Check *check, const VbDevice *device)
{
  const VbController *controller = (const VbController *) device;
  if (vb_argv_controller_is_supported (check->board, controller))
    return;
  if (controller->model != NULL)
    refuse_device (check, device, "/@model",
                   "model '%s' is not supported; use lsilogic, lsisas1068, vmpvscsi or virtio-scsi",
                   controller->model);
  else
    refuse_device (check, device, "/@index", "the machine has one %s controller, with index 0",
                   vb_enum_to_string (&vb_controller_type_table, (int) controller->type));
}

static void
check_interface (Check *check, const VbDevice *device)
{
  const VbInterface *interface = (const VbInterface *) device;
  if (vb_card_model_to_driver (interface->model) == NULL)
    {
      g_autofree char *known = vb_card_model_list ();
      refuse_device (check, device, "/model/@type", "card '%s' is not supported; use one of %s",
                     interface->model, known);
    }
}

static void
check_chardev (Check *check, const VbDevice *device)
{
  const VbChardev *chardev = (const VbChardev *) device;
  if (device->kind == VB_DEVICE_CONSOLE && chardev->target_type == VB_CHARDEV_TARGET_XEN)
    refuse_device (check, device, "/target/@type",
                   "target 'xen' is not supported by QEMU; use serial or virtio");
  if (device->kind == VB_DEVICE_SERIAL && chardev->target_port >= MAX_ISA_SERIAL_PORTS)
    refuse_device (check, device, "/target/@port",
                   "port %u is not supported; the machine has ports 0 to %d", chardev->target_port,
                   MAX_ISA_SERIAL_PORTS - 1);
}

static void
check_input (Check *check, const VbDevice *device)
{
  if (((const VbInput *) device)->bus == VB_INPUT_BUS_XEN)
    refuse_device (check, device, "/@bus", "bus 'xen' is not supported by QEMU; use ps2 or usb");
}

/* The one that is counted as the first of its kind. */
static gboolean
is_first (const Check *check, const VbDevice *device)
{
  for (guint i = 0; i < check->domain->devices->len; i++)
    {
      const VbDevice *other = g_ptr_array_index (check->domain->devices, i);
      if (other->kind == device->kind)
        return other == device;
    }
  return FALSE;
}

static void
check_graphics (Check *check, const VbDevice *device)
{
  const VbGraphics *graphics = (const VbGraphics *) device;
  if (!is_first (check, device))
    refuse_device (check, device, "", "more than one VNC server is not supported; keep one");
  if (graphics->password != NULL && strlen (graphics->password) > VNC_PASSWORD_SIGNIFICANT_BYTES)
    {
      g_autofree char *path = device_path (check, device, "/@passwd");
      vb_diagnostics_add (check->diagnostics, VB_SEVERITY_WARNING, path, 0,
                          "only the first %d bytes of a VNC password count",
                          VNC_PASSWORD_SIGNIFICANT_BYTES);
    }
}

static void
check_video (Check *check, const VbDevice *device)
{
  const VbVideo *video = (const VbVideo *) device;
  if (video->model == VB_VIDEO_XEN || video->model == VB_VIDEO_VBOX)
    refuse_device (check, device, "/model/@type",
                   "model '%s' is not supported by QEMU; use vga, cirrus, vmvga or qxl",
                   vb_enum_to_string (&vb_video_model_table, (int) video->model));
  else if (!is_first (check, device) && video->model != VB_VIDEO_QXL)
    refuse_device (check, device, "/model/@type", "a second video card must be of model qxl");
}

static void
check_memballoon (Check *check, const VbDevice *device)
{
  if (((const VbMemballoon *) device)->model == VB_MEMBALLOON_XEN)
    refuse_device (check, device, "/@model",
                   "model 'xen' is not supported by QEMU; use virtio or none");
}

static const CheckDeviceFunc device_checks[VB_N_DEVICE_KINDS] = {
  [VB_DEVICE_DISK] = check_disk,
  [VB_DEVICE_CONTROLLER] = check_controller,
  [VB_DEVICE_INTERFACE] = check_interface,
  [VB_DEVICE_SERIAL] = check_chardev,
  [VB_DEVICE_CONSOLE] = check_chardev,
  [VB_DEVICE_INPUT] = check_input,
  [VB_DEVICE_GRAPHICS] = check_graphics,
  [VB_DEVICE_VIDEO] = check_video,
  [VB_DEVICE_MEMBALLOON] = check_memballoon,
};

static void
check_pci_address (Check *check, const VbDevice *device)
{
  const VbAddress *address = &device->address;
  if (address->type != VB_ADDRESS_PCI)
    return;
  if (vb_board_get_pci_bus (check->board) == NULL)
    refuse_device (check, device, "/address", "machine 'isapc' has no PCI bus");
  else if (address->domain != 0 || address->bus != 0)
    refuse_device (check, device, "/address", "only PCI domain 0 and bus 0 are supported");
}

static void
check_emulator (Check *check)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *emulator = vb_qemu_find_emulator (check->domain, &error);
  if (emulator != NULL)
    return;
  vb_diagnostics_add (check->diagnostics, VB_SEVERITY_ERROR, "/domain/devices/emulator", 0, "%s",
                      error->message);
  if (check->error == NULL)
    check->error = g_steal_pointer (&error);
}

gboolean
vb_qemu_check (const VbQemuSettings *settings,
               const VbDomain *domain,
               VbDiagnostics *diagnostics,
               GError **error)
{
  Check check = { domain, vb_board_of (domain), diagnostics, NULL };

  vb_check_machine (&check, settings);
  for (guint i = 0; i < domain->devices->len; i++)
    {
      const VbDevice *device = g_ptr_array_index (domain->devices, i);
      check_pci_address (&check, device);
      device_checks[device->kind](&check, device);
    }
  check_emulator (&check);
  if (check.error == NULL)
    return TRUE;
  g_propagate_error (error, check.error);
  return FALSE;
}
