/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Tells what the parser thinks of documents, for tests that compare it with something else: a line
 * "FILE<tab>accepted" for each FILE, or "FILE<tab>MESSAGE" for each of its errors.
 */
#include "domain/domain.h"

#include <stdlib.h>

static void
tell (const char *path)
{
  g_autofree char *xml = NULL;
  g_autoptr (VbDiagnostics) diagnostics = vb_diagnostics_new ();
  g_autoptr (VbDomain) domain = NULL;
  g_autoptr (GError) error = NULL;
  gsize length;

  if (!g_file_get_contents (path, &xml, &length, &error))
    {
      g_printerr ("%s\n", error->message);
      exit (EXIT_FAILURE);
    }
  domain = vb_domain_parse (xml, length, FALSE, diagnostics, NULL);
  if (domain != NULL)
    g_print ("%s\taccepted\n", path);
  for (guint i = 0; i < vb_diagnostics_get_length (diagnostics); i++)
    {
      const VbDiagnostic *finding = vb_diagnostics_get (diagnostics, i);
      g_autofree char *message = g_strdelimit (g_strdup (finding->message), "\n\r\t", ' ');

      if (finding->severity == VB_SEVERITY_ERROR)
        g_print ("%s\t%s: %s\n", path, finding->path, message);
    }
}

int
main (int argc, char *argv[])
{
  for (int i = 1; i < argc; i++)
    tell (argv[i]);
  return EXIT_SUCCESS;
}
