/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The error domain of this room.
 */
#include "host/host-error.h"

GQuark
vb_host_error_quark (void)
{
  return g_quark_from_static_string ("vb-host-error-quark");
}
