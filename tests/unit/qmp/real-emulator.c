/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * A child that never outlives the test.
 */
#include "tests/unit/qmp/real-emulator.h"

#include <signal.h>
#include <sys/prctl.h>
#include <sys/socket.h>

#define QEMU "/usr/bin/qemu-system-x86_64"

/* A test that aborts leaves no QEMU. */
static void
die_with_parent (gpointer data)
{
  prctl (PR_SET_PDEATHSIG, SIGKILL);
}

GSubprocess *
real_emulator_start (const char *machine, int *session_fd)
{
  g_autoptr (GSubprocessLauncher) launcher = g_subprocess_launcher_new (G_SUBPROCESS_FLAGS_NONE);
  g_autoptr (GError) error = NULL;
  GSubprocess *emulator;
  int fds[2];

  g_assert_no_errno (socketpair (AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, fds));
  *session_fd = fds[0];
  g_subprocess_launcher_take_fd (launcher, fds[1], 3);
  g_subprocess_launcher_set_child_setup (launcher, die_with_parent, NULL, NULL);
  emulator =
      g_subprocess_launcher_spawn (launcher, &error, QEMU, "-M", machine, "-accel", "tcg", "-S",
                                   "-nodefaults", "-display", "none", "-chardev",
                                   "socket,id=qmp,fd=3", "-mon", "chardev=qmp,mode=control", NULL);
  g_assert_no_error (error);
  return emulator;
}

void
real_emulator_free (GSubprocess *emulator)
{
  g_subprocess_force_exit (emulator);
  g_subprocess_wait (emulator, NULL, NULL);
  g_object_unref (emulator);
}
