/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * A recording of QEMU itself plays the same session again.
 */
#include "tests/fixtures/guard.h"
#include "tests/unit/qmp/real-emulator.h"
#include "tests/unit/qmp/simple-life.h"

#include <glib/gstdio.h>

static QmpSession *
replay (const char *path)
{
  g_autoptr (GError) error = NULL;
  QmpSession *session = qmp_session_new_for_replay (path, &error);

  g_assert_no_error (error);
  return session;
}

/* With VB_GOLDEN_UPDATE set, the stored recording is made anew, which test-record.c plays. */
static void
test_life (void)
{
  g_autofree char *path =
      g_getenv ("VB_GOLDEN_UPDATE")
          ? g_test_build_filename (G_TEST_DIST, "recordings", "simple-life.qmp", NULL)
          : g_build_filename (guard_get_folder (), "session.qmp", NULL);
  GSubprocess *emulator;
  g_autoptr (GError) error = NULL;
  QmpSession *session;
  int fd;

  g_unlink (path);
  emulator = real_emulator_start ("none", &fd);
  session = qmp_session_new_for_fd (fd);
  qmp_session_record (session, path, &error);
  g_assert_no_error (error);
  simple_life_live (session);
  real_emulator_free (emulator);

  simple_life_live (replay (path));
  simple_life_live_blocking (replay (path));
}

static int
run (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/qmp/real-record/life", test_life);
  return g_test_run ();
}

int
main (int argc, char **argv)
{
  return guard_main (argc, argv, run);
}
