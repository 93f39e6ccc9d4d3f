/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The use cases that change what is stored: define, undefine, set.
 */
#pragma once

#include "engine/engine.h"
#include "engine/tuning-change.h"

typedef struct
{
  guint64 expected_generation; /* 0: any */
  gboolean fail_if_exists;
  const char *owner; /* (nullable) name of the user who asks; kept for a new machine */
} VbDefineOptions;

/* Stores a definition, on disk before it completes. Same UUID = redefine (the name may not change);
 * a known name with another UUID, or without one, is %VB_ENGINE_ERROR_ALREADY_EXISTS. */
void vb_engine_define_async (VbEngine *engine,
                             const char *xml,
                             const VbDefineOptions *options,
                             GCancellable *cancellable,
                             GAsyncReadyCallback callback,
                             gpointer user_data);
/* (transfer none) */
VbMachine *vb_engine_define_finish (VbEngine *engine, GAsyncResult *result, GError **error);

/* Removes the definition. A running machine becomes transient, another leaves the registry. */
void vb_engine_undefine_async (VbEngine *engine,
                               VbMachine *machine,
                               GCancellable *cancellable,
                               GAsyncReadyCallback callback,
                               gpointer user_data);
gboolean vb_engine_undefine_finish (VbEngine *engine, GAsyncResult *result, GError **error);

/* What would be wrong or ignored. @check_start: what a start on this host would refuse is an error, and
 * no mere warning; the domain's emulator is then asked what it can do, if it is an installed one: a
 * program that a document names is not run for it. Stores nothing. */
void vb_engine_validate_async (VbEngine *engine,
                               const char *xml,
                               gboolean check_start,
                               GCancellable *cancellable,
                               GAsyncReadyCallback callback,
                               gpointer user_data);
/* (transfer full) (nullable): the canonical document; %NULL if there are errors. @diagnostics: (out)
 * (transfer full). Errors, and no diagnostics: %G_IO_ERROR_CANCELLED alone. */
char *vb_engine_validate_finish (VbEngine *engine,
                                 GAsyncResult *result,
                                 VbDiagnostics **diagnostics,
                                 GError **error);

/* Which side a setter changes; 0: both where the machine runs and is persistent, else whichever
 * exists. */
typedef enum
{
  VB_SCOPE_LIVE = 1 << 0,
  VB_SCOPE_CONFIG = 1 << 1,
} VbScope;

/* @operation one of %VB_OPERATION_SET_TITLE, SET_DESCRIPTION, RENAME (@text), SET_MEMORY,
 * SET_MAX_MEMORY (@number in KiB), SET_VCPUS (@number), SET_AUTOSTART (@number 0 or 1), PIN_VCPU
 * (@number of the virtual CPU, @text a set of the host's), SET_TUNING (@tuning). A rename is for a
 * machine that does not run. The live side of SET_MEMORY is the balloon; SET_MAX_MEMORY and SET_VCPUS
 * have no live side (%VB_ENGINE_ERROR_UNSUPPORTED), and with scope 0 change the definition. */
typedef struct
{
  VbOperation operation;
  const char *text;
  guint64 number;
  VbScope scope;
  VbTuningChange tuning;
} VbModification;

void vb_engine_modify_async (VbEngine *engine,
                             VbMachine *machine,
                             const VbModification *modification,
                             GCancellable *cancellable,
                             GAsyncReadyCallback callback,
                             gpointer user_data);
gboolean vb_engine_modify_finish (VbEngine *engine, GAsyncResult *result, GError **error);
