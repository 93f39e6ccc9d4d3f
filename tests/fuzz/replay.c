/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Gives every file of a folder to a fuzz target, so that what a fuzzer once found stays found with
 * any compiler. An empty folder is an error: a test that tests nothing has not passed.
 */
#include <gio/gio.h>

int LLVMFuzzerTestOneInput (const guint8 *data, gsize size);

int
main (int argc, char **argv)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GDir) folder = NULL;
  const char *name;
  guint n_inputs = 0;

  if (argc != 2 || (folder = g_dir_open (argv[1], 0, &error)) == NULL)
    {
      g_printerr ("usage: %s CORPUS: %s\n", argv[0], error != NULL ? error->message : "");
      return 2;
    }
  while ((name = g_dir_read_name (folder)) != NULL)
    {
      g_autofree char *path = g_build_filename (argv[1], name, NULL);
      g_autofree char *input = NULL;
      gsize length;

      if (!g_file_get_contents (path, &input, &length, &error))
        g_error ("%s", error->message);
      LLVMFuzzerTestOneInput ((const guint8 *) input, length);
      n_inputs++;
    }
  g_print ("%u inputs\n", n_inputs);
  return n_inputs > 0 ? 0 : 1;
}
