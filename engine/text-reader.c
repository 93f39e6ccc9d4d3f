/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * A queue of readings, the first of which is at work in a thread.
 */
#include "engine/text-reader.h"

struct _VbTextReader
{
  grefcount ref_count; /* each reading has one */
  GQueue readings;     /* (element-type Reading) (owned): the first one is at work */
};

typedef struct
{
  VbTextReader *reader; /* (owned) */
  GTask *task;          /* (owned): of who asked */
  char *name;           /* (owned) (nullable) */
  char *text;           /* (owned) */
  gsize n_bytes;
} Reading;

static void
reading_free (Reading *reading)
{
  vb_text_reader_unref (reading->reader);
  g_object_unref (reading->task);
  g_free (reading->name);
  g_free (reading->text);
  g_free (reading);
}
G_DEFINE_AUTOPTR_CLEANUP_FUNC (Reading, reading_free)

VbTextReader *
vb_text_reader_new (void)
{
  VbTextReader *reader = g_new0 (VbTextReader, 1);

  g_ref_count_init (&reader->ref_count);
  g_queue_init (&reader->readings);
  return reader;
}

VbTextReader *
vb_text_reader_ref (VbTextReader *reader)
{
  g_ref_count_inc (&reader->ref_count);
  return reader;
}

void
vb_text_reader_unref (VbTextReader *reader)
{
  if (g_ref_count_dec (&reader->ref_count))
    g_free (reader);
}

static void
read_in_thread (GTask *work, gpointer source, gpointer data, GCancellable *cancellable)
{
  const Reading *reading = data;
  VbQmpCommand *command = NULL;

  if (!g_cancellable_is_cancelled (cancellable))
    command = reading->name != NULL ? vb_qmp_command_new (reading->name, reading->text)
                                    : vb_qmp_command_parse (reading->text, reading->n_bytes);
  g_task_return_pointer (work, command, (GDestroyNotify) vb_qmp_command_free);
}

static void reader_begin (VbTextReader *reader);

static void
on_read (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (Reading) reading = data;
  VbQmpCommand *command = g_task_propagate_pointer (G_TASK (result), NULL);

  g_queue_pop_head (&reading->reader->readings);
  reader_begin (reading->reader);
  g_task_return_pointer (reading->task, command, (GDestroyNotify) vb_qmp_command_free);
}

static void
reader_begin (VbTextReader *reader)
{
  Reading *reading = g_queue_peek_head (&reader->readings);
  g_autoptr (GTask) work = NULL;

  if (reading == NULL)
    return;
  work = g_task_new (NULL, g_task_get_cancellable (reading->task), on_read, reading);
  g_task_set_source_tag (work, reader_begin);
  g_task_set_check_cancellable (work, FALSE);
  g_task_set_task_data (work, reading, NULL);
  g_task_run_in_thread (work, read_in_thread);
}

void
vb_text_reader_parse_async (VbTextReader *reader,
                            const char *name,
                            const char *text,
                            gsize n_bytes,
                            GCancellable *cancellable,
                            GAsyncReadyCallback callback,
                            gpointer user_data)
{
  Reading *reading = g_new0 (Reading, 1);

  reading->reader = vb_text_reader_ref (reader);
  reading->task = g_task_new (NULL, cancellable, callback, user_data);
  g_task_set_source_tag (reading->task, vb_text_reader_parse_async);
  g_task_set_check_cancellable (reading->task, FALSE);
  reading->name = g_strdup (name);
  reading->text = g_strndup (text, n_bytes);
  reading->n_bytes = n_bytes;
  g_queue_push_tail (&reader->readings, reading);
  if (g_queue_get_length (&reader->readings) == 1)
    reader_begin (reader);
}

VbQmpCommand *
vb_text_reader_parse_finish (GAsyncResult *result)
{
  return g_task_propagate_pointer (G_TASK (result), NULL);
}
