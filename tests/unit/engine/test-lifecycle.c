/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Starts, stops and ends with a real QEMU.
 */
#include "fixture.h"
#include "tests/fixtures/guard.h"
#include "guest.h"

#include <glib/gstdio.h>

#include <signal.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define UNPRIVILEGED 65534

static void
assert_off (Fixture *fixture, VbMachine *machine, VbStateReason reason)
{
  fixture_assert_state (machine, VB_STATE_SHUTOFF, reason);
  g_assert_cmpint (vb_machine_get_id (machine), ==, -1);
  g_assert_cmpint (vb_machine_get_pid (machine), ==, 0);
  g_assert_null (vb_machine_get_live (machine));
  g_assert_false (vb_machine_allows (machine, VB_OPERATION_DESTROY));
  fixture_assert_no_folder (fixture);
}

static void
kill_qemu (VbMachine *machine, int number)
{
  g_assert_cmpint (vb_machine_get_pid (machine), >, 0);
  g_assert_cmpint (kill (vb_machine_get_pid (machine), number), ==, 0);
}

/* QEMU exists, and the start has not finished. */
static void
wait_spawned (Fixture *fixture)
{
  for (;;)
    {
      g_autofree char *process = fixture_read (fixture, "run/" UUID_A "/process");
      const char *identity = process != NULL ? strchr (process, '\n') : NULL;

      if (identity != NULL && strchr (identity + 1, '\n') != NULL)
        return;
      g_main_context_iteration (NULL, TRUE);
    }
}

static int
read_spawned_pid (Fixture *fixture)
{
  g_autofree char *process = fixture_read (fixture, "run/" UUID_A "/process");

  return atoi (strchr (process, '\n') + 1);
}

static void
note_states (VbMachine *machine, guint facets, gpointer user_data)
{
  GString *states = user_data;

  if ((facets & VB_FACET_STATE) != 0)
    g_string_append_printf (states, "%s ", vb_state_to_string (vb_machine_get_state (machine)));
}

static void
test_life (Fixture *fixture, gconstpointer data)
{
  VbMachine *machine = fixture_define_small (fixture, NULL, NULL);
  g_autoptr (GString) states = g_string_new (NULL);
  g_autofree char *record = NULL;
  int pid;

  g_signal_connect (machine, "changed", G_CALLBACK (note_states), states);
  fixture_assert_ok (fixture_start (fixture, machine, FALSE));
  fixture_assert_state (machine, VB_STATE_RUNNING, VB_REASON_BOOTED);
  g_assert_cmpstr (states->str, ==, "starting running ");
  pid = vb_machine_get_pid (machine);
  g_assert_cmpint (pid, >, 0);
  g_assert_cmpint (vb_machine_get_id (machine), ==, 1);
  g_assert_cmpint (vb_machine_get_live (machine)->id, ==, 1);
  g_assert_true (vb_registry_find (vb_engine_get_registry (fixture->engine), "1") == machine);
  g_assert_false (vb_machine_has_pending_changes (machine));
  g_assert_false (vb_engine_is_idle (fixture->engine));
  record = fixture_read (fixture, "run/" UUID_A "/record");
  g_assert_nonnull (strstr (record, "finished=true"));

  fixture_assert_error (fixture_start (fixture, machine, FALSE), VB_ENGINE_ERROR,
                        VB_ENGINE_ERROR_INVALID_STATE);
  fixture_assert_ok (fixture_operate (fixture, machine, VB_OPERATION_SUSPEND));
  fixture_assert_state (machine, VB_STATE_PAUSED, VB_REASON_USER);
  fixture_assert_ok (fixture_operate (fixture, machine, VB_OPERATION_SUSPEND));
  fixture_assert_error (fixture_operate (fixture, machine, VB_OPERATION_SHUTDOWN), VB_ENGINE_ERROR,
                        VB_ENGINE_ERROR_INVALID_STATE);
  fixture_assert_ok (fixture_operate (fixture, machine, VB_OPERATION_RESUME));
  fixture_assert_state (machine, VB_STATE_RUNNING, VB_REASON_USER);
  fixture_assert_ok (fixture_operate (fixture, machine, VB_OPERATION_RESUME));
  fixture_assert_ok (fixture_operate (fixture, machine, VB_OPERATION_RESET));
  fixture_assert_ok (fixture_operate (fixture, machine, VB_OPERATION_SHUTDOWN));
  fixture_assert_state (machine, VB_STATE_RUNNING, VB_REASON_USER);
  g_assert_cmpint (vb_machine_get_pid (machine), ==, pid);

  fixture_assert_ok (fixture_destroy (fixture, machine, 0));
  assert_off (fixture, machine, VB_REASON_DESTROYED);
  g_assert_null (vb_registry_find_id (vb_engine_get_registry (fixture->engine), 1));
  fixture_assert_error (fixture_destroy (fixture, machine, 0), VB_ENGINE_ERROR,
                        VB_ENGINE_ERROR_INVALID_STATE);
  fixture_assert_error (fixture_operate (fixture, machine, VB_OPERATION_SUSPEND), VB_ENGINE_ERROR,
                        VB_ENGINE_ERROR_INVALID_STATE);
  g_assert_true (vb_engine_is_idle (fixture->engine));
  g_signal_handlers_disconnect_by_data (machine, states);

  fixture_assert_ok (fixture_start (fixture, machine, FALSE));
  g_assert_cmpint (vb_machine_get_id (machine), ==, 2);
}

static void
test_two_starts (Fixture *fixture, gconstpointer data)
{
  static const VbStartOptions options = { 0 };
  VbMachine *machine = fixture_define_small (fixture, NULL, NULL);
  g_autofree char *changed = fixture_xml ("a", UUID_A, "<title>x</title>", NULL);
  g_autoptr (GAsyncResult) first = NULL;
  g_autoptr (GError) error = NULL;

  vb_engine_start_async (fixture->engine, machine, &options, NULL, fixture_got, &first);
  g_assert_true (vb_machine_allows (machine, VB_OPERATION_DESTROY));
  g_assert_false (vb_machine_allows (machine, VB_OPERATION_START));
  error = fixture_start (fixture, machine, FALSE);
  g_assert_error (error, VB_ENGINE_ERROR, VB_ENGINE_ERROR_BUSY);
  g_assert_nonnull (strstr (error->message, "Start is at work"));
  fixture_assert_error (fixture_undefine (fixture, machine), VB_ENGINE_ERROR, VB_ENGINE_ERROR_BUSY);
  fixture_assert_error (fixture_try_define (fixture, changed, NULL), VB_ENGINE_ERROR,
                        VB_ENGINE_ERROR_BUSY);
  fixture_wait (&first);
  g_assert_true (vb_engine_start_finish (fixture->engine, first, NULL));
  fixture_assert_state (machine, VB_STATE_RUNNING, VB_REASON_BOOTED);
}

static void
test_paused_start (Fixture *fixture, gconstpointer data)
{
  VbMachine *machine = fixture_define_small (fixture, NULL, NULL);

  fixture_assert_ok (fixture_start (fixture, machine, TRUE));
  fixture_assert_state (machine, VB_STATE_PAUSED, VB_REASON_USER);
  g_assert_true (vb_machine_allows (machine, VB_OPERATION_RESUME));
  fixture_assert_ok (fixture_operate (fixture, machine, VB_OPERATION_RESUME));
  fixture_assert_state (machine, VB_STATE_RUNNING, VB_REASON_USER);
}

static void
check_failure (Fixture *fixture, const char *more, const char *devices, int code)
{
  VbMachine *machine = fixture_define_small (fixture, more, devices);
  g_autoptr (GError) error = fixture_start (fixture, machine, FALSE);

  g_assert_error (error, VB_QEMU_ERROR, code);
  g_test_message ("%s", error->message);
  assert_off (fixture, machine, VB_REASON_FAILED);
  g_assert_true (vb_machine_allows (machine, VB_OPERATION_START));
  g_assert_error (vb_machine_get_last_error (machine), VB_QEMU_ERROR, code);
  g_assert_cmpstr (vb_machine_get_last_error (machine)->message, ==, error->message);
}

static void
test_failed_starts (Fixture *fixture, gconstpointer data)
{
  static const char emulator[] = "<emulator>%s</emulator><memballoon model='none'/>";
  g_autofree char *plain = fixture_path (fixture, "plain");
  g_autofree char *missing = g_strdup_printf (emulator, "/nonexistent/qemu");
  g_autofree char *not_executable = g_strdup_printf (emulator, plain);
  g_autofree char *no_emulator = g_strdup_printf (emulator, "/bin/false");
  g_autofree char *no_disk =
      g_strdup ("<disk type='file' device='disk'><driver name='qemu' type='raw'/>"
                "<source file='/nonexistent/disk.img'/><target dev='hda' bus='ide'/></disk>");
  VbMachine *machine;

  fixture_write (fixture, "plain", "no program");
  check_failure (fixture, NULL, missing, VB_QEMU_ERROR_HOST_RESOURCE);
  check_failure (fixture, NULL, not_executable, VB_QEMU_ERROR_HOST_RESOURCE);
  check_failure (fixture, NULL, no_emulator, VB_QEMU_ERROR_EMULATOR);
  check_failure (fixture, NULL, no_disk, VB_QEMU_ERROR_HOST_RESOURCE);

  /* A good start makes up for it. */
  machine = fixture_start_small (fixture, NULL, NULL);
  g_assert_null (vb_machine_get_last_error (machine));
}

static void
test_record_not_writable (Fixture *fixture, gconstpointer data)
{
  VbMachine *machine = fixture_define_small (fixture, NULL, NULL);
  g_autofree char *path = fixture_path (fixture, "run/" UUID_A);

  /* Something is in the way of the folder. */
  fixture_write (fixture, "run/" UUID_A, "");
  fixture_assert_error (fixture_start (fixture, machine, FALSE), VB_ENGINE_ERROR,
                        VB_ENGINE_ERROR_HOST_RESOURCE);
  fixture_assert_state (machine, VB_STATE_SHUTOFF, VB_REASON_FAILED);
  fixture_expect_warning ("cannot remove");
  g_assert_cmpint (g_unlink (path), ==, 0);
  fixture_assert_ok (fixture_start (fixture, machine, FALSE));
}

static void
test_killed (Fixture *fixture, gconstpointer data)
{
  VbMachine *machine = fixture_start_small (fixture, NULL, NULL);
  const GError *error;

  kill_qemu (machine, SIGKILL);
  fixture_wait_state (machine, VB_STATE_SHUTOFF, VB_REASON_CRASHED);
  assert_off (fixture, machine, VB_REASON_CRASHED);
  error = vb_machine_get_last_error (machine);
  g_assert_error (error, VB_QEMU_ERROR, VB_QEMU_ERROR_EMULATOR);
  g_assert_nonnull (strstr (error->message, "was killed by signal 9"));

  fixture_assert_ok (fixture_start (fixture, machine, TRUE));
  kill_qemu (machine, SIGKILL);
  fixture_wait_state (machine, VB_STATE_SHUTOFF, VB_REASON_CRASHED);

  fixture_assert_ok (fixture_start (fixture, machine, FALSE));
  fixture_assert_ok (fixture_operate (fixture, machine, VB_OPERATION_SUSPEND));
  kill_qemu (machine, SIGKILL);
  fixture_wait_state (machine, VB_STATE_SHUTOFF, VB_REASON_CRASHED);
  assert_off (fixture, machine, VB_REASON_CRASHED);

  /* In order, but by a stranger. */
  fixture_assert_ok (fixture_start (fixture, machine, FALSE));
  kill_qemu (machine, SIGTERM);
  fixture_wait_state (machine, VB_STATE_SHUTOFF, VB_REASON_DESTROYED);
  g_assert_null (vb_machine_get_last_error (machine));
}

static void
test_killed_while_starting (Fixture *fixture, gconstpointer data)
{
  static const VbStartOptions options = { 0 };
  VbMachine *machine = fixture_define_small (fixture, NULL, NULL);
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;

  vb_engine_start_async (fixture->engine, machine, &options, NULL, fixture_got, &result);
  wait_spawned (fixture);
  g_assert_cmpint (vb_machine_get_state (machine), ==, VB_STATE_STARTING);
  kill (read_spawned_pid (fixture), SIGKILL);
  fixture_wait (&result);
  g_assert_false (vb_engine_start_finish (fixture->engine, result, &error));
  g_assert_error (error, VB_QEMU_ERROR, VB_QEMU_ERROR_EMULATOR);
  assert_off (fixture, machine, VB_REASON_FAILED);
}

static void
check_cancelled_start (Fixture *fixture, VbMachine *machine, gboolean is_spawned)
{
  static const VbStartOptions options = { 0 };
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;

  vb_engine_start_async (fixture->engine, machine, &options, NULL, fixture_got, &result);
  if (is_spawned)
    wait_spawned (fixture);
  fixture_assert_ok (fixture_destroy (fixture, machine, 0));
  fixture_wait (&result);
  g_assert_false (vb_engine_start_finish (fixture->engine, result, &error));
  g_assert_error (error, VB_ENGINE_ERROR, VB_ENGINE_ERROR_CANCELLED);
  assert_off (fixture, machine, VB_REASON_DESTROYED);
  g_assert_null (vb_machine_get_last_error (machine));
}

static void
test_cancelled_start (Fixture *fixture, gconstpointer data)
{
  VbMachine *machine = fixture_define_small (fixture, NULL, NULL);

  check_cancelled_start (fixture, machine, FALSE);
  check_cancelled_start (fixture, machine, TRUE);
  fixture_assert_ok (fixture_start (fixture, machine, FALSE));
}

static void
test_hung (Fixture *fixture, gconstpointer data)
{
  VbMachine *machine = fixture_start_small (fixture, NULL, NULL);
  g_autoptr (GAsyncResult) suspend = NULL;
  g_autoptr (GAsyncResult) destroy = NULL;
  g_autoptr (GError) suspend_error = NULL;
  g_autoptr (GError) busy = NULL;

  kill_qemu (machine, SIGSTOP);
  vb_engine_operate_async (fixture->engine, machine, VB_OPERATION_SUSPEND, NULL, fixture_got,
                           &suspend);
  fixture_assert_error (fixture_operate (fixture, machine, VB_OPERATION_RESET), VB_ENGINE_ERROR,
                        VB_ENGINE_ERROR_BUSY);
  vb_engine_destroy_async (fixture->engine, machine, 0, NULL, fixture_got, &destroy);
  fixture_wait (&suspend);
  g_assert_false (vb_engine_operate_finish (fixture->engine, suspend, &suspend_error));
  g_assert_error (suspend_error, VB_ENGINE_ERROR, VB_ENGINE_ERROR_CANCELLED);
  busy = fixture_destroy (fixture, machine, 0);
  g_assert_error (busy, VB_ENGINE_ERROR, VB_ENGINE_ERROR_BUSY);
  g_assert_false (vb_machine_allows (machine, VB_OPERATION_DESTROY));
  fixture_wait (&destroy);
  g_assert_true (vb_engine_destroy_finish (fixture->engine, destroy, NULL));
  assert_off (fixture, machine, VB_REASON_DESTROYED);
}

static void
test_restart_on_crash (Fixture *fixture, gconstpointer data)
{
  VbMachine *machine = fixture_start_small (fixture, "<on_crash>restart</on_crash>", NULL);
  int pid = vb_machine_get_pid (machine);

  kill_qemu (machine, SIGKILL);
  while (vb_machine_get_pid (machine) == pid || vb_machine_get_state (machine) != VB_STATE_RUNNING)
    g_main_context_iteration (NULL, TRUE);
  fixture_assert_state (machine, VB_STATE_RUNNING, VB_REASON_BOOTED);
  g_assert_cmpint (vb_machine_get_id (machine), ==, 2);
}

/* A restart waits for what is at work; a transient machine is started from what it ran. */
static void
test_restart_waits (Fixture *fixture, gconstpointer data)
{
  g_autoptr (VbMachine) machine =
      g_object_ref (fixture_start_small (fixture, "<on_crash>restart</on_crash>", NULL));
  g_autoptr (GAsyncResult) suspend = NULL;

  kill_qemu (machine, SIGSTOP);
  vb_engine_operate_async (fixture->engine, machine, VB_OPERATION_SUSPEND, NULL, fixture_got,
                           &suspend);
  kill_qemu (machine, SIGKILL);
  fixture_wait (&suspend);
  g_assert_false (vb_engine_operate_finish (fixture->engine, suspend, NULL));
  while (vb_machine_get_id (machine) != 2)
    g_main_context_iteration (NULL, TRUE);
  fixture_assert_state (machine, VB_STATE_RUNNING, VB_REASON_BOOTED);

  fixture_assert_ok (fixture_undefine (fixture, machine));
  kill_qemu (machine, SIGKILL);
  while (vb_machine_get_id (machine) != 3)
    g_main_context_iteration (NULL, TRUE);
  fixture_assert_state (machine, VB_STATE_RUNNING, VB_REASON_BOOTED);
  g_assert_false (vb_machine_is_persistent (machine));
  fixture_assert_ok (fixture_destroy (fixture, machine, 0));
  g_assert_null (fixture_find (fixture, "a"));
  fixture_assert_no_folder (fixture);
}

static void
test_restart_loop (Fixture *fixture, gconstpointer data)
{
  VbMachine *machine = fixture_start_small (fixture, "<on_crash>restart</on_crash>", NULL);
  const GError *error;
  int last_id = 0;

  while (vb_machine_get_state (machine) != VB_STATE_SHUTOFF)
    {
      if (vb_machine_get_state (machine) == VB_STATE_RUNNING &&
          vb_machine_get_id (machine) != last_id)
        {
          last_id = vb_machine_get_id (machine);
          kill_qemu (machine, SIGKILL);
        }
      g_main_context_iteration (NULL, TRUE);
    }
  assert_off (fixture, machine, VB_REASON_CRASHED);
  g_assert_cmpint (last_id, >=, 5);
  error = vb_machine_get_last_error (machine);
  g_assert_error (error, VB_QEMU_ERROR, VB_QEMU_ERROR_EMULATOR);
  g_assert_nonnull (strstr (error->message, "not started again"));
}

static void
test_guest_powers_off (Fixture *fixture, gconstpointer data)
{
  g_autofree char *disk = guest_make_disk (fixture, GUEST_POWERS_OFF);
  VbMachine *machine = fixture_start_small (fixture, NULL, disk);

  fixture_wait_state (machine, VB_STATE_SHUTOFF, VB_REASON_SHUTDOWN);
  assert_off (fixture, machine, VB_REASON_SHUTDOWN);
  g_assert_null (vb_machine_get_last_error (machine));
}

static void
test_guest_powers_off_restart (Fixture *fixture, gconstpointer data)
{
  g_autofree char *disk = guest_make_disk (fixture, GUEST_POWERS_OFF);
  VbMachine *machine = fixture_start_small (fixture, "<on_poweroff>restart</on_poweroff>", disk);

  while (vb_machine_get_id (machine) != 2)
    g_main_context_iteration (NULL, TRUE);
  fixture_assert_ok (fixture_destroy (fixture, machine, 0));
  assert_off (fixture, machine, VB_REASON_DESTROYED);
}

static void
test_preserve (Fixture *fixture, gconstpointer data)
{
  g_autofree char *disk = guest_make_disk (fixture, GUEST_POWERS_OFF);
  VbMachine *machine = fixture_start_small (fixture, "<on_poweroff>preserve</on_poweroff>", disk);

  fixture_wait_state (machine, VB_STATE_PAUSED, VB_REASON_PRESERVED);
  g_assert_cmpint (vb_machine_get_pid (machine), >, 0);
  g_assert_false (vb_machine_allows (machine, VB_OPERATION_RESUME));
  fixture_assert_error (fixture_operate (fixture, machine, VB_OPERATION_RESUME), VB_ENGINE_ERROR,
                        VB_ENGINE_ERROR_INVALID_STATE);
  fixture_close (fixture);
  fixture_open (fixture);
  machine = fixture_find (fixture, "a");
  fixture_wait_state (machine, VB_STATE_PAUSED, VB_REASON_PRESERVED);
  fixture_assert_ok (fixture_destroy (fixture, machine, 0));
  assert_off (fixture, machine, VB_REASON_DESTROYED);
}

static void
test_reset_ends (Fixture *fixture, gconstpointer data)
{
  g_autofree char *disk = guest_make_disk (fixture, GUEST_RESETS);
  VbMachine *machine = fixture_start_small (fixture, "<on_reboot>destroy</on_reboot>", disk);

  fixture_wait_state (machine, VB_STATE_SHUTOFF, VB_REASON_SHUTDOWN);
  assert_off (fixture, machine, VB_REASON_SHUTDOWN);
}

/* Where another end is preserved, QEMU holds this one too, and has to be told to go. */
static void
test_held_and_ended (Fixture *fixture, gconstpointer data)
{
  g_autofree char *disk = guest_make_disk (fixture, GUEST_POWERS_OFF);
  VbMachine *machine = fixture_start_small (fixture, "<on_reboot>preserve</on_reboot>", disk);

  fixture_wait_state (machine, VB_STATE_SHUTOFF, VB_REASON_SHUTDOWN);
  assert_off (fixture, machine, VB_REASON_SHUTDOWN);
}

static void
test_shutdown (Fixture *fixture, gconstpointer data)
{
  g_autofree char *disk = guest_make_disk (fixture, GUEST_OBEYS_BUTTON);
  VbMachine *machine = fixture_start_small (fixture, NULL, disk);

  guest_wait_ready (machine);
  fixture_assert_ok (fixture_operate (fixture, machine, VB_OPERATION_SHUTDOWN));
  fixture_wait_state (machine, VB_STATE_SHUTOFF, VB_REASON_SHUTDOWN);
  assert_off (fixture, machine, VB_REASON_SHUTDOWN);
}

static void
test_no_button (Fixture *fixture, gconstpointer data)
{
  static const char xml[] = "<domain type='qemu'><name>a</name><memory>16384</memory><os>"
                            "<type arch='x86_64' machine='pc'>hvm</type></os></domain>";
  VbMachine *machine = fixture_define (fixture, xml);

  fixture_assert_ok (fixture_start (fixture, machine, FALSE));
  fixture_assert_error (fixture_operate (fixture, machine, VB_OPERATION_SHUTDOWN), VB_ENGINE_ERROR,
                        VB_ENGINE_ERROR_UNSUPPORTED);
  fixture_assert_error (fixture_operate (fixture, machine, VB_OPERATION_REBOOT), VB_ENGINE_ERROR,
                        VB_ENGINE_ERROR_UNSUPPORTED);
  g_assert_true (vb_machine_allows (machine, VB_OPERATION_DESTROY));
}

static void
test_reboot (Fixture *fixture, gconstpointer data)
{
  g_autofree char *disk = guest_make_disk (fixture, GUEST_OBEYS_BUTTON);
  VbMachine *machine = fixture_start_small (fixture, NULL, disk);

  guest_wait_ready (machine);
  fixture_assert_ok (fixture_operate (fixture, machine, VB_OPERATION_REBOOT));
  while (vb_machine_get_id (machine) != 2)
    g_main_context_iteration (NULL, TRUE);
  fixture_assert_state (machine, VB_STATE_RUNNING, VB_REASON_BOOTED);

  /* The next power-off is one. */
  guest_wait_ready (machine);
  fixture_assert_ok (fixture_operate (fixture, machine, VB_OPERATION_SHUTDOWN));
  fixture_wait_state (machine, VB_STATE_SHUTOFF, VB_REASON_SHUTDOWN);
}

static void
test_grace (Fixture *fixture, gconstpointer data)
{
  g_autofree char *disk = guest_make_disk (fixture, GUEST_OBEYS_BUTTON);
  VbMachine *machine = fixture_start_small (fixture, "<on_poweroff>restart</on_poweroff>", disk);

  guest_wait_ready (machine);
  fixture_assert_ok (fixture_destroy (fixture, machine, 600000));
  assert_off (fixture, machine, VB_REASON_SHUTDOWN);

  /* One that was not ready does not obey. */
  fixture_assert_ok (fixture_start (fixture, machine, FALSE));
  fixture_assert_ok (fixture_destroy (fixture, machine, 1));
  assert_off (fixture, machine, VB_REASON_DESTROYED);
}

/* Whoever does not want to wait for the guest ends the wait of others. */
static void
test_grace_cut_short (Fixture *fixture, gconstpointer data)
{
  VbMachine *machine = fixture_start_small (fixture, NULL, NULL);
  g_autoptr (GAsyncResult) patient = NULL;
  g_autoptr (GError) error = NULL;

  vb_engine_destroy_async (fixture->engine, machine, G_MAXUINT, NULL, fixture_got, &patient);
  g_assert_true (vb_machine_allows (machine, VB_OPERATION_DESTROY));
  g_assert_false (vb_machine_allows (machine, VB_OPERATION_SUSPEND));
  fixture_assert_error (fixture_destroy (fixture, machine, 1), VB_ENGINE_ERROR,
                        VB_ENGINE_ERROR_BUSY);
  g_assert_null (patient);
  fixture_assert_ok (fixture_destroy (fixture, machine, 0));
  fixture_wait (&patient);
  vb_engine_destroy_finish (fixture->engine, patient, &error);
  g_assert_no_error (error);
  assert_off (fixture, machine, VB_REASON_DESTROYED);
}

static void
test_autodestroy (Fixture *fixture, gconstpointer data)
{
  VbStartOptions options = { .autodestroy_client = ":1.7" };
  VbMachine *machine = fixture_define_small (fixture, NULL, NULL);
  g_autoptr (GAsyncResult) first = NULL;
  g_autoptr (GAsyncResult) second = NULL;
  g_autoptr (GPtrArray) clients = NULL;
  g_autoptr (GPtrArray) none = NULL;
  g_autoptr (GError) error = NULL;

  vb_engine_start_async (fixture->engine, machine, &options, NULL, fixture_got, &first);
  fixture_wait (&first);
  g_assert_true (vb_engine_start_finish (fixture->engine, first, NULL));
  clients = vb_engine_list_autodestroy_clients (fixture->engine);
  g_assert_cmpuint (clients->len, ==, 1);
  g_assert_cmpstr (clients->pdata[0], ==, ":1.7");
  vb_engine_client_gone (fixture->engine, ":1.8");
  vb_engine_client_gone (fixture->engine, ":1.7");
  fixture_wait_state (machine, VB_STATE_SHUTOFF, VB_REASON_DAEMON);
  assert_off (fixture, machine, VB_REASON_DAEMON);
  none = vb_engine_list_autodestroy_clients (fixture->engine);
  g_assert_cmpuint (none->len, ==, 0);

  /* It leaves before the start is over. */
  while (!vb_machine_allows (machine, VB_OPERATION_START))
    g_main_context_iteration (NULL, TRUE);
  vb_engine_start_async (fixture->engine, machine, &options, NULL, fixture_got, &second);
  vb_engine_client_gone (fixture->engine, ":1.7");
  fixture_wait (&second);
  g_assert_false (vb_engine_start_finish (fixture->engine, second, &error));
  g_assert_error (error, VB_ENGINE_ERROR, VB_ENGINE_ERROR_CANCELLED);
  g_assert_cmpint (vb_machine_get_state (machine), ==, VB_STATE_SHUTOFF);
}

static void
test_transient (Fixture *fixture, gconstpointer data)
{
  g_autofree char *xml = fixture_xml ("a", UUID_A, NULL, NULL);
  g_autofree char *broken = fixture_xml ("b", UUID_B, NULL, "<emulator>/bin/false</emulator>");
  VbStartOptions options = { .owner = "bob", .paused = TRUE };
  g_autoptr (VbMachine) machine = NULL;
  g_autoptr (GError) twice = NULL;
  g_autoptr (GError) failure = NULL;
  g_autoptr (GError) error = NULL;

  machine = fixture_create (fixture, xml, &options, &error);
  g_assert_no_error (error);
  g_object_ref (machine);
  g_assert_false (vb_machine_is_persistent (machine));
  g_assert_cmpstr (vb_machine_get_owner (machine), ==, "bob");
  fixture_assert_state (machine, VB_STATE_PAUSED, VB_REASON_USER);
  g_assert_null (fixture_create (fixture, xml, &options, &twice));
  g_assert_error (twice, VB_ENGINE_ERROR, VB_ENGINE_ERROR_ALREADY_EXISTS);
  fixture_assert_error (fixture_modify (fixture, machine, VB_OPERATION_SET_AUTOSTART, NULL, 1, 0),
                        VB_ENGINE_ERROR, VB_ENGINE_ERROR_INVALID_STATE);

  g_assert_null (fixture_create (fixture, broken, &options, &failure));
  g_assert_error (failure, VB_QEMU_ERROR, VB_QEMU_ERROR_EMULATOR);
  g_assert_null (fixture_find (fixture, "b"));

  /* Persistent and transient again, while it runs. */
  g_assert_true (fixture_define (fixture, xml) == machine);
  g_assert_true (vb_machine_is_persistent (machine));
  g_assert_cmpuint (vb_machine_get_generation (machine), ==, 1);
  g_assert_cmpstr (vb_machine_get_owner (machine), ==, "bob");
  g_assert_false (vb_machine_has_pending_changes (machine));
  fixture_assert_ok (fixture_undefine (fixture, machine));
  g_assert_false (vb_machine_is_persistent (machine));
  g_assert_cmpuint (vb_machine_get_generation (machine), ==, 0);
  fixture_assert_error (fixture_undefine (fixture, machine), VB_ENGINE_ERROR,
                        VB_ENGINE_ERROR_INVALID_STATE);
  fixture_assert_ok (fixture_destroy (fixture, machine, 0));
  g_assert_null (fixture_find (fixture, "a"));
  fixture_assert_no_folder (fixture);
}

/* Where QEMU is another user, a guest has of the host what its owner has, not what the service has. */
static void
test_rights_of_owner (Fixture *fixture, gconstpointer data)
{
  g_autofree char *disk = guest_make_disk (fixture, GUEST_OBEYS_BUTTON);
  g_autofree char *image = fixture_path (fixture, "button.img");
  g_autofree char *xml = fixture_xml ("a", UUID_A, NULL, disk);
  VbStartOptions options = { .owner = "nobody", .paused = TRUE };
  VbMachine *machine;
  g_autoptr (GError) refused = NULL;
  g_autoptr (GError) error = NULL;

  fixture_close (fixture);
  fixture->qemu_uid = UNPRIVILEGED;
  fixture_open (fixture);
  g_assert_cmpint (g_chmod (guard_get_folder (), 0711), ==, 0);
  g_assert_cmpint (g_chmod (fixture->root, 0711), ==, 0);
  g_assert_cmpint (g_chmod (image, 0600), ==, 0);
  g_assert_null (fixture_create (fixture, xml, &options, &refused));
  g_assert_error (refused, VB_QEMU_ERROR, VB_QEMU_ERROR_HOST_RESOURCE);
  g_assert_true (g_str_has_suffix (refused->message,
                                   ": Permission denied; let user 'nobody' read and write it"));

  g_assert_cmpint (chown (image, UNPRIVILEGED, UNPRIVILEGED), ==, 0);
  machine = fixture_create (fixture, xml, &options, &error);
  g_assert_no_error (error);
  fixture_assert_ok (fixture_destroy (fixture, machine, 0));
}

static void
test_pending (Fixture *fixture, gconstpointer data)
{
  g_autofree char *xml = fixture_xml ("a", UUID_A, NULL, NULL);
  g_autofree char *changed = fixture_xml ("a", UUID_A, "<vcpu>2</vcpu>", NULL);
  VbMachine *machine = fixture_start_small (fixture, NULL, NULL);

  fixture_define (fixture, changed);
  g_assert_true (vb_machine_has_pending_changes (machine));
  g_assert_cmpuint (vb_machine_get_live (machine)->vcpus, ==, 1);
  g_assert_cmpuint (vb_machine_get_definition (machine)->vcpus, ==, 2);
  fixture_define (fixture, xml);
  g_assert_false (vb_machine_has_pending_changes (machine));

  fixture_assert_ok (fixture_modify (fixture, machine, VB_OPERATION_SET_TITLE, "both", 0, 0));
  g_assert_cmpstr (vb_machine_get_live (machine)->title, ==, "both");
  g_assert_cmpstr (vb_machine_get_definition (machine)->title, ==, "both");
  g_assert_false (vb_machine_has_pending_changes (machine));
  fixture_assert_ok (
      fixture_modify (fixture, machine, VB_OPERATION_SET_TITLE, "later", 0, VB_SCOPE_CONFIG));
  g_assert_cmpstr (vb_machine_get_domain (machine)->title, ==, "both");
  g_assert_true (vb_machine_has_pending_changes (machine));
  fixture_assert_error (fixture_modify (fixture, machine, VB_OPERATION_RENAME, "x", 0, 0),
                        VB_ENGINE_ERROR, VB_ENGINE_ERROR_INVALID_STATE);
  fixture_assert_error (fixture_modify (fixture, machine, VB_OPERATION_SET_MEMORY, NULL, 8192, 0),
                        VB_ENGINE_ERROR, VB_ENGINE_ERROR_UNSUPPORTED);

  fixture_close (fixture);
  fixture_open (fixture);
  machine = fixture_find (fixture, "a");
  g_assert_cmpstr (vb_machine_get_live (machine)->title, ==, "both");
  g_assert_true (vb_machine_has_pending_changes (machine));
  fixture_assert_ok (fixture_destroy (fixture, machine, 0));
  g_assert_false (vb_machine_has_pending_changes (machine));
  g_assert_cmpstr (vb_machine_get_domain (machine)->title, ==, "later");
}

static void
test_balloon (Fixture *fixture, gconstpointer data)
{
  VbMachine *machine = fixture_start_small (fixture, NULL, "<memballoon model='virtio'/>");

  fixture_assert_ok (fixture_modify (fixture, machine, VB_OPERATION_SET_MEMORY, NULL, 8192, 0));
  g_assert_cmpuint (vb_machine_get_definition (machine)->current_memory_kib, ==, 8192);
  g_assert_false (vb_machine_has_pending_changes (machine));
  /* The guest has no driver for it. */
  g_assert_cmpuint (vb_machine_get_balloon_kib (machine), ==, 16384);
  fixture_assert_error (fixture_modify (fixture, machine, VB_OPERATION_SET_MEMORY, NULL, 16385,
                                        VB_SCOPE_LIVE),
                        VB_ENGINE_ERROR, VB_ENGINE_ERROR_INVALID_ARGUMENT);
}

static int
run (int argc, char **argv)
{
  fixture_init (&argc, &argv);
  fixture_test ("/engine/lifecycle/life", test_life);
  fixture_test ("/engine/lifecycle/two-starts", test_two_starts);
  fixture_test ("/engine/lifecycle/paused-start", test_paused_start);
  fixture_test ("/engine/lifecycle/failed-starts", test_failed_starts);
  fixture_test ("/engine/lifecycle/record-not-writable", test_record_not_writable);
  fixture_test ("/engine/lifecycle/killed", test_killed);
  fixture_test ("/engine/lifecycle/killed-while-starting", test_killed_while_starting);
  fixture_test ("/engine/lifecycle/cancelled-start", test_cancelled_start);
  fixture_test ("/engine/lifecycle/hung", test_hung);
  fixture_test ("/engine/lifecycle/restart-on-crash", test_restart_on_crash);
  fixture_test ("/engine/lifecycle/restart-waits", test_restart_waits);
  fixture_test ("/engine/lifecycle/restart-loop", test_restart_loop);
  fixture_test ("/engine/lifecycle/guest-powers-off", test_guest_powers_off);
  fixture_test ("/engine/lifecycle/guest-powers-off-restart", test_guest_powers_off_restart);
  fixture_test ("/engine/lifecycle/preserve", test_preserve);
  fixture_test ("/engine/lifecycle/reset-ends", test_reset_ends);
  fixture_test ("/engine/lifecycle/held-and-ended", test_held_and_ended);
  fixture_test ("/engine/lifecycle/shutdown", test_shutdown);
  fixture_test ("/engine/lifecycle/no-button", test_no_button);
  fixture_test ("/engine/lifecycle/reboot", test_reboot);
  fixture_test ("/engine/lifecycle/grace", test_grace);
  fixture_test ("/engine/lifecycle/grace-cut-short", test_grace_cut_short);
  fixture_test ("/engine/lifecycle/autodestroy", test_autodestroy);
  fixture_test ("/engine/lifecycle/transient", test_transient);
  fixture_test ("/engine/lifecycle/pending", test_pending);
  fixture_test ("/engine/lifecycle/balloon", test_balloon);
  if (geteuid () == 0)
    fixture_test ("/engine/lifecycle/rights-of-owner", test_rights_of_owner);
  return g_test_run ();
}

int
main (int argc, char **argv)
{
  return guard_main (argc, argv, run);
}
