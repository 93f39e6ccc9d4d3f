/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * What can be run here for one OS type on one architecture: an immutable value, made by a pure
 * function from the emulators that there are.
 */
#pragma once

#include "domain/domain.h"
#include "qemu/emulator-facts.h"

/* A domain type that differs from the set: KVM with a binary of its own, or Xen where QEMU has the
 * same. */
typedef struct
{
  VbDomainType type;
  char *emulator;         /* (owned) (nullable): none is known */
  char *loader;           /* (owned) (nullable): as in the set */
  VbEmulatorFacts *facts; /* (owned) (nullable): not asked yet, or none of QEMU's */
} VbCapabilityOverride;

typedef struct
{
  grefcount ref_count;
  VbOsType os_type;
  char *arch; /* (owned) as a domain writes it: "x86_64", "i686" */
  guint word_size;
  char *emulator;                     /* (owned) (nullable) path; %NULL: none of Xen's is known */
  char *loader;                       /* (owned) (nullable) firmware of its own: of Xen's full
                                         virtualization */
  VbEmulatorFacts *facts;             /* (owned) (nullable): not asked yet, or none of QEMU's */
  gboolean is_probing;                /* an emulator that was not asked yet is being asked now */
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
/* (nullable) (transfer none) */
const VbCapabilityOverride *vb_capability_set_get_override (const VbCapabilitySet *set,
                                                            VbDomainType type);
/* What is known of the emulator of a domain type, that of its override or the set's. (nullable)
 * (transfer none) */
const VbEmulatorFacts *vb_capability_set_get_facts (const VbCapabilitySet *set, VbDomainType type);

/* One binary, as vb_emulators_list() and vb_emulators_peek() have it. */
typedef struct
{
  const char *path;
  VbEmulatorFacts *facts; /* (nullable) */
  gboolean is_busy;       /* it is being asked */
} VbCapabilitySource;

/* Xen, which the host runs on */
typedef struct
{
  const char *capabilities; /* text of /sys/hypervisor/properties/capabilities */
  const char *emulator;     /* (nullable) path of its device model */
  const char *loader;       /* (nullable) path of its firmware for full virtualization */
} VbCapabilityXen;

/* (transfer full) (element-type VbCapabilitySet): one for each OS type and architecture, sorted by
 * architecture. The architecture of a binary is that of its name; a qemu-kvm is for that which it
 * tells, and for the host's before it was asked. @xen: (nullable). Pure. */
GPtrArray *vb_capability_sets_build (const VbCapabilitySource *sources,
                                     guint n_sources,
                                     gboolean kvm_usable,
                                     const char *host_arch,
                                     const VbCapabilityXen *xen);
