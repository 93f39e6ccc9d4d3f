/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * A run of a machine: its QEMU and its record, from the launch to the end. It carries what QEMU
 * tells over to the machine; what comes after an end is decided in engine/ending.h.
 */
#pragma once

#include "engine/engine.h"
#include "engine/machine-private.h"
#include "engine/passthrough.h"
#include "engine/refresh.h"
#include "engine/run-record.h"
#include "qemu/given.h"

struct _VbRun
{
  VbEngine *engine;           /* (unowned): drops its machines' runs before it goes */
  VbMachine *machine;         /* (unowned): owns this */
  VbQemuInstance *instance;   /* (owned) */
  VbRunRecord *record;        /* (owned) */
  VbPassthrough *passthrough; /* (owned) (nullable): from its first use on */
  VbGiven *given;     /* (owned) (nullable): what clients gave, for a QEMU that follows this one */
  VbRefresh *refresh; /* (owned) */
  gint64 started_us;  /* monotonic clock; 0: an earlier service started it */
  gboolean settled;   /* its start or adoption is over: what QEMU tells is the machine's state */

  gboolean has_told; /* QEMU told a state since vb_run_expect(): */
  VbState told_state;
  VbStateReason told_reason;
  VbQemuExit *exit; /* (owned) (nullable): the end came before the start was over */

  gboolean was_held; /* the guest ended as `held_end` says, before QEMU was told to end */
  VbEnd held_end;
  gint64 held_us;              /* monotonic clock */
  gboolean is_dumping;         /* the guest's memory is written, or about to be */
  gboolean dump_failed;        /* the last time; the machine's last error tells why */
  guint clock_source;          /* 0: no change of the guest's clock waits to be stored */
  gboolean stays_off;          /* no action follows its end */
  gboolean is_ended;           /* QEMU was told to end, for: */
  VbStateReason ending_reason; /* the reason of `shutoff` then */
  GError *ending_error;        /* (owned) (nullable) the last error then */
};

/* @instance and @record (transfer full) */
VbRun *
vb_run_new (VbEngine *engine, VbMachine *machine, VbQemuInstance *instance, VbRunRecord *record);
void vb_run_free (VbRun *run);

/* QEMU is about to be asked for a new state. */
void vb_run_expect (VbRun *run);
/* It has got there, unless it told of another state since: then that one holds. Not published.
 * Fails where the record cannot be written. */
gboolean vb_run_reach (VbRun *run, VbState state, VbStateReason reason, GError **error);
/* An earlier service left it in this state, which it may have been in since then. Published. */
void vb_run_find (VbRun *run, VbState state, VbStateReason reason);
/* The machine is in this state now; published. */
void vb_run_tell (VbRun *run, VbState state, VbStateReason reason);
/* (transfer none): the way of clients' commands to this QEMU */
VbPassthrough *vb_run_get_passthrough (VbRun *run);
/* Tells QEMU to end, with the reason of `shutoff` that this will be. */
void vb_run_end (VbRun *run,
                 VbStateReason reason,
                 const GError *error,
                 GAsyncReadyCallback callback,
                 gpointer user_data);
