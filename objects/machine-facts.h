/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * What a machine was like at one moment. Properties are read from these facts and never from the
 * machine itself, so that what a client reads is what was announced, and a change is the difference
 * of two of them. It costs little: a domain is an immutable value that is shared, not copied.
 */
#pragma once

#include "engine/capabilities.h"
#include "engine/machine.h"
#include "host/host-devices.h"

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
  char **tainted;             /* (owned) (nullable) */
  const char *live_set;       /* (nullable) interned: path of the capability set of @live… */
  const char *definition_set; /* …and of @definition */
  GHashTable *io_errors;      /* (owned) (nullable: none) of disks: alias (owned) → VbIoStatus */
  GHashTable *host_devices; /* (owned) (nullable) of both: VbHostdev → path (owned) of the device of
                               * the host that is there for it */
} VbMachineFacts;

/* What this host has for its machines. Both (not owned) */
typedef struct
{
  VbCapabilities *capabilities;
  VbHostDevices *host_devices;
} VbSurroundings;

void vb_machine_facts_capture (VbMachineFacts *facts,
                               VbMachine *machine,
                               const VbSurroundings *surroundings);
void vb_machine_facts_clear (VbMachineFacts *facts);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (VbMachineFacts, vb_machine_facts_clear)

/* Which parts differ. The parts that VbMachine::changed names are no more than a hint: by the time
 * that a change is announced, more may have changed. */
VbFacets vb_machine_facts_compare (const VbMachineFacts *before, const VbMachineFacts *after);

/* Paths of objects, VB_PATH_NONE where there is none: the capability set of @domain, and the device of
 * the host that @device is. @domain and @device belong to the facts. */
const char *vb_machine_facts_get_capability_set (const VbMachineFacts *facts,
                                                 const VbDomain *domain);
const char *vb_machine_facts_get_host_device (const VbMachineFacts *facts, const VbDevice *device);

/* Of @device, a disk that runs */
VbIoStatus vb_machine_facts_get_io_status (const VbMachineFacts *facts, const VbDevice *device);

/* (transfer container) (element-type VbDevice): those of the domain that is shown, then those that only the
 * definition has */
GPtrArray *vb_machine_facts_list_devices (const VbMachineFacts *facts);
/* (transfer none) (nullable): the same device on a @domain (nullable), which is the one of the same
 * kind and name */
const VbDevice *vb_domain_find_same_device (const VbDomain *domain, const VbDevice *device);
