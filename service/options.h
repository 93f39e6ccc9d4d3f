/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * What the command line says. Knows nothing of files and of what a setting means.
 */
#pragma once

#include <glib.h>

typedef struct
{
  gboolean system_mode;
  gboolean replace;
  gboolean show_version;
  int idle_timeout_s; /* 0: stays for ever; -1: not given */
  char *config_path;  /* (owned) (nullable) absolute, as are the folders */
  char *state_dir;    /* (owned) (nullable) */
  char *runtime_dir;  /* (owned) (nullable) */
  char *cache_dir;    /* (owned) (nullable) */
} VbOptions;

/* @arguments as main() has them. Errors: %G_OPTION_ERROR, whose message is for the user. Ends the
 * process after printing the help where `--help` is given. */
VbOptions *vb_options_parse (char **arguments, GError **error);
void vb_options_free (VbOptions *options);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (VbOptions, vb_options_free)
