/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The watch is on folders: who replaces a file does not touch the one that was there. A package
 * manager touches one file many times, which is told once it pauses, and from time to time.
 */
#include "qemu/emulator-folders.h"

#include "qemu/emulator.h"

#include <gio/gio.h>

#include <string.h>

#define PAUSE_MS 100
#define LONGEST_SILENCE_US (500 * 1000)
/* Of installed ones, and of folders that are looked into. Far more than QEMU has targets. */
#define MAX_EMULATORS 128
#define MAX_FOLDERS 64
/* Of files that something has happened to, at one time. */
#define MAX_TOUCHED 1024

typedef struct
{
  char *path;            /* (owned) */
  GFileMonitor *monitor; /* (owned) (nullable): it cannot be watched */
  gboolean is_searched;
  gboolean has_kvm_alone; /* what else is there is not for users */
  guint n_files;          /* that are watched one by one */
} Folder;

struct _VbEmulatorFolders
{
  GPtrArray *folders; /* (owned) (element-type Folder) first those that are searched, in order */
  GHashTable *files;  /* (owned) (element-type utf8 guint): watched one by one, and how often */
  VbEmulatorFoldersFunc func;
  gpointer user_data;
  GHashTable *touched; /* (owned) (element-type utf8): a set */
  guint source;        /* 0: nothing has happened */
  gint64 first_us;     /* since when something has */
};

static void
folder_free (gpointer data)
{
  Folder *folder = data;

  if (folder->monitor != NULL)
    g_file_monitor_cancel (folder->monitor);
  g_clear_object (&folder->monitor);
  g_free (folder->path);
  g_free (folder);
}

static GHashTable *
new_set (void)
{
  return g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
}

static gboolean
on_pause (gpointer user_data)
{
  VbEmulatorFolders *folders = user_data;
  g_autoptr (GHashTable) touched = g_steal_pointer (&folders->touched);

  folders->source = 0;
  folders->touched = new_set ();
  folders->func (touched, folders->user_data);
  return G_SOURCE_REMOVE;
}

/* @path: (transfer full) */
static void
note_event (VbEmulatorFolders *folders, char *path)
{
  gint64 now_us = g_get_monotonic_time ();

  if (g_hash_table_size (folders->touched) < MAX_TOUCHED)
    g_hash_table_add (folders->touched, path);
  else
    g_free (path);
  if (folders->source == 0)
    folders->first_us = now_us;
  else if (now_us - folders->first_us > LONGEST_SILENCE_US)
    return;
  else
    g_source_remove (folders->source);
  folders->source = g_timeout_add (PAUSE_MS, on_pause, folders);
}

/* @file: (nullable) */
static void
note_file (VbEmulatorFolders *folders, GFile *file)
{
  g_autofree char *path = file != NULL ? g_file_get_path (file) : NULL;
  g_autofree char *name = path != NULL ? g_path_get_basename (path) : NULL;

  if (path != NULL &&
      (vb_emulator_is_program (name) || g_hash_table_contains (folders->files, path)))
    note_event (folders, g_steal_pointer (&path));
}

static void
on_changed (GFileMonitor *monitor,
            GFile *file,
            GFile *other_file,
            GFileMonitorEvent event,
            gpointer user_data)
{
  note_file (user_data, file);
  note_file (user_data, other_file);
}

/* (transfer none) (nullable) */
static Folder *
find_folder (VbEmulatorFolders *folders, const char *path)
{
  for (guint i = 0; i < folders->folders->len; i++)
    {
      Folder *folder = g_ptr_array_index (folders->folders, i);

      if (g_str_equal (folder->path, path))
        return folder;
    }
  return NULL;
}

/* (transfer none) */
static Folder *
add_folder (VbEmulatorFolders *folders, const char *path)
{
  g_autoptr (GFile) file = g_file_new_for_path (path);
  Folder *folder = g_new0 (Folder, 1);

  folder->path = g_strdup (path);
  folder->monitor = g_file_monitor_directory (file, G_FILE_MONITOR_WATCH_MOVES, NULL, NULL);
  if (folder->monitor != NULL)
    {
      g_file_monitor_set_rate_limit (folder->monitor, PAUSE_MS);
      g_signal_connect (folder->monitor, "changed", G_CALLBACK (on_changed), folders);
    }
  g_ptr_array_add (folders->folders, folder);
  return folder;
}

/* (transfer none) (nullable) */
static Folder *
add_searched_folder (VbEmulatorFolders *folders, const char *path)
{
  Folder *folder;

  if (!g_path_is_absolute (path) || folders->folders->len >= MAX_FOLDERS ||
      find_folder (folders, path) != NULL)
    return NULL;
  folder = add_folder (folders, path);
  folder->is_searched = TRUE;
  return folder;
}

VbEmulatorFolders *
vb_emulator_folders_new (const char *search_path, VbEmulatorFoldersFunc func, gpointer user_data)
{
  VbEmulatorFolders *folders = g_new0 (VbEmulatorFolders, 1);
  const char *path = search_path != NULL ? search_path : g_getenv ("PATH");
  g_auto (GStrv) names = g_strsplit (path != NULL ? path : "", ":", -1);
  Folder *private_folder = NULL;

  folders->folders = g_ptr_array_new_with_free_func (folder_free);
  folders->files = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  folders->touched = new_set ();
  folders->func = func;
  folders->user_data = user_data;
  for (char **name = names; *name != NULL; name++)
    add_searched_folder (folders, *name);
  if (search_path == NULL)
    private_folder = add_searched_folder (folders, VB_EMULATOR_PRIVATE_FOLDER);
  if (private_folder != NULL)
    private_folder->has_kvm_alone = TRUE;
  return folders;
}

void
vb_emulator_folders_free (VbEmulatorFolders *folders)
{
  g_clear_handle_id (&folders->source, g_source_remove);
  g_ptr_array_unref (folders->folders);
  g_hash_table_unref (folders->files);
  g_hash_table_unref (folders->touched);
  g_free (folders);
}

static gboolean
is_emulator (const Folder *folder, const char *path)
{
  g_autofree char *name = g_path_get_basename (path);
  gboolean is_for_kvm = vb_emulator_is_for_kvm (path);

  return vb_emulator_is_program (name) && (is_for_kvm || !folder->has_kvm_alone) &&
         vb_emulator_is_executable (path) && !(is_for_kvm && vb_emulator_is_alias (path));
}

/* @found: (element-type utf8 utf8): paths by name */
static void
list_folder (const Folder *folder, GHashTable *found)
{
  g_autoptr (GDir) dir = g_dir_open (folder->path, 0, NULL);
  const char *name;

  while (dir != NULL && (name = g_dir_read_name (dir)) != NULL)
    if (vb_emulator_is_program (name) && g_hash_table_size (found) < MAX_EMULATORS &&
        !g_hash_table_contains (found, name))
      {
        g_autofree char *path = g_build_filename (folder->path, name, NULL);

        if (is_emulator (folder, path))
          g_hash_table_insert (found, g_strdup (name), g_steal_pointer (&path));
      }
}

static int
compare_paths (gconstpointer a, gconstpointer b)
{
  return strcmp (*(const char *const *) a, *(const char *const *) b);
}

GPtrArray *
vb_emulator_folders_list (VbEmulatorFolders *folders)
{
  g_autoptr (GHashTable) found = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  GPtrArray *paths = g_ptr_array_new_with_free_func (g_free);
  GHashTableIter iter;
  gpointer path;

  for (guint i = 0; i < folders->folders->len; i++)
    {
      const Folder *folder = g_ptr_array_index (folders->folders, i);

      if (folder->is_searched)
        list_folder (folder, found);
    }
  g_hash_table_iter_init (&iter, found);
  while (g_hash_table_iter_next (&iter, NULL, &path))
    g_ptr_array_add (paths, path);
  g_ptr_array_sort (paths, compare_paths);
  return paths;
}

void
vb_emulator_folders_watch (VbEmulatorFolders *folders, const char *path)
{
  g_autofree char *file = g_canonicalize_filename (path, "/");
  g_autofree char *folder_path = g_path_get_dirname (file);
  guint n_watches = GPOINTER_TO_UINT (g_hash_table_lookup (folders->files, file));
  Folder *folder = find_folder (folders, folder_path);

  if (folder == NULL)
    folder = add_folder (folders, folder_path);
  folder->n_files++;
  g_hash_table_insert (folders->files, g_steal_pointer (&file), GUINT_TO_POINTER (n_watches + 1));
}

void
vb_emulator_folders_forget (VbEmulatorFolders *folders, const char *path)
{
  g_autofree char *file = g_canonicalize_filename (path, "/");
  g_autofree char *folder_path = g_path_get_dirname (file);
  guint n_watches = GPOINTER_TO_UINT (g_hash_table_lookup (folders->files, file));
  Folder *folder = find_folder (folders, folder_path);

  g_return_if_fail (folder != NULL && n_watches > 0);
  folder->n_files--;
  if (folder->n_files == 0 && !folder->is_searched)
    g_ptr_array_remove (folders->folders, folder);
  if (n_watches == 1)
    g_hash_table_remove (folders->files, file);
  else
    g_hash_table_insert (folders->files, g_steal_pointer (&file), GUINT_TO_POINTER (n_watches - 1));
}
