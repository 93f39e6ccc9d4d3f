/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * QEMU's words of its displays (ui/spice-core.c, ui/sdl2.c). Its exit status is always the same.
 */
#include "qemu/display-failure.h"

#include "qemu/certificates.h"

#include <string.h>

#define SPICE_FAILED "failed to initialize spice server"
#define SPICE_TLS_FAILED "reds_init_ssl"
#define SDL_FAILED "Could not initialize SDL"

gboolean
vb_display_failure_is_of_port (const char *last_words)
{
  return strstr (last_words, SPICE_FAILED) != NULL && strstr (last_words, SPICE_TLS_FAILED) == NULL;
}

/* (transfer full) */
static char *
describe_ports (const VbGraphics *spice)
{
  if (spice->port > 0 && spice->tls_port > 0)
    return g_strdup_printf ("port %d or %d", spice->port, spice->tls_port);
  return g_strdup_printf ("port %d", MAX (spice->port, spice->tls_port));
}

static GError *
explain_port (const VbGraphics *spice, const char *last_words)
{
  g_autofree char *ports = describe_ports (spice);

  return g_error_new (VB_QEMU_ERROR, VB_QEMU_ERROR_HOST_RESOURCE,
                      "graphics '%s': QEMU cannot listen on %s of %s: %s; choose another port "
                      "or address%s",
                      spice->base.alias, ports, vb_graphics_get_listen (spice), last_words,
                      spice->autoport ? "" : ", or autoport='yes'");
}

static GError *
explain_certificates (const VbGraphics *spice, const char *last_words)
{
  return g_error_new (
      VB_QEMU_ERROR, VB_QEMU_ERROR_HOST_RESOURCE,
      "graphics '%s': QEMU cannot use the certificates: %s; correct " VB_CERTIFICATES_NAMES
      ", in PEM and without a passphrase",
      spice->base.alias, last_words);
}

static GError *
explain_window (const VbGraphics *window, const char *last_words)
{
  return g_error_new (VB_QEMU_ERROR, VB_QEMU_ERROR_HOST_RESOURCE,
                      "graphics '%s': QEMU cannot open a window: %s; name the X server in display, "
                      "and in xauth a file that QEMU's user can read and that lets it in",
                      window->base.alias, last_words);
}

GError *
vb_display_failure_explain (const VbDomain *domain, const char *last_words)
{
  const VbGraphics *spice = vb_domain_find_graphics (domain, VB_GRAPHICS_SPICE);
  const VbGraphics *window = vb_domain_find_graphics (domain, VB_GRAPHICS_SDL);

  if (spice != NULL && strstr (last_words, SPICE_TLS_FAILED) != NULL)
    return explain_certificates (spice, last_words);
  if (spice != NULL && strstr (last_words, SPICE_FAILED) != NULL)
    return explain_port (spice, last_words);
  if (window != NULL && strstr (last_words, SDL_FAILED) != NULL)
    return explain_window (window, last_words);
  return NULL;
}
