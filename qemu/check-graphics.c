/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * What of <graphics> and <video> QEMU cannot have.
 */
#include "qemu/check-parts.h"

#include <string.h>

#define VNC_PASSWORD_SIGNIFICANT_BYTES 8

void
vb_check_graphics (VbCheck *check, const VbDevice *device)
{
  const VbGraphics *graphics = (const VbGraphics *) device;
  const char *password = vb_secret_reveal (graphics->password);
  if (graphics->type != VB_GRAPHICS_VNC)
    vb_check_refuse_device (check, device, "/@type", "type '%s' is not supported; use vnc",
                            vb_enum_to_string (&vb_graphics_type_table, (int) graphics->type));
  else if (vb_domain_find_first (check->domain, device->kind) != device)
    vb_check_refuse_device (check, device, "", "more than one display is not supported; keep one");
  if (password != NULL && strlen (password) > VNC_PASSWORD_SIGNIFICANT_BYTES)
    {
      g_autofree char *path = vb_check_path (check, device, "/@passwd");
      vb_diagnostics_add (check->diagnostics, VB_SEVERITY_WARNING, path, 0,
                          "only the first %d bytes of a VNC password count",
                          VNC_PASSWORD_SIGNIFICANT_BYTES);
    }
}

void
vb_check_video (VbCheck *check, const VbDevice *device)
{
  const VbVideo *video = (const VbVideo *) device;
  if (video->model == VB_VIDEO_XEN || video->model == VB_VIDEO_VBOX)
    vb_check_refuse_device (check, device, "/model/@type",
                            "model '%s' is not supported by QEMU; use vga, cirrus, vmvga or qxl",
                            vb_enum_to_string (&vb_video_model_table, (int) video->model));
  else if (vb_domain_find_first (check->domain, device->kind) != device &&
           video->model != VB_VIDEO_QXL)
    vb_check_refuse_device (check, device, "/model/@type",
                            "a second video card must be of model qxl");
  if (video->heads > 1 && video->model != VB_VIDEO_QXL)
    vb_check_refuse_device (check, device, "/model/@heads",
                            "model '%s' has one head; use one, or model qxl",
                            vb_enum_to_string (&vb_video_model_table, (int) video->model));
}
