/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * <serial> and <console>: a back end on the host and a port in the guest. Files and sockets are the
 * service's descriptors.
 */
#include "qemu/argv-parts.h"

/* (transfer full): the back end's id, which `query-chardev` calls its label */
static char *
backend_id (const VbChardev *chardev)
{
  return g_strdup_printf ("char%s", chardev->base.alias);
}

static void
add_backend (VbArgv *argv, const VbChardev *chardev)
{
  const VbDescriptor *descriptor = vb_descriptors_find_device (argv->descriptors, &chardev->base);
  g_autofree char *id = backend_id (chardev);
  switch (chardev->type)
    {
    case VB_CHARDEV_TYPE_NULL:
      vb_argv_add_format (argv, "-chardev", "null,id=%s", id);
      break;
    case VB_CHARDEV_TYPE_PTY:
      vb_argv_add_format (argv, "-chardev", "pty,id=%s", id);
      break;
    case VB_CHARDEV_TYPE_FILE:
      /* The service has emptied the file already; QEMU cannot do that to a device or a FIFO. */
      vb_argv_add_format (argv, "-chardev", "file,id=%s,path=/dev/fdset/%u,append=on", id,
                          descriptor->fdset);
      break;
    case VB_CHARDEV_TYPE_UNIX:
      vb_argv_add_format (argv, "-chardev", "socket,id=%s,fd=%d%s", id, descriptor->child_fd,
                          chardev->mode == VB_CHARDEV_MODE_BIND ? ",server=on,wait=off" : "");
      break;
    }
}

QmpValue *
vb_argv_chardev_device (const VbDomain *domain, const VbChardev *chardev)
{
  g_autofree char *id = backend_id (chardev);
  g_autofree char *bus = NULL;
  QmpValue *device;

  if (chardev->base.kind == VB_DEVICE_SERIAL)
    {
      device = vb_argv_new_device ("isa-serial");
      qmp_value_set_string (device, "chardev", id);
      qmp_value_set_uint (device, "index", chardev->target_port);
      return device;
    }
  if (chardev->target_type != VB_CHARDEV_TARGET_VIRTIO)
    return NULL;
  device = vb_argv_new_device ("virtconsole");
  bus = vb_argv_controller_bus (domain, VB_CONTROLLER_VIRTIO_SERIAL,
                                chardev->base.address.controller);
  qmp_value_set_string (device, "bus", bus);
  if (chardev->base.address.type == VB_ADDRESS_VIRTIO_SERIAL)
    qmp_value_set_uint (device, "nr", chardev->base.address.port);
  qmp_value_set_string (device, "chardev", id);
  return device;
}

void
vb_argv_add_chardev (VbArgv *argv, const VbDevice *device)
{
  const VbChardev *chardev = (const VbChardev *) device;
  QmpValue *json = vb_argv_chardev_device (argv->domain, chardev);
  if (json == NULL)
    return;
  add_backend (argv, chardev);
  vb_argv_add_device (argv, device, json);
}
