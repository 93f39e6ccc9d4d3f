/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The record of a running QEMU. `process` has three lines: where its words begin in the domain's
 * log, its /proc/self/stat when it was born, and "released" once its guest was let go.
 */
#include "qemu/record.h"

#include "qemu/log-tail.h"
#include "qmp/qmp-value.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include <glib/gstdio.h>

#define RELEASED "released"

static char *
path_of (const char *runtime_dir, const char *file)
{
  return g_build_filename (runtime_dir, file, NULL);
}

gboolean
vb_record_begin (int fd, goffset log_offset)
{
  return dprintf (fd, "%" G_GOFFSET_FORMAT "\n", log_offset) > 0;
}

void
vb_record_release (const char *runtime_dir)
{
  g_autofree char *path = path_of (runtime_dir, "process");
  int fd = open (path, O_WRONLY | O_APPEND | O_CLOEXEC);
  if (fd < 0 || dprintf (fd, "%s\n", RELEASED) < 0)
    g_warning ("cannot write to %s: %s", path, g_strerror (errno));
  if (fd >= 0)
    close (fd);
}

gboolean
vb_record_read (const char *runtime_dir, VbRecord *record)
{
  g_autofree char *path = path_of (runtime_dir, "process");
  g_autofree char *text = NULL;
  g_auto (GStrv) lines = NULL;

  if (!g_file_get_contents (path, &text, NULL, NULL))
    return FALSE;
  lines = g_strsplit (text, "\n", -1);
  if (g_strv_length (lines) < 2 || !vb_process_identity_parse (lines[1], &record->identity))
    return FALSE;
  record->log_offset = g_ascii_strtoll (lines[0], NULL, 10);
  record->released = g_strv_contains ((const char *const *) lines, RELEASED);
  return TRUE;
}

void
vb_record_remove (const char *runtime_dir)
{
  static const char *const files[] = { "process", "monitor.sock", "passthrough.sock", "spare.sock",
                                       "monitor.log" };
  for (guint i = 0; i < G_N_ELEMENTS (files); i++)
    {
      g_autofree char *path = path_of (runtime_dir, files[i]);
      if (g_unlink (path) < 0 && errno != ENOENT)
        g_warning ("cannot remove %s: %s", path, g_strerror (errno));
    }
}

typedef void (*EventFunc) (const char *name, const QmpValue *data, gpointer user_data);

static void
foreach_event (const char *text, EventFunc func, gpointer user_data)
{
  g_auto (GStrv) lines = g_strsplit (text, "\n", -1);

  for (guint i = 0; lines[i] != NULL; i++)
    if (strstr (lines[i], "\"event\"") != NULL)
      {
        /* The first line may be the rest of one that was cut. */
        g_autoptr (QmpValue) message = qmp_value_parse (lines[i], -1, NULL);
        const char *name = message != NULL ? qmp_value_get_string (message, "event") : NULL;
        g_autoptr (QmpValue) data = message != NULL ? qmp_value_get (message, "data") : NULL;

        if (name != NULL)
          func (name, data, user_data);
      }
}

static void
apply_to_end (const char *name, const QmpValue *data, gpointer user_data)
{
  VbEnd *end = user_data;

  if (g_str_equal (name, "SHUTDOWN"))
    *end = vb_end_from_qmp (data != NULL ? qmp_value_get_string (data, "reason") : NULL);
  else if (g_str_equal (name, "GUEST_PANICKED"))
    *end = VB_END_GUEST_PANIC;
  else if (g_str_equal (name, "WATCHDOG") && data != NULL &&
           g_strcmp0 (qmp_value_get_string (data, "action"), "poweroff") == 0)
    *end = VB_END_GUEST_SHUTDOWN;
  else if (g_str_equal (name, "RESUME"))
    *end = VB_END_UNKNOWN; /* it was held, and then let go on */
}

typedef struct
{
  gboolean is_set;
  gint64 offset_s;
} Clock;

static void
apply_to_clock (const char *name, const QmpValue *data, gpointer user_data)
{
  Clock *clock = user_data;

  if (!g_str_equal (name, "RTC_CHANGE") || data == NULL)
    return;
  clock->is_set = TRUE;
  clock->offset_s = qmp_value_get_int (data, "offset", 0);
}

/* (transfer full) */
static char *
read_log (const char *runtime_dir)
{
  g_autofree char *path = path_of (runtime_dir, "monitor.log");

  return vb_log_tail_read (path, 0, 2 * VB_RECORD_MAX_LOG_BYTES);
}

VbEnd
vb_record_find_end (const char *text)
{
  VbEnd end = VB_END_UNKNOWN;

  foreach_event (text, apply_to_end, &end);
  return end;
}

VbEnd
vb_record_read_end (const char *runtime_dir)
{
  g_autofree char *text = read_log (runtime_dir);

  return vb_record_find_end (text);
}

gboolean
vb_record_find_clock (const char *text, gint64 *offset_s)
{
  Clock clock = { 0 };

  foreach_event (text, apply_to_clock, &clock);
  if (clock.is_set)
    *offset_s = clock.offset_s;
  return clock.is_set;
}

gboolean
vb_record_read_clock (const char *runtime_dir, gint64 *offset_s)
{
  g_autofree char *text = read_log (runtime_dir);

  return vb_record_find_clock (text, offset_s);
}

void
vb_record_trim (const char *runtime_dir)
{
  g_autofree char *path = path_of (runtime_dir, "monitor.log");
  GStatBuf status;
  if (g_stat (path, &status) == 0 && status.st_size > VB_RECORD_MAX_LOG_BYTES &&
      truncate (path, 0) < 0)
    g_warning ("cannot empty %s: %s", path, g_strerror (errno));
}
