/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * What the command line says, checked as far as it can be without looking at the machine: nothing
 * is opened here.
 */
#include "service/options.h"

#include <unistd.h>

#define NOT_GIVEN G_MININT

/* Where GOption puts what it reads. */
typedef struct
{
  gboolean system;
  gboolean session;
  int idle_timeout_s;
  char *config_path;
  char *state_dir;
  char *runtime_dir;
  char *cache_dir;
} Given;

static void
given_clear (Given *given)
{
  g_free (given->config_path);
  g_free (given->state_dir);
  g_free (given->runtime_dir);
  g_free (given->cache_dir);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Given, given_clear)

static gboolean
is_usable (const Given *given, char **left_over, GError **error)
{
  if (left_over[0] != NULL && left_over[1] != NULL)
    g_set_error (error, G_OPTION_ERROR, G_OPTION_ERROR_FAILED, "unexpected argument '%s'",
                 left_over[1]);
  else if (given->system && given->session)
    g_set_error_literal (error, G_OPTION_ERROR, G_OPTION_ERROR_FAILED,
                         "--system and --session exclude each other");
  else if (given->idle_timeout_s < 0 && given->idle_timeout_s != NOT_GIVEN)
    g_set_error (error, G_OPTION_ERROR, G_OPTION_ERROR_BAD_VALUE,
                 "--idle-timeout is %d, but must be a number of seconds, or 0 to stay for ever",
                 given->idle_timeout_s);
  else
    return TRUE;
  return FALSE;
}

static char *
to_absolute (const char *path)
{
  return path != NULL ? g_canonicalize_filename (path, NULL) : NULL;
}

VbOptions *
vb_options_parse (char **arguments, GError **error)
{
  g_auto (Given) given = { .idle_timeout_s = NOT_GIVEN };
  g_autoptr (VbOptions) options = g_new0 (VbOptions, 1);
  g_autoptr (GOptionContext) context = g_option_context_new (NULL);
  g_auto (GStrv) left_over = g_strdupv (arguments);
  const GOptionEntry entries[] = {
    { "system", 0, 0, G_OPTION_ARG_NONE, &given.system,
      "Serve the system bus (the default for root)", NULL },
    { "session", 0, 0, G_OPTION_ARG_NONE, &given.session,
      "Serve the session bus (the default for others)", NULL },
    { "config", 0, 0, G_OPTION_ARG_FILENAME, &given.config_path,
      "Read the settings from FILE, which must exist", "FILE" },
    { "state-dir", 0, 0, G_OPTION_ARG_FILENAME, &given.state_dir,
      "Keep definitions, and what has no folder of its own, in DIR", "DIR" },
    { "runtime-dir", 0, 0, G_OPTION_ARG_FILENAME, &given.runtime_dir,
      "Keep the record of running machines in DIR", "DIR" },
    { "cache-dir", 0, 0, G_OPTION_ARG_FILENAME, &given.cache_dir,
      "Keep what emulators can do in DIR", "DIR" },
    { "idle-timeout", 0, 0, G_OPTION_ARG_INT, &given.idle_timeout_s,
      "Exit after this time without a call and a running machine (0: never)", "SECONDS" },
    { "replace", 0, 0, G_OPTION_ARG_NONE, &options->replace,
      "Take over from the service that owns the bus name", NULL },
    { "version", 0, 0, G_OPTION_ARG_NONE, &options->show_version, "Print the version and exit",
      NULL },
    { NULL },
  };

  g_option_context_set_summary (context, "Virtual machines on D-Bus, as the name org.virtbus1.");
  g_option_context_add_main_entries (context, entries, NULL);
  if (!g_option_context_parse_strv (context, &left_over, error) ||
      !is_usable (&given, left_over, error))
    return NULL;

  options->system_mode = given.system || (!given.session && geteuid () == 0);
  options->idle_timeout_s = MAX (given.idle_timeout_s, -1);
  options->config_path = to_absolute (given.config_path);
  options->state_dir = to_absolute (given.state_dir);
  options->runtime_dir = to_absolute (given.runtime_dir);
  options->cache_dir = to_absolute (given.cache_dir);
  return g_steal_pointer (&options);
}

void
vb_options_free (VbOptions *options)
{
  g_free (options->config_path);
  g_free (options->state_dir);
  g_free (options->runtime_dir);
  g_free (options->cache_dir);
  g_free (options);
}
