/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * That a document is refused in the same words whether all its findings are wanted or not. With
 * VB_KEEP_DOCUMENTS set, each is also written to that folder: check-schema.py asks the schema.
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

static void
keep_document (const char *xml)
{
  const char *folder = g_getenv ("VB_KEEP_DOCUMENTS");
  g_autofree char *name = g_strdelimit (g_strdup (g_test_get_path ()), "/", '-');
  g_autofree char *path = NULL;

  if (folder == NULL)
    return;
  path = g_strdup_printf ("%s/%s.xml", folder, name + 1);
  g_assert_true (g_file_set_contents (path, xml, -1, NULL));
}

void
refusal_assert (const char *xml, int code, const char *message, gboolean is_only)
{
  g_autoptr (VbDiagnostics) diagnostics = vb_diagnostics_new ();
  g_autoptr (GError) error = NULL;
  g_autoptr (GError) error_alone = NULL;

  keep_document (xml);
  g_assert_null (vb_domain_parse (xml, strlen (xml), FALSE, diagnostics, &error));
  g_assert_error (error, VB_DOMAIN_ERROR, code);
  g_assert_cmpstr (error->message, ==, message);
  if (is_only)
    g_assert_cmpuint (count_errors (diagnostics), ==, 1);
  g_assert_null (vb_domain_parse (xml, strlen (xml), FALSE, NULL, &error_alone));
  g_assert_cmpstr (error_alone->message, ==, message);
}

static void
assert_case (const RefusalCase *part, const char *top, const char *devices)
{
  g_autofree char *xml = g_strdup_printf (
      "<domain type='kvm'>\n<name>t</name><memory>4096</memory><os><type>hvm</type></os>\n"
      "%s\n<devices>\n%s\n</devices>\n</domain>",
      top, devices);

  refusal_assert (xml, VB_DOMAIN_ERROR_INVALID, part->message, TRUE);
}

static void
test_top (gconstpointer data)
{
  const RefusalCase *part = data;

  assert_case (part, part->part, "");
}

static void
test_devices (gconstpointer data)
{
  const RefusalCase *part = data;

  assert_case (part, "", part->part);
}

void
refusal_add (const char *prefix, RefusalPlace place, const RefusalCase *cases, gsize n_cases)
{
  for (gsize i = 0; i < n_cases; i++)
    {
      g_autofree char *path = g_strdup_printf ("%s/%s", prefix, cases[i].name);

      g_test_add_data_func (path, &cases[i], place == REFUSAL_OF_TOP ? test_top : test_devices);
    }
}
