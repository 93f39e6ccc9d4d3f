/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The settings of one run: the configuration file, the command line over it, and the default
 * folders below both. Says only what is to be used; makes no folder.
 */
#pragma once

#include "engine/engine.h"
#include "service/options.h"

typedef struct
{
  VbEngineConfig *engine; /* (owned) (nullable): until the engine has taken it */
  guint idle_timeout_s;   /* 0: never */
} VbSettings;

/* Errors: those of #GKeyFile and #GFileError, whose messages name the file, the group and the key.
 * A configuration file that the command line names must exist. */
VbSettings *vb_settings_load (const VbOptions *options, GError **error);
void vb_settings_free (VbSettings *settings);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (VbSettings, vb_settings_free)
