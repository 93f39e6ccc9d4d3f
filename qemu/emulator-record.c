/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Facts go with the file that they are of. What is behind its links and scripts counts, too.
 */
#include "qemu/emulator-record.h"

#include "qemu/facts-cache.h"

#include <stdlib.h>

VbEmulatorRecord *
vb_emulator_record_new (const char *path, VbEmulatorFolders *folders)
{
  VbEmulatorRecord *record = g_new0 (VbEmulatorRecord, 1);

  record->path = g_strdup (path);
  record->folders = folders;
  record->watched = g_ptr_array_new_with_free_func (g_free);
  return record;
}

/* @watched: (element-type utf8) */
static void
stop_watching (VbEmulatorRecord *record, GPtrArray *watched)
{
  for (guint i = 0; i < watched->len; i++)
    vb_emulator_folders_forget (record->folders, watched->pdata[i]);
}

void
vb_emulator_record_free (VbEmulatorRecord *record)
{
  stop_watching (record, record->watched);
  g_ptr_array_unref (record->watched);
  vb_emulator_record_clear (record);
  g_free (record->path);
  g_free (record);
}

static void
watch (VbEmulatorRecord *record, const char *path)
{
  vb_emulator_folders_watch (record->folders, path);
  g_ptr_array_add (record->watched, g_canonicalize_filename (path, "/"));
}

static void
watch_files (VbEmulatorRecord *record)
{
  g_autoptr (GPtrArray) watched_before = g_steal_pointer (&record->watched);
  char *real_path = realpath (record->path, NULL);

  record->watched = g_ptr_array_new_with_free_func (g_free);
  watch (record, record->path);
  if (real_path != NULL && !g_str_equal (real_path, record->path))
    watch (record, real_path);
  if (record->program != NULL)
    watch (record, record->program);
  free (real_path);
  stop_watching (record, watched_before);
}

static gboolean
is_same_program (const VbEmulatorRecord *record)
{
  g_autofree char *text = vb_facts_key_describe_program (record->program);

  return g_str_equal (text, record->program_text);
}

gboolean
vb_emulator_record_is_replaced (const VbEmulatorRecord *record)
{
  return !vb_facts_key_is_current (record->key) ||
         (record->program != NULL && !is_same_program (record));
}

gboolean
vb_emulator_record_is_touched (const VbEmulatorRecord *record, GHashTable *touched)
{
  for (guint i = 0; i < record->watched->len; i++)
    if (g_hash_table_contains (touched, record->watched->pdata[i]))
      return TRUE;
  return FALSE;
}

static gboolean
has_failed_long_ago (const VbEmulatorRecord *record, guint retry_ms)
{
  return vb_emulator_facts_get_error (record->facts) != NULL &&
         g_get_monotonic_time () - record->learned_us >= (gint64) retry_ms * 1000;
}

gboolean
vb_emulator_record_is_current (const VbEmulatorRecord *record, guint retry_ms)
{
  return record->facts != NULL && !record->is_outdated &&
         !vb_emulator_record_is_replaced (record) && !has_failed_long_ago (record, retry_ms);
}

void
vb_emulator_record_learn (VbEmulatorRecord *record,
                          VbEmulatorFacts *facts,
                          VbFactsKey *key,
                          const char *program)
{
  vb_emulator_record_clear (record);
  record->facts = vb_emulator_facts_ref (facts);
  record->key = vb_facts_key_ref (key);
  record->program = g_strdup (program);
  record->program_text = program != NULL ? vb_facts_key_describe_program (program) : NULL;
  record->learned_us = g_get_monotonic_time ();
  watch_files (record);
}

void
vb_emulator_record_describe (VbEmulatorRecord *record, VbEmulatorFacts *facts)
{
  vb_emulator_facts_ref (facts);
  vb_emulator_facts_unref (record->facts);
  record->facts = facts;
  record->n_described++;
}

void
vb_emulator_record_clear (VbEmulatorRecord *record)
{
  g_clear_pointer (&record->facts, vb_emulator_facts_unref);
  g_clear_pointer (&record->key, vb_facts_key_unref);
  g_clear_pointer (&record->program, g_free);
  g_clear_pointer (&record->program_text, g_free);
  record->n_described = 0;
  record->is_outdated = FALSE;
}

gboolean
vb_emulator_record_recall (VbEmulatorRecord *record, const char *cache_dir, gboolean kvm_usable)
{
  g_autoptr (VbFactsKey) key = NULL;
  g_autoptr (VbEmulatorFacts) facts = NULL;
  g_autofree char *program = NULL;

  if (cache_dir == NULL)
    return FALSE;
  key = vb_facts_key_new (record->path, kvm_usable);
  facts = vb_facts_cache_load (cache_dir, key, &program);
  if (facts != NULL)
    vb_emulator_record_learn (record, facts, key, program);
  return facts != NULL;
}

static void
on_saved (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GError) error = NULL;

  if (!vb_facts_cache_save_finish (result, &error))
    g_message ("%s", error->message);
}

void
vb_emulator_record_save (const VbEmulatorRecord *record, const char *cache_dir)
{
  if (cache_dir != NULL && vb_emulator_facts_get_error (record->facts) == NULL)
    vb_facts_cache_save_async (cache_dir, record->key, record->program, record->facts, on_saved,
                               NULL);
}
