/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * What emulators are called and where they are.
 */
#pragma once

#include <glib.h>

/* Where distributions have a qemu-kvm that users are not meant to run, besides the search path */
#define VB_EMULATOR_PRIVATE_FOLDER "/usr/libexec"

/* Whether @name, of a file, is that of an emulator: qemu-system-… or qemu-kvm */
gboolean vb_emulator_is_program (const char *name);
/* Whether @path is by its name an emulator for KVM alone, on the host's architecture */
gboolean vb_emulator_is_for_kvm (const char *path);
/* Whether @path is a link to an emulator of another name */
gboolean vb_emulator_is_alias (const char *path);
/* Whether @path, through links, is a file that can be run */
gboolean vb_emulator_is_executable (const char *path);
