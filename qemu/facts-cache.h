/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Facts on disk, a file for each emulator. A file that is not whole, not ours, or of an emulator that
 * has changed since is removed and never believed.
 */
#pragma once

#include <gio/gio.h>

#include "qemu/emulator-facts.h"
#include "qemu/facts-key.h"

/* (transfer full) (nullable): what is kept in @folder of the emulator of @key, if it is as true now.
 * @program: (out) (optional) (nullable) (transfer full): as of vb_probe_finish(). Reads one small
 * local file. */
VbEmulatorFacts *vb_facts_cache_load (const char *folder, const VbFactsKey *key, char **program);

/* Keeps facts, which have no error, in a thread: it is on disk when @callback (nullable) is called.
 * @key: made before the emulator was asked; where it has changed meanwhile nothing is kept.
 * @program: (nullable) */
void vb_facts_cache_save_async (const char *folder,
                                VbFactsKey *key,
                                const char *program,
                                VbEmulatorFacts *facts,
                                GAsyncReadyCallback callback,
                                gpointer user_data);
/* Errors: %VB_QEMU_ERROR_HOST_RESOURCE */
gboolean vb_facts_cache_save_finish (GAsyncResult *result, GError **error);
