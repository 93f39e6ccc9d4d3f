/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The error domain of the room. Its codes are in the header.
 */
#include "domain/domain-error.h"

GQuark
vb_domain_error_quark (void)
{
  return g_quark_from_static_string ("vb-domain-error-quark");
}
