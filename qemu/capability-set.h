/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * What can be run here for one OS type on one architecture: an immutable value, made by a pure
 * function from the emulators that there are.
 */
#pragma once

#include "domain/domain.h"
#include "qemu/emulator-facts.h"

/* A domain type that differs from the set: KVM with a binary of its own. */
typedef struct
{
  VbDomainType type;
  char *emulator; /* (owned) (nullable): as the set */
  VbEmulatorFacts
      *facts; /* (owned) (nullable): of @emulator; %NULL: as the set, or not asked yet */
} VbCapabilityOverride;

typedef struct
{
  grefcount ref_count;
  VbOsType os_type;
  char *arch; /* (owned) as a domain writes it: "x86_64", "i686" */
  guint word_size;
  char *emulator;                     /* (owned) path */
  char *loader;                       /* (owned) (nullable) firmware of its own: of Xen's full
                                     virtualization */
  VbEmulatorFacts *facts;             /* (owned) (nullable): not asked yet, or none of QEMU's */
  GArray *domain_types;               /* (owned) (element-type VbDomainType) best first */
  GPtrArray *overrides;               /* (owned) (element-type VbCapabilityOverride) */
  gboolean pae;                       /* guests with PAE can be run… */
  gboolean nonpae;                    /* …and guests without; both FALSE: no such thing there */
  gboolean acpi_default, acpi_toggle; /* whether guests have it, and whether that can be changed */
  gboolean apic_default, apic_toggle;
  gboolean has_acpi, has_apic; /* whether there is such a thing on the architecture */
} VbCapabilitySet;

VbCapabilitySet *vb_capability_set_ref (VbCapabilitySet *set);
void vb_capability_set_unref (VbCapabilitySet *set);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (VbCapabilitySet, vb_capability_set_unref)
gboolean vb_capability_set_equal (const VbCapabilitySet *a, const VbCapabilitySet *b);
/* The machines of a domain type: of its override, or the set's. (nullable) (transfer none) */
const VbEmulatorFacts *vb_capability_set_get_facts (const VbCapabilitySet *set, VbDomainType type);

/* One binary, as vb_emulators_list() and vb_emulators_peek() have it. */
typedef struct
{
  const char *path;
  VbEmulatorFacts *facts; /* (nullable) */
} VbCapabilitySource;

/* (transfer full) (element-type VbCapabilitySet): one for each architecture that a binary's name or
 * facts tell, sorted by architecture. @xen: (nullable) /sys/hypervisor/properties/capabilities, where
 * the host runs on Xen. Pure. */
GPtrArray *vb_capability_sets_build (const VbCapabilitySource *sources,
                                     guint n_sources,
                                     gboolean kvm_usable,
                                     const char *host_arch,
                                     const char *xen);
