/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * What a valid domain may ask for that QEMU on this host cannot do. Every finding says what can.
 * Machine types are left to QEMU, which knows its own.
 */
#include "qemu/argv-parts.h"
#include "qemu/card-models.h"
#include "qemu/check-parts.h"

#define MAX_ISA_SERIAL_PORTS 4
#define MAX_ISA_PARALLEL_PORTS 3
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

  if (disk->bus == VB_DISK_BUS_XEN || disk->bus == VB_DISK_BUS_UML)
    refuse_device (check, &disk->base, "/target/@bus",
                   "bus '%s' is not supported by QEMU; use virtio, scsi, sata, ide or usb", bus);
  else if (disk->device == VB_DISK_DEVICE_CDROM &&
           (disk->bus == VB_DISK_BUS_VIRTIO || disk->bus == VB_DISK_BUS_USB))
    refuse_device (check, &disk->base, "/target/@bus",
                   "a CD-ROM drive cannot be on bus '%s'; use ide, sata or scsi", bus);
  if (is_disk && is_ata && disk->read_only)
    refuse_device (check, &disk->base, "/readonly",
                   "a read-only disk cannot be on bus '%s'; use virtio, scsi or usb", bus);
}

/* (nullable) */
static const VbController *
find_controller (const Check *check, VbControllerType type, guint index)
{
  for (guint i = 0; i < check->domain->devices->len; i++)
    {
      const VbController *controller = g_ptr_array_index (check->domain->devices, i);
      if (controller->base.kind == VB_DEVICE_CONTROLLER && controller->type == type &&
          controller->index == index)
        return controller;
    }
  return NULL;
}

static void
check_number (Check *check, const VbDisk *disk, const char *name, guint number, guint n_numbers)
{
  g_autofree char *attribute = g_strdup_printf ("/address/@%s", name);
  if (number >= n_numbers)
    refuse_device (check, &disk->base, attribute,
                   "%s %u is not there; the last %s of its %s controller is %u", name, number, name,
                   vb_enum_to_string (&vb_disk_bus_table, (int) disk->bus), n_numbers - 1);
}

static void
check_drive_address (Check *check, const VbDisk *disk)
{
  static const struct
  {
    guint n_buses; /* 0: no drive addresses */
    guint n_units; /* 0: it depends on the controller */
  } ranges[] = {
    [VB_DISK_BUS_IDE] = { 2, 2 },  [VB_DISK_BUS_FDC] = { 1, 2 }, [VB_DISK_BUS_SCSI] = { 1, 0 },
    [VB_DISK_BUS_SATA] = { 1, 6 }, [VB_DISK_BUS_UML] = { 0, 0 },
  };
  const VbAddress *address = &disk->base.address;
  guint n_units = ranges[disk->bus].n_units;
  const VbController *controller;
  if (address->type != VB_ADDRESS_DRIVE)
    return;
  controller = find_controller (check, VB_CONTROLLER_SCSI, address->controller);
  if (n_units == 0 && controller != NULL)
    n_units = vb_argv_scsi_count_units (controller);
  check_number (check, disk, "bus", address->bus, ranges[disk->bus].n_buses);
  check_number (check, disk, "unit", address->unit, n_units);
}

static void
check_disk_source (Check *check, const VbDisk *disk)
{
  if (disk->type == VB_DISK_TYPE_DIR && disk->source != NULL)
    refuse_device (check, &disk->base, "/@type",
                   "a folder as a disk is not supported; use an image of it, as a file");
  if (disk->protocol != VB_DISK_PROTOCOL_NONE)
    refuse_device (check, &disk->base, "/source/@protocol",
                   "protocol '%s' is not supported; use a file or a block device",
                   vb_enum_to_string (&vb_disk_protocol_table, (int) disk->protocol));
  if (disk->encryption != VB_DISK_ENCRYPTION_NONE)
    refuse_device (check, &disk->base, "/encryption",
                   "encrypted images are not supported; use one without encryption");
  if (disk->source != NULL && disk->type != VB_DISK_TYPE_DIR)
    check_disk_format (check, disk);
}

static void
check_disk (Check *check, const VbDevice *device)
{
  const VbDisk *disk = (const VbDisk *) device;
  check_disk_bus (check, disk);
  check_drive_address (check, disk);
  check_disk_source (check, disk);
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
  if (controller->ports > VB_CONTROLLER_MAX_PORTS)
    refuse_device (check, device, "/@ports", "%u ports are not supported; use at most %d",
                   controller->ports, VB_CONTROLLER_MAX_PORTS);
  if (vb_argv_controller_is_supported (check->board, controller))
    return;
  if (controller->type == VB_CONTROLLER_SCSI)
    refuse_device (check, device, "/@model",
                   "model '%s' is not supported; use lsilogic, lsisas1068, vmpvscsi or virtio-scsi",
                   vb_enum_to_string (&vb_scsi_model_table, (int) controller->model));
  else
    refuse_device (check, device, "/@index", "the machine has one %s controller, with index 0",
                   vb_enum_to_string (&vb_controller_type_table, (int) controller->type));
}

/* Options of the virtio card; the kernel moves the packets of a tap device alone. */
static void
check_interface_driver (Check *check, const VbInterface *interface)
{
  gboolean is_virtio = g_strcmp0 (interface->model, "virtio") == 0;
  if (interface->driver == VB_INTERFACE_DRIVER_VHOST)
    refuse_device (check, &interface->base, "/driver/@name",
                   "driver 'vhost' is not supported with type 'user'; use qemu");
  if (interface->tx_mode != VB_INTERFACE_TX_MODE_DEFAULT && !is_virtio)
    refuse_device (check, &interface->base, "/driver/@txmode",
                   "a txmode is not supported by this card; use model virtio");
}

static void
check_interface (Check *check, const VbDevice *device)
{
  const VbInterface *interface = (const VbInterface *) device;
  if (interface->type != VB_INTERFACE_USER)
    refuse_device (check, device, "/@type", "type '%s' is not supported; use user",
                   vb_enum_to_string (&vb_interface_type_table, (int) interface->type));
  check_interface_driver (check, interface);
  if (vb_card_model_to_driver (interface->model) == NULL)
    {
      g_autofree char *known = vb_card_model_list ();
      refuse_device (check, device, "/model/@type", "card '%s' is not supported; use one of %s",
                     interface->model, known);
    }
}

/* What the argv has for the host's end. */
static void
check_chardev_source (Check *check, const VbDevice *device, const VbChardevSource *source)
{
  static const VbChardevType supported[] = {
    VB_CHARDEV_TYPE_NULL, VB_CHARDEV_TYPE_VC,  VB_CHARDEV_TYPE_PTY,  VB_CHARDEV_TYPE_FILE,
    VB_CHARDEV_TYPE_UDP,  VB_CHARDEV_TYPE_TCP, VB_CHARDEV_TYPE_UNIX,
  };
  gboolean is_supported = FALSE;
  for (guint i = 0; i < G_N_ELEMENTS (supported); i++)
    is_supported |= source->type == supported[i];
  if (!is_supported)
    refuse_device (check, device, "/@type",
                   "type '%s' is not supported; use null, vc, pty, file, udp, tcp or unix",
                   vb_enum_to_string (&vb_chardev_type_table, (int) source->type));
  else if (source->type == VB_CHARDEV_TYPE_TCP && source->protocol != VB_CHARDEV_PROTOCOL_RAW &&
           source->protocol != VB_CHARDEV_PROTOCOL_TELNET)
    refuse_device (check, device, "/protocol/@type",
                   "protocol '%s' is not supported; use raw or telnet",
                   vb_enum_to_string (&vb_chardev_protocol_table, (int) source->protocol));
}

static void
check_port (Check *check, const VbDevice *device)
{
  const VbChardev *chardev = (const VbChardev *) device;
  guint n_ports = device->kind == VB_DEVICE_SERIAL ? MAX_ISA_SERIAL_PORTS : MAX_ISA_PARALLEL_PORTS;
  check_chardev_source (check, device, &chardev->source);
  if (chardev->target_port >= n_ports)
    refuse_device (check, device, "/target/@port",
                   "port %u is not supported; the machine has ports 0 to %u", chardev->target_port,
                   n_ports - 1);
}

/* A serial console has the port's host end. */
static void
check_console (Check *check, const VbDevice *device)
{
  const VbChardev *chardev = (const VbChardev *) device;
  if (chardev->target_type == VB_CHARDEV_TARGET_VIRTIO)
    check_chardev_source (check, device, &chardev->source);
  else if (chardev->target_type != VB_CHARDEV_TARGET_SERIAL)
    refuse_device (check, device, "/target/@type",
                   "target '%s' is not supported by QEMU; use serial or virtio",
                   vb_enum_to_string (&vb_chardev_target_table, (int) chardev->target_type));
}

static void
check_channel (Check *check, const VbDevice *device)
{
  refuse_device (check, device, "",
                 "channels are not supported; use a serial port or a console of target virtio");
}

static void
check_smartcard (Check *check, const VbDevice *device)
{
  refuse_device (check, device, "", "smartcards are not supported; remove it");
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
  const char *password = vb_secret_reveal (graphics->password);
  if (graphics->type != VB_GRAPHICS_VNC)
    refuse_device (check, device, "/@type", "type '%s' is not supported; use vnc",
                   vb_enum_to_string (&vb_graphics_type_table, (int) graphics->type));
  else if (!is_first (check, device))
    refuse_device (check, device, "", "more than one display is not supported; keep one");
  if (password != NULL && strlen (password) > VNC_PASSWORD_SIGNIFICANT_BYTES)
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
  if (video->heads > 1 && video->model != VB_VIDEO_QXL)
    refuse_device (check, device, "/model/@heads", "model '%s' has one head; use one, or model qxl",
                   vb_enum_to_string (&vb_video_model_table, (int) video->model));
}

static void
check_sound (Check *check, const VbDevice *device)
{
  const VbSound *sound = (const VbSound *) device;
  const char *model = vb_enum_to_string (&vb_sound_model_table, (int) sound->model);
  gboolean is_old = sound->model == VB_SOUND_SB16 || sound->model == VB_SOUND_PCSPK;
  if (is_old && check->board == VB_BOARD_OTHER)
    refuse_device (check, device, "/@model", "model '%s' is of a PC; use es1370, ac97 or ich6",
                   model);
  for (guint i = 0; is_old && i < check->domain->devices->len; i++)
    {
      const VbSound *other = g_ptr_array_index (check->domain->devices, i);
      if (&other->base == device)
        break;
      if (other->base.kind == VB_DEVICE_SOUND && other->model == sound->model)
        refuse_device (check, device, "/@model",
                       "a machine has one '%s' at most; use es1370 or ac97", model);
    }
}

static void
check_watchdog (Check *check, const VbDevice *device)
{
  const VbWatchdog *watchdog = (const VbWatchdog *) device;
  if (watchdog->model == VB_WATCHDOG_IB700 && check->board == VB_BOARD_OTHER)
    refuse_device (check, device, "/@model", "model 'ib700' is of a PC; use i6300esb");
}

static void
check_hostdev (Check *check, const VbDevice *device)
{
  g_autofree char *which = vb_hostdev_describe ((const VbHostdev *) device);
  refuse_device (check, device, "",
                 "a guest cannot have the host's %s; remove the element, or use emulated devices",
                 which);
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
  [VB_DEVICE_SMARTCARD] = check_smartcard,
  [VB_DEVICE_SERIAL] = check_port,
  [VB_DEVICE_PARALLEL] = check_port,
  [VB_DEVICE_CONSOLE] = check_console,
  [VB_DEVICE_CHANNEL] = check_channel,
  [VB_DEVICE_INPUT] = check_input,
  [VB_DEVICE_GRAPHICS] = check_graphics,
  [VB_DEVICE_SOUND] = check_sound,
  [VB_DEVICE_VIDEO] = check_video,
  [VB_DEVICE_HOSTDEV] = check_hostdev,
  [VB_DEVICE_WATCHDOG] = check_watchdog,
  [VB_DEVICE_MEMBALLOON] = check_memballoon,
};

/* The slot of the ISA bridge has controllers at its other functions. */
static gboolean
is_function_of_board (const Check *check, const VbDevice *device)
{
  const VbController *controller = (const VbController *) device;
  if (device->kind != VB_DEVICE_CONTROLLER || controller->index != 0)
    return FALSE;
  if (controller->type == VB_CONTROLLER_USB)
    return check->board == VB_BOARD_PC && device->address.slot == 1;
  return controller->type == VB_CONTROLLER_IDE;
}

static void
check_pci_address (Check *check, const VbDevice *device)
{
  const VbAddress *address = &device->address;
  gboolean has_places = check->board == VB_BOARD_PC || check->board == VB_BOARD_Q35;
  if (vb_device_get_address_type (device) != VB_ADDRESS_PCI)
    return;
  if (vb_board_get_pci_bus (check->board) == NULL)
    refuse_device (check, device, "/address", "machine 'isapc' has no PCI bus");
  else if (address->type == VB_ADDRESS_NONE && has_places &&
           vb_argv_has_device (check->domain, device))
    refuse_device (check, device, "", "the machine's PCI bus has no slot left; remove a device");
  else if (address->domain != 0 || address->bus != 0)
    refuse_device (check, device, "/address", "only PCI domain 0 and bus 0 are supported");
  else if (address->function != 0 && !is_function_of_board (check, device))
    refuse_device (check, device, "/address/@function",
                   "only function 0 is supported; use another slot");
}

static void
check_serial_port (Check *check, const VbDevice *device)
{
  const VbAddress *address = &device->address;
  const VbController *controller;
  if (address->type != VB_ADDRESS_VIRTIO_SERIAL)
    return;
  controller = find_controller (check, VB_CONTROLLER_VIRTIO_SERIAL, address->controller);
  if (controller != NULL && controller->ports > 0 && address->port >= controller->ports)
    refuse_device (check, device, "/address/@port",
                   "port %u is not there: the controller has ports 0 to %u", address->port,
                   controller->ports - 1);
}

/* A device that is kept whole is nothing that the guest would miss, but for one. */
static void
check_kept (Check *check)
{
  const GPtrArray *list = check->domain->kept;
  for (guint i = 0; list != NULL && i < list->len; i++)
    {
      const VbKept *kept = g_ptr_array_index (list, i);
      if (g_str_equal (kept->parent, "devices") && vb_kept_is_element (kept, "hostdev"))
        vb_check_refuse (check, kept->path,
                         "hostdev: mode 'capabilities' is for containers; remove the element");
    }
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
      check_serial_port (&check, device);
      device_checks[device->kind](&check, device);
    }
  check_kept (&check);
  check_emulator (&check);
  if (check.error == NULL)
    return TRUE;
  g_propagate_error (error, check.error);
  return FALSE;
}
