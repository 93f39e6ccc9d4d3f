/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Where emulators are looked for: which are there, and a word when one may have changed. Knows
 * nothing of what is in them.
 */
#pragma once

#include <glib.h>

typedef struct _VbEmulatorFolders VbEmulatorFolders;

/* Something has happened to emulators; told once for what happens at one time. @touched: (element-type
 * utf8): a set of the files, by their canonical paths */
typedef void (*VbEmulatorFoldersFunc) (GHashTable *touched, gpointer user_data);

/* @search_path: (nullable) colon-separated; %NULL: $PATH and what distributions have beside it */
VbEmulatorFolders *
vb_emulator_folders_new (const char *search_path, VbEmulatorFoldersFunc func, gpointer user_data);
void vb_emulator_folders_free (VbEmulatorFolders *folders);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (VbEmulatorFolders, vb_emulator_folders_free)

/* (transfer full) (element-type utf8): the paths of the emulators that are there now, sorted; of
 * each name the first in the search path. Reads folders: blocks for a moment. */
GPtrArray *vb_emulator_folders_list (VbEmulatorFolders *folders);

/* Has the file @path watched, too, until it has been forgotten as often. */
void vb_emulator_folders_watch (VbEmulatorFolders *folders, const char *path);
void vb_emulator_folders_forget (VbEmulatorFolders *folders, const char *path);
