/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Facts as a small QEMU would tell them, without one.
 */
#pragma once

#include "qemu/emulator-facts.h"

/* (transfer full): of a QEMU that has the machines `pc` (the default, alias of pc-i440fx-7.2, up to 255
 * processors), `q35` (alias of pc-q35-7.2, up to 288) and `pc-i440fx-1.7` (deprecated) */
VbEmulatorFacts *make_answers (const char *target, gboolean has_kvm);
