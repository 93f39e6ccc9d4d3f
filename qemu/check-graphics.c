/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * What of <graphics> and <video> QEMU cannot have.
 */
#include "qemu/certificates.h"
#include "qemu/check-parts.h"

#include <string.h>

#define VNC_PASSWORD_SIGNIFICANT_BYTES 8
/* SPICE_MAX_PASSWORD_LENGTH */
#define MAX_SPICE_PASSWORD_BYTES 60

static void
check_password (VbCheck *check, const VbGraphics *graphics)
{
  const VbDevice *device = &graphics->base;
  const char *password = vb_secret_reveal (graphics->password);
  gsize length = password != NULL ? strlen (password) : 0;

  if (password == NULL && graphics->password_valid_to != NULL)
    vb_check_warn_device (check, device, "/@passwdValidTo",
                          "there is no password that it could end");
  else if (password != NULL && length == 0)
    vb_check_warn_device (check, device, "/@passwd", "the password is empty: nobody can connect");
  else if (graphics->type == VB_GRAPHICS_VNC && length > VNC_PASSWORD_SIGNIFICANT_BYTES)
    vb_check_warn_device (check, device, "/@passwd",
                          "only the first %d bytes of a VNC password count",
                          VNC_PASSWORD_SIGNIFICANT_BYTES);
  else if (graphics->type == VB_GRAPHICS_SPICE && length > MAX_SPICE_PASSWORD_BYTES)
    vb_check_refuse_device (check, device, "/@passwd",
                            "a SPICE password has %d bytes at most; choose a shorter one",
                            MAX_SPICE_PASSWORD_BYTES);
}

/* QEMU has one keymap for all displays. */
static void
check_keymap (VbCheck *check, const VbGraphics *graphics)
{
  for (guint i = 0; graphics->keymap != NULL && i < check->domain->devices->len; i++)
    {
      const VbGraphics *other = g_ptr_array_index (check->domain->devices, i);
      if (other == graphics)
        return;
      if (other->base.kind == VB_DEVICE_GRAPHICS && other->keymap != NULL &&
          !g_str_equal (other->keymap, graphics->keymap))
        {
          vb_check_refuse_device (
              check, &graphics->base, "/@keymap",
              "a machine has one keymap for all displays, which is '%s'; use it, or remove one",
              other->keymap);
          return;
        }
    }
}

static const char *
describe_folder (const VbCheck *check)
{
  const char *folder = check->settings->certificates_dir;
  return folder != NULL ? folder : "certificates";
}

/* (transfer full) (nullable): what channels of @mode need and do not have */
static char *
get_lack (const VbCheck *check,
          const VbGraphics *graphics,
          VbGraphicsChannelMode mode,
          gboolean has_certificates)
{
  gboolean is_secure = mode == VB_GRAPHICS_CHANNEL_SECURE;

  if (is_secure && !has_certificates)
    return g_strdup_printf ("certificates: put " VB_CERTIFICATES_NAMES
                            " into the folder '%s', or use any or insecure",
                            describe_folder (check));
  if (is_secure && graphics->tls_port == VB_GRAPHICS_PORT_NONE && !graphics->autoport)
    return g_strdup ("a port for encrypted connections; add tlsPort");
  if (mode == VB_GRAPHICS_CHANNEL_INSECURE && graphics->port == VB_GRAPHICS_PORT_NONE)
    return g_strdup ("a port for plain connections; add port");
  return NULL;
}

static void
check_channel (VbCheck *check, const VbGraphics *graphics, guint number, gboolean has_certificates)
{
  const VbGraphicsChannel *channel = &graphics->channels[number];
  g_autofree char *lack = get_lack (check, graphics, channel->mode, has_certificates);
  g_autofree char *rest = g_strdup_printf ("/channel[%u]/@mode", number + 1);

  if (lack != NULL)
    vb_check_refuse_device (
        check, &graphics->base, rest, "mode '%s' of channel '%s' needs %s",
        vb_enum_to_string (&vb_graphics_channel_mode_table, (int) channel->mode),
        vb_enum_to_string (&vb_graphics_channel_name_table, (int) channel->name), lack);
}

static void
check_encryption (VbCheck *check, const VbGraphics *graphics)
{
  gboolean has_certificates = vb_certificates_are_there (check->settings->certificates_dir);

  if (!has_certificates && graphics->tls_port > 0)
    vb_check_refuse_device (check, &graphics->base, "/@tlsPort",
                            "encrypted connections need certificates: put " VB_CERTIFICATES_NAMES
                            " into the folder '%s', or remove tlsPort",
                            describe_folder (check));
  else if (!has_certificates && graphics->tls_port == VB_GRAPHICS_PORT_AUTOMATIC)
    vb_check_warn_device (check, &graphics->base, "/@tlsPort",
                          "without certificates no port for encrypted connections is chosen");
  for (guint i = 0; i < graphics->n_channels; i++)
    check_channel (check, graphics, i, has_certificates);
}

void
vb_check_graphics (VbCheck *check, const VbDevice *device)
{
  const VbGraphics *graphics = (const VbGraphics *) device;
  const char *type = vb_enum_to_string (&vb_graphics_type_table, (int) graphics->type);

  if (graphics->type == VB_GRAPHICS_RDP || graphics->type == VB_GRAPHICS_DESKTOP)
    vb_check_refuse_device (check, device, "/@type",
                            "type '%s' is not supported by QEMU; use vnc, spice or sdl", type);
  else if (vb_domain_find_graphics (check->domain, graphics->type) != graphics)
    vb_check_refuse_device (check, device, "",
                            "more than one display of type '%s' is not supported; keep one", type);
  check_password (check, graphics);
  check_keymap (check, graphics);
  if (graphics->type == VB_GRAPHICS_SPICE)
    check_encryption (check, graphics);
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
