/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Guests of a few instructions: boot sectors for QEMU's `pc` that do one thing.
 */
#pragma once

#include "fixture.h"

typedef enum
{
  GUEST_POWERS_OFF,   /* at once */
  GUEST_RESETS,       /* at once */
  GUEST_PANICS,       /* at once */
  GUEST_HANGS,        /* tells an ib700 watchdog once that all is well */
  GUEST_SETS_CLOCK,   /* to a year fifty, and powers off */
  GUEST_OBEYS_BUTTON, /* tells that it is ready, and powers off when it is asked */
} GuestProgram;

/* (transfer full): a <disk> that boots it */
char *guest_make_disk (Fixture *fixture, GuestProgram program);
/* Until the guest has told that it is ready. */
void guest_wait_ready (VbMachine *machine);
