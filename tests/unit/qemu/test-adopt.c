/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * A QEMU found again by the next service: living, held, or gone with or without a word.
 */
#include "machine-fixture.h"

#include "tests/fixtures/guard.h"

#include <signal.h>
#include <sys/wait.h>

#include <glib/gstdio.h>

typedef struct
{
  gboolean done;
  gboolean found;
  VbAdoptResult adopted;
  VbState state;
  VbQemuExit *exit; /* (owned) (nullable) */
  GError *error;    /* (owned) (nullable) */
} Adopted;

static void
adopted_clear (Adopted *adopted)
{
  vb_qemu_exit_free (adopted->exit);
  g_clear_error (&adopted->error);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Adopted, adopted_clear)

static void
on_adopted (GObject *source, GAsyncResult *result, gpointer user_data)
{
  Adopted *adopted = user_data;
  adopted->found =
      vb_qemu_instance_adopt_finish (VB_QEMU_INSTANCE (source), result, &adopted->adopted,
                                     &adopted->state, &adopted->exit, &adopted->error);
  adopted->done = TRUE;
}

/* The service is gone; the next one finds what it left. */
static void
readopt (Machine *machine, Adopted *adopted)
{
  VbDomain *live = vb_domain_ref (vb_qemu_instance_get_domain (machine->instance));
  machine_forget (machine);
  g_ptr_array_set_size (machine->heard, 0);
  machine_use (machine, live);
  vb_qemu_instance_adopt_async (machine->instance, NULL, on_adopted, adopted);
  while (!adopted->done)
    g_main_context_iteration (NULL, TRUE);
}

static void
test_adopt_running (Machine *machine, gconstpointer data)
{
  g_auto (Adopted) adopted = { 0 };
  g_autoptr (GError) error = NULL;
  int pid;

  machine_run (machine, machine_domain ("", "<memballoon model='virtio'/>"));
  pid = vb_qemu_instance_get_pid (machine->instance);
  readopt (machine, &adopted);
  g_assert_no_error (adopted.error);
  g_assert_true (adopted.found);
  g_assert_cmpint (adopted.adopted, ==, VB_ADOPT_RUNNING);
  g_assert_cmpint (adopted.state, ==, VB_STATE_RUNNING);
  g_assert_cmpint (vb_qemu_instance_get_pid (machine->instance), ==, pid);
  g_assert_true (machine_heard (machine, "state running reconnected"));
  machine_wait_for (machine, "memory");
  g_assert_cmpuint (machine->memory_kib, ==, 32768);
  g_assert_true (machine_command (machine, VB_QEMU_STOP, &error));
  g_assert_true (machine_heard (machine, "state paused user"));
  machine_end (machine);
  g_assert_cmpint (machine->end, ==, VB_END_HOST_REQUEST);
}

/* QEMU calls a paused guest that was reset `prelaunch`, as one that never ran. */
static void
test_adopt_paused (Machine *machine, gconstpointer data)
{
  g_auto (Adopted) adopted = { 0 };
  g_autoptr (GError) error = NULL;
  machine_run (machine, machine_guest_domain (machine, GUEST_HALT, ""));
  g_assert_true (machine_command (machine, VB_QEMU_STOP, &error));
  g_assert_true (machine_command (machine, VB_QEMU_RESET, &error));
  machine_wait_for (machine, "event reset");
  readopt (machine, &adopted);
  g_assert_true (adopted.found);
  g_assert_cmpint (adopted.adopted, ==, VB_ADOPT_RUNNING);
  g_assert_cmpint (adopted.state, ==, VB_STATE_PAUSED);
}

static void
test_adopt_unfinished (Machine *machine, gconstpointer data)
{
  g_auto (Adopted) adopted = { 0 };
  g_autoptr (GError) error = NULL;
  machine_use (machine, machine_guest_domain (machine, GUEST_HALT, ""));
  g_assert_true (machine_launch (machine, &error));
  readopt (machine, &adopted);
  g_assert_true (adopted.found);
  g_assert_cmpint (adopted.adopted, ==, VB_ADOPT_UNFINISHED);
  machine_end (machine);
}

static void
test_adopt_killed (Machine *machine, gconstpointer data)
{
  g_auto (Adopted) adopted = { 0 };
  machine_run (machine, machine_guest_domain (machine, GUEST_HALT, ""));
  readopt (machine, &adopted);
  kill (vb_qemu_instance_get_pid (machine->instance), SIGKILL);
  machine_wait_for_exit (machine);
  g_assert_cmpint (machine->end, ==, VB_END_CRASH);
}

typedef struct
{
  const char *name;
  Guest guest;
  const char *rest;
  int signal_number; /* 0: the guest ends by itself */
  VbEnd end;
} AwayCase;

static const AwayCase away_cases[] = {
  { "/adopt/away/poweroff", GUEST_POWER_OFF, "", 0, VB_END_GUEST_SHUTDOWN },
  { "/adopt/away/reset", GUEST_RESET, "<on_reboot>destroy</on_reboot>", 0, VB_END_GUEST_RESET },
  { "/adopt/away/panic", GUEST_PANIC, "", 0, VB_END_GUEST_PANIC },
  { "/adopt/away/terminated", GUEST_HALT, "", SIGTERM, VB_END_HOST_SIGNAL },
  { "/adopt/away/killed", GUEST_HALT, "", SIGKILL, VB_END_UNKNOWN },
};

static void
test_away (Machine *machine, gconstpointer data)
{
  const AwayCase *test = data;
  g_auto (Adopted) adopted = { 0 };
  VbDomain *live;
  int pid;

  machine_run (machine, machine_guest_domain (machine, test->guest, test->rest));
  pid = vb_qemu_instance_get_pid (machine->instance);
  live = vb_domain_ref (vb_qemu_instance_get_domain (machine->instance));
  machine_forget (machine);
  if (test->signal_number != 0)
    kill (pid, test->signal_number);
  machine_wait_for_process (pid);

  machine_use (machine, live);
  vb_qemu_instance_adopt_async (machine->instance, NULL, on_adopted, &adopted);
  while (!adopted.done)
    g_main_context_iteration (NULL, TRUE);
  g_assert_no_error (adopted.error);
  g_assert_cmpint (adopted.adopted, ==, VB_ADOPT_GONE);
  g_assert_cmpint (adopted.exit->end, ==, test->end);
  g_assert_false (adopted.exit->status_known);
  g_assert_cmpuint (machine->n_exited, ==, 0);
  g_assert_cmpint (waitpid (pid, NULL, 0), ==, pid);
}

static void
test_adopt_nothing (Machine *machine, gconstpointer data)
{
  g_auto (Adopted) adopted = { 0 };
  machine_use (machine, machine_domain ("", ""));
  vb_qemu_instance_adopt_async (machine->instance, NULL, on_adopted, &adopted);
  while (!adopted.done)
    g_main_context_iteration (NULL, TRUE);
  g_assert_cmpint (adopted.adopted, ==, VB_ADOPT_GONE);
  g_assert_cmpint (adopted.exit->end, ==, VB_END_UNKNOWN);
}

/* One that does not answer is tried again, and found when it answers. */
static void
test_adopt_stopped_process (Machine *machine, gconstpointer data)
{
  g_auto (Adopted) adopted = { 0 };
  int pid;
  machine_run (machine, machine_guest_domain (machine, GUEST_HALT, ""));
  pid = vb_qemu_instance_get_pid (machine->instance);
  kill (pid, SIGSTOP);
  machine->settings.command_timeout_ms = 50;
  readopt (machine, &adopted);
  g_assert_false (adopted.found);
  g_assert_error (adopted.error, VB_QEMU_ERROR, VB_QEMU_ERROR_TIMEOUT);
  g_assert_cmpint (vb_qemu_instance_get_pid (machine->instance), ==, pid);
  kill (pid, SIGCONT);
  machine_wait_for (machine, "state running reconnected");
}

static void
test_adopt_held (Machine *machine, gconstpointer data)
{
  g_auto (Adopted) adopted = { 0 };
  machine_run (machine,
               machine_guest_domain (machine, GUEST_RESET, "<on_reboot>preserve</on_reboot>"));
  machine_wait_for (machine, "state paused preserved");
  readopt (machine, &adopted);
  g_assert_cmpint (adopted.adopted, ==, VB_ADOPT_RUNNING);
  g_assert_cmpint (adopted.state, ==, VB_STATE_PAUSED);
  machine_wait_for (machine, "held shutdown");
}

/* A socket's address holds 107 bytes, a path more. */
static void
test_long_path (Machine *machine, gconstpointer data)
{
  g_auto (Adopted) adopted = { 0 };
  g_autofree char *name = g_strnfill (120, 'x');
  g_free (machine->runtime_dir);
  machine->runtime_dir = machine_path (machine, name);
  g_assert_cmpint (g_mkdir (machine->runtime_dir, 0700), ==, 0);
  machine_run (machine, machine_guest_domain (machine, GUEST_HALT, ""));
  readopt (machine, &adopted);
  g_assert_cmpint (adopted.adopted, ==, VB_ADOPT_RUNNING);
}

static int
run (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  machine_test ("/adopt/running", test_adopt_running, NULL);
  machine_test ("/adopt/paused", test_adopt_paused, NULL);
  machine_test ("/adopt/unfinished", test_adopt_unfinished, NULL);
  machine_test ("/adopt/killed", test_adopt_killed, NULL);
  machine_test ("/adopt/nothing", test_adopt_nothing, NULL);
  machine_test ("/adopt/stopped-process", test_adopt_stopped_process, NULL);
  machine_test ("/adopt/held", test_adopt_held, NULL);
  for (guint i = 0; i < G_N_ELEMENTS (away_cases); i++)
    machine_test (away_cases[i].name, test_away, &away_cases[i]);
  machine_test ("/adopt/long-path", test_long_path, NULL);
  return g_test_run ();
}

int
main (int argc, char **argv)
{
  return guard_main (argc, argv, run);
}
