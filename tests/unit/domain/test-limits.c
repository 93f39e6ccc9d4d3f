/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Documents that are hostile or just too much: each is refused while it is read, with a message that
 * says why.
 */
#include "domain/domain.h"

#include <string.h>

#define TOP "<domain type='kvm'><name>t</name><memory>4096</memory><os><type>hvm</type></os>"
#define BOTTOM "</domain>"

static void
assert_refused (const char *xml, gsize length, VbDomainError code, const char *message)
{
  g_autoptr (VbDiagnostics) diagnostics = vb_diagnostics_new ();
  g_autoptr (GError) error = NULL;

  g_assert_null (vb_domain_parse (xml, length, FALSE, diagnostics, &error));
  g_assert_error (error, VB_DOMAIN_ERROR, (int) code);
  g_assert_cmpstr (error->message, ==, message);
  g_assert_nonnull (vb_diagnostics_get_first_error (diagnostics));
}

static VbDomain *
assert_accepted (const char *xml)
{
  g_autoptr (GError) error = NULL;
  VbDomain *domain = vb_domain_parse (xml, strlen (xml), FALSE, NULL, &error);

  g_assert_no_error (error);
  return domain;
}

static void
append_repeated (GString *text, const char *part, guint n_times)
{
  for (guint i = 0; i < n_times; i++)
    g_string_append (text, part);
}

static char *
make_deep (guint depth)
{
  GString *xml = g_string_new (TOP);

  append_repeated (xml, "<a>", depth - 1);
  append_repeated (xml, "</a>", depth - 1);
  g_string_append (xml, BOTTOM);
  return g_string_free (xml, FALSE);
}

static char *
make_devices (guint n_devices, const char *device)
{
  GString *xml = g_string_new (TOP "<devices>");

  append_repeated (xml, device, n_devices);
  g_string_append (xml, "</devices>" BOTTOM);
  return g_string_free (xml, FALSE);
}

static void
test_size (void)
{
  gsize length = VB_DOMAIN_MAX_XML_BYTES + 1;
  g_autofree char *xml = g_strnfill (length, ' ');

  memcpy (xml, TOP, strlen (TOP));
  assert_refused (xml, length, VB_DOMAIN_ERROR_LIMIT,
                  "/: the document has 16777217 bytes; at most 16777216 are read");
}

static void
test_depth (void)
{
  g_autofree char *good = make_deep (VB_DOMAIN_MAX_XML_DEPTH);
  g_autofree char *bad = make_deep (VB_DOMAIN_MAX_XML_DEPTH + 1);
  g_autoptr (VbDomain) domain = assert_accepted (good);

  assert_refused (bad, strlen (bad), VB_DOMAIN_ERROR_LIMIT,
                  "line 1: /: the document has more than 64 levels of elements");
}

static void
test_devices (void)
{
  g_autofree char *bad = make_devices (VB_DOMAIN_MAX_DEVICES, "<other/>");
  g_autofree char *worse = make_devices (VB_DOMAIN_MAX_DEVICES + 1, "<other/>");

  assert_refused (
      bad, strlen (bad), VB_DOMAIN_ERROR_LIMIT,
      "line 1: /domain/devices: 16385 devices, with those that others imply; at most 16384 "
      "are allowed");
  assert_refused (worse, strlen (worse), VB_DOMAIN_ERROR_LIMIT,
                  "line 1: /: the document has more than 16384 elements in one element");
}

/* The most that is accepted is accepted again as it is written. */
static void
test_most_devices (void)
{
  g_autofree char *xml = make_devices (VB_DOMAIN_MAX_DEVICES - 1000, "<input type='tablet'/>");
  g_autoptr (VbDomain) domain = assert_accepted (xml);
  g_autoptr (VbDomain) again = NULL;
  g_autofree char *text = NULL;

  vb_domain_complete (domain, NULL, NULL);
  g_assert_cmpuint (domain->devices->len, ==, VB_DOMAIN_MAX_DEVICES - 1000 + 962 + 1);
  text = vb_domain_format (domain, VB_FORMAT_SECURE);
  again = assert_accepted (text);
  vb_domain_complete (again, NULL, NULL);
  g_assert_true (vb_domain_equal (domain, again));
}

static void
test_implied_devices (void)
{
  GString *xml = g_string_new (TOP "<devices>");

  for (guint i = 0; i < 4; i++)
    g_string_append_printf (xml,
                            "<disk><source file='/a'/><target dev='sd%c' bus='%s'/>"
                            "<address type='drive' controller='4095' unit='%u'/></disk>",
                            'a' + (char) i, i % 2 == 0 ? "scsi" : "sata", i);
  append_repeated (xml, "<input type='mouse'/>", 8200);
  g_string_append (xml, "</devices>" BOTTOM);
  assert_refused (
      xml->str, xml->len, VB_DOMAIN_ERROR_LIMIT,
      "line 1: /domain/devices: 16397 devices, with those that others imply; at most 16384 "
      "are allowed");
  g_string_free (xml, TRUE);
}

/* Elsewhere than in <devices>. */
static void
test_children (void)
{
  GString *xml = g_string_new (TOP "<metadata>");

  append_repeated (xml, "<a/>", 1025);
  g_string_append (xml, "</metadata>" BOTTOM);
  assert_refused (xml->str, xml->len, VB_DOMAIN_ERROR_LIMIT,
                  "line 1: /: the document has more than 1024 elements in one element");
  g_string_free (xml, TRUE);
}

static void
test_elements (void)
{
  GString *xml = g_string_new (TOP "<metadata>");

  for (guint i = 0; i < 400; i++)
    {
      g_string_append (xml, "<a>");
      append_repeated (xml, "<b/>", 1000);
      g_string_append (xml, "</a>");
    }
  g_string_append (xml, "</metadata>" BOTTOM);
  assert_refused (xml->str, xml->len, VB_DOMAIN_ERROR_LIMIT,
                  "line 1: /: the document has more than 393216 elements");
  g_string_free (xml, TRUE);
}

static void
test_attributes (void)
{
  GString *xml = g_string_new (TOP "\n<metadata");

  for (guint i = 0; i < 257; i++)
    g_string_append_printf (xml, " a%u='>'", i);
  g_string_append (xml, "/>" BOTTOM);
  assert_refused (xml->str, xml->len, VB_DOMAIN_ERROR_LIMIT,
                  "line 2: /: the document has more than 524288 attributes in all, or 256 in one "
                  "element");
  g_string_free (xml, TRUE);
}

static void
test_all_attributes (void)
{
  GString *xml = g_string_new (TOP);

  append_repeated (xml, "<a b='' c='' d='' e='' f='' g=''", 90000);
  assert_refused (xml->str, xml->len, VB_DOMAIN_ERROR_LIMIT,
                  "line 1: /: the document has more than 524288 attributes in all, or 256 in one "
                  "element");
  g_string_free (xml, TRUE);
}

/* Equals signs in a text are no attributes. */
static void
test_equals_signs (void)
{
  GString *xml = g_string_new (TOP "<!-- don't --><description>");
  g_autoptr (VbDomain) domain = NULL;

  append_repeated (xml, "=", VB_DOMAIN_MAX_DESCRIPTION_BYTES);
  g_string_append (xml, "</description>" BOTTOM);
  domain = assert_accepted (xml->str);
  g_assert_cmpuint (strlen (domain->description), ==, VB_DOMAIN_MAX_DESCRIPTION_BYTES);
  g_string_free (xml, TRUE);
}

static void
test_comments (void)
{
  static const char *const parts[] = { "<!---->", "<?a b?>", "<![CDATA[a]]>" };

  for (gsize i = 0; i < G_N_ELEMENTS (parts); i++)
    {
      GString *xml = g_string_new (TOP "<metadata>");

      append_repeated (xml, parts[i], 393216);
      g_string_append (xml, "</metadata>" BOTTOM);
      assert_refused (xml->str, xml->len, VB_DOMAIN_ERROR_LIMIT,
                      "line 1: /: the document has more than 393216 comments and the like");
      g_string_free (xml, TRUE);
    }
}

static void
test_document_type (void)
{
  static const char message[] = "line 2: /: a document type (<!DOCTYPE>) and entities are not "
                                "allowed; remove the declaration";
  static const char bomb[] = "<?xml version='1.0'?>\n<!DOCTYPE d [<!ENTITY a 'aaaaaaaaaa'>"
                             "<!ENTITY b '&a;&a;&a;&a;&a;&a;&a;&a;&a;&a;'>"
                             "<!ENTITY c '&b;&b;&b;&b;&b;&b;&b;&b;&b;&b;'>]>"
                             "<domain type='kvm'><name>&c;</name></domain>";
  static const char external[] =
      "\n<!DOCTYPE d [<!ENTITY a SYSTEM 'file:///etc/passwd'>]><domain><name>&a;</name></domain>";
  static const char bare[] = "\n<!DOCTYPE domain><domain/>";
  static const char system[] = "\n<!DOCTYPE domain SYSTEM 'http://127.0.0.1:9/x.dtd'><domain/>";

  assert_refused (bomb, strlen (bomb), VB_DOMAIN_ERROR_INVALID, message);
  assert_refused (external, strlen (external), VB_DOMAIN_ERROR_INVALID, message);
  assert_refused (bare, strlen (bare), VB_DOMAIN_ERROR_INVALID, message);
  assert_refused (system, strlen (system), VB_DOMAIN_ERROR_INVALID, message);
}

/* Bytes after the length are not read, a NUL ends nothing. */
static void
test_length (void)
{
  static const char xml[] = TOP BOTTOM "garbage";
  static const char nul[] = TOP BOTTOM "\0";
  g_autoptr (GError) error = NULL;
  g_autoptr (VbDomain) domain = vb_domain_parse (xml, strlen (TOP BOTTOM), FALSE, NULL, &error);

  g_assert_no_error (error);
  assert_refused (nul, strlen (TOP BOTTOM) + 1, VB_DOMAIN_ERROR_MALFORMED,
                  "line 1: /: the text is not UTF-8");
}

/* What a document declares about its encoding does not count: it is UTF-8. */
static void
test_encoding (void)
{
  g_autoptr (VbDomain) domain =
      assert_accepted ("<?xml version='1.0' encoding='ISO-8859-1'?>"
                       "<domain type='kvm'><name>ü</name><memory>1</memory>"
                       "<os><type>hvm</type></os><metadata x='ü'/></domain>");
  g_autofree char *text = vb_domain_format (domain, VB_FORMAT_DEFINITION);

  g_assert_cmpstr (domain->name, ==, "ü");
  g_assert_nonnull (strstr (text, "<metadata x=\"ü\"/>"));
}

static void
test_long_lines (void)
{
  GString *xml = g_string_new ("<domain type='kvm'>");

  append_repeated (xml, "\n", 70000);
  g_string_append (xml, "<name>a/b</name><memory>1</memory><os><type>hvm</type></os></domain>");
  assert_refused (xml->str, xml->len, VB_DOMAIN_ERROR_INVALID,
                  "line 70001: /domain/name: a domain's name has neither \"/\" nor line ends and "
                  "control characters");
  g_string_free (xml, TRUE);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/domain/limits/size", test_size);
  g_test_add_func ("/domain/limits/depth", test_depth);
  g_test_add_func ("/domain/limits/devices", test_devices);
  g_test_add_func ("/domain/limits/most-devices", test_most_devices);
  g_test_add_func ("/domain/limits/implied-devices", test_implied_devices);
  g_test_add_func ("/domain/limits/children", test_children);
  g_test_add_func ("/domain/limits/elements", test_elements);
  g_test_add_func ("/domain/limits/attributes", test_attributes);
  g_test_add_func ("/domain/limits/all-attributes", test_all_attributes);
  g_test_add_func ("/domain/limits/equals-signs", test_equals_signs);
  g_test_add_func ("/domain/limits/comments", test_comments);
  g_test_add_func ("/domain/limits/document-type", test_document_type);
  g_test_add_func ("/domain/limits/length", test_length);
  g_test_add_func ("/domain/limits/encoding", test_encoding);
  g_test_add_func ("/domain/limits/long-lines", test_long_lines);
  return g_test_run ();
}
