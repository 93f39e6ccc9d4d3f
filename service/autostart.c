/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Whether the marked machines are to be started. A machine that its user has shut down must not
 * come back because the bus starts an idle service again to answer a question.
 */
#include "service/autostart.h"

#include <errno.h>
#include <glib/gstdio.h>

static char *
mark_path (const char *runtime_dir)
{
  return g_build_filename (runtime_dir, "autostarted", NULL);
}

static void
write_mark (const char *runtime_dir)
{
  g_autofree char *path = mark_path (runtime_dir);
  g_autoptr (GError) error = NULL;

  if (!g_file_set_contents (path, "", 0, &error))
    g_warning ("cannot note that machines were started automatically: %s", error->message);
}

gboolean
vb_autostart_is_due (const char *runtime_dir, gboolean system_mode)
{
  g_autofree char *path = mark_path (runtime_dir);

  if (system_mode)
    return !g_file_test (path, G_FILE_TEST_EXISTS);
  return g_unlink (path) != 0 && errno == ENOENT;
}

void
vb_autostart_note_started (const char *runtime_dir, gboolean system_mode)
{
  if (system_mode)
    write_mark (runtime_dir);
}

void
vb_autostart_note_idle_exit (const char *runtime_dir)
{
  write_mark (runtime_dir);
}
