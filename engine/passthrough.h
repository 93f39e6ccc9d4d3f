/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The way of all clients' commands to one running QEMU: a monitor of their own, connected when it is
 * first needed and again when QEMU dropped it, that all of them share. Says what may pass, and in
 * which order; knows neither clients nor machines.
 */
#pragma once

#include <gio/gio.h>

#include "engine/qmp-command.h"
#include "engine/qmp-rules.h"
#include "engine/text-reader.h"
#include "qmp/qmp-value.h"

typedef struct _VbPassthrough VbPassthrough;

/* On whose behalf a command is sent. */
typedef struct
{
  const char *who;       /* (nullable): the user's name, for the log */
  gboolean control;      /* may send what changes something */
  gboolean unsafe;       /* means it even where it does harm */
  gconstpointer session; /* (nullable): what the names of descriptors belong to */
} VbQmpRights;

typedef struct
{
  /* A command that may change the machine is about to be sent. */
  void (*changing) (const char *command, const VbQmpRights *rights, gpointer user_data);
  /* Such commands have been answered; what they changed is not known yet. */
  void (*changed) (gpointer user_data);
} VbPassthroughFuncs;

typedef struct
{
  /* The monitor has greeted; also each time that it was connected again. */
  void (*opened) (gpointer listener);
  /* @text: as QEMU wrote it */
  void (*event) (const char *name, const char *text, gpointer listener);
  /* QEMU is gone: the listener is forgotten. */
  void (*closed) (gpointer listener);
} VbPassthroughListener;

/* @path: of the monitor's socket; @own: (transfer full) */
VbPassthrough *vb_passthrough_new (const char *path,
                                   VbQmpOwn *own,
                                   const VbPassthroughFuncs *funcs,
                                   gpointer user_data);
VbPassthrough *vb_passthrough_ref (VbPassthrough *passthrough);
void vb_passthrough_unref (VbPassthrough *passthrough);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (VbPassthrough, vb_passthrough_unref)
/* QEMU is gone: everything ends, and no function of the owner is called any more. */
void vb_passthrough_close (VbPassthrough *passthrough);

/* Whether the command may be passed on. Errors: %VB_ENGINE_ERROR_INVALID_ARGUMENT with the remedy,
 * and what QEMU would say. */
gboolean vb_passthrough_check (VbPassthrough *passthrough,
                               const VbQmpCommand *command,
                               const VbQmpRights *rights,
                               GError **error);
/* Sends a command that may be passed on, as soon as it can be: there is no deadline. One that is
 * cancelled is not sent any more, or its answer is dropped. @fd: (transfer full): -1: none. Errors
 * are those of vb_qmp_failure_from_qmp(). */
void vb_passthrough_call_async (VbPassthrough *passthrough,
                                const VbQmpCommand *command,
                                const VbQmpRights *rights,
                                int fd,
                                GCancellable *cancellable,
                                GAsyncReadyCallback callback,
                                gpointer user_data);
/* (transfer full): JSON text of what QEMU returned, byte for byte */
char *vb_passthrough_call_finish (GAsyncResult *result, GError **error);

/* (transfer none): for the long texts of all its clients */
VbTextReader *vb_passthrough_get_text_reader (VbPassthrough *passthrough);
/* (nullable) (transfer none): QEMU's greeting, once it is there */
QmpValue *vb_passthrough_get_greeting (VbPassthrough *passthrough);
/* Whether it takes out-of-band commands; known with the greeting */
gboolean vb_passthrough_has_oob (VbPassthrough *passthrough);

/* Connects the monitor if it is not. A listener may remove itself while it listens. */
void vb_passthrough_add_listener (VbPassthrough *passthrough,
                                  const VbPassthroughListener *funcs,
                                  gpointer listener);
void vb_passthrough_remove_listener (VbPassthrough *passthrough, gpointer listener);
guint vb_passthrough_get_n_listeners (VbPassthrough *passthrough);
/* Tells the owner that something has changed. */
void vb_passthrough_tell_changed (VbPassthrough *passthrough);
/* Closes the descriptors that a session has named. */
void vb_passthrough_drop_names (VbPassthrough *passthrough, gconstpointer session);
