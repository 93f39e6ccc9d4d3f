/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Which device the firmware tries when. Pure.
 */
#pragma once

#include "domain/domain.h"

/* The device's place in the boot order, from 1; 0: the guest is not booted from it. */
guint vb_boot_index (const VbDomain *domain, const VbDevice *device);
