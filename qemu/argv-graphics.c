/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * <graphics> and <video>. The service's VNC server starts without a socket; the launch hands one
 * over, and the password, when the monitor is there.
 */
#include "qemu/argv-parts.h"

#include <string.h>

#define KIB_PER_MIB 1024
#define BYTES_PER_KIB 1024
#define MAX_VGA_MEMORY_MIB 256
/* QEMU's displays are counted from it. */
#define FIRST_VNC_PORT 5900
#define LAST_PORT 65535

static const struct
{
  const char *primary;
  const char *secondary; /* (nullable) */
} drivers[] = {
  [VB_VIDEO_VGA] = { "VGA", NULL },           [VB_VIDEO_CIRRUS] = { "cirrus-vga", NULL },
  [VB_VIDEO_VMVGA] = { "vmware-svga", NULL }, [VB_VIDEO_XEN] = { NULL, NULL },
  [VB_VIDEO_VBOX] = { NULL, NULL },           [VB_VIDEO_QXL] = { "qxl-vga", "qxl" },
};

/* QEMU takes powers of two. */
static guint
vga_memory_mib (guint64 vram_kib)
{
  guint mib = 1;
  while (mib < MAX_VGA_MEMORY_MIB && (guint64) mib * KIB_PER_MIB < vram_kib)
    mib *= 2;
  return mib;
}

QmpValue *
vb_argv_video_device (const VbVideo *video, gboolean primary)
{
  QmpValue *device = vb_argv_new_device (primary ? drivers[video->model].primary
                                                 : drivers[video->model].secondary);
  if (video->model == VB_VIDEO_QXL)
    {
      if (video->vram_kib > 0)
        qmp_value_set_uint (device, "vram_size", video->vram_kib * BYTES_PER_KIB);
      if (video->heads > 0)
        qmp_value_set_uint (device, "max_outputs", video->heads);
    }
  else if (video->vram_kib > 0)
    qmp_value_set_uint (device, "vgamem_mb", vga_memory_mib (video->vram_kib));
  return device;
}

void
vb_argv_add_video (VbArgv *argv, const VbDevice *device)
{
  vb_argv_add_device (argv, device,
                      vb_argv_video_device ((const VbVideo *) device,
                                            vb_domain_find_first (argv->domain, VB_DEVICE_VIDEO) ==
                                                device));
}

/* (transfer full): where QEMU serves it by itself */
static char *
get_vnc_address (const VbGraphics *graphics)
{
  const char *host = graphics->listen != NULL ? graphics->listen : "127.0.0.1";
  gboolean is_ipv6 = strchr (host, ':') != NULL;
  g_autofree char *bracketed = g_strdup_printf (is_ipv6 ? "[%s]" : "%s", host);
  g_autofree char *text = vb_argv_escape (graphics->socket != NULL ? graphics->socket : bracketed);

  if (graphics->socket != NULL)
    return g_strdup_printf ("unix:%s", text);
  if (graphics->autoport || graphics->port < 0)
    return g_strdup_printf ("%s:0,to=%d", text, LAST_PORT - FIRST_VNC_PORT);
  return g_strdup_printf ("%s:%d", text, graphics->port - FIRST_VNC_PORT);
}

void
vb_argv_add_graphics (VbArgv *argv, const VbDevice *device)
{
  const VbGraphics *graphics = (const VbGraphics *) device;
  g_autofree char *address =
      argv->descriptors != NULL ? g_strdup ("none") : get_vnc_address (graphics);
  vb_argv_add_format (argv, "-vnc", "%s%s", address,
                      graphics->password != NULL ? ",password=on" : "");
  if (graphics->keymap != NULL)
    vb_argv_add (argv, "-k", graphics->keymap);
}
