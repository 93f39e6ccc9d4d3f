/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * An instance with a real QEMU (TCG): launch, commands, events and ends.
 */
#include "machine-fixture.h"

#include "tests/fixtures/guard.h"

#include <signal.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

static void
test_life (Machine *machine, gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *record = g_build_filename (machine->runtime_dir, "process", NULL);

  machine_run (machine, machine_guest_domain (machine, GUEST_HALT, ""));
  g_assert_true (machine_heard (machine, "state running booted"));
  g_assert_true (machine_command (machine, VB_QEMU_STOP, &error));
  g_assert_true (machine_heard (machine, "state paused user"));
  g_assert_true (machine_command (machine, VB_QEMU_CONT, &error));
  g_assert_true (machine_heard (machine, "state running user"));
  g_assert_true (machine_command (machine, VB_QEMU_POWERDOWN, &error));
  machine_wait_for (machine, "event powerdown-requested");
  g_assert_true (machine_command (machine, VB_QEMU_RESET, &error));
  machine_wait_for (machine, "event reset");
  g_assert_true (g_file_test (record, G_FILE_TEST_EXISTS));
  machine_end (machine);

  g_assert_cmpuint (machine->n_exited, ==, 1);
  g_assert_cmpint (machine->end, ==, VB_END_HOST_REQUEST);
  g_assert_true (machine->status_known);
  g_assert_cmpint (machine->wait_status, ==, 0);
  g_assert_cmpstr (g_ptr_array_index (machine->heard, machine->heard->len - 1), ==, "exited");
  g_assert_false (g_file_test (record, G_FILE_TEST_EXISTS));
  g_assert_false (machine_command (machine, VB_QEMU_CONT, &error));
  g_assert_error (error, VB_QEMU_ERROR, VB_QEMU_ERROR_EMULATOR);
}

static void
test_guest_ends (Machine *machine, gconstpointer data)
{
  machine_run (machine, machine_guest_domain (machine, GUEST_POWER_OFF, ""));
  machine_wait_for_exit (machine);
  g_assert_true (machine_heard (machine, "state shutting-down shutdown"));
  g_assert_cmpint (machine->end, ==, VB_END_GUEST_SHUTDOWN);
  g_assert_cmpint (machine->wait_status, ==, 0);
}

static void
test_guest_resets (Machine *machine, gconstpointer data)
{
  machine_run (machine,
               machine_guest_domain (machine, GUEST_RESET, "<on_reboot>destroy</on_reboot>"));
  machine_wait_for_exit (machine);
  g_assert_cmpint (machine->end, ==, VB_END_GUEST_RESET);
}

static void
test_guest_restarts (Machine *machine, gconstpointer data)
{
  machine_run (machine, machine_guest_domain (machine, GUEST_RESET, ""));
  machine_wait_for (machine, "event reset");
  g_assert_cmpuint (machine->n_exited, ==, 0);
}

/* A reset by the host is no end, even where the guest's own is. */
static void
test_host_resets (Machine *machine, gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  machine_run (machine,
               machine_guest_domain (machine, GUEST_HALT, "<on_reboot>destroy</on_reboot>"));
  machine_command (machine, VB_QEMU_RESET, &error);
  g_assert_no_error (error);
  machine_wait_for (machine, "event reset");
  g_assert_true (machine_command (machine, VB_QEMU_STOP, &error));
  g_assert_cmpuint (machine->n_exited, ==, 0);
}

static void
test_guest_panics (Machine *machine, gconstpointer data)
{
  machine_run (machine, machine_guest_domain (machine, GUEST_PANIC, ""));
  machine_wait_for_exit (machine);
  g_assert_true (machine_heard (machine, "event panic"));
  g_assert_true (machine_heard (machine, "state shutting-down guest-panicked"));
  g_assert_cmpint (machine->end, ==, VB_END_GUEST_PANIC);
}

#define UNPRIVILEGED_ID 65534

static void
assert_status (const char *status, const char *field, const char *value)
{
  g_autofree char *line = g_strdup_printf ("\n%s:\t%s\n", field, value);
  if (strstr (status, line) == NULL)
    g_error ("%s is not %s in %s", field, value, status);
}

/* Only a service that is root can change the user; every QEMU is kept from gaining anything. */
static void
test_confined (Machine *machine, gconstpointer data)
{
  g_autofree char *path = NULL;
  g_autofree char *status = NULL;
  if (geteuid () == 0)
    machine->settings.uid = machine->settings.gid = UNPRIVILEGED_ID;
  machine_run (machine, machine_guest_domain (machine, GUEST_HALT, ""));
  path = g_strdup_printf ("/proc/%d/status", vb_qemu_instance_get_pid (machine->instance));
  g_assert_true (g_file_get_contents (path, &status, NULL, NULL));
  assert_status (status, "NoNewPrivs", "1");
  assert_status (status, "Seccomp", "2");
  if (geteuid () == 0)
    {
      assert_status (status, "Uid", "65534\t65534\t65534\t65534");
      assert_status (status, "Gid", "65534\t65534\t65534\t65534");
      assert_status (status, "CapPrm", "0000000000000000");
    }
}

typedef struct
{
  const char *name;
  Guest guest;
  const char *action;
  const char *held;
} HeldCase;

static const HeldCase held_cases[] = {
  { "/instance/held/poweroff", GUEST_POWER_OFF, "<on_poweroff>preserve</on_poweroff>",
    "held shutdown" },
  { "/instance/held/reboot", GUEST_RESET, "<on_reboot>preserve</on_reboot>", "held shutdown" },
  { "/instance/held/crash", GUEST_PANIC, "<on_crash>preserve</on_crash>", "held guest-panicked" },
};

/* A held guest is found again as such, and only an order ends it. */
static void
test_held (Machine *machine, gconstpointer data)
{
  const HeldCase *test = data;
  machine_run (machine, machine_guest_domain (machine, test->guest, test->action));
  machine_wait_for (machine, test->held);
  machine_wait_for (machine, "state paused preserved");
  g_assert_cmpuint (machine->n_exited, ==, 0);
  machine_end (machine);
  g_assert_cmpint (machine->end, ==, VB_END_HOST_REQUEST);
}

static void
test_guest_sleeps (Machine *machine, gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  machine_run (machine, machine_guest_domain (machine, GUEST_SLEEP, ""));
  machine_wait_for (machine, "state suspended unknown");
  machine_command (machine, VB_QEMU_CONT, &error);
  g_assert_no_error (error);
  machine_wait_for (machine, "state running user");
}

static void
test_killed (Machine *machine, gconstpointer data)
{
  machine_run (machine, machine_guest_domain (machine, GUEST_HALT, ""));
  kill (vb_qemu_instance_get_pid (machine->instance), SIGKILL);
  machine_wait_for_exit (machine);
  g_assert_cmpint (machine->end, ==, VB_END_CRASH);
  g_assert_true (WIFSIGNALED (machine->wait_status));
  g_assert_cmpint (WTERMSIG (machine->wait_status), ==, SIGKILL);
}

static void
test_terminated (Machine *machine, gconstpointer data)
{
  machine_run (machine, machine_guest_domain (machine, GUEST_HALT, ""));
  kill (vb_qemu_instance_get_pid (machine->instance), SIGTERM);
  machine_wait_for_exit (machine);
  g_assert_cmpint (machine->end, ==, VB_END_HOST_SIGNAL);
  g_assert_nonnull (strstr (machine->last_words, "terminating on signal 15"));
}

/* `quit` is not heard by a QEMU that is stopped: the second means ends it. */
static void
test_stopped_process (Machine *machine, gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  machine->settings.command_timeout_ms = 50;
  machine->settings.quit_timeout_ms = 50;
  machine_run (machine, machine_guest_domain (machine, GUEST_HALT, ""));
  kill (vb_qemu_instance_get_pid (machine->instance), SIGSTOP);
  g_assert_false (machine_command (machine, VB_QEMU_STOP, &error));
  g_assert_error (error, VB_QEMU_ERROR, VB_QEMU_ERROR_TIMEOUT);
  machine_end (machine);
  g_assert_cmpint (machine->end, ==, VB_END_HOST_REQUEST);
  g_assert_cmpint (WTERMSIG (machine->wait_status), ==, SIGKILL);
}

static void
test_refused_by_qemu (Machine *machine, gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *image = machine_path (machine, "bad.img");
  g_autofree char *disk = NULL;
  g_file_set_contents (image, "no image", -1, NULL);
  disk = machine_disk_xml (image, "vda", "virtio", "<driver name='qemu' type='vpc'/>");
  machine_use (machine, machine_domain ("", disk));
  g_assert_false (machine_launch (machine, &error));
  g_assert_error (error, VB_QEMU_ERROR, VB_QEMU_ERROR_EMULATOR);
  g_test_message ("%s", error->message);
  g_assert_true (g_str_has_prefix (error->message, "disk 'vda': QEMU cannot have it: "));
  g_assert_nonnull (strstr (error->message, "invalid VPC image"));
  g_assert_cmpuint (machine->n_exited, ==, 1);
  g_assert_cmpint (machine->end, ==, VB_END_CRASH);
  g_assert_cmpint (vb_qemu_instance_get_pid (machine->instance), ==, 0);
}

static void
on_cancelled_launch (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GError) error = NULL;
  g_assert_false (vb_qemu_instance_launch_finish (VB_QEMU_INSTANCE (source), result, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
  *(gboolean *) user_data = TRUE;
}

static void
test_cancelled_launch (Machine *machine, gconstpointer data)
{
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  gboolean done = FALSE;
  machine_use (machine, machine_guest_domain (machine, GUEST_HALT, ""));
  vb_qemu_instance_launch_async (machine->instance, NULL, cancellable, on_cancelled_launch, &done);
  while (vb_qemu_instance_get_pid (machine->instance) == 0)
    g_main_context_iteration (NULL, TRUE);
  g_cancellable_cancel (cancellable);
  while (!done)
    g_main_context_iteration (NULL, TRUE);
  g_assert_cmpuint (machine->n_exited, ==, 1);
  g_assert_cmpint (vb_qemu_instance_get_pid (machine->instance), ==, 0);
}

/* In each of its steps a launch can be ended. */
static void
test_ended_launch (Machine *machine, gconstpointer data)
{
  gboolean wait_for_process = GPOINTER_TO_INT (data);
  gboolean done = FALSE;
  machine_use (machine, machine_guest_domain (machine, GUEST_HALT, ""));
  vb_qemu_instance_launch_async (machine->instance, NULL, NULL, on_cancelled_launch, &done);
  while (wait_for_process && vb_qemu_instance_get_pid (machine->instance) == 0)
    g_main_context_iteration (NULL, TRUE);
  machine_end (machine);
  while (!done)
    g_main_context_iteration (NULL, TRUE);
  g_assert_cmpuint (machine->n_exited, ==, wait_for_process ? 1 : 0);
  g_assert_cmpint (vb_qemu_instance_get_pid (machine->instance), ==, 0);
}

static int
run (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  machine_test ("/instance/life", test_life, NULL);
  machine_test ("/instance/confined", test_confined, NULL);
  machine_test ("/instance/guest-ends", test_guest_ends, NULL);
  machine_test ("/instance/guest-resets", test_guest_resets, NULL);
  machine_test ("/instance/guest-restarts", test_guest_restarts, NULL);
  machine_test ("/instance/host-resets", test_host_resets, NULL);
  machine_test ("/instance/guest-panics", test_guest_panics, NULL);
  machine_test ("/instance/guest-sleeps", test_guest_sleeps, NULL);
  machine_test ("/instance/killed", test_killed, NULL);
  machine_test ("/instance/terminated", test_terminated, NULL);
  machine_test ("/instance/stopped-process", test_stopped_process, NULL);
  machine_test ("/instance/refused-by-qemu", test_refused_by_qemu, NULL);
  machine_test ("/instance/cancelled-launch", test_cancelled_launch, NULL);
  machine_test ("/instance/ended-launch/opening", test_ended_launch, GINT_TO_POINTER (FALSE));
  machine_test ("/instance/ended-launch/spawned", test_ended_launch, GINT_TO_POINTER (TRUE));
  for (guint i = 0; i < G_N_ELEMENTS (held_cases); i++)
    machine_test (held_cases[i].name, test_held, &held_cases[i]);
  return g_test_run ();
}

int
main (int argc, char **argv)
{
  return guard_main (argc, argv, run);
}
