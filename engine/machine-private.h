/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * How the use cases change a machine. Setters gather what changed; vb_machine_publish() tells it,
 * once for all that changed at one instant.
 */
#pragma once

#include "engine/machine.h"
#include "engine/slot.h"
#include "engine/stored.h"

typedef struct _VbRun VbRun;

/* @uuid as in VbDomain. @owner (nullable) */
VbMachine *vb_machine_new (const char *uuid, const char *owner);
void vb_machine_publish (VbMachine *machine);
/* Whether the registry knows it; nothing can be begun at a machine that left. */
void vb_machine_set_known (VbMachine *machine, gboolean known);
void vb_machine_emit_event (VbMachine *machine, const char *kind, GVariant *details);

/* (nullable): %NULL makes it transient */
void vb_machine_set_stored (VbMachine *machine, VbStored *stored);
VbStored *vb_machine_get_stored (VbMachine *machine);
/* The definition that its present or last run was started from, which a running machine is told to
 * differ from by PendingChanges. (nullable) */
void vb_machine_set_origin (VbMachine *machine, VbDomain *origin);
VbDomain *vb_machine_get_origin (VbMachine *machine);

void vb_machine_set_state (VbMachine *machine, VbState state, VbStateReason reason);
void vb_machine_set_state_since_us (VbMachine *machine, gint64 since_us);
/* (nullable) */
void vb_machine_set_live (VbMachine *machine, VbDomain *live);
void vb_machine_set_id (VbMachine *machine, int id);
void vb_machine_set_balloon_kib (VbMachine *machine, guint64 kib);
/* (nullable) */
void vb_machine_set_last_error (VbMachine *machine, const GError *error);
/* The record of its run has a new word. */
void vb_machine_touch_tainted (VbMachine *machine);
/* Its run has another vb_machine_get_io_status() of a disk. */
void vb_machine_touch_io (VbMachine *machine);
/* The client whose departure ends it. (nullable) */
void vb_machine_set_client (VbMachine *machine, const char *client);
const char *vb_machine_get_client (VbMachine *machine);
/* (transfer full) (nullable) */
void vb_machine_set_run (VbMachine *machine, VbRun *run);
VbRun *vb_machine_get_run (VbMachine *machine);
/* How many runs in a row, this one included, ended at once. */
guint vb_machine_count_run (VbMachine *machine, gboolean ended_at_once);

/* The one operation at work. begin: %VB_ENGINE_ERROR_BUSY where there is one,
 * %VB_ENGINE_ERROR_NOT_FOUND where the machine left the registry; publishing is left to
 * the caller, who may have more to change. @work static */
gboolean vb_machine_begin (VbMachine *machine, const char *work, GError **error);
/* The same, and %VB_ENGINE_ERROR_INVALID_STATE as the table of operations says. */
gboolean vb_machine_begin_operation (VbMachine *machine, VbOperation operation, GError **error);
gboolean vb_machine_check_operation (VbMachine *machine, VbOperation operation, GError **error);
/* Publishes, then lets those in who wait. */
void vb_machine_end_work (VbMachine *machine);
gboolean vb_machine_is_busy (VbMachine *machine);
gboolean vb_machine_works_at (VbMachine *machine, VbOperation operation);
/* Whether that is a Destroy which gives the guest time to obey. */
gboolean vb_machine_awaits_guest (VbMachine *machine);
VbSlot *vb_machine_get_slot (VbMachine *machine);
