/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Each file is loaded, written and removed alone, in a thread that holds what it works on; nothing
 * here grows with the number of definitions but the load.
 */
#include "engine/store.h"

#include "engine/engine-error.h"
#include "engine/file.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/file.h>
#include <unistd.h>

#define FILE_SUFFIX ".xml"
/* The canonical text of a document is longer than a document may be. */
#define MAX_FILE_BYTES (4 * (gsize) VB_DOMAIN_MAX_XML_BYTES)

struct _VbStore
{
  gatomicrefcount ref_count;
  char *folder_path;  /* (owned) */
  int folder_fd;      /* (owned) */
  int lock_fd;        /* (owned) */
  GHashTable *writes; /* (owned) (element-type utf8 GQueue): by the name of each file that is being
                         written, the tasks that write it next; the main thread's */
};

typedef struct
{
  VbStore *store;     /* (owned) (nullable): %NULL once it is written */
  GHashTable *writes; /* (owned) the store's */
  VbStored *stored;   /* (owned) (nullable): %NULL: remove */
  char *name;         /* (owned) of the file */
  gboolean is_new;
} Write;

typedef struct
{
  char *name;       /* (owned) */
  VbStored *stored; /* (owned) (nullable) what is in it */
  GError *error;    /* (owned) (nullable) why it is not used */
} File;

static void
write_free (Write *write)
{
  g_clear_pointer (&write->store, vb_store_unref);
  g_clear_pointer (&write->stored, vb_stored_unref);
  g_hash_table_unref (write->writes);
  g_free (write->name);
  g_free (write);
}

static gboolean
save (const Write *write, GError **error)
{
  g_autofree char *text = vb_stored_format (write->stored);

  return vb_file_replace (write->store->folder_fd, write->store->folder_path, write->name, text,
                          VB_FILE_SYNC | (write->is_new ? VB_FILE_NEW : 0), error);
}

static gboolean
remove_file (const Write *write, GError **error)
{
  int fd = write->store->folder_fd;
  g_autofree char *path = NULL;
  int failure;

  if ((unlinkat (fd, write->name, 0) == 0 || errno == ENOENT) && fsync (fd) == 0)
    return TRUE;
  failure = errno;
  path = g_build_filename (write->store->folder_path, write->name, NULL);
  vb_file_set_error (error, failure, "remove", path);
  return FALSE;
}

static void
write_in_thread (GTask *task, gpointer source, gpointer task_data, GCancellable *cancellable)
{
  Write *write = task_data;
  GError *error = NULL;
  gboolean written = write->stored != NULL ? save (write, &error) : remove_file (write, &error);

  /* The lock is not to outlast the engine for a thread that is about to end. */
  g_clear_pointer (&write->store, vb_store_unref);
  if (written)
    g_task_return_boolean (task, TRUE);
  else
    g_task_return_error (task, error);
}

static void begin_write (GTask *task);

static void
on_written (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  Write *write = g_task_get_task_data (task);
  GQueue *waiting = g_hash_table_lookup (write->writes, write->name);
  GError *error = NULL;

  if (g_queue_is_empty (waiting))
    g_hash_table_remove (write->writes, write->name);
  else
    begin_write (g_queue_pop_head (waiting));
  if (g_task_propagate_boolean (G_TASK (result), &error))
    g_task_return_boolean (task, TRUE);
  else
    g_task_return_error (task, error);
}

/* @task (transfer full) */
static void
begin_write (GTask *task)
{
  g_autoptr (GTask) writing = g_task_new (NULL, NULL, on_written, task);

  g_task_set_source_tag (writing, begin_write);
  g_task_set_task_data (writing, g_task_get_task_data (task), NULL);
  g_task_run_in_thread (writing, write_in_thread);
}

static void
run_write (VbStore *store,
           VbStored *stored,
           const char *uuid,
           gboolean is_new,
           GAsyncReadyCallback callback,
           gpointer user_data)
{
  GTask *task = g_task_new (NULL, NULL, callback, user_data);
  Write *write = g_new0 (Write, 1);
  GQueue *waiting;

  write->store = vb_store_ref (store);
  write->writes = g_hash_table_ref (store->writes);
  write->stored = stored != NULL ? vb_stored_ref (stored) : NULL;
  write->name = g_strconcat (uuid, FILE_SUFFIX, NULL);
  write->is_new = is_new;
  g_task_set_source_tag (task, run_write);
  g_task_set_task_data (task, write, (GDestroyNotify) write_free);
  waiting = g_hash_table_lookup (store->writes, write->name);
  if (waiting != NULL)
    {
      g_queue_push_tail (waiting, task);
      return;
    }
  g_hash_table_insert (store->writes, g_strdup (write->name), g_queue_new ());
  begin_write (task);
}

static VbStored *
read_stored (VbStore *store, const char *name, GError **error)
{
  g_autoptr (VbStored) stored = NULL;
  g_autofree char *expected = NULL;
  g_autofree char *text = NULL;
  gsize length = 0;

  text = vb_file_read (store->folder_fd, name, MAX_FILE_BYTES, &length, error);
  if (text == NULL)
    return NULL;
  stored = vb_stored_parse (text, length, error);
  if (stored == NULL)
    return NULL;
  expected = g_strconcat (stored->definition->uuid, FILE_SUFFIX, NULL);
  if (strcmp (expected, name) != 0)
    {
      g_set_error (error, VB_ENGINE_ERROR, VB_ENGINE_ERROR_HOST_RESOURCE,
                   "its definition has the UUID %s and belongs in %s", stored->definition->uuid,
                   expected);
      return NULL;
    }
  return g_steal_pointer (&stored);
}

static void
file_free (File *file)
{
  g_free (file->name);
  g_clear_pointer (&file->stored, vb_stored_unref);
  g_clear_error (&file->error);
  g_free (file);
}

static void
read_in_pool (gpointer data, gpointer user_data)
{
  File *file = data;

  file->stored = read_stored (user_data, file->name, &file->error);
}

/* Most of the time goes into parsing, which needs nothing but the text. */
static void
read_all (VbStore *store, GPtrArray *files)
{
  GThreadPool *pool =
      g_thread_pool_new (read_in_pool, store, (int) g_get_num_processors (), FALSE, NULL);

  for (guint i = 0; i < files->len; i++)
    g_thread_pool_push (pool, files->pdata[i], NULL);
  g_thread_pool_free (pool, FALSE, TRUE);
}

static int
compare_files (gconstpointer a, gconstpointer b)
{
  return strcmp ((*(const File *const *) a)->name, (*(const File *const *) b)->name);
}

/* (transfer full) (element-type File) */
static GPtrArray *
list_files (VbStore *store)
{
  GPtrArray *files = g_ptr_array_new_with_free_func ((GDestroyNotify) file_free);
  g_autoptr (GDir) folder = g_dir_open (store->folder_path, 0, NULL);
  const char *name;

  while (folder != NULL && (name = g_dir_read_name (folder)) != NULL)
    {
      if (vb_file_is_leftover (name))
        unlinkat (store->folder_fd, name, 0);
      else if (g_str_has_suffix (name, FILE_SUFFIX))
        {
          File *file = g_new0 (File, 1);

          file->name = g_strdup (name);
          g_ptr_array_add (files, file);
        }
    }
  g_ptr_array_sort (files, compare_files);
  return files;
}

/* @names: (element-type utf8 File): the file that each name so far is from */
static void
check_name (File *file, GHashTable *names)
{
  const char *name = file->stored->definition->name;
  const File *other = g_hash_table_lookup (names, name);

  if (other == NULL)
    g_hash_table_insert (names, (gpointer) name, file);
  else
    g_set_error (&file->error, VB_ENGINE_ERROR, VB_ENGINE_ERROR_ALREADY_EXISTS,
                 "its domain has the name '%s', which the one in %s has as well", name,
                 other->name);
}

static gboolean
take_lock (VbStore *store, const char *state_dir, GError **error)
{
  g_autofree char *path = g_build_filename (state_dir, "lock", NULL);

  store->lock_fd = open (path, O_RDWR | O_CREAT | O_NOFOLLOW | O_CLOEXEC, 0600);
  if (store->lock_fd < 0)
    {
      vb_file_set_error (error, errno, "open", path);
      return FALSE;
    }
  if (flock (store->lock_fd, LOCK_EX | LOCK_NB) < 0)
    {
      g_set_error (error, VB_ENGINE_ERROR, VB_ENGINE_ERROR_HOST_RESOURCE,
                   "another service uses %s: it holds the lock %s; end it, or give this one another"
                   " folder",
                   state_dir, path);
      return FALSE;
    }
  return TRUE;
}

VbStore *
vb_store_open (const char *state_dir, GError **error)
{
  g_autoptr (VbStore) store = g_new0 (VbStore, 1);

  g_atomic_ref_count_init (&store->ref_count);
  store->writes =
      g_hash_table_new_full (g_str_hash, g_str_equal, g_free, (GDestroyNotify) g_queue_free);
  store->lock_fd = -1;
  store->folder_path = g_build_filename (state_dir, "domains", NULL);
  store->folder_fd = vb_file_open_folder (store->folder_path, error);
  if (store->folder_fd < 0 || !take_lock (store, state_dir, error))
    return NULL;
  return g_steal_pointer (&store);
}

VbStore *
vb_store_ref (VbStore *store)
{
  g_atomic_ref_count_inc (&store->ref_count);
  return store;
}

void
vb_store_unref (VbStore *store)
{
  if (!g_atomic_ref_count_dec (&store->ref_count))
    return;
  if (store->folder_fd >= 0)
    close (store->folder_fd);
  if (store->lock_fd >= 0)
    close (store->lock_fd);
  g_hash_table_unref (store->writes);
  g_free (store->folder_path);
  g_free (store);
}

GPtrArray *
vb_store_load (VbStore *store)
{
  g_autoptr (GPtrArray) files = list_files (store);
  g_autoptr (GHashTable) names = g_hash_table_new (g_str_hash, g_str_equal);
  GPtrArray *loaded = g_ptr_array_new_with_free_func ((GDestroyNotify) vb_stored_unref);

  read_all (store, files);
  for (guint i = 0; i < files->len; i++)
    {
      File *file = files->pdata[i];

      if (file->stored != NULL)
        check_name (file, names);
      if (file->error != NULL)
        g_warning ("%s/%s is left as it is and not used: %s", store->folder_path, file->name,
                   file->error->message);
      else
        g_ptr_array_add (loaded, vb_stored_ref (file->stored));
    }
  return loaded;
}

void
vb_store_save_async (VbStore *store,
                     VbStored *stored,
                     gboolean is_new,
                     GAsyncReadyCallback callback,
                     gpointer user_data)
{
  run_write (store, stored, stored->definition->uuid, is_new, callback, user_data);
}

void
vb_store_remove_async (VbStore *store,
                       const char *uuid,
                       GAsyncReadyCallback callback,
                       gpointer user_data)
{
  run_write (store, NULL, uuid, FALSE, callback, user_data);
}

gboolean
vb_store_finish (GAsyncResult *result, GError **error)
{
  return g_task_propagate_boolean (G_TASK (result), error);
}
