/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The error domain of the use cases.
 */
#include "engine/engine-error.h"

G_DEFINE_QUARK (vb - engine - error - quark, vb_engine_error)
