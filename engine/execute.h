/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The use cases that let others talk to a running QEMU: one command, or a session of their own.
 * What they may say is decided in engine/qmp-rules.h, how it gets there in engine/passthrough.h.
 */
#pragma once

#include "engine/engine.h"

typedef struct
{
  const char *command;
  const char *arguments; /* JSON text of an object; empty: none */
  gboolean unsafe;       /* also where it does harm */
  guint timeout_ms;      /* 0: as the service waits for commands of its own */
  const char *who;       /* (nullable): the user's name, for the log */
} VbExecute;

/* Sends one command and waits for its answer, for what it changed to be told, and for nothing of
 * this longer than the deadline. Errors: %VB_ENGINE_ERROR_INVALID_STATE where it does not run,
 * %VB_ENGINE_ERROR_INVALID_ARGUMENT, QEMU's own (%VB_ENGINE_ERROR_QMP_GENERIC and the other four),
 * %VB_QEMU_ERROR_TIMEOUT, %VB_QEMU_ERROR_EMULATOR where QEMU was lost. */
void vb_engine_execute_async (VbEngine *engine,
                              VbMachine *machine,
                              const VbExecute *request,
                              GCancellable *cancellable,
                              GAsyncReadyCallback callback,
                              gpointer user_data);
/* (transfer full): JSON text of what QEMU returned, byte for byte; it is UTF-8 */
char *vb_engine_execute_finish (VbEngine *engine, GAsyncResult *result, GError **error);

typedef struct
{
  gboolean control;          /* else only commands that read */
  gboolean unsafe;           /* also those that do harm */
  const char *const *events; /* (nullable): names of the events that it gets; %NULL: all */
  const char *who;           /* (nullable) */
} VbQmpSessionOptions;

/* (transfer full): a connected socket that speaks QMP as a monitor of QEMU does, until either side
 * closes it or the machine ends; -1 with %VB_ENGINE_ERROR_INVALID_STATE or
 * %VB_ENGINE_ERROR_HOST_RESOURCE. It greets as soon as QEMU does. */
int vb_engine_open_qmp_session (VbEngine *engine,
                                VbMachine *machine,
                                const VbQmpSessionOptions *options,
                                GError **error);
