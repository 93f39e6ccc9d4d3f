/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * What of a domain QEMU reads from its environment: the clock's time zone, and the screen of a window.
 */
#include "qemu/argv.h"

static char **
set (char **environment, const char *name, const char *value)
{
  return value != NULL ? g_environ_setenv (environment, name, value, TRUE) : environment;
}

static char **
set_window (char **environment, const VbGraphics *window, gboolean is_confined)
{
  environment = set (environment, "DISPLAY", window->display);
  environment = set (environment, "XAUTHORITY", window->xauth);
  if (!is_confined)
    return environment;
  /* The definition names an X server; SDL would go on to look for a screen of another kind. */
  environment = set (environment, "SDL_VIDEODRIVER", "x11");
  /* To find a bus, SDL would spawn dbus-launch, and be killed for it. */
  return set (environment, "DBUS_SESSION_BUS_ADDRESS", "disabled:");
}

char **
vb_argv_set_environment (char **environment, const VbDomain *domain, gboolean is_confined)
{
  const VbGraphics *window = vb_domain_find_graphics (domain, VB_GRAPHICS_SDL);

  if (domain->clock.offset == VB_CLOCK_TIMEZONE)
    environment = set (environment, "TZ", domain->clock.timezone);
  return window != NULL ? set_window (environment, window, is_confined) : environment;
}
