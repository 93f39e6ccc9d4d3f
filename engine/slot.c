/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * First come, first served: whoever waited is asked again each time the slot gets free.
 */
#include "engine/slot.h"

typedef struct
{
  VbSlotFunc func;
  gpointer user_data; /* (owned) */
  GDestroyNotify destroy;
} VbSlotWaiter;

static void
waiter_free (VbSlotWaiter *waiter)
{
  waiter->destroy (waiter->user_data);
  g_free (waiter);
}

void
vb_slot_clear (VbSlot *slot)
{
  g_queue_clear_full (&slot->waiting, (GDestroyNotify) waiter_free);
  g_clear_object (&slot->cancellable);
}

void
vb_slot_take (VbSlot *slot, const char *work)
{
  g_return_if_fail (slot->work == NULL);
  slot->work = work;
  slot->cancellable = g_cancellable_new ();
}

void
vb_slot_release (VbSlot *slot)
{
  slot->work = NULL;
  g_clear_object (&slot->cancellable);
}

void
vb_slot_wait (VbSlot *slot, VbSlotFunc func, gpointer user_data, GDestroyNotify destroy)
{
  VbSlotWaiter *waiter = g_new (VbSlotWaiter, 1);

  waiter->func = func;
  waiter->user_data = user_data;
  waiter->destroy = destroy;
  g_queue_push_tail (&slot->waiting, waiter);
}

void
vb_slot_serve (VbSlot *slot)
{
  while (slot->work == NULL && !g_queue_is_empty (&slot->waiting))
    {
      VbSlotWaiter *waiter = g_queue_pop_head (&slot->waiting);

      waiter->func (waiter->user_data);
      waiter_free (waiter);
    }
}
