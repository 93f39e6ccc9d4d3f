/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Tells what the parser understands of documents, for tests that compare it with something else: a
 * line "FILE<tab>DOMAIN" for each FILE, which is the canonical document with its lines escaped, or
 * nothing for one that is refused.
 */
#include "domain/domain.h"

#include <stdlib.h>

static void
tell (const char *path)
{
  g_autofree char *xml = NULL;
  g_autofree char *line = NULL;
  g_autoptr (VbDomain) domain = NULL;
  g_autoptr (GError) error = NULL;
  gsize length;

  if (!g_file_get_contents (path, &xml, &length, &error))
    {
      g_printerr ("%s\n", error->message);
      exit (EXIT_FAILURE);
    }
  domain = vb_domain_parse (xml, length, FALSE, NULL, NULL);
  if (domain != NULL)
    {
      g_autofree char *text = vb_domain_format (domain, VB_FORMAT_DEFINITION);

      line = g_strescape (text, NULL);
    }
  g_print ("%s\t%s\n", path, line != NULL ? line : "");
}

int
main (int argc, char *argv[])
{
  for (int i = 1; i < argc; i++)
    tell (argv[i]);
  return EXIT_SUCCESS;
}
