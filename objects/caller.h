/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Those who call: which user they are, and when they leave the bus. Only callers of whom something
 * has to be known are watched, each of them until it leaves.
 */
#pragma once

#include <gio/gio.h>

typedef struct _VbCallers VbCallers;
typedef void (*VbCallerGoneFunc) (const char *caller, gpointer user_data);

/* @gone is called when a watched caller has left. @one_user: whether only this process's own user
 * can call, as on a session bus. */
VbCallers *vb_callers_new (GDBusConnection *connection,
                           gboolean one_user,
                           VbCallerGoneFunc gone,
                           gpointer user_data);
void vb_callers_free (VbCallers *callers);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (VbCallers, vb_callers_free)

/* Watches the caller with this unique bus name. (transfer none): cancelled when it leaves, and then
 * freed */
GCancellable *vb_callers_watch (VbCallers *callers, const char *caller);

/* The name of the caller's user; a number where the user has none. */
void vb_callers_get_user_async (VbCallers *callers,
                                const char *caller,
                                GAsyncReadyCallback callback,
                                gpointer user_data);
/* (transfer full) */
char *vb_callers_get_user_finish (GAsyncResult *result, GError **error);
