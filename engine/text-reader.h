/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Reads clients' long texts in a thread, one after another: however many clients send them, they
 * take one processor's time and not that of the service's main loop.
 */
#pragma once

#include <gio/gio.h>

#include "engine/qmp-command.h"

typedef struct _VbTextReader VbTextReader;

VbTextReader *vb_text_reader_new (void);
VbTextReader *vb_text_reader_ref (VbTextReader *reader);
void vb_text_reader_unref (VbTextReader *reader);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (VbTextReader, vb_text_reader_unref)

/* Reads @text, which is copied: as a command (@name %NULL), or as the arguments of the command @name.
 * Always completes; what is cancelled before its turn is not read. */
void vb_text_reader_parse_async (VbTextReader *reader,
                                 const char *name,
                                 const char *text,
                                 gsize n_bytes,
                                 GCancellable *cancellable,
                                 GAsyncReadyCallback callback,
                                 gpointer user_data);
/* (transfer full) (nullable): %NULL if it was cancelled */
VbQmpCommand *vb_text_reader_parse_finish (GAsyncResult *result);
