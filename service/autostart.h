/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Whether this start of the service is one that brings the marked machines up: on the system bus
 * the first since the host came up, on the session bus every one, save the one after an exit for
 * idleness. A mark in the runtime folder, which does not outlive the host, tells.
 */
#pragma once

#include <glib.h>

gboolean vb_autostart_is_due (const char *runtime_dir, gboolean system_mode);
/* To be called when the machines were started, and before an exit for idleness. */
void vb_autostart_note_started (const char *runtime_dir, gboolean system_mode);
void vb_autostart_note_idle_exit (const char *runtime_dir);
