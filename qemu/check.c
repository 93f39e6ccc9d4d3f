/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * What a valid domain may ask for that QEMU on this host cannot do. Every finding says what can.
 * What a QEMU has and another has not is left to check-devices.c, which asks its facts.
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

/* Made for the first finding; there may be one for each device. */
static GHashTable *
number_devices (const VbDomain *domain)
{
  GHashTable *numbers = g_hash_table_new (NULL, NULL);
  guint counts[VB_N_DEVICE_KINDS] = { 0 };
  for (guint i = 0; i < domain->devices->len; i++)
    {
      const VbDevice *device = g_ptr_array_index (domain->devices, i);
      g_hash_table_insert (numbers, (gpointer) device, GUINT_TO_POINTER (++counts[device->kind]));
    }
  return numbers;
}

/* (transfer full): "/domain/devices/disk[2]" and what follows */
static char *
device_path (Check *check, const VbDevice *device, const char *rest)
{
  guint number;
  if (check->numbers == NULL)
    check->numbers = number_devices (check->domain);
  number = GPOINTER_TO_UINT (g_hash_table_lookup (check->numbers, device));
  return g_strdup_printf ("/domain/devices/%s[%u]%s", vb_device_kind_to_string (device->kind),
                          number, rest);
}

void
vb_check_refuse_device (
    VbCheck *check, const VbDevice *device, const char *rest, const char *format, ...)
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
  check->has_refused_device = TRUE;
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
check_disk_bus (Check *check, const VbDisk *disk)
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
check_disk_source (Check *check, const VbDisk *disk)
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

static void
check_disk (Check *check, const VbDevice *device)
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

/* Whether the controller is there for a drive, which has been refused. */
static gboolean
has_drive (const Check *check, const VbController *controller)
{
  VbDiskBus bus = controller->type == VB_CONTROLLER_IDE ? VB_DISK_BUS_IDE : VB_DISK_BUS_FDC;
  for (guint i = 0; i < check->domain->devices->len; i++)
    {
      const VbDisk *disk = g_ptr_array_index (check->domain->devices, i);
      if (disk->base.kind == VB_DEVICE_DISK && disk->bus == bus &&
          disk->base.address.controller == controller->index)
        return TRUE;
    }
  return FALSE;
}

static void
check_controller (Check *check, const VbDevice *device)
{
  const VbController *controller = (const VbController *) device;
  if (controller->ports > VB_CONTROLLER_MAX_PORTS)
    vb_check_refuse_device (check, device, "/@ports", "%u ports are not supported; use at most %d",
                            controller->ports, VB_CONTROLLER_MAX_PORTS);
  if (vb_argv_controller_is_supported (check->board, controller))
    return;
  if (controller->type == VB_CONTROLLER_SCSI)
    vb_check_refuse_device (
        check, device, "/@model",
        "model '%s' is not supported; use lsilogic, lsisas1068, vmpvscsi or virtio-scsi",
        vb_enum_to_string (&vb_scsi_model_table, (int) controller->model));
  else if (!has_drive (check, controller))
    vb_check_refuse_device (check, device, "/@index",
                            "the machine has one %s controller, with index 0",
                            vb_enum_to_string (&vb_controller_type_table, (int) controller->type));
}

/* Options of the virtio card; the kernel moves the packets of a tap device alone. */
static void
check_interface_driver (Check *check, const VbInterface *interface)
{
  gboolean is_virtio = g_strcmp0 (interface->model, "virtio") == 0;
  if (interface->driver == VB_INTERFACE_DRIVER_VHOST)
    vb_check_refuse_device (check, &interface->base, "/driver/@name",
                            "driver 'vhost' is not supported with type 'user'; use qemu");
  if (interface->tx_mode != VB_INTERFACE_TX_MODE_DEFAULT && !is_virtio)
    vb_check_refuse_device (check, &interface->base, "/driver/@txmode",
                            "a txmode is not supported by this card; use model virtio");
}

static void
check_interface (Check *check, const VbDevice *device)
{
  const VbInterface *interface = (const VbInterface *) device;
  if (interface->type != VB_INTERFACE_USER)
    vb_check_refuse_device (check, device, "/@type", "type '%s' is not supported; use user",
                            vb_enum_to_string (&vb_interface_type_table, (int) interface->type));
  check_interface_driver (check, interface);
  if (vb_card_model_to_driver (interface->model) == NULL)
    {
      g_autofree char *known = vb_card_model_list ();
      vb_check_refuse_device (check, device, "/model/@type",
                              "card '%s' is not supported; use one of %s", interface->model, known);
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
    vb_check_refuse_device (check, device, "/@type",
                            "type '%s' is not supported; use null, vc, pty, file, udp, tcp or unix",
                            vb_enum_to_string (&vb_chardev_type_table, (int) source->type));
  else if (source->type == VB_CHARDEV_TYPE_TCP && source->protocol != VB_CHARDEV_PROTOCOL_RAW &&
           source->protocol != VB_CHARDEV_PROTOCOL_TELNET)
    vb_check_refuse_device (check, device, "/protocol/@type",
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
    vb_check_refuse_device (check, device, "/target/@port",
                            "port %u is not supported; the machine has ports 0 to %u",
                            chardev->target_port, n_ports - 1);
}

/* A serial console has the port's host end. */
static void
check_console (Check *check, const VbDevice *device)
{
  const VbChardev *chardev = (const VbChardev *) device;
  if (chardev->target_type == VB_CHARDEV_TARGET_VIRTIO)
    check_chardev_source (check, device, &chardev->source);
  else if (chardev->target_type != VB_CHARDEV_TARGET_SERIAL)
    vb_check_refuse_device (check, device, "/target/@type",
                            "target '%s' is not supported by QEMU; use serial or virtio",
                            vb_enum_to_string (&vb_chardev_target_table,
                                               (int) chardev->target_type));
}

static void
check_channel (Check *check, const VbDevice *device)
{
  vb_check_refuse_device (
      check, device, "",
      "channels are not supported; use a serial port or a console of target virtio");
}

static void
check_smartcard (Check *check, const VbDevice *device)
{
  vb_check_refuse_device (check, device, "", "smartcards are not supported; remove it");
}

static void
check_input (Check *check, const VbDevice *device)
{
  if (((const VbInput *) device)->bus == VB_INPUT_BUS_XEN)
    vb_check_refuse_device (check, device, "/@bus",
                            "bus 'xen' is not supported by QEMU; use ps2 or usb");
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
    vb_check_refuse_device (check, device, "/@type", "type '%s' is not supported; use vnc",
                            vb_enum_to_string (&vb_graphics_type_table, (int) graphics->type));
  else if (!is_first (check, device))
    vb_check_refuse_device (check, device, "", "more than one display is not supported; keep one");
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
    vb_check_refuse_device (check, device, "/model/@type",
                            "model '%s' is not supported by QEMU; use vga, cirrus, vmvga or qxl",
                            vb_enum_to_string (&vb_video_model_table, (int) video->model));
  else if (!is_first (check, device) && video->model != VB_VIDEO_QXL)
    vb_check_refuse_device (check, device, "/model/@type",
                            "a second video card must be of model qxl");
  if (video->heads > 1 && video->model != VB_VIDEO_QXL)
    vb_check_refuse_device (check, device, "/model/@heads",
                            "model '%s' has one head; use one, or model qxl",
                            vb_enum_to_string (&vb_video_model_table, (int) video->model));
}

static void
check_sound (Check *check, const VbDevice *device)
{
  const VbSound *sound = (const VbSound *) device;
  const char *model = vb_enum_to_string (&vb_sound_model_table, (int) sound->model);
  gboolean is_old = sound->model == VB_SOUND_SB16 || sound->model == VB_SOUND_PCSPK;
  if (is_old && check->board == VB_BOARD_OTHER)
    vb_check_refuse_device (check, device, "/@model",
                            "model '%s' is of a PC; use es1370, ac97 or ich6", model);
  for (guint i = 0; is_old && i < check->domain->devices->len; i++)
    {
      const VbSound *other = g_ptr_array_index (check->domain->devices, i);
      if (&other->base == device)
        break;
      if (other->base.kind == VB_DEVICE_SOUND && other->model == sound->model)
        vb_check_refuse_device (check, device, "/@model",
                                "a machine has one '%s' at most; use es1370 or ac97", model);
    }
}

static void
check_watchdog (Check *check, const VbDevice *device)
{
  const VbWatchdog *watchdog = (const VbWatchdog *) device;
  if (watchdog->model == VB_WATCHDOG_IB700 && check->board == VB_BOARD_OTHER)
    vb_check_refuse_device (check, device, "/@model", "model 'ib700' is of a PC; use i6300esb");
}

static void
check_hostdev (Check *check, const VbDevice *device)
{
  g_autofree char *which = vb_hostdev_describe ((const VbHostdev *) device);
  vb_check_refuse_device (
      check, device, "",
      "a guest cannot have the host's %s; remove the element, or use emulated devices", which);
}

static void
check_memballoon (Check *check, const VbDevice *device)
{
  if (((const VbMemballoon *) device)->model == VB_MEMBALLOON_XEN)
    vb_check_refuse_device (check, device, "/@model",
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

/* @error: (transfer full) */
static void
refuse_emulator (Check *check, GError *error)
{
  vb_diagnostics_add (check->diagnostics, VB_SEVERITY_ERROR, VB_CHECK_EMULATOR_PATH, 0, "%s",
                      error->message);
  if (check->error == NULL)
    check->error = error;
  else
    g_error_free (error);
}

/* @facts: (nullable) */
static void
check_emulator (Check *check, const VbEmulatorFacts *facts)
{
  GError *error = NULL;
  g_autofree char *emulator = vb_qemu_find_emulator (check->domain, &error);

  if (emulator != NULL && facts != NULL && vb_emulator_facts_get_error (facts) != NULL)
    error = g_error_new_literal (VB_QEMU_ERROR, VB_QEMU_ERROR_EMULATOR,
                                 vb_emulator_facts_get_error (facts));
  if (error != NULL)
    refuse_emulator (check, error);
}

gboolean
vb_qemu_check (const VbQemuSettings *settings,
               const VbDomain *domain,
               const VbEmulatorFacts *facts,
               VbDiagnostics *diagnostics,
               GError **error)
{
  gboolean is_known = facts != NULL && vb_emulator_facts_get_error (facts) == NULL;
  Check check = { .domain = domain,
                  .board = vb_board_of (domain),
                  .facts = is_known ? facts : NULL,
                  .diagnostics = diagnostics };

  vb_check_machine (&check, settings);
  for (guint i = 0; i < domain->devices->len; i++)
    {
      const VbDevice *device = g_ptr_array_index (domain->devices, i);
      vb_check_place (&check, device);
      device_checks[device->kind](&check, device);
    }
  check_kept (&check);
  check_emulator (&check, facts);
  if (check.facts != NULL && !check.has_refused_device)
    vb_check_devices (&check);
  g_clear_pointer (&check.numbers, g_hash_table_unref);
  if (check.error == NULL)
    return TRUE;
  g_propagate_error (error, check.error);
  return FALSE;
}
