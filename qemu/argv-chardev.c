/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * <serial>, <parallel>, <console> and the <channel> of virtio: the host's end, then a port in the
 * guest.
 */
#include "qemu/argv-parts.h"
#include "qemu/host-end.h"

static QmpValue *
isa_port (const VbChardev *chardev, const char *id)
{
  QmpValue *device =
      vb_argv_new_device (chardev->base.kind == VB_DEVICE_SERIAL ? "isa-serial" : "isa-parallel");
  qmp_value_set_string (device, "chardev", id);
  qmp_value_set_uint (device, "index", chardev->target_port);
  return device;
}

static QmpValue *
virtio_port (const VbDomain *domain, const VbChardev *chardev, const char *id)
{
  const VbAddress *address = &chardev->base.address;
  QmpValue *device = vb_argv_new_device (
      chardev->base.kind == VB_DEVICE_CONSOLE ? "virtconsole" : "virtserialport");
  g_autofree char *bus =
      vb_argv_controller_bus (domain, VB_CONTROLLER_VIRTIO_SERIAL, address->controller);
  qmp_value_set_string (device, "bus", bus);
  if (address->type == VB_ADDRESS_VIRTIO_SERIAL)
    qmp_value_set_uint (device, "nr", address->port);
  if (chardev->target_name != NULL)
    qmp_value_set_string (device, "name", chardev->target_name);
  qmp_value_set_string (device, "chardev", id);
  return device;
}

QmpValue *
vb_argv_chardev_device (const VbDomain *domain, const VbChardev *chardev)
{
  g_autofree char *id = vb_host_end_id (&chardev->base);

  if (chardev->base.kind == VB_DEVICE_SERIAL || chardev->base.kind == VB_DEVICE_PARALLEL)
    return isa_port (chardev, id);
  return chardev->target_type == VB_CHARDEV_TARGET_VIRTIO ? virtio_port (domain, chardev, id)
                                                          : NULL;
}

void
vb_argv_add_chardev (VbArgv *argv, const VbDevice *device)
{
  const VbChardev *chardev = (const VbChardev *) device;
  QmpValue *json = vb_argv_chardev_device (argv->domain, chardev);

  if (json == NULL)
    return;
  vb_argv_add_host_end (argv, device);
  vb_argv_add_device (argv, device, json);
}
