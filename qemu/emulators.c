/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * One record for each emulator, with what is known of it and the inquiries under way: one that asks
 * what it can do at all, others about devices. Who asks waits for the inquiry that is there. What
 * became known is told before those are answered who asked for it.
 */
#include "qemu/emulators.h"

#include "qemu/emulator-record.h"
#include "qemu/probe.h"
#include "qemu/waiting-tasks.h"

#include <string.h>

/* Binaries of domains that are no installed ones: those asked last are remembered. */
#define MAX_FOREIGN 64
/* Devices that were described one by one, of one binary. Facts have a row for each property. */
#define MAX_DESCRIBED 256
/* So that one that hangs does not hold up another, whatever the host has. */
#define MIN_PARALLEL 2
/* How often a binary is asked that is another one when it has answered. */
#define MAX_ROUNDS 3

typedef struct
{
  VbEmulators *emulators;   /* has it */
  VbEmulatorRecord *record; /* (owned) */
  GPtrArray *inquiries; /* (owned) (element-type Inquiry) the first is at work, or in the queue */
} Binary;

typedef struct
{
  Binary *binary;          /* (nullable): nobody wants to know any more */
  char *device;            /* (owned) (nullable): what it can do at all */
  VbWaitingTasks *waiting; /* (owned) whose data is the device that they ask about, or %NULL */
  gboolean is_running;
  VbFactsKey *key;        /* (owned) (nullable) of what is asked; while it runs */
  VbEmulatorFacts *facts; /* (owned) (nullable): which @device is added to */
  guint n_rounds;
} Inquiry;

struct _VbEmulators
{
  GObject parent_instance;

  char *cache_dir; /* (owned) (nullable) */
  gint64 uid;
  gint64 gid;
  guint timeout_ms;
  guint retry_ms;
  gboolean kvm_usable;
  VbEmulatorFolders *folders; /* (owned) */
  GHashTable *binaries;       /* (owned) (element-type utf8 Binary) by path */
  GQueue queue;               /* (element-type Binary) whose turn it is not yet */
  guint n_running;
  guint64 n_uses;
  GCancellable *cancellable; /* (owned) of all that runs */
};

G_DEFINE_FINAL_TYPE (VbEmulators, vb_emulators, G_TYPE_OBJECT)

enum
{
  SIGNAL_CHANGED,
  N_SIGNALS
};
static guint signals[N_SIGNALS];

static void
inquiry_free (gpointer data)
{
  Inquiry *inquiry = data;

  g_free (inquiry->device);
  g_clear_pointer (&inquiry->key, vb_facts_key_unref);
  g_clear_pointer (&inquiry->facts, vb_emulator_facts_unref);
  vb_waiting_tasks_free (inquiry->waiting);
  g_free (inquiry);
}

/* An inquiry that runs is freed when it is over. */
static void
inquiry_drop (gpointer data)
{
  Inquiry *inquiry = data;

  inquiry->binary = NULL;
  if (!inquiry->is_running)
    inquiry_free (inquiry);
}

static void
binary_free (gpointer data)
{
  Binary *binary = data;

  g_ptr_array_unref (binary->inquiries);
  vb_emulator_record_free (binary->record);
  g_free (binary);
}

static void
binary_tell (Binary *binary)
{
  /* The record may be gone before the signal is. */
  g_autofree char *path = g_strdup (binary->record->path);

  g_signal_emit (binary->emulators, signals[SIGNAL_CHANGED], 0, path);
}

static gboolean
binary_recall (Binary *binary)
{
  return vb_emulator_record_recall (binary->record, binary->emulators->cache_dir,
                                    binary->emulators->kvm_usable);
}

/* (nullable) (transfer none) */
static Inquiry *
binary_find_inquiry (Binary *binary, const char *device)
{
  for (guint i = 0; i < binary->inquiries->len; i++)
    {
      Inquiry *inquiry = g_ptr_array_index (binary->inquiries, i);

      if (g_strcmp0 (inquiry->device, device) == 0)
        return inquiry;
    }
  return NULL;
}

/* A device that there is not has no properties to ask for. */
static gboolean
knows_device (const VbEmulatorFacts *facts, const char *device)
{
  VbEmulatorDevice found;

  return device == NULL || vb_emulator_facts_get_error (facts) != NULL ||
         vb_emulator_facts_knows_properties (facts, device) ||
         !vb_emulator_facts_find_device (facts, device, &found);
}

static void
return_facts (GTask *task, VbEmulatorFacts *facts)
{
  g_task_return_pointer (task, vb_emulator_facts_ref (facts),
                         (GDestroyNotify) vb_emulator_facts_unref);
}

static void on_answered (GObject *source, GAsyncResult *result, gpointer user_data);

static void
inquiry_run (Inquiry *inquiry)
{
  Binary *binary = inquiry->binary;
  VbEmulators *emulators = binary->emulators;
  VbProbeConfig config = { .path = binary->record->path,
                           .use_kvm = emulators->kvm_usable,
                           .uid = emulators->uid,
                           .gid = emulators->gid,
                           .timeout_ms = emulators->timeout_ms };

  inquiry->is_running = TRUE;
  g_clear_pointer (&inquiry->key, vb_facts_key_unref);
  inquiry->key = vb_facts_key_new (config.path, config.use_kvm);
  inquiry->n_rounds++;
  if (inquiry->device == NULL)
    {
      vb_probe_async (&config, emulators->cancellable, on_answered, inquiry);
      return;
    }
  if (binary->record->facts != NULL && binary->record->facts != inquiry->facts)
    {
      vb_emulator_facts_unref (inquiry->facts);
      inquiry->facts = vb_emulator_facts_ref (binary->record->facts);
    }
  vb_probe_describe_async (&config, inquiry->facts, inquiry->device, emulators->cancellable,
                           on_answered, inquiry);
}

static void
emulators_run_next (VbEmulators *emulators)
{
  while (emulators->n_running < MAX (g_get_num_processors (), MIN_PARALLEL) &&
         emulators->queue.length > 0)
    {
      Binary *binary = g_queue_pop_head (&emulators->queue);

      emulators->n_running++;
      inquiry_run (g_ptr_array_index (binary->inquiries, 0));
    }
}

/* (transfer none): one that is under way, or a new one */
static Inquiry *
binary_inquire (Binary *binary, const char *device)
{
  VbEmulators *emulators = binary->emulators;
  Inquiry *inquiry = binary_find_inquiry (binary, device);

  if (inquiry != NULL)
    return inquiry;
  inquiry = g_new0 (Inquiry, 1);
  inquiry->binary = binary;
  inquiry->device = g_strdup (device);
  inquiry->facts = device != NULL ? vb_emulator_facts_ref (binary->record->facts) : NULL;
  inquiry->waiting = vb_waiting_tasks_new ();
  g_ptr_array_add (binary->inquiries, inquiry);
  if (binary->inquiries->len == 1)
    g_queue_push_tail (&emulators->queue, binary);
  emulators_run_next (emulators);
  if (binary->record->facts == NULL)
    binary_tell (binary);
  return inquiry;
}

/* Whether the answer is about something that is not there any more. */
static gboolean
inquiry_is_in_vain (const Inquiry *inquiry)
{
  return inquiry->device == NULL && inquiry->n_rounds < MAX_ROUNDS &&
         (inquiry->key->kvm_usable != inquiry->binary->emulators->kvm_usable ||
          !vb_facts_key_is_current (inquiry->key));
}

/* @program: (nullable) */
static void
inquiry_learn (Inquiry *inquiry, VbEmulatorFacts *facts, const char *program)
{
  VbEmulatorRecord *record = inquiry->binary->record;

  if (inquiry->device == NULL)
    vb_emulator_record_learn (record, facts, inquiry->key, program);
  else if (record->facts == inquiry->facts && record->n_described < MAX_DESCRIBED)
    vb_emulator_record_describe (record, facts);
  else
    return;
  vb_emulator_record_save (record, inquiry->binary->emulators->cache_dir);
}

/* Who waits for a device that is not described yet goes on waiting. @binary: (nullable): forgotten
 * meanwhile */
static void
inquiry_complete (Inquiry *inquiry, Binary *binary, VbEmulatorFacts *facts)
{
  g_autoptr (GPtrArray) tasks = vb_waiting_tasks_take (inquiry->waiting);

  for (guint i = 0; i < tasks->len; i++)
    {
      GTask *task = g_ptr_array_index (tasks, i);
      const char *device = g_task_get_task_data (task);

      if (inquiry->device != NULL || knows_device (facts, device) || binary == NULL ||
          binary->record->facts == NULL)
        return_facts (task, facts);
      else
        vb_waiting_tasks_add (binary_inquire (binary, device)->waiting, task);
    }
}

/* Whether there is nothing to remember of it. */
static gboolean
binary_is_gone (const Binary *binary)
{
  return !binary->record->is_installed && binary->inquiries->len == 0 &&
         (binary->record->facts == NULL || !g_file_test (binary->record->path, G_FILE_TEST_EXISTS));
}

static void
emulators_forget_if_gone (VbEmulators *emulators, const char *path)
{
  const Binary *binary = g_hash_table_lookup (emulators->binaries, path);

  if (binary != NULL && binary_is_gone (binary))
    g_hash_table_remove (emulators->binaries, path);
}

/* @paths: (element-type utf8) */
static void
emulators_tell (VbEmulators *emulators, GPtrArray *paths)
{
  g_autoptr (VbEmulators) kept = g_object_ref (emulators);

  for (guint i = 0; i < paths->len; i++)
    g_signal_emit (kept, signals[SIGNAL_CHANGED], 0, paths->pdata[i]);
}

static void
on_answered (GObject *source, GAsyncResult *result, gpointer user_data)
{
  Inquiry *inquiry = user_data;
  g_autofree char *program = NULL;
  g_autoptr (VbEmulatorFacts) facts = vb_probe_finish (result, &program, NULL);
  g_autoptr (VbEmulators) emulators = NULL;
  g_autofree char *path = NULL;
  Binary *binary = inquiry->binary;

  inquiry->is_running = FALSE;
  if (binary == NULL)
    {
      inquiry_free (inquiry);
      return;
    }
  emulators = g_object_ref (binary->emulators);
  emulators->n_running--;
  path = g_strdup (binary->record->path);
  if (inquiry_is_in_vain (inquiry))
    {
      g_queue_push_tail (&emulators->queue, binary);
      emulators_run_next (emulators);
      return;
    }
  g_ptr_array_steal_index (binary->inquiries, 0);
  if (binary->inquiries->len > 0)
    g_queue_push_tail (&emulators->queue, binary);
  inquiry_learn (inquiry, facts, program);
  binary_tell (binary);
  inquiry_complete (inquiry, g_hash_table_lookup (emulators->binaries, path), facts);
  inquiry_free (inquiry);
  emulators_forget_if_gone (emulators, path);
  emulators_run_next (emulators);
}

/* Of those that are no installed ones and that nobody waits for: the one asked longest ago. (nullable)
 * @n_foreign: (out): how many there are */
static Binary *
find_least_used (VbEmulators *emulators, guint *n_foreign)
{
  Binary *least = NULL;
  GHashTableIter iter;
  gpointer value;

  *n_foreign = 0;
  g_hash_table_iter_init (&iter, emulators->binaries);
  while (g_hash_table_iter_next (&iter, NULL, &value))
    {
      Binary *binary = value;

      if (binary->record->is_installed)
        continue;
      (*n_foreign)++;
      if (binary->inquiries->len == 0 &&
          (least == NULL || binary->record->last_use < least->record->last_use))
        least = binary;
    }
  return least;
}

/* (transfer none) */
static Binary *
emulators_add (VbEmulators *emulators, const char *path, gboolean is_installed)
{
  Binary *binary = g_new0 (Binary, 1);

  binary->emulators = emulators;
  binary->record = vb_emulator_record_new (path, emulators->folders);
  binary->record->is_installed = is_installed;
  binary->inquiries = g_ptr_array_new_with_free_func (inquiry_drop);
  g_hash_table_insert (emulators->binaries, binary->record->path, binary);
  return binary;
}

/* (transfer none): the record of a binary that somebody asks */
static Binary *
emulators_use (VbEmulators *emulators, const char *path)
{
  Binary *binary = g_hash_table_lookup (emulators->binaries, path);
  Binary *least;
  guint n_foreign;

  if (binary == NULL)
    {
      least = find_least_used (emulators, &n_foreign);
      if (least != NULL && n_foreign >= MAX_FOREIGN)
        g_hash_table_remove (emulators->binaries, least->record->path);
      binary = emulators_add (emulators, path, FALSE);
    }
  binary->record->last_use = ++emulators->n_uses;
  return binary;
}

static void
emulators_ask (VbEmulators *emulators,
               gpointer source_tag,
               const char *path,
               const char *device,
               GCancellable *cancellable,
               GAsyncReadyCallback callback,
               gpointer user_data)
{
  g_autoptr (GTask) task = g_task_new (emulators, cancellable, callback, user_data);
  Binary *binary = emulators_use (emulators, path);
  gboolean was_current;

  g_task_set_source_tag (task, source_tag);
  g_task_set_task_data (task, g_strdup (device), g_free);
  was_current = vb_emulator_record_is_current (binary->record, emulators->retry_ms);
  if (!was_current && !binary_recall (binary))
    {
      vb_waiting_tasks_add (binary_inquire (binary, NULL)->waiting, task);
      return;
    }
  if (knows_device (binary->record->facts, device))
    return_facts (task, binary->record->facts);
  else
    vb_waiting_tasks_add (binary_inquire (binary, device)->waiting, task);
  if (!was_current)
    binary_tell (binary);
}

/* What could not be run while somebody still wrote it. */
static gboolean
binary_may_work_now (Binary *binary, GHashTable *touched)
{
  return vb_emulator_facts_get_error (binary->record->facts) != NULL &&
         vb_emulator_record_is_touched (binary->record, touched);
}

/* Takes note of another file, or of a failure that may be over. Whether there is news already. */
static gboolean
binary_renew (Binary *binary, GHashTable *touched)
{
  VbEmulatorRecord *record = binary->record;

  if (record->facts == NULL ||
      (!vb_emulator_record_is_replaced (record) && !binary_may_work_now (binary, touched)))
    return FALSE;
  if (binary_recall (binary))
    return TRUE;
  record->is_outdated = TRUE;
  binary_inquire (binary, NULL);
  return FALSE;
}

/* @changed: (element-type utf8): gets the paths of those that came or went */
static void
emulators_list_again (VbEmulators *emulators, GPtrArray *changed)
{
  g_autoptr (GPtrArray) installed = vb_emulator_folders_list (emulators->folders);
  GHashTableIter iter;
  gpointer value;

  g_hash_table_iter_init (&iter, emulators->binaries);
  while (g_hash_table_iter_next (&iter, NULL, &value))
    {
      Binary *binary = value;
      gboolean was_installed = binary->record->is_installed;

      binary->record->is_installed =
          g_ptr_array_find_with_equal_func (installed, binary->record->path, g_str_equal, NULL);
      if (binary->record->is_installed != was_installed)
        g_ptr_array_add (changed, g_strdup (binary->record->path));
    }
  for (guint i = 0; i < installed->len; i++)
    if (!g_hash_table_contains (emulators->binaries, installed->pdata[i]))
      {
        emulators_add (emulators, installed->pdata[i], TRUE);
        g_ptr_array_add (changed, g_strdup (installed->pdata[i]));
      }
}

static void
on_folders_changed (GHashTable *touched, gpointer user_data)
{
  VbEmulators *emulators = user_data;
  g_autoptr (GPtrArray) changed = g_ptr_array_new_with_free_func (g_free);
  GHashTableIter iter;
  gpointer value;

  emulators_list_again (emulators, changed);
  g_hash_table_iter_init (&iter, emulators->binaries);
  while (g_hash_table_iter_next (&iter, NULL, &value))
    {
      Binary *binary = value;

      if (binary_is_gone (binary) || binary_renew (binary, touched))
        g_ptr_array_add (changed, g_strdup (binary->record->path));
    }
  for (guint i = 0; i < changed->len; i++)
    emulators_forget_if_gone (emulators, changed->pdata[i]);
  emulators_tell (emulators, changed);
}

static void
vb_emulators_finalize (GObject *object)
{
  VbEmulators *emulators = VB_EMULATORS (object);

  g_cancellable_cancel (emulators->cancellable);
  g_object_unref (emulators->cancellable);
  g_queue_clear (&emulators->queue);
  g_hash_table_unref (emulators->binaries);
  vb_emulator_folders_free (emulators->folders);
  g_free (emulators->cache_dir);
  G_OBJECT_CLASS (vb_emulators_parent_class)->finalize (object);
}

static void
vb_emulators_class_init (VbEmulatorsClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = vb_emulators_finalize;
  signals[SIGNAL_CHANGED] = g_signal_new ("changed", VB_TYPE_EMULATORS, G_SIGNAL_RUN_LAST, 0, NULL,
                                          NULL, NULL, G_TYPE_NONE, 1, G_TYPE_STRING);
}

static void
vb_emulators_init (VbEmulators *emulators)
{
  emulators->binaries = g_hash_table_new_full (g_str_hash, g_str_equal, NULL, binary_free);
  emulators->cancellable = g_cancellable_new ();
}

VbEmulators *
vb_emulators_new (const VbEmulatorsConfig *config)
{
  VbEmulators *emulators = g_object_new (VB_TYPE_EMULATORS, NULL);
  g_autoptr (GPtrArray) found = g_ptr_array_new_with_free_func (g_free);

  emulators->cache_dir = g_strdup (config->cache_dir);
  emulators->uid = config->uid;
  emulators->gid = config->gid;
  emulators->timeout_ms = config->timeout_ms;
  emulators->retry_ms = config->retry_ms;
  emulators->folders = vb_emulator_folders_new (config->search_path, on_folders_changed, emulators);
  emulators_list_again (emulators, found);
  return emulators;
}

void
vb_emulators_set_kvm_usable (VbEmulators *emulators, gboolean kvm_usable)
{
  g_autoptr (GPtrArray) changed = g_ptr_array_new_with_free_func (g_free);
  GHashTableIter iter;
  gpointer value;

  if (emulators->kvm_usable == kvm_usable)
    return;
  emulators->kvm_usable = kvm_usable;
  g_hash_table_iter_init (&iter, emulators->binaries);
  while (g_hash_table_iter_next (&iter, NULL, &value))
    {
      Binary *binary = value;

      if (binary->record->facts != NULL)
        g_ptr_array_add (changed, g_strdup (binary->record->path));
      vb_emulator_record_clear (binary->record);
    }
  emulators_tell (emulators, changed);
}

void
vb_emulators_load_cache (VbEmulators *emulators)
{
  g_autoptr (GPtrArray) changed = g_ptr_array_new_with_free_func (g_free);
  GHashTableIter iter;
  gpointer value;

  g_hash_table_iter_init (&iter, emulators->binaries);
  while (g_hash_table_iter_next (&iter, NULL, &value))
    {
      Binary *binary = value;

      if (binary->record->facts == NULL && binary_recall (binary))
        g_ptr_array_add (changed, g_strdup (binary->record->path));
    }
  emulators_tell (emulators, changed);
}

static int
compare_paths (gconstpointer a, gconstpointer b)
{
  return strcmp (*(const char *const *) a, *(const char *const *) b);
}

GPtrArray *
vb_emulators_list (VbEmulators *emulators)
{
  GPtrArray *paths = g_ptr_array_new ();
  GHashTableIter iter;
  gpointer value;

  g_hash_table_iter_init (&iter, emulators->binaries);
  while (g_hash_table_iter_next (&iter, NULL, &value))
    {
      Binary *binary = value;

      if (binary->record->is_installed)
        g_ptr_array_add (paths, binary->record->path);
    }
  g_ptr_array_sort (paths, compare_paths);
  return paths;
}

gboolean
vb_emulators_is_installed (VbEmulators *emulators, const char *path)
{
  const Binary *binary = g_hash_table_lookup (emulators->binaries, path);

  return binary != NULL && binary->record->is_installed;
}

VbEmulatorFacts *
vb_emulators_peek (VbEmulators *emulators, const char *path)
{
  const Binary *binary = g_hash_table_lookup (emulators->binaries, path);

  return binary != NULL ? binary->record->facts : NULL;
}

VbEmulatorFacts *
vb_emulators_peek_current (VbEmulators *emulators, const char *path)
{
  const Binary *binary = g_hash_table_lookup (emulators->binaries, path);

  return binary != NULL && vb_emulator_record_is_current (binary->record, emulators->retry_ms)
             ? binary->record->facts
             : NULL;
}

gboolean
vb_emulators_is_busy (VbEmulators *emulators, const char *path)
{
  Binary *binary = g_hash_table_lookup (emulators->binaries, path);

  return binary != NULL && binary_find_inquiry (binary, NULL) != NULL;
}

void
vb_emulators_probe_async (VbEmulators *emulators,
                          const char *path,
                          GCancellable *cancellable,
                          GAsyncReadyCallback callback,
                          gpointer user_data)
{
  emulators_ask (emulators, vb_emulators_probe_async, path, NULL, cancellable, callback, user_data);
}

VbEmulatorFacts *
vb_emulators_probe_finish (VbEmulators *emulators, GAsyncResult *result, GError **error)
{
  return g_task_propagate_pointer (G_TASK (result), error);
}

void
vb_emulators_describe_async (VbEmulators *emulators,
                             const char *path,
                             const char *device,
                             GCancellable *cancellable,
                             GAsyncReadyCallback callback,
                             gpointer user_data)
{
  emulators_ask (emulators, vb_emulators_describe_async, path, device, cancellable, callback,
                 user_data);
}

VbEmulatorFacts *
vb_emulators_describe_finish (VbEmulators *emulators, GAsyncResult *result, GError **error)
{
  return g_task_propagate_pointer (G_TASK (result), error);
}
