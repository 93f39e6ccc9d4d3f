/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * One start of a machine, step by step from `shutoff` to a guest that runs; whatever goes wrong,
 * what was done is undone and the machine is `shutoff` again. The caller has begun
 * %VB_OPERATION_START, which the job ends.
 */
#pragma once

#include "engine/engine.h"
#include "qemu/given.h"

typedef struct
{
  gboolean paused;
  const char *client;   /* (nullable) */
  gboolean keeps_error; /* a good start does not make up for the last error */
  VbGiven *given;       /* (transfer full) (nullable) clients' descriptors of images */
} VbStartJobOptions;

void vb_start_job_run_async (VbEngine *engine,
                             VbMachine *machine,
                             const VbStartJobOptions *options,
                             GAsyncReadyCallback callback,
                             gpointer user_data);
gboolean vb_start_job_finish (GAsyncResult *result, GError **error);
