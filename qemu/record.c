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

static void
apply_event (const QmpValue *message, VbEnd *end)
{
  const char *event = qmp_value_get_string (message, "event");
  g_autoptr (QmpValue) data = qmp_value_get (message, "data");
  if (g_strcmp0 (event, "SHUTDOWN") == 0)
    *end = vb_end_from_qmp (data != NULL ? qmp_value_get_string (data, "reason") : NULL);
  else if (g_strcmp0 (event, "GUEST_PANICKED") == 0)
    *end = VB_END_GUEST_PANIC;
  else if (g_strcmp0 (event, "WATCHDOG") == 0 && data != NULL &&
           g_strcmp0 (qmp_value_get_string (data, "action"), "poweroff") == 0)
    *end = VB_END_GUEST_SHUTDOWN;
  else if (g_strcmp0 (event, "RESUME") == 0)
    *end = VB_END_UNKNOWN; /* it was held, and then let go on */
}

VbEnd
vb_record_find_end (const char *text)
{
  g_auto (GStrv) lines = g_strsplit (text, "\n", -1);
  VbEnd end = VB_END_UNKNOWN;
  for (guint i = 0; lines[i] != NULL; i++)
    if (strstr (lines[i], "\"event\"") != NULL)
      {
        /* The first line may be the rest of one that was cut. */
        g_autoptr (QmpValue) message = qmp_value_parse (lines[i], -1, NULL);
        if (message != NULL)
          apply_event (message, &end);
      }
  return end;
}

VbEnd
vb_record_read_end (const char *runtime_dir)
{
  g_autofree char *path = path_of (runtime_dir, "monitor.log");
  g_autofree char *text = vb_log_tail_read (path, 0, 2 * VB_RECORD_MAX_LOG_BYTES);
  return vb_record_find_end (text);
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
