/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Facts as one packed value, for who makes and keeps them. Everything that its rows are looked up by
 * is sorted as strcmp() does.
 */
#pragma once

#include "qemu/emulator-facts.h"

#define VB_FACTS_MACHINES "a(ssubb)" /* as vb_emulator_facts_get_machine() has them */
#define VB_FACTS_CPUS "a(sbas)"      /* name, usable, blockers; by name */
#define VB_FACTS_DEVICES                                                                           \
  "a(sssssbbuu)" /* name, bus, description, category, alias, pluggable, whether
                                           its properties are known, the first of them and how many;
                                           by name */
#define VB_FACTS_PROPERTIES                                                                        \
  "a(sssmv)"                   /* name, type, description, default; by name in each device */
#define VB_FACTS_WORDS "aa(s)" /* one list for each VbEmulatorWord */
#define VB_FACTS_ORDER "au"    /* rows of another part in another order */

#define VB_FACTS_TYPE                                                                              \
  "(s"                                                  /* error; "" for none */                   \
  "ssb"                                                 /* version, target, KVM */                 \
      VB_FACTS_MACHINES VB_FACTS_ORDER                  /* machines by name */                     \
          VB_FACTS_CPUS VB_FACTS_DEVICES VB_FACTS_ORDER /* devices with an alias by alias */       \
              VB_FACTS_PROPERTIES VB_FACTS_WORDS ")"

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
