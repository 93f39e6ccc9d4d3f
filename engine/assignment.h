/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The devices of the host that a guest has: found, claimed and handed over before its QEMU is
 * launched, and given back when that is gone.
 */
#pragma once

#include "engine/engine.h"
#include "engine/run-record.h"
#include "qemu/given.h"

/* All that @domain asks for; @record notes it first. Opening a USB device wakes it. (transfer full)
 * (nullable): the descriptors that QEMU gets; of a failure vb_assignment_end() undoes what was done.
 * Errors: %VB_ENGINE_ERROR_HOST_RESOURCE. */
VbGiven *
vb_assignment_begin (VbEngine *engine, const VbDomain *domain, VbRunRecord *record, GError **error);
/* An earlier service began it. */
void vb_assignment_resume (VbEngine *engine, const VbRunRecord *record);
/* Its QEMU is gone. */
void vb_assignment_end (VbEngine *engine, VbRunRecord *record);
/* The host has lost @device: whoever had it has it no more. */
void vb_assignment_forget (VbEngine *engine, const VbHostDevice *device);
