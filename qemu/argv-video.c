/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * <video>: the first card is the one that the firmware draws on.
 */
#include "qemu/argv-parts.h"

#define KIB_PER_MIB 1024
#define BYTES_PER_KIB 1024

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
  while ((guint64) mib * KIB_PER_MIB < vram_kib)
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
