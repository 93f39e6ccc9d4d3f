/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * <graphics>. The service's VNC server starts without a socket; the launch hands one over when the
 * monitor is there. A SPICE server makes its own, of a port that the launch has chosen. Passwords come
 * by the monitor: until then both let nobody in.
 */
#include "qemu/argv-parts.h"
#include "qemu/certificates.h"

#include <string.h>

/* QEMU's displays are counted from it. */
#define FIRST_PORT 5900
#define LAST_PORT 65535

/* (transfer full): where QEMU serves it by itself */
static char *
get_vnc_address (const VbGraphics *graphics)
{
  const char *host = vb_graphics_get_listen (graphics);
  gboolean is_ipv6 = strchr (host, ':') != NULL;
  g_autofree char *bracketed = g_strdup_printf (is_ipv6 ? "[%s]" : "%s", host);
  g_autofree char *text = vb_argv_escape (graphics->socket != NULL ? graphics->socket : bracketed);

  if (graphics->socket != NULL)
    return g_strdup_printf ("unix:%s", text);
  if (graphics->autoport || graphics->port < 0)
    return g_strdup_printf ("%s:0,to=%d", text, LAST_PORT - FIRST_PORT);
  return g_strdup_printf ("%s:%d", text, graphics->port - FIRST_PORT);
}

static void
add_vnc (VbArgv *argv, const VbGraphics *graphics)
{
  g_autofree char *address =
      argv->descriptors != NULL ? g_strdup ("none") : get_vnc_address (graphics);
  vb_argv_add_format (argv, "-vnc", "%s%s", address,
                      graphics->password != NULL ? ",password=on" : "");
}

/* Where none was chosen: SPICE has no port of its own choice. */
static int
get_spice_port (const VbDomain *domain, const VbGraphics *graphics)
{
  const VbGraphics *vnc = vb_domain_find_graphics (domain, VB_GRAPHICS_VNC);
  if (graphics->port > 0)
    return graphics->port;
  return vnc != NULL && vnc->port == FIRST_PORT ? FIRST_PORT + 1 : FIRST_PORT;
}

/* The service has chosen one before; nobody else does it. */
static int
get_tls_port (const VbArgv *argv, const VbGraphics *graphics)
{
  return graphics->tls_port == VB_GRAPHICS_PORT_AUTOMATIC && argv->descriptors == NULL
             ? get_spice_port (argv->domain, graphics) + 1
             : graphics->tls_port;
}

/* (transfer full) */
static char *
get_certificate_path (const VbArgv *argv, const VbCertificate *certificate)
{
  g_autofree char *path = NULL;

  if (argv->descriptors != NULL)
    return vb_descriptor_get_qemu_path (vb_descriptors_find (argv->descriptors, certificate->file));
  path = g_build_filename (argv->certificates_dir, certificate->file, NULL);
  return vb_argv_escape (path);
}

static void
append_encryption (GString *text, const VbArgv *argv, int tls_port)
{
  g_string_append_printf (text, ",tls-port=%d", tls_port);
  for (guint i = 0; i < VB_N_CERTIFICATES; i++)
    {
      g_autofree char *path = get_certificate_path (argv, &vb_certificates[i]);
      g_string_append_printf (text, ",%s=%s", vb_certificates[i].spice_option, path);
    }
}

static void
append_channels (GString *text, const VbGraphics *graphics)
{
  static const char *const options[] = {
    [VB_GRAPHICS_CHANNEL_SECURE] = "tls-channel",
    [VB_GRAPHICS_CHANNEL_INSECURE] = "plaintext-channel",
  };

  for (guint i = 0; i < graphics->n_channels; i++)
    if (graphics->channels[i].mode != VB_GRAPHICS_CHANNEL_ANY)
      g_string_append_printf (text, ",%s=%s", options[graphics->channels[i].mode],
                              vb_enum_to_string (&vb_graphics_channel_name_table,
                                                 (int) graphics->channels[i].name));
}

static void
add_spice (VbArgv *argv, const VbGraphics *graphics)
{
  g_autoptr (GString) text = g_string_new (NULL);
  g_autofree char *address = vb_argv_escape (vb_graphics_get_listen (graphics));
  int tls_port = get_tls_port (argv, graphics);

  if (graphics->port != VB_GRAPHICS_PORT_NONE)
    g_string_append_printf (text, "port=%d,", get_spice_port (argv->domain, graphics));
  g_string_append_printf (text, "addr=%s", address);
  if (tls_port > 0)
    append_encryption (text, argv, tls_port);
  /* With tickets and without a password, SPICE lets nobody in. */
  if (graphics->password == NULL)
    g_string_append (text, ",disable-ticketing=on");
  append_channels (text, graphics);
  vb_argv_add (argv, "-spice", text->str);
}

/* QEMU has one for all displays. */
static gboolean
is_first_with_keymap (const VbDomain *domain, const VbGraphics *graphics)
{
  for (guint i = 0; i < domain->devices->len; i++)
    {
      const VbGraphics *other = g_ptr_array_index (domain->devices, i);
      if (other == graphics)
        break;
      if (other->base.kind == VB_DEVICE_GRAPHICS && other->keymap != NULL)
        return FALSE;
    }
  return graphics->keymap != NULL;
}

void
vb_argv_add_graphics (VbArgv *argv, const VbDevice *device)
{
  const VbGraphics *graphics = (const VbGraphics *) device;
  if (graphics->type == VB_GRAPHICS_VNC)
    add_vnc (argv, graphics);
  else if (graphics->type == VB_GRAPHICS_SPICE)
    add_spice (argv, graphics);
  if (is_first_with_keymap (argv->domain, graphics))
    vb_argv_add (argv, "-k", graphics->keymap);
}

void
vb_argv_add_window (VbArgv *argv)
{
  const VbGraphics *window = vb_domain_find_graphics (argv->domain, VB_GRAPHICS_SDL);
  argv->device = window != NULL ? &window->base : NULL;
  vb_argv_add_format (argv, "-display", "%s%s", window != NULL ? "sdl" : "none",
                      window != NULL && window->is_fullscreen ? ",full-screen=on" : "");
  argv->device = NULL;
}

const char *
vb_argv_get_audio_driver (const VbDomain *domain)
{
  if (vb_domain_find_graphics (domain, VB_GRAPHICS_SPICE) != NULL)
    return "spice";
  return vb_domain_find_graphics (domain, VB_GRAPHICS_SDL) != NULL ? "sdl" : "none";
}
