/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The use cases that change whether a machine runs: start, create, shutdown, reboot, reset, destroy,
 * suspend, resume. What comes after a guest's end (on_poweroff, on_reboot, on_crash) is decided in
 * engine/ending.h.
 */
#pragma once

#include "engine/engine.h"
#include "qemu/given.h"

typedef struct
{
  gboolean paused;
  const char *autodestroy_client; /* (nullable) the machine ends when this client is gone */
  const char *owner;              /* (nullable) vb_engine_create_async() only */
  VbGiven
      *given; /* (transfer full) (nullable) images by their paths, kept while the machine runs */
} VbStartOptions;

void vb_engine_start_async (VbEngine *engine,
                            VbMachine *machine,
                            const VbStartOptions *options,
                            GCancellable *cancellable,
                            GAsyncReadyCallback callback,
                            gpointer user_data);
gboolean vb_engine_start_finish (VbEngine *engine, GAsyncResult *result, GError **error);

/* A transient machine, started now; it leaves the registry when it ends. */
void vb_engine_create_async (VbEngine *engine,
                             const char *xml,
                             const VbStartOptions *options,
                             GCancellable *cancellable,
                             GAsyncReadyCallback callback,
                             gpointer user_data);
/* (transfer none) */
VbMachine *vb_engine_create_finish (VbEngine *engine, GAsyncResult *result, GError **error);

/* @operation one of %VB_OPERATION_SHUTDOWN (asks the guest and does not wait), REBOOT (asks the
 * guest to power off; that end is then followed by a new start, whatever on_poweroff says), RESET,
 * SUSPEND, RESUME. Completes when the state has changed, or the guest has been asked. */
void vb_engine_operate_async (VbEngine *engine,
                              VbMachine *machine,
                              VbOperation operation,
                              GCancellable *cancellable,
                              GAsyncReadyCallback callback,
                              gpointer user_data);
gboolean vb_engine_operate_finish (VbEngine *engine, GAsyncResult *result, GError **error);

/* Powers off now. With @grace_ms the guest is asked first and given that long. Cancels a start that
 * is under way. Completes when the machine is `shutoff`. */
void vb_engine_destroy_async (VbEngine *engine,
                              VbMachine *machine,
                              guint grace_ms,
                              GCancellable *cancellable,
                              GAsyncReadyCallback callback,
                              gpointer user_data);
gboolean vb_engine_destroy_finish (VbEngine *engine, GAsyncResult *result, GError **error);
