/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The error domain of this room.
 */
#include "qemu/qemu-error.h"

GQuark
vb_qemu_error_quark (void)
{
  return g_quark_from_static_string ("vb-qemu-error-quark");
}
