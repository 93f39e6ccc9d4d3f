/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Golden cases: each cases/NAME.in.xml is parsed and completed, and must give NAME.out.xml and the
 * findings in NAME.diag, or findings with errors alone. With VB_GOLDEN_UPDATE set, the expected files are
 * written instead: read what changed before you commit it.
 */
#include "domain/domain.h"

#include <stdlib.h>
#include <string.h>

#define IN_SUFFIX ".in.xml"

static char *
list_findings (const VbDiagnostics *diagnostics)
{
  GString *text = g_string_new (NULL);

  for (guint i = 0; i < vb_diagnostics_get_length (diagnostics); i++)
    {
      const VbDiagnostic *finding = vb_diagnostics_get (diagnostics, i);

      g_string_append_printf (text, "%s: line %u: %s: %s\n",
                              vb_severity_to_string (finding->severity), finding->line,
                              finding->path, finding->message);
    }
  return g_string_free (text, FALSE);
}

static char *
read_file (const char *path)
{
  g_autoptr (GError) error = NULL;
  char *text = NULL;

  g_file_get_contents (path, &text, NULL, &error);
  g_assert_no_error (error);
  return text;
}

static void
assert_file (const char *base, const char *suffix, const char *text)
{
  g_autofree char *path = g_strconcat (base, suffix, NULL);
  g_autofree char *expected = NULL;

  if (g_getenv ("VB_GOLDEN_UPDATE") != NULL)
    {
      g_assert_true (g_file_set_contents (path, text, -1, NULL));
      return;
    }
  expected = read_file (path);
  g_assert_cmpstr (text, ==, expected);
}

static void
assert_fixed_point (const VbDomain *domain, const char *text)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (VbDomain) again = vb_domain_parse (text, strlen (text), FALSE, NULL, &error);
  g_autoptr (VbDomain) copy = vb_domain_copy (domain);
  g_autofree char *text_again = NULL;
  g_autofree char *text_of_copy = NULL;

  g_assert_no_error (error);
  text_again = vb_domain_format (again, VB_FORMAT_SECURE);
  g_assert_cmpstr (text_again, ==, text);
  vb_domain_complete (again, NULL, NULL);
  g_assert_true (vb_domain_equal (again, domain));
  vb_domain_complete (copy, domain, NULL);
  text_of_copy = vb_domain_format (copy, VB_FORMAT_SECURE);
  g_assert_cmpstr (text_of_copy, ==, text);
}

static int
compare_strings (const void *a, const void *b)
{
  return strcmp (*(char *const *) a, *(char *const *) b);
}

static char *
list_ignored (const VbDomain *domain)
{
  g_auto (GStrv) paths = vb_domain_list_ignored (domain);

  qsort (paths, g_strv_length (paths), sizeof *paths, compare_strings);
  return g_strjoinv ("\n", paths);
}

/* What is told as ignored of the canonical document stands at those paths. */
static void
assert_ignored (const VbDomain *domain, const char *text)
{
  g_autoptr (VbDomain) again = vb_domain_parse (text, strlen (text), FALSE, NULL, NULL);
  g_autofree char *here = list_ignored (domain);
  g_autofree char *there = list_ignored (again);

  g_assert_cmpstr (here, ==, there);
}

static void
assert_error (const GError *error, const VbDiagnostics *diagnostics)
{
  const VbDiagnostic *first = vb_diagnostics_get_first_error (diagnostics);
  g_autofree char *message =
      g_strdup_printf ("line %u: %s: %s", first->line, first->path, first->message);

  g_assert_cmpstr (error->message, ==, message);
  g_assert_true (error->domain == VB_DOMAIN_ERROR);
}

static void
test_case (gconstpointer data)
{
  const char *base = data;
  g_autofree char *in_path = g_strconcat (base, IN_SUFFIX, NULL);
  g_autofree char *in = read_file (in_path);
  g_autofree char *out = NULL;
  g_autofree char *findings = NULL;
  g_autoptr (VbDiagnostics) diagnostics = vb_diagnostics_new ();
  g_autoptr (GError) error = NULL;
  g_autoptr (VbDomain) domain = vb_domain_parse (in, strlen (in), FALSE, diagnostics, &error);

  findings = list_findings (diagnostics);
  assert_file (base, ".diag", findings);
  if (domain == NULL)
    {
      assert_error (error, diagnostics);
      return;
    }
  g_assert_no_error (error);
  g_assert_null (vb_diagnostics_get_first_error (diagnostics));
  vb_domain_complete (domain, NULL, NULL);
  out = vb_domain_format (domain, VB_FORMAT_SECURE);
  assert_file (base, ".out.xml", out);
  assert_fixed_point (domain, out);
  assert_ignored (domain, out);
}

int
main (int argc, char *argv[])
{
  g_autofree char *folder = NULL;
  g_autoptr (GDir) dir = NULL;
  const char *name;

  g_test_init (&argc, &argv, NULL);
  folder = g_test_build_filename (G_TEST_DIST, "cases", NULL);
  dir = g_dir_open (folder, 0, NULL);
  g_assert_nonnull (dir);
  while ((name = g_dir_read_name (dir)) != NULL)
    if (g_str_has_suffix (name, IN_SUFFIX))
      {
        g_autofree char *stem = g_strndup (name, strlen (name) - strlen (IN_SUFFIX));
        g_autofree char *test_path = g_strconcat ("/domain/golden/", stem, NULL);

        g_test_add_data_func_full (test_path, g_build_filename (folder, stem, NULL), test_case,
                                   g_free);
      }
  return g_test_run ();
}
