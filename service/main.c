/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The entry of virtbusd: reads what the user wants, prepares the process, runs the service, and
 * tells how it went. Exit status: 0 after a clean end, 1 after a failure, 2 after wrong use.
 */
#include "service/open-files.h"
#include "service/options.h"
#include "service/service.h"
#include "service/settings.h"

#include <locale.h>
#include <signal.h>
#include <stdlib.h>

#define EXIT_USAGE 2

int
main (int argc, char **argv)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (VbService) service = NULL;
  VbOptions *options;
  VbSettings *settings;

  setlocale (LC_CTYPE, "");
  g_set_prgname ("virtbusd");
  options = vb_options_parse (argv, &error);
  if (options == NULL)
    {
      g_printerr ("virtbusd: %s\nTry 'virtbusd --help'.\n", error->message);
      return EXIT_USAGE;
    }
  if (options->show_version)
    {
      g_print ("virtbusd %s\n", VB_VERSION);
      vb_options_free (options);
      return EXIT_SUCCESS;
    }
  settings = vb_settings_load (options, &error);
  if (settings == NULL)
    {
      g_printerr ("virtbusd: %s\n", error->message);
      vb_options_free (options);
      return EXIT_FAILURE;
    }

  signal (SIGPIPE, SIG_IGN);
  vb_open_files_raise_limit ();
  service = vb_service_new (options, settings);
  if (!vb_service_run (service, &error))
    {
      g_printerr ("virtbusd: %s\n", error->message);
      return EXIT_FAILURE;
    }
  return EXIT_SUCCESS;
}
