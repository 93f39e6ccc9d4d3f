/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The definitions on disk, `<state_dir>/domains/<uuid>.xml`, and the lock that keeps a second
 * service off them. A file that it does not understand stays as it is. What is written of one UUID is
 * written in the order of the calls.
 */
#pragma once

#include <gio/gio.h>

#include "engine/stored.h"

typedef struct _VbStore VbStore;

/* Blocks. Makes the folders and takes the lock, until the last reference goes. */
VbStore *vb_store_open (const char *state_dir, GError **error);
VbStore *vb_store_ref (VbStore *store);
void vb_store_unref (VbStore *store);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (VbStore, vb_store_unref)

/* Blocks. (transfer full) (element-type VbStored): in the order of UUIDs, names unique. What cannot
 * be read is reported in the log; texts that never got in place are removed. */
GPtrArray *vb_store_load (VbStore *store);

/* On disk when it completes. @is_new: no definition of this UUID is stored, and a file that has its
 * place is not replaced. The two share a finish function. */
void vb_store_save_async (VbStore *store,
                          VbStored *stored,
                          gboolean is_new,
                          GAsyncReadyCallback callback,
                          gpointer user_data);
void vb_store_remove_async (VbStore *store,
                            const char *uuid,
                            GAsyncReadyCallback callback,
                            gpointer user_data);
gboolean vb_store_finish (GAsyncResult *result, GError **error);
