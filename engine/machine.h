/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * A domain that the service knows: its stored definition, its live one while it runs, its QEMU, its
 * state and the one operation at work on it. It tells what is; use cases (engine/lifecycle.h,
 * engine/definition.h) change it.
 */
#pragma once

#include <glib-object.h>

#include "domain/domain.h"
#include "qemu/io-status.h"
#include "qemu/run-state.h"

#define VB_TYPE_MACHINE (vb_machine_get_type ())
G_DECLARE_FINAL_TYPE (VbMachine, vb_machine, VB, MACHINE, GObject)

/* Which part of a machine changed; a property table names the part that each property shows. */
typedef enum
{
  VB_FACET_STATE = 1 << 0,      /* state, reason, since, id, pid */
  VB_FACET_DOMAIN = 1 << 1,     /* the effective domain, the stored one, or its devices */
  VB_FACET_SETTINGS = 1 << 2,   /* autostart, persistent, generation, owner */
  VB_FACET_OPERATIONS = 1 << 3, /* what would be accepted now */
  VB_FACET_ERROR = 1 << 4,      /* the last error */
  VB_FACET_BALLOON = 1 << 5,    /* memory that the balloon leaves */
  VB_FACET_TAINTED = 1 << 6,    /* what was done behind the service's back */
  VB_FACET_HOST = 1 << 7, /* what the host has for it, which the machine itself does not know */
  VB_FACET_IO = 1 << 8,   /* errors of disks */
  VB_FACET_ALL = (1 << 9) - 1,
} VbFacets;

/* What can be asked of a machine. Named on the bus as vb_operation_to_string() says. */
typedef enum
{
  VB_OPERATION_START,
  VB_OPERATION_SHUTDOWN,
  VB_OPERATION_REBOOT,
  VB_OPERATION_RESET,
  VB_OPERATION_DESTROY,
  VB_OPERATION_SUSPEND,
  VB_OPERATION_RESUME,
  VB_OPERATION_UNDEFINE,
  VB_OPERATION_SET_AUTOSTART,
  VB_OPERATION_SET_TITLE,
  VB_OPERATION_SET_DESCRIPTION,
  VB_OPERATION_RENAME,
  VB_OPERATION_SET_MEMORY,
  VB_OPERATION_SET_MAX_MEMORY,
  VB_OPERATION_SET_VCPUS,
  VB_OPERATION_PIN_VCPU,
  VB_OPERATION_SET_TUNING,
  VB_N_OPERATIONS,
} VbOperation;

/**
 * VbMachine::changed:
 * @machine: the machine
 * @facets: a #VbFacets
 */

/**
 * VbMachine::event:
 * @machine: the machine
 * @kind: as in the signal `Event` of the interface org.virtbus1.Domain
 * @details: a #GVariant `a{sv}`
 */

const char *vb_machine_get_uuid (VbMachine *machine);
const char *vb_machine_get_name (VbMachine *machine);
VbState vb_machine_get_state (VbMachine *machine);
VbStateReason vb_machine_get_state_reason (VbMachine *machine);
gint64 vb_machine_get_state_since_us (VbMachine *machine);
/* -1 while it does not run */
int vb_machine_get_id (VbMachine *machine);
/* 0 while it does not run */
int vb_machine_get_pid (VbMachine *machine);
/* (nullable) (transfer none): the stored definition; %NULL for a transient machine */
VbDomain *vb_machine_get_definition (VbMachine *machine);
/* (nullable) (transfer none): the live domain; %NULL while it does not run */
VbDomain *vb_machine_get_live (VbMachine *machine);
/* (transfer none): the live domain where there is one, else the definition */
VbDomain *vb_machine_get_domain (VbMachine *machine);
gboolean vb_machine_is_persistent (VbMachine *machine);
gboolean vb_machine_get_autostart (VbMachine *machine);
guint64 vb_machine_get_generation (VbMachine *machine);
/* Whether the stored definition differs from the live one */
gboolean vb_machine_has_pending_changes (VbMachine *machine);
/* (nullable) (transfer none): name of the user who defined it */
const char *vb_machine_get_owner (VbMachine *machine);
/* (nullable) (transfer none): why the last start or end went wrong; %NULL after a good start */
const GError *vb_machine_get_last_error (VbMachine *machine);
/* What the balloon leaves the guest, KiB; the configured current memory while it does not run */
guint64 vb_machine_get_balloon_kib (VbMachine *machine);

/* (nullable) (transfer none): words for what was done to the running machine behind the service's
 * back; %NULL where there are none */
const char *const *vb_machine_get_tainted (VbMachine *machine);
/* How the last reading and writing of the disk with that alias went, while it runs */
VbIoStatus vb_machine_get_io_status (VbMachine *machine, const char *alias);
/* Whether commands can be passed on to its QEMU */
gboolean vb_machine_has_monitor (VbMachine *machine);

/* Whether @operation would be accepted and have an effect in this state. */
gboolean vb_machine_allows (VbMachine *machine, VbOperation operation);
/* The bus method's name: "Start" */
const char *vb_operation_to_string (VbOperation operation);
