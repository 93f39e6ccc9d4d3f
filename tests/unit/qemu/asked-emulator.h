/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Facts of the installed emulator for x86_64, and of one that differs from it in one thing.
 */
#pragma once

#include "qemu/emulator-facts.h"

/* (transfer full): it is asked once in a process */
VbEmulatorFacts *asked_emulator_get_facts (void);
/* (transfer full): as if it had said @to wherever it says @from, which it does, in JSON or the
 * monitor's text */
VbEmulatorFacts *asked_emulator_get_facts_with (const char *from, const char *to);
