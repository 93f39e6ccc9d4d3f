/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Writing the <capabilities> document: the host, then one <guest> for each architecture that can be
 * run. Knows no emulators: who asks fills the structs, all of whose texts are borrowed. Texts may be
 * anything that a host has; what XML cannot carry is replaced.
 */
#pragma once

#include "domain/domain.h"

typedef struct
{
  const char *arch; /* "x86_64" */
  const char *model;
  const char *vendor;
  guint sockets;
  guint cores;                 /* of a socket */
  guint threads;               /* of a core */
  const char *const *features; /* (nullable) "vmx"; in this order */
  gboolean kvm_usable;
  const char *kvm_reason; /* why not */
  gboolean iommu_enabled;
} VbCapabilitiesHost;

typedef struct
{
  const char *name;
  const char *canonical; /* the same as @name where it is no alias */
  guint max_cpus;        /* 0: not known */
  gboolean is_deprecated;
} VbCapabilitiesMachine;

/* A domain type, with what it has instead of the guest's. */
typedef struct
{
  VbDomainType type;
  const char *emulator; /* (nullable) */
  const char *loader;   /* (nullable) */
  GArray *machines;     /* (owned) (nullable) (element-type VbCapabilitiesMachine) */
} VbCapabilitiesDomain;

typedef struct
{
  gboolean exists; /* on that architecture at all */
  gboolean is_default;
  gboolean can_toggle;
} VbCapabilitiesFeature;

typedef struct
{
  VbOsType os_type;
  const char *arch;
  guint word_size;
  const char *emulator; /* (nullable) */
  const char *loader;   /* (nullable) */
  GArray *machines;     /* (owned) (element-type VbCapabilitiesMachine) the default one first */
  GArray *domains;      /* (owned) (element-type VbCapabilitiesDomain) the best one first */
  gboolean pae;         /* guests with it can be run… */
  gboolean nonpae;      /* …and guests without */
  VbCapabilitiesFeature acpi;
  VbCapabilitiesFeature apic;
} VbCapabilitiesGuest;

/* All fields 0, with empty lists */
VbCapabilitiesGuest *vb_capabilities_guest_new (void);
void vb_capabilities_guest_free (VbCapabilitiesGuest *guest);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (VbCapabilitiesGuest, vb_capabilities_guest_free)

/* (transfer full) @guests: (element-type VbCapabilitiesGuest) */
char *vb_capabilities_format (const VbCapabilitiesHost *host, const GPtrArray *guests);
