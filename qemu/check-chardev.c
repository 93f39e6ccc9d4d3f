/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * What of a character device, or of a smartcard that is one at the host's end, QEMU cannot have.
 */
#include "qemu/check-parts.h"

#define MAX_ISA_SERIAL_PORTS 4
#define MAX_ISA_PARALLEL_PORTS 3

/* What the argv has for the host's end. */
static void
check_chardev_source (VbCheck *check, const VbDevice *device, const VbChardevSource *source)
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

void
vb_check_port (VbCheck *check, const VbDevice *device)
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
void
vb_check_console (VbCheck *check, const VbDevice *device)
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

void
vb_check_channel (VbCheck *check, const VbDevice *device)
{
  vb_check_refuse_device (
      check, device, "",
      "channels are not supported; use a serial port or a console of target virtio");
}

void
vb_check_smartcard (VbCheck *check, const VbDevice *device)
{
  vb_check_refuse_device (check, device, "", "smartcards are not supported; remove it");
}
