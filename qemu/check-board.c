/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Devices that a PC has built in, or that sit on its ISA bus: other boards have neither.
 */
#include "qemu/check-parts.h"

static void
check_disk (VbCheck *check, const VbDevice *device)
{
  const VbDisk *disk = (const VbDisk *) device;

  if (disk->bus == VB_DISK_BUS_FDC)
    vb_check_refuse_device (check, device, "/target/@bus",
                            "floppy drives are of a PC; use a disk on bus virtio, scsi or usb");
  else if (disk->bus == VB_DISK_BUS_IDE)
    vb_check_refuse_device (check, device, "/target/@bus", "bus 'ide' is of a PC; use %s",
                            disk->device == VB_DISK_DEVICE_CDROM ? "scsi or sata"
                                                                 : "virtio, scsi, sata or usb");
}

/* A drive, where there is one for it, has been refused. */
static void
check_controller (VbCheck *check, const VbDevice *device)
{
  VbControllerType type = ((const VbController *) device)->type;

  if ((type == VB_CONTROLLER_IDE || type == VB_CONTROLLER_FDC) && !check->has_refused_device)
    vb_check_refuse_device (check, device, "/@type", "type '%s' is of a PC; remove it",
                            vb_enum_to_string (&vb_controller_type_table, (int) type));
}

static void
check_serial (VbCheck *check, const VbDevice *device)
{
  vb_check_refuse_device (check, device, "",
                          "only the serial ports of a PC are supported; use a console of target "
                          "virtio");
}

static void
check_parallel (VbCheck *check, const VbDevice *device)
{
  vb_check_refuse_device (check, device, "", "parallel ports are of a PC; remove it");
}

static void
check_input (VbCheck *check, const VbDevice *device)
{
  if (((const VbInput *) device)->bus == VB_INPUT_BUS_PS2)
    vb_check_refuse_device (check, device, "/@bus", "bus 'ps2' is of a PC; use bus='usb'");
}

static void
check_sound (VbCheck *check, const VbDevice *device)
{
  VbSoundModel model = ((const VbSound *) device)->model;

  if (model == VB_SOUND_SB16 || model == VB_SOUND_PCSPK)
    vb_check_refuse_device (check, device, "/@model",
                            "model '%s' is of a PC; use es1370, ac97 or ich6",
                            vb_enum_to_string (&vb_sound_model_table, (int) model));
}

static void
check_watchdog (VbCheck *check, const VbDevice *device)
{
  if (((const VbWatchdog *) device)->model == VB_WATCHDOG_IB700)
    vb_check_refuse_device (check, device, "/@model", "model 'ib700' is of a PC; use i6300esb");
}

void
vb_check_board (VbCheck *check, const VbDevice *device)
{
  static void (*const checks[VB_N_DEVICE_KINDS]) (VbCheck * check, const VbDevice *device) = {
    [VB_DEVICE_DISK] = check_disk,         [VB_DEVICE_CONTROLLER] = check_controller,
    [VB_DEVICE_SERIAL] = check_serial,     [VB_DEVICE_PARALLEL] = check_parallel,
    [VB_DEVICE_INPUT] = check_input,       [VB_DEVICE_SOUND] = check_sound,
    [VB_DEVICE_WATCHDOG] = check_watchdog,
  };

  if (check->board == VB_BOARD_OTHER && checks[device->kind] != NULL)
    checks[device->kind](check, device);
}
