/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * QEMU looks in `qemu` of the folder of libraries that it was built for, seen from where its binary
 * is (module_load() in its util/module.c). Which of the system's folders of libraries that is, the
 * binary alone knows: all of them count.
 */
#include "qemu/module-folders.h"

#include <stdlib.h>
#include <string.h>

/* Red Hat's has a name of its own. */
static const char *const names[] = { "qemu", "qemu-kvm" };

static void
add_folders (GStrvBuilder *folders, const char *libraries)
{
  for (guint i = 0; i < G_N_ELEMENTS (names); i++)
    {
      g_autofree char *folder = g_build_filename (libraries, names[i], NULL);

      if (g_file_test (folder, G_FILE_TEST_IS_DIR))
        g_strv_builder_add (folders, folder);
    }
}

/* Debian's: one for each architecture, as x86_64-linux-gnu */
static void
add_folders_below (GStrvBuilder *folders, const char *libraries)
{
  g_autoptr (GDir) folder = g_dir_open (libraries, 0, NULL);
  const char *name;

  while (folder && (name = g_dir_read_name (folder)))
    if (strstr (name, "-linux-"))
      {
        g_autofree char *below = g_build_filename (libraries, name, NULL);

        add_folders (folders, below);
      }
}

static int
compare (gconstpointer a, gconstpointer b)
{
  return strcmp (*(const char *const *) a, *(const char *const *) b);
}

char **
vb_module_folders_find (const char *program)
{
  g_autoptr (GStrvBuilder) folders = g_strv_builder_new ();
  g_autofree char *bin = g_path_get_dirname (program);
  g_autofree char *prefix = g_path_get_dirname (bin);
  g_autofree char *lib = g_build_filename (prefix, "lib", NULL);
  g_autofree char *lib64 = g_build_filename (prefix, "lib64", NULL);
  char **found;

  add_folders (folders, lib);
  add_folders (folders, lib64);
  add_folders_below (folders, lib);
  found = g_strv_builder_end (folders);
  qsort (found, g_strv_length (found), sizeof *found, compare);
  return found;
}

/* (transfer full) */
static char **
list_files (const char *path)
{
  g_autoptr (GStrvBuilder) files = g_strv_builder_new ();
  g_autoptr (GDir) folder = g_dir_open (path, 0, NULL);
  const char *name;

  while (folder && (name = g_dir_read_name (folder)))
    g_strv_builder_add (files, name);
  return g_strv_builder_end (files);
}

char **
vb_module_folders_list_used (const char *program, int pid)
{
  g_autofree char *path = g_strdup_printf ("/proc/%d/maps", pid);
  g_auto (GStrv) folders = vb_module_folders_find (program);
  g_autofree char *maps = NULL;

  if (!g_file_get_contents (path, &maps, NULL, NULL))
    return NULL;
  for (guint i = 0; folders[i]; i++)
    {
      g_autofree char *prefix = g_strconcat (" ", folders[i], "/", NULL);

      if (strstr (maps, prefix))
        return list_files (folders[i]);
    }
  return NULL;
}
