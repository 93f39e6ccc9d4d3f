/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * QEMU's words of its displays (ui/spice-core.c, ui/sdl2.c). Its exit status is always the same.
 */
#include "qemu/display-failure.h"

#include <string.h>

#define SPICE_FAILED "failed to initialize spice server"
#define SDL_FAILED "Could not initialize SDL"

gboolean
vb_display_failure_is_of_port (const char *last_words)
{
  return strstr (last_words, SPICE_FAILED) != NULL;
}

static GError *
explain_spice (const VbGraphics *spice, const char *last_words)
{
  return g_error_new (VB_QEMU_ERROR, VB_QEMU_ERROR_HOST_RESOURCE,
                      "graphics '%s': QEMU cannot listen on port %d of %s: %s; choose another port "
                      "or address%s",
                      spice->base.alias, spice->port, vb_graphics_get_listen (spice), last_words,
                      spice->autoport ? "" : ", or autoport='yes'");
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

  if (spice != NULL && strstr (last_words, SPICE_FAILED) != NULL)
    return explain_spice (spice, last_words);
  if (window != NULL && strstr (last_words, SDL_FAILED) != NULL)
    return explain_window (window, last_words);
  return NULL;
}
