/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The error domain of the room. Its codes are in the header.
 */
#include "domain/domain-error.h"

G_DEFINE_QUARK (vb - domain - error - quark, vb_domain_error)
