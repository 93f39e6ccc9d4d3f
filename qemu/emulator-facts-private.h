/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Facts as one packed value, for who makes and keeps them. Everything that its rows are looked up by
 * is sorted as strcmp() does.
 */
#pragma once

#include "qemu/emulator-facts.h"

/* As vb_emulator_facts_get_machine() has them */
#define VB_FACTS_MACHINES "a(ssubb)"
/* Name, whether it is usable, blockers; by name */
#define VB_FACTS_CPUS "a(sbas)"
/* Name, bus, description, category, alias, whether it is pluggable; by name */
#define VB_FACTS_DEVICES "a(sssssb)"
/* VbFactsRange: of the properties of each device */
#define VB_FACTS_RANGES "a(uu)"
/* Name, type, description, default; by name in each device */
#define VB_FACTS_PROPERTIES "a(sssmv)"
/* A list for each VbEmulatorWord */
#define VB_FACTS_WORDS "aas"
/* Rows of another part in another order */
#define VB_FACTS_ORDER "au"

/* What is wrong or "", version, target, KVM; then the above, with the order of machines by name behind
 * them, and that by alias of the devices that have one behind those. */
#define VB_FACTS_TYPE                                                                              \
  "(sssb" VB_FACTS_MACHINES VB_FACTS_ORDER VB_FACTS_CPUS VB_FACTS_DEVICES VB_FACTS_ORDER           \
      VB_FACTS_RANGES VB_FACTS_PROPERTIES VB_FACTS_WORDS ")"

/* Rows of the properties; n: %VB_FACTS_UNKNOWN where they were not asked for. */
typedef struct
{
  guint32 first;
  guint32 n;
} VbFactsRange;
#define VB_FACTS_UNKNOWN G_MAXUINT32

/* @message: what is wrong with the binary and what to do */
VbEmulatorFacts *vb_emulator_facts_new_failed (const char *message);
/* @packed: of %VB_FACTS_TYPE, trusted; a floating reference is taken */
VbEmulatorFacts *vb_emulator_facts_new_packed (GVariant *packed);
/* (nullable): %NULL where @packed, which may hold anything, holds no facts */
VbEmulatorFacts *vb_emulator_facts_new_checked (GVariant *packed);
/* (transfer none): of %VB_FACTS_TYPE */
GVariant *vb_emulator_facts_get_packed (const VbEmulatorFacts *facts);

/* (transfer full): the same with what is known of a device's properties. @properties: rows of
 * %VB_FACTS_PROPERTIES; a floating reference is taken. A device that is not there stays unknown. */
VbEmulatorFacts *vb_emulator_facts_with_properties (VbEmulatorFacts *facts,
                                                    const char *device,
                                                    GVariant *properties);
