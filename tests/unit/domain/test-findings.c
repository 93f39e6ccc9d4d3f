/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The list of findings where a document gives it much to hold: many of them, long ones, and places
 * that have namespaces. And documents that are large and right.
 */
#include "domain/domain.h"

#include <string.h>

#define TOP "<domain type='kvm'><name>t</name><memory>4096</memory><os><type>hvm</type></os>"
#define BOTTOM "</domain>"

static VbDiagnostics *
collect (const char *xml, gboolean is_good)
{
  VbDiagnostics *diagnostics = vb_diagnostics_new ();
  g_autoptr (GError) error = NULL;
  g_autoptr (VbDomain) domain = vb_domain_parse (xml, strlen (xml), FALSE, diagnostics, &error);

  if (is_good)
    g_assert_no_error (error);
  g_assert_true ((domain != NULL) == is_good);
  return diagnostics;
}

static void
assert_finding (const VbDiagnostics *diagnostics,
                guint index,
                VbSeverity severity,
                const char *path,
                const char *message)
{
  const VbDiagnostic *diagnostic = vb_diagnostics_get (diagnostics, index);

  g_assert_cmpint (diagnostic->severity, ==, severity);
  g_assert_cmpstr (diagnostic->path, ==, path);
  g_assert_cmpstr (diagnostic->message, ==, message);
}

static char *
repeat (const char *top, const char *part, guint n_times, const char *bottom)
{
  GString *xml = g_string_new (top);

  for (guint i = 0; i < n_times; i++)
    g_string_append (xml, part);
  g_string_append (xml, bottom);
  return g_string_free (xml, FALSE);
}

/* Warnings beyond what is listed hide no error. */
static void
test_many (void)
{
  g_autofree char *xml = repeat (TOP "<devices>", "<sound model='sb16' a='' b='' c=''/>", 6000,
                                 "<sound model='x'/></devices>" BOTTOM);
  g_autoptr (VbDiagnostics) diagnostics = collect (xml, FALSE);

  g_assert_cmpuint (vb_diagnostics_get_length (diagnostics), ==,
                    VB_DIAGNOSTICS_MAX_FINDINGS + 1 + 1);
  assert_finding (diagnostics, 0, VB_SEVERITY_WARNING, "/domain/devices/sound[1]/@a",
                  "the attribute is not handled: it is kept, without effect");
  assert_finding (diagnostics, VB_DIAGNOSTICS_MAX_FINDINGS, VB_SEVERITY_WARNING, "/",
                  "there is more of this kind than 16384 findings: the rest is not listed");
  assert_finding (diagnostics, VB_DIAGNOSTICS_MAX_FINDINGS + 1, VB_SEVERITY_ERROR,
                  "/domain/devices/sound[6001]/@model",
                  "\"x\" is not a sound model; known: es1370, sb16, ac97, ich6, pcspk");
}

static void
test_long (void)
{
  g_autofree char *xml =
      repeat (TOP "<devices><sound model='", "é", 1000000, "'/></devices>" BOTTOM);
  g_autoptr (VbDiagnostics) diagnostics = collect (xml, FALSE);
  const VbDiagnostic *diagnostic = vb_diagnostics_get_first_error (diagnostics);

  g_assert_cmpuint (strlen (diagnostic->message), <=, 1024 + strlen ("…"));
  g_assert_true (g_utf8_validate (diagnostic->message, -1, NULL));
  g_assert_true (g_str_has_prefix (diagnostic->message, "\"éé"));
  g_assert_nonnull (strstr (diagnostic->message, "é…é"));
  g_assert_true (
      g_str_has_suffix (diagnostic->message,
                        "é\" is not a sound model; known: es1370, sb16, ac97, ich6, pcspk"));
}

/* As libxml2 writes them, which counts the siblings anew for each. */
static void
test_namespaces (void)
{
  static const char xml[] =
      "<domain xmlns:x='urn:x' type='kvm'><name x:a='1'>t</name><memory>4096</memory>"
      "<os><type>hvm</type></os><x:y/><devices><x:y/><y xmlns='urn:y'/><y/><x:y/><z/></devices>"
      "</domain>";
  static const char *const paths[] = {
    "/domain/devices/x:y[1]", "/domain/devices/*[2]", "/domain/devices/y", "/domain/devices/x:y[2]",
    "/domain/devices/z",      "/domain/name/@x:a",    "/domain/x:y",
  };
  g_autoptr (VbDiagnostics) diagnostics = collect (xml, TRUE);

  g_assert_cmpuint (vb_diagnostics_get_length (diagnostics), ==, G_N_ELEMENTS (paths));
  for (guint i = 0; i < G_N_ELEMENTS (paths); i++)
    g_assert_cmpstr (vb_diagnostics_get (diagnostics, i)->path, ==, paths[i]);
}

/* Beyond 10 MB libxml2 has limits of its own, which good documents do not meet. */
static void
test_large (void)
{
  g_autofree char *wide =
      repeat (TOP "<metadata>", "<a b='012345678901234567890123456789'/>", 1000, "</metadata>");
  g_autofree char *xml =
      repeat (wide, "<!-- 0123456789 0123456789 0123456789 0123456789 -->", 290000, BOTTOM);
  g_autofree char *long_value = repeat (TOP "<metadata a='", "0123456789", 1100000, "'/>" BOTTOM);
  g_autoptr (VbDiagnostics) diagnostics = collect (xml, TRUE);
  g_autoptr (VbDiagnostics) diagnostics_of_value = collect (long_value, TRUE);
}

/* A million ranges of all CPUs are as quick as one million numbers. */
static void
test_ranges (void)
{
  g_autofree char *text = repeat ("", "0-16383,", 1000000, "^1");
  VbCpuset *set = vb_cpuset_parse (text);
  g_autofree char *again = vb_cpuset_to_string (set);

  g_assert_cmpstr (again, ==, "0,2-16383");
  vb_cpuset_free (set);
}

/* Eight thousand names that g_str_hash() cannot tell apart */
static void
test_alike_names (void)
{
  GString *xml = g_string_new (TOP "<devices>");
  g_autoptr (VbDiagnostics) diagnostics = NULL;

  for (guint number = 0; number < 1 << 13; number++)
    {
      g_string_append (xml, "<sound model='sb16'><alias name='");
      for (guint bit = 0; bit < 13; bit++)
        g_string_append (xml, (number >> bit & 1) != 0 ? "Ab" : "BA");
      g_string_append (xml, "'/></sound>");
    }
  g_string_append (xml, "</devices>" BOTTOM);
  diagnostics = collect (xml->str, TRUE);
  g_assert_cmpuint (vb_diagnostics_get_length (diagnostics), ==, 0);
  g_string_free (xml, TRUE);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/domain/findings/many", test_many);
  g_test_add_func ("/domain/findings/long", test_long);
  g_test_add_func ("/domain/findings/namespaces", test_namespaces);
  g_test_add_func ("/domain/findings/large", test_large);
  g_test_add_func ("/domain/findings/ranges", test_ranges);
  g_test_add_func ("/domain/findings/alike-names", test_alike_names);
  return g_test_run ();
}
