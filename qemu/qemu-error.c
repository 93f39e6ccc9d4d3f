/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The error domain of this room.
 */
#include "qemu/qemu-error.h"

G_DEFINE_QUARK (vb - qemu - error - quark, vb_qemu_error)
