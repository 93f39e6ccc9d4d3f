/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The error domain of the use cases.
 */
#include "engine/engine-error.h"

GQuark
vb_engine_error_quark (void)
{
  return g_quark_from_static_string ("vb-engine-error-quark");
}
