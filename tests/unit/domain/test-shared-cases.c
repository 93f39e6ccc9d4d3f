/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * A collection of domain documents that is not part of this project: what it has under accepted
 * folders is accepted and reaches a fixed point; what it has under invalid/ is refused. Where the
 * collection is not at hand there is nothing to test. VB_SHARED_CASES names another place for it.
 */
#include "domain/domain.h"

#include <string.h>

static const char *const accepted_folders[] = { "qemuxml2argv-0.9.0", "qemuxml2argv-9.0.0",
                                                "generic-9.0.0" };

static char *cases_folder;

static void
assert_accepted (const char *path)
{
  g_autofree char *xml = NULL;
  g_autofree char *text = NULL;
  g_autofree char *text_again = NULL;
  g_autoptr (GError) error = NULL;
  g_autoptr (VbDomain) domain = NULL;
  g_autoptr (VbDomain) again = NULL;
  gsize length;

  g_test_message ("%s", path);
  g_assert_true (g_file_get_contents (path, &xml, &length, NULL));
  domain = vb_domain_parse (xml, length, FALSE, NULL, &error);
  g_assert_no_error (error);
  vb_domain_complete (domain, NULL, NULL);
  text = vb_domain_format (domain, VB_FORMAT_SECURE);
  again = vb_domain_parse (text, strlen (text), FALSE, NULL, &error);
  g_assert_no_error (error);
  vb_domain_complete (again, NULL, NULL);
  text_again = vb_domain_format (again, VB_FORMAT_SECURE);
  g_assert_cmpstr (text_again, ==, text);
}

static void
assert_refused (const char *path)
{
  g_autofree char *xml = NULL;
  g_autoptr (GError) error = NULL;
  g_autoptr (VbDomain) domain = NULL;
  gsize length;

  g_assert_true (g_file_get_contents (path, &xml, &length, NULL));
  domain = vb_domain_parse (xml, length, FALSE, NULL, &error);
  if (domain != NULL)
    g_error ("%s: it is accepted", path);
  g_test_message ("%s: %s", path, error->message);
}

static guint
for_each_document (const char *folder, void (*func) (const char *path))
{
  g_autofree char *path = g_build_filename (cases_folder, folder, NULL);
  g_autoptr (GDir) dir = g_dir_open (path, 0, NULL);
  const char *name;
  guint n_documents = 0;

  while (dir != NULL && (name = g_dir_read_name (dir)) != NULL)
    if (g_str_has_suffix (name, ".xml"))
      {
        g_autofree char *document = g_build_filename (path, name, NULL);

        func (document);
        n_documents++;
      }
  return n_documents;
}

static void
test_accepted (gconstpointer folder)
{
  g_assert_cmpuint (for_each_document (folder, assert_accepted), >, 0);
}

static void
test_invalid (void)
{
  g_assert_cmpuint (for_each_document ("invalid", assert_refused), >, 0);
}

int
main (int argc, char *argv[])
{
  const char *given = g_getenv ("VB_SHARED_CASES");

  g_test_init (&argc, &argv, NULL);
  cases_folder = given != NULL ? g_strdup (given)
                               : g_build_filename (SOURCE_ROOT, "..", "shared", "cases", NULL);
  if (given != NULL || g_file_test (cases_folder, G_FILE_TEST_IS_DIR))
    {
      for (gsize i = 0; i < G_N_ELEMENTS (accepted_folders); i++)
        {
          g_autofree char *test_path =
              g_strconcat ("/domain/shared-cases/", accepted_folders[i], NULL);

          g_test_add_data_func (test_path, accepted_folders[i], test_accepted);
        }
      g_test_add_func ("/domain/shared-cases/invalid", test_invalid);
    }
  else
    g_test_message ("no collection at %s", cases_folder);
  return g_test_run ();
}
