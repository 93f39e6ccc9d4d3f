/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * That a document is refused in the same words whether all its findings are wanted or not.
 */
#include "refusal.h"

#include <string.h>

static guint
count_errors (const VbDiagnostics *diagnostics)
{
  guint n_errors = 0;

  for (guint i = 0; i < vb_diagnostics_get_length (diagnostics); i++)
    n_errors += vb_diagnostics_get (diagnostics, i)->severity == VB_SEVERITY_ERROR;
  return n_errors;
}

void
refusal_assert (const char *xml, int code, const char *message, gboolean is_only)
{
  g_autoptr (VbDiagnostics) diagnostics = vb_diagnostics_new ();
  g_autoptr (GError) error = NULL;
  g_autoptr (GError) error_alone = NULL;

  g_assert_null (vb_domain_parse (xml, strlen (xml), FALSE, diagnostics, &error));
  g_assert_error (error, VB_DOMAIN_ERROR, code);
  g_assert_cmpstr (error->message, ==, message);
  if (is_only)
    g_assert_cmpuint (count_errors (diagnostics), ==, 1);
  g_assert_null (vb_domain_parse (xml, strlen (xml), FALSE, NULL, &error_alone));
  g_assert_cmpstr (error_alone->message, ==, message);
}
