/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The error domain of libqmp. Knows nothing of how a session works.
 */
#include "qmp/qmp-error.h"

GQuark
qmp_error_quark (void)
{
  return g_quark_from_static_string ("qmp-error-quark");
}

gboolean
qmp_error_is_remote (const GError *error)
{
  return error && error->domain == QMP_ERROR && error->code <= QMP_ERROR_KVM_MISSING_CAP;
}
