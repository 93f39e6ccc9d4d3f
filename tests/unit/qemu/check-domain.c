/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The XML around what a test is about.
 */
#include "check-domain.h"

#include <string.h>

VbDomain *
check_domain_new (const CheckDomain *parts)
{
  g_autoptr (GError) error = NULL;
  gboolean has_os = strstr (parts->rest, "<os>") != NULL;
  g_autofree char *xml =
      g_strdup_printf ("<domain type='%s'><name>a</name><memory>32768</memory>%s%s"
                       "<devices><emulator>/bin/true</emulator>%s</devices></domain>",
                       parts->type,
                       has_os ? "" : "<os><type arch='x86_64' machine='pc'>hvm</type></os>",
                       parts->rest, parts->devices);
  VbDomain *domain = vb_domain_parse (xml, strlen (xml), FALSE, NULL, &error);
  g_assert_no_error (error);
  vb_domain_complete (domain, NULL, NULL);
  return domain;
}
