/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The host's end of a device that passes bytes on, as a `-chardev`. Where the service starts QEMU,
 * it has opened files, ports and UNIX sockets itself; TCP and UDP are QEMU's own.
 */
#include "qemu/argv-parts.h"
#include "qemu/host-end.h"

#define STANDARD_OUTPUT "/dev/stdout"

/* One back end, which is added now. */
typedef struct
{
  VbArgv *argv;
  const VbDevice *device;
  const VbChardevSource *source;
  const char *id;
} End;

static void
add_plain (const End *end)
{
  vb_argv_add_format (end->argv, "-chardev", "%s,id=%s",
                      vb_enum_to_string (&vb_chardev_type_table, (int) end->source->type), end->id);
}

/* @backend opens one path, which may be a set of descriptors. */
static void
add_opened (const End *end, const char *backend, const char *path, const char *more)
{
  const VbDescriptor *descriptor =
      end->argv->descriptors != NULL ? vb_descriptors_find_end (end->argv->descriptors, end->device)
                                     : NULL;
  g_autofree char *place =
      descriptor != NULL ? vb_descriptor_get_qemu_path (descriptor) : vb_argv_escape (path);

  vb_argv_add_format (end->argv, "-chardev", "%s,id=%s,path=%s%s", backend, end->id, place, more);
}

/* The service has emptied the file already; QEMU cannot do that to a device or a FIFO. */
static void
add_file (const End *end)
{
  add_opened (end, "file", end->source->path, end->argv->descriptors != NULL ? ",append=on" : "");
}

/* QEMU's own output is the domain's log. Its back end `stdio` can be had but once, and reads. */
static void
add_log (const End *end)
{
  add_opened (end, "file", STANDARD_OUTPUT, ",append=on");
}

static void
add_port (const End *end)
{
  add_opened (end, end->device->kind == VB_DEVICE_PARALLEL ? "parallel" : "serial",
              end->source->path, "");
}

/* Two FIFOs have no descriptor: QEMU opens a pair by its path alone. */
static void
add_pipe (const End *end)
{
  add_opened (end, "pipe", end->source->path, "");
}

static void
add_udp (const End *end)
{
  const VbChardevSource *source = end->source;
  g_autofree char *host = vb_argv_escape (source->host);
  g_autofree char *bind_host = vb_argv_escape (source->bind_host);
  vb_argv_add_format (end->argv, "-chardev", "udp,id=%s,host=%s,port=%s,localaddr=%s,localport=%s",
                      end->id, host, source->service, bind_host,
                      source->bind_service != NULL ? source->bind_service : "0");
}

static const char *
server_options (const VbChardevSource *source)
{
  return source->mode == VB_CHARDEV_MODE_BIND ? ",server=on,wait=off" : "";
}

static void
add_tcp (const End *end)
{
  const VbChardevSource *source = end->source;
  g_autofree char *host = vb_argv_escape (source->host);
  vb_argv_add_format (end->argv, "-chardev", "socket,id=%s,host=%s,port=%s%s%s", end->id, host,
                      source->service, server_options (source),
                      source->protocol == VB_CHARDEV_PROTOCOL_TELNET ? ",telnet=on" : "");
}

/* Without the service, a socket that is left to it is in the folder where QEMU is started. */
static void
add_unix (const End *end)
{
  const char *server = server_options (end->source);
  g_autofree char *listener = vb_host_end_get_listener (end->device, ".");
  g_autofree char *path = vb_argv_escape (listener != NULL ? listener : end->source->path);

  if (end->argv->descriptors == NULL)
    vb_argv_add_format (end->argv, "-chardev", "socket,id=%s,path=%s%s", end->id, path, server);
  else
    vb_argv_add_format (end->argv, "-chardev", "socket,id=%s,fd=%d%s", end->id,
                        vb_descriptors_find_end (end->argv->descriptors, end->device)->child_fd,
                        server);
}

static void
add_spice (const End *end)
{
  vb_argv_add_format (end->argv, "-chardev", "spicevmc,id=%s,name=%s", end->id,
                      end->device->kind == VB_DEVICE_SMARTCARD ? "smartcard" : "vdagent");
}

static void (*const adders[]) (const End *end) = {
  [VB_CHARDEV_TYPE_NULL] = add_plain,     [VB_CHARDEV_TYPE_VC] = add_plain,
  [VB_CHARDEV_TYPE_PTY] = add_plain,      [VB_CHARDEV_TYPE_DEV] = add_port,
  [VB_CHARDEV_TYPE_FILE] = add_file,      [VB_CHARDEV_TYPE_PIPE] = add_pipe,
  [VB_CHARDEV_TYPE_STDIO] = add_log,      [VB_CHARDEV_TYPE_UDP] = add_udp,
  [VB_CHARDEV_TYPE_TCP] = add_tcp,        [VB_CHARDEV_TYPE_UNIX] = add_unix,
  [VB_CHARDEV_TYPE_SPICEVMC] = add_spice,
};

void
vb_argv_add_host_end (VbArgv *argv, const VbDevice *device)
{
  g_autofree char *id = vb_host_end_id (device);
  const End end = { argv, device, vb_host_end_of (device), id };

  adders[end.source->type](&end);
}
