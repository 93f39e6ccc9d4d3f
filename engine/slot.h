/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The one place at a machine for the operation at work, and the queue of those that wait for it
 * instead of giving up. Knows no machine.
 */
#pragma once

#include <gio/gio.h>

typedef struct
{
  const char *work; /* (nullable) name of the operation at work, static */
  GCancellable
      *cancellable; /* (owned) (nullable) while there is one: who may end it does so here */
  GQueue waiting;   /* (element-type VbSlotWaiter) */
} VbSlot;

typedef void (*VbSlotFunc) (gpointer user_data);

/* Drops those that wait, uncalled. */
void vb_slot_clear (VbSlot *slot);
/* The slot is free. */
void vb_slot_take (VbSlot *slot, const char *work);
void vb_slot_release (VbSlot *slot);
/* Calls @func once when the slot is free, in turn. It may take the slot; @user_data is kept by
 * whoever waits until then. */
void vb_slot_wait (VbSlot *slot, VbSlotFunc func, gpointer user_data, GDestroyNotify destroy);
/* Calls those that wait while the slot is free. */
void vb_slot_serve (VbSlot *slot);
