/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * <graphics> and <video>. The VNC server starts without a socket; the launch hands one over, and the
 * password, when the monitor is there.
 */
#include "qemu/argv-parts.h"

#define KIB_PER_MIB 1024
#define BYTES_PER_KIB 1024
#define MAX_VGA_MEMORY_MIB 256

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

static gboolean
is_primary (const VbDomain *domain, const VbDevice *device)
{
  for (guint i = 0; i < domain->devices->len; i++)
    {
      const VbDevice *other = g_ptr_array_index (domain->devices, i);
      if (other->kind == VB_DEVICE_VIDEO)
        return other == device;
    }
  return FALSE;
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
                                            is_primary (argv->domain, device)));
}

void
vb_argv_add_graphics (VbArgv *argv, const VbDevice *device)
{
  const VbGraphics *graphics = (const VbGraphics *) device;
  vb_argv_add (argv, "-vnc", graphics->password != NULL ? "none,password=on" : "none");
  if (graphics->keymap != NULL)
    vb_argv_add (argv, "-k", graphics->keymap);
}
