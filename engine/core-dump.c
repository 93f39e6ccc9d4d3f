/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * One dump, step by step: a file beside the others, QEMU's writing, the file's own name. What an
 * earlier service did not see the end of has no name, and goes with the next dump of the domain.
 */
#include "engine/core-dump.h"

#include "engine/engine-private.h"
#include "engine/file.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <sys/statvfs.h>
#include <unistd.h>

#define DUMP_WORK "the dump of its memory"
#define SUFFIX ".core"
#define UNFINISHED_SUFFIX ".core.part"
/* "-<uuid>-20261126T000822.123456Z" */
#define MAX_TAIL_BYTES 80
#define BYTES_PER_KIB 1024

/* What the threads work on: nothing of the model. */
typedef struct
{
  char *folder; /* (owned) */
  char *name;   /* (owned) of the file, without a suffix */
  char *uuid;   /* (owned) */
  guint64 memory_kib;
  gboolean is_written; /* QEMU has written it whole */
} DumpFile;

typedef struct
{
  VbEngine *engine;         /* (owned) */
  VbMachine *machine;       /* (owned) */
  VbQemuInstance *instance; /* (owned) */
  VbCoreDumpFunc next;
  DumpFile file; /* fields owned */
  GError *error; /* (owned) (nullable) why there is no dump */
} Dump;

static void
dump_clear (Dump *dump)
{
  g_clear_error (&dump->error);
  g_free (dump->file.uuid);
  g_free (dump->file.name);
  g_free (dump->file.folder);
  g_object_unref (dump->instance);
  g_object_unref (dump->machine);
  g_object_unref (dump->engine);
}

static void
dump_unref (gpointer dump)
{
  g_rc_box_release_full (dump, (GDestroyNotify) dump_clear);
}

/* (transfer full): the domain's name is cut where a file cannot have so long a one. */
static char *
make_name (const char *domain_name, const char *uuid)
{
  g_autoptr (GDateTime) now = g_date_time_new_now_utc ();
  g_autofree char *time = g_date_time_format (now, "%Y%m%dT%H%M%S.%fZ");
  gsize length = strlen (domain_name);

  while (length > NAME_MAX - MAX_TAIL_BYTES || ((guchar) domain_name[length] & 0xc0) == 0x80)
    length--;
  return g_strdup_printf ("%.*s-%s-%s", (int) length, domain_name, uuid, time);
}

static char *
path_of (const DumpFile *file, const char *suffix)
{
  g_autofree char *name = g_strconcat (file->name, suffix, NULL);

  return g_build_filename (file->folder, name, NULL);
}

static int
compare_names (gconstpointer a, gconstpointer b)
{
  const char *first = *(const char *const *) a;
  const char *second = *(const char *const *) b;

  /* By the time at the end, for the domain may have been renamed. */
  return strcmp (strrchr (first, '-'), strrchr (second, '-'));
}

/* Removes the domain's files with that suffix but the latest ones. */
static void
prune (const DumpFile *file, const char *suffix, guint n_kept)
{
  g_autoptr (GPtrArray) names = g_ptr_array_new_with_free_func (g_free);
  g_autoptr (GDir) folder = g_dir_open (file->folder, 0, NULL);
  g_autofree char *part = g_strconcat ("-", file->uuid, "-", NULL);
  const char *name;

  while (folder != NULL && (name = g_dir_read_name (folder)) != NULL)
    if (strstr (name, part) != NULL && g_str_has_suffix (name, suffix))
      g_ptr_array_add (names, g_strdup (name));
  g_ptr_array_sort (names, compare_names);
  for (guint i = 0; i + n_kept < names->len; i++)
    {
      g_autofree char *path = g_build_filename (file->folder, names->pdata[i], NULL);

      if (unlink (path) < 0)
        g_warning ("cannot remove %s: %s", path, g_strerror (errno));
    }
}

/* A dump is not to fill the disk that the definitions are on, only to fail then. */
static gboolean
check_room (const DumpFile *file, int fd, GError **error)
{
  struct statvfs info;
  guint64 free_kib;

  if (fstatvfs (fd, &info) < 0)
    return TRUE;
  free_kib = (guint64) info.f_bavail * info.f_frsize / BYTES_PER_KIB;
  if (free_kib >= file->memory_kib)
    return TRUE;
  g_set_error (error, VB_ENGINE_ERROR, VB_ENGINE_ERROR_HOST_RESOURCE,
               "%s has %" G_GUINT64_FORMAT " KiB free, and the memory to be dumped is"
               " %" G_GUINT64_FORMAT " KiB; free some space on its file system",
               file->folder, free_kib, file->memory_kib);
  return FALSE;
}

static void
open_in_thread (GTask *task, gpointer source, gpointer task_data, GCancellable *cancellable)
{
  const DumpFile *file = task_data;
  g_autofree char *path = path_of (file, UNFINISHED_SUFFIX);
  GError *error = NULL;
  int folder_fd = vb_file_open_folder (file->folder, &error);
  int fd;

  if (folder_fd < 0)
    {
      g_task_return_error (task, error);
      return;
    }
  close (folder_fd);
  prune (file, UNFINISHED_SUFFIX, 0);
  fd = open (path, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);
  if (fd < 0)
    vb_file_set_error (&error, errno, "write", path);
  else if (!check_room (file, fd, &error))
    {
      close (g_steal_fd (&fd));
      unlink (path);
    }
  if (fd >= 0)
    g_task_return_int (task, fd);
  else
    g_task_return_error (task, error);
}

static void
close_in_thread (GTask *task, gpointer source, gpointer task_data, GCancellable *cancellable)
{
  const DumpFile *file = task_data;
  g_autofree char *unfinished = path_of (file, UNFINISHED_SUFFIX);
  g_autofree char *path = path_of (file, SUFFIX);
  GError *error = NULL;

  if (!file->is_written)
    unlink (unfinished);
  else if (rename (unfinished, path) < 0)
    vb_file_set_error (&error, errno, "write", path);
  else
    prune (file, SUFFIX, VB_CORE_DUMP_MAX_KEPT);
  if (error != NULL)
    g_task_return_error (task, error);
  else
    g_task_return_boolean (task, TRUE);
}

static void
run_in_thread (Dump *dump, GTaskThreadFunc func, GAsyncReadyCallback callback)
{
  g_autoptr (GTask) task = g_task_new (NULL, NULL, callback, dump);

  g_task_set_source_tag (task, func);
  g_task_set_task_data (task, &dump->file, NULL);
  g_task_run_in_thread (task, func);
}

/* (nullable): the run that is dumped, while it lasts */
static VbRun *
get_run (const Dump *dump)
{
  VbRun *run = vb_machine_get_run (dump->machine);

  return run != NULL && run->instance == dump->instance ? run : NULL;
}

static void
tell (const Dump *dump)
{
  g_auto (GVariantDict) details = G_VARIANT_DICT_INIT (NULL);
  g_autoptr (GVariant) value = NULL;
  g_autofree char *path = path_of (&dump->file, SUFFIX);

  g_variant_dict_insert (&details, "path", "s", path);
  value = g_variant_ref_sink (g_variant_dict_end (&details));
  vb_machine_emit_event (dump->machine, "core-dump", value);
}

static void
note_failure (Dump *dump)
{
  g_prefix_error (&dump->error, "the memory of domain '%s' was not dumped: ",
                  vb_machine_get_name (dump->machine));
  g_message ("%s", dump->error->message);
  vb_machine_set_last_error (dump->machine, dump->error);
}

static void
on_closed (GObject *source, GAsyncResult *result, gpointer user_data)
{
  Dump *dump = user_data;
  VbMachine *machine = dump->machine;
  /* Who ends the machine meanwhile wants no dump, and none of what follows it. */
  gboolean is_cancelled = g_cancellable_is_cancelled (vb_machine_get_slot (machine)->cancellable);
  VbRun *run = get_run (dump);

  g_task_propagate_boolean (G_TASK (result), dump->error == NULL ? &dump->error : NULL);
  if (run != NULL && !is_cancelled)
    {
      run->dump_failed = dump->error != NULL;
      if (!run->dump_failed)
        tell (dump);
      else
        note_failure (dump);
    }
  vb_machine_end_work (machine);
  run = get_run (dump);
  if (run != NULL)
    {
      run->is_dumping = FALSE;
      if (!is_cancelled)
        dump->next (run);
    }
  dump_unref (dump);
}

static void
on_written (GObject *source, GAsyncResult *result, gpointer user_data)
{
  Dump *dump = user_data;

  dump->file.is_written = vb_qemu_instance_dump_finish (dump->instance, result, &dump->error);
  run_in_thread (dump, close_in_thread, on_closed);
}

static void
on_opened (GObject *source, GAsyncResult *result, gpointer user_data)
{
  Dump *dump = user_data;
  int fd = (int) g_task_propagate_int (G_TASK (result), &dump->error);

  if (fd >= 0)
    vb_qemu_instance_dump_async (dump->instance, fd,
                                 vb_machine_get_slot (dump->machine)->cancellable, on_written,
                                 dump);
  else
    run_in_thread (dump, close_in_thread, on_closed);
}

/* The slot is free. */
static void
begin (gpointer user_data)
{
  Dump *dump = user_data;
  VbRun *run = get_run (dump);

  if (run == NULL || run->is_ended || !vb_machine_begin (run->machine, DUMP_WORK, NULL))
    return;
  vb_machine_publish (run->machine);
  run_in_thread (g_rc_box_acquire (dump), open_in_thread, on_opened);
}

void
vb_core_dump_take (VbRun *run, VbCoreDumpFunc next)
{
  const VbDomain *domain = vb_qemu_instance_get_domain (run->instance);
  const char *state_dir = vb_engine_get_config (run->engine)->state_dir;
  Dump *dump = g_rc_box_new0 (Dump);

  run->is_dumping = TRUE;
  dump->engine = g_object_ref (run->engine);
  dump->machine = g_object_ref (run->machine);
  dump->instance = g_object_ref (run->instance);
  dump->next = next;
  dump->file.folder = g_build_filename (state_dir, VB_CORE_DUMP_FOLDER, NULL);
  dump->file.name = make_name (vb_machine_get_name (run->machine), domain->uuid);
  dump->file.uuid = g_strdup (domain->uuid);
  dump->file.memory_kib = domain->memory_kib;
  vb_slot_wait (vb_machine_get_slot (run->machine), begin, dump, dump_unref);
  vb_slot_serve (vb_machine_get_slot (run->machine));
}
