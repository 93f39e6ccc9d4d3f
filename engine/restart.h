/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Starting a machine again after its end, under another name where that is asked for.
 */
#pragma once

#include "engine/engine.h"
#include "engine/run-record.h"
#include "qemu/given.h"

typedef struct
{
  gboolean renames;     /* to the first free of NAME-1, NAME-2, … */
  gboolean keeps_error; /* a good start does not make up for the last error */
  VbGiven *given;       /* (transfer full) (nullable) what clients gave to the run that ended */
} VbRestartOptions;

/* @machine is off, and starts as soon as no operation is at work on it. @record: (transfer full): of
 * the run that ended. It stays until the new start writes its own, so that a service that is killed
 * between the two leaves a guest that ended and is to be started again. */
void vb_restart_begin (VbEngine *engine,
                       VbMachine *machine,
                       VbRunRecord *record,
                       const VbRestartOptions *options);

/* (transfer full): the @number-th other name for a domain that is called @name. Pure. */
char *vb_restart_make_name (const char *name, guint number);
