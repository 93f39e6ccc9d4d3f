/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Any bytes as a domain document: what is refused has a reason, what is accepted can be completed,
 * and its canonical form is accepted again and stays what it is. The first byte decides whether live
 * values are read.
 */
#include "domain/domain.h"

#include <string.h>

int LLVMFuzzerTestOneInput (const guint8 *data, size_t size);

static void
check_fixed_point (const VbDomain *domain, gboolean live)
{
  VbFormatFlags flags = VB_FORMAT_SECURE | (live ? VB_FORMAT_LIVE : 0);
  g_autofree char *text = vb_domain_format (domain, flags);
  g_autofree char *text_again = NULL;
  g_autoptr (GError) error = NULL;
  g_autoptr (VbDomain) again = vb_domain_parse (text, strlen (text), live, NULL, &error);

  if (again == NULL)
    g_error ("the canonical form is refused: %s\n%s", error->message, text);
  text_again = vb_domain_format (again, flags);
  if (!g_str_equal (text, text_again))
    g_error ("no fixed point:\n%s\n%s", text, text_again);
  vb_domain_complete (again, domain, NULL);
  if (!vb_domain_equal (domain, again))
    g_error ("completing again changes it:\n%s", text);
}

static void
check_copy (const VbDomain *domain)
{
  g_autoptr (VbDomain) copy = vb_domain_copy (domain);
  g_auto (GStrv) ignored = vb_domain_list_ignored (copy);
  g_autofree char *open = vb_domain_format (copy, VB_FORMAT_DEFINITION);

  if (!vb_domain_equal (domain, copy))
    g_error ("a copy differs");
}

int
LLVMFuzzerTestOneInput (const guint8 *data, size_t size)
{
  gboolean live = size > 0 && (data[0] & 1) != 0;
  g_autoptr (VbDiagnostics) diagnostics = vb_diagnostics_new ();
  g_autoptr (GError) error = NULL;
  g_autoptr (VbDomain) domain = NULL;

  if (size == 0)
    return 0;
  domain = vb_domain_parse ((const char *) data + 1, size - 1, live, diagnostics, &error);
  if (domain == NULL)
    {
      if (error == NULL || vb_diagnostics_get_first_error (diagnostics) == NULL)
        g_error ("refused without a reason");
      return 0;
    }
  vb_domain_complete (domain, NULL, NULL);
  check_copy (domain);
  check_fixed_point (domain, live);
  return 0;
}
