/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * What a machine was like at one moment. Properties are read from these facts and never from the
 * machine itself, so that what a client reads is what was announced, and a change is the difference
 * of two of them. It costs little: a domain is an immutable value that is shared, not copied.
 */
#pragma once

#include "engine/machine.h"

typedef struct
{
  VbDomain *definition; /* (owned) (nullable) */
  VbDomain *live;       /* (owned) (nullable) */
  VbDomain *domain;     /* (owned) the side that is shown: the live one where there is one */
  VbState state;
  VbStateReason reason;
  gint64 state_since_us;
  int id;
  int pid;
  gboolean persistent;
  gboolean autostart;
  gboolean pending_changes;
  gboolean has_monitor;
  guint32 allowed;    /* bit set: 1 << VbOperation */
  const char *owner;  /* (nullable) interned: there are few users */
  GError *last_error; /* (owned) (nullable) */
  guint64 generation;
  guint64 balloon_kib;
  char **tainted; /* (owned) (nullable) */
} VbMachineFacts;

void vb_machine_facts_capture (VbMachineFacts *facts, VbMachine *machine);
void vb_machine_facts_clear (VbMachineFacts *facts);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (VbMachineFacts, vb_machine_facts_clear)

/* Which parts differ. The parts that VbMachine::changed names are no more than a hint: by the time
 * that a change is announced, more may have changed. */
VbFacets vb_machine_facts_compare (const VbMachineFacts *before, const VbMachineFacts *after);

/* (transfer container) (element-type VbDevice): those of the domain that is shown, then those that only the
 * definition has */
GPtrArray *vb_machine_facts_list_devices (const VbMachineFacts *facts);
/* (transfer none) (nullable): the same device on a @domain (nullable), which is the one of the same
 * kind and name */
const VbDevice *vb_domain_find_same_device (const VbDomain *domain, const VbDevice *device);
