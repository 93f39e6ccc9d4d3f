/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * <serial>, <parallel> and <console>: a back end on the host and a port in the guest. Files and
 * UNIX sockets are the service's descriptors where it starts QEMU.
 */
#include "qemu/argv-parts.h"

/* (transfer full): the back end's id, which `query-chardev` calls its label */
static char *
backend_id (const VbChardev *chardev)
{
  return g_strdup_printf ("char%s", chardev->base.alias);
}

static void
add_socket (VbArgv *argv, const char *id, const VbChardevSource *source)
{
  g_autofree char *host = vb_argv_escape (source->host);
  vb_argv_add_format (argv, "-chardev", "socket,id=%s,host=%s,port=%s%s%s", id, host,
                      source->service,
                      source->mode == VB_CHARDEV_MODE_BIND ? ",server=on,wait=off" : "",
                      source->protocol == VB_CHARDEV_PROTOCOL_TELNET ? ",telnet=on" : "");
}

static void
add_udp (VbArgv *argv, const char *id, const VbChardevSource *source)
{
  g_autofree char *host = vb_argv_escape (source->host);
  g_autofree char *bind_host = vb_argv_escape (source->bind_host);
  vb_argv_add_format (argv, "-chardev", "udp,id=%s,host=%s,port=%s,localaddr=%s,localport=%s", id,
                      host, source->service, bind_host,
                      source->bind_service != NULL ? source->bind_service : "0");
}

static void
add_file (VbArgv *argv, const char *id, const VbChardev *chardev)
{
  const VbDescriptor *descriptor;
  g_autofree char *path = vb_argv_escape (chardev->source.path);
  if (argv->descriptors == NULL)
    {
      vb_argv_add_format (argv, "-chardev", "file,id=%s,path=%s", id, path);
      return;
    }
  /* The service has emptied the file already; QEMU cannot do that to a device or a FIFO. */
  descriptor = vb_descriptors_find_device (argv->descriptors, &chardev->base);
  vb_argv_add_format (argv, "-chardev", "file,id=%s,path=/dev/fdset/%u,append=on", id,
                      descriptor->fdset);
}

static void
add_unix_socket (VbArgv *argv, const char *id, const VbChardev *chardev)
{
  gboolean listens = chardev->source.mode == VB_CHARDEV_MODE_BIND;
  const char *server = listens ? ",server=on,wait=off" : "";
  const VbDescriptor *descriptor;
  g_autofree char *path = vb_argv_escape (chardev->source.path);
  if (argv->descriptors == NULL)
    {
      vb_argv_add_format (argv, "-chardev", "socket,id=%s,path=%s%s", id, path, server);
      return;
    }
  descriptor = vb_descriptors_find_device (argv->descriptors, &chardev->base);
  vb_argv_add_format (argv, "-chardev", "socket,id=%s,fd=%d%s", id, descriptor->child_fd, server);
}

static void
add_backend (VbArgv *argv, const VbChardev *chardev)
{
  const VbChardevSource *source = &chardev->source;
  g_autofree char *id = backend_id (chardev);
  switch (source->type)
    {
    case VB_CHARDEV_TYPE_NULL:
    case VB_CHARDEV_TYPE_VC:
    case VB_CHARDEV_TYPE_PTY:
      vb_argv_add_format (argv, "-chardev", "%s,id=%s",
                          vb_enum_to_string (&vb_chardev_type_table, (int) source->type), id);
      break;
    case VB_CHARDEV_TYPE_FILE:
      add_file (argv, id, chardev);
      break;
    case VB_CHARDEV_TYPE_UNIX:
      add_unix_socket (argv, id, chardev);
      break;
    case VB_CHARDEV_TYPE_TCP:
      add_socket (argv, id, source);
      break;
    case VB_CHARDEV_TYPE_UDP:
      add_udp (argv, id, source);
      break;
    case VB_CHARDEV_TYPE_DEV: /* refused before, as the next */
    case VB_CHARDEV_TYPE_PIPE:
    case VB_CHARDEV_TYPE_STDIO:
    case VB_CHARDEV_TYPE_SPICEVMC:
      break;
    }
}

QmpValue *
vb_argv_chardev_device (const VbDomain *domain, const VbChardev *chardev)
{
  g_autofree char *id = backend_id (chardev);
  g_autofree char *bus = NULL;
  QmpValue *device;

  if (chardev->base.kind == VB_DEVICE_SERIAL || chardev->base.kind == VB_DEVICE_PARALLEL)
    {
      device = vb_argv_new_device (chardev->base.kind == VB_DEVICE_SERIAL ? "isa-serial"
                                                                          : "isa-parallel");
      qmp_value_set_string (device, "chardev", id);
      qmp_value_set_uint (device, "index", chardev->target_port);
      return device;
    }
  if (chardev->base.kind != VB_DEVICE_CONSOLE || chardev->target_type != VB_CHARDEV_TARGET_VIRTIO)
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
