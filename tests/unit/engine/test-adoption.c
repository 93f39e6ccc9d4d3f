/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * A service that comes up finds what an earlier one left: guests that run, that ended, that were
 * half started, that do not answer.
 */
#include "engine/stored.h"
#include "fixture.h"
#include "tests/fixtures/guard.h"
#include "guest.h"
#include "qmp/qmp.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/pidfd.h>
#include <sys/wait.h>
#include <unistd.h>

static void
wait_gone (int pid)
{
  int fd = pidfd_open (pid, 0);
  struct pollfd poll_fd = { .fd = fd, .events = POLLIN };

  if (fd < 0)
    return;
  while (poll (&poll_fd, 1, -1) < 0 && errno == EINTR)
    continue;
  close (fd);
}

/* What happens to a QEMU while no service is there. */
static void
kill_while_away (Fixture *fixture, int number)
{
  int pid = vb_machine_get_pid (fixture_find (fixture, "a"));

  fixture_close (fixture);
  g_assert_cmpint (kill (pid, number), ==, 0);
  wait_gone (pid);
}

/* A guest that was started paused is let go, and ends, while no service is there. */
static void
let_go_while_away (Fixture *fixture)
{
  g_autofree char *path = fixture_path (fixture, "run/" UUID_A "/monitor.sock");
  int pid = vb_machine_get_pid (fixture_find (fixture, "a"));
  g_autoptr (GAsyncResult) connected = NULL;
  g_autoptr (GAsyncResult) opened = NULL;
  g_autoptr (GAsyncResult) called = NULL;
  g_autoptr (QmpSession) session = NULL;

  fixture_close (fixture);
  qmp_session_connect_async (path, 0, NULL, fixture_got, &connected);
  fixture_wait (&connected);
  session = qmp_session_connect_finish (connected, NULL);
  qmp_session_open_async (session, 0, NULL, fixture_got, &opened);
  fixture_wait (&opened);
  g_assert_true (qmp_session_open_finish (session, opened, NULL));
  qmp_session_call_async (session, "cont", NULL, 0, NULL, fixture_got, &called);
  fixture_wait (&called);
  wait_gone (pid);
}

static void
test_running (Fixture *fixture, gconstpointer data)
{
  VbMachine *machine = fixture_start_small (fixture, NULL, NULL);
  int pid = vb_machine_get_pid (machine);
  gint64 since_us = vb_machine_get_state_since_us (machine);

  fixture_close (fixture);
  fixture_open (fixture);
  machine = fixture_find (fixture, "a");
  fixture_wait_state (machine, VB_STATE_RUNNING, VB_REASON_RECONNECTED);
  g_assert_cmpint (vb_machine_get_pid (machine), ==, pid);
  g_assert_cmpint (vb_machine_get_id (machine), ==, 1);
  g_assert_cmpint (vb_machine_get_state_since_us (machine), ==, since_us);
  g_assert_true (vb_machine_is_persistent (machine));
  g_assert_false (vb_machine_has_pending_changes (machine));
  fixture_assert_error (fixture_start (fixture, machine, FALSE), VB_ENGINE_ERROR,
                        VB_ENGINE_ERROR_INVALID_STATE);
  fixture_assert_ok (fixture_operate (fixture, machine, VB_OPERATION_SUSPEND));

  fixture_close (fixture);
  fixture_open (fixture);
  machine = fixture_find (fixture, "a");
  fixture_wait_state (machine, VB_STATE_PAUSED, VB_REASON_USER);
  fixture_assert_ok (fixture_operate (fixture, machine, VB_OPERATION_RESUME));
  fixture_assert_ok (fixture_destroy (fixture, machine, 0));
  fixture_assert_state (machine, VB_STATE_SHUTOFF, VB_REASON_DESTROYED);
  fixture_assert_no_folder (fixture);

  /* Ids go on from the last one that was found. */
  fixture_assert_ok (fixture_start (fixture, machine, FALSE));
  g_assert_cmpint (vb_machine_get_id (machine), ==, 2);
}

static void
test_killed_when_adopted (Fixture *fixture, gconstpointer data)
{
  VbMachine *machine = fixture_start_small (fixture, NULL, NULL);

  fixture_close (fixture);
  fixture_open (fixture);
  machine = fixture_find (fixture, "a");
  fixture_wait_state (machine, VB_STATE_RUNNING, VB_REASON_RECONNECTED);
  kill (vb_machine_get_pid (machine), SIGKILL);
  fixture_wait_state (machine, VB_STATE_SHUTOFF, VB_REASON_CRASHED);
  g_assert_error (vb_machine_get_last_error (machine), VB_QEMU_ERROR, VB_QEMU_ERROR_EMULATOR);
  fixture_assert_no_folder (fixture);
}

static void
test_paused_start (Fixture *fixture, gconstpointer data)
{
  VbMachine *machine = fixture_define_small (fixture, NULL, NULL);

  fixture_assert_ok (fixture_start (fixture, machine, TRUE));
  fixture_close (fixture);
  fixture_open (fixture);
  machine = fixture_find (fixture, "a");
  fixture_wait_state (machine, VB_STATE_PAUSED, VB_REASON_USER);
  fixture_assert_ok (fixture_operate (fixture, machine, VB_OPERATION_RESUME));
  fixture_assert_state (machine, VB_STATE_RUNNING, VB_REASON_USER);
}

static void
test_ended (Fixture *fixture, gconstpointer data)
{
  static const struct
  {
    int number;
    VbStateReason reason;
  } rows[] = { { SIGKILL, VB_REASON_UNKNOWN }, { SIGTERM, VB_REASON_DESTROYED } };

  fixture_define_small (fixture, "<on_crash>restart</on_crash>", NULL);
  for (gsize i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      fixture_assert_ok (fixture_start (fixture, fixture_find (fixture, "a"), FALSE));
      kill_while_away (fixture, rows[i].number);
      fixture_open (fixture);
      fixture_assert_state (fixture_find (fixture, "a"), VB_STATE_SHUTOFF, rows[i].reason);
      g_assert_null (vb_machine_get_last_error (fixture_find (fixture, "a")));
      fixture_assert_no_folder (fixture);
    }
}

static void
test_powered_off (Fixture *fixture, gconstpointer data)
{
  g_autofree char *disk = guest_make_disk (fixture, GUEST_POWERS_OFF);
  VbMachine *machine = fixture_define_small (fixture, NULL, disk);

  fixture_assert_ok (fixture_start (fixture, machine, TRUE));
  let_go_while_away (fixture);
  fixture_open (fixture);
  fixture_assert_state (fixture_find (fixture, "a"), VB_STATE_SHUTOFF, VB_REASON_SHUTDOWN);
  fixture_assert_no_folder (fixture);
}

static void
test_powered_off_restart (Fixture *fixture, gconstpointer data)
{
  g_autofree char *disk = guest_make_disk (fixture, GUEST_POWERS_OFF);
  VbMachine *machine = fixture_define_small (fixture, "<on_poweroff>restart</on_poweroff>", disk);

  fixture_assert_ok (fixture_start (fixture, machine, TRUE));
  let_go_while_away (fixture);
  fixture_open (fixture);
  machine = fixture_find (fixture, "a");
  while (vb_machine_get_id (machine) != 2)
    g_main_context_iteration (NULL, TRUE);
  fixture_assert_state (machine, VB_STATE_RUNNING, VB_REASON_BOOTED);
}

static void
test_transient (Fixture *fixture, gconstpointer data)
{
  g_autofree char *xml = fixture_xml ("a", UUID_A, NULL, NULL);
  VbStartOptions options = { .owner = "bob", .autodestroy_client = ":1.7" };
  g_autoptr (GPtrArray) clients = NULL;
  g_autoptr (VbMachine) machine = NULL;

  g_assert_nonnull (fixture_create (fixture, xml, &options, NULL));
  fixture_close (fixture);
  fixture_open (fixture);
  machine = g_object_ref (fixture_find (fixture, "a"));
  fixture_wait_state (machine, VB_STATE_RUNNING, VB_REASON_RECONNECTED);
  g_assert_false (vb_machine_is_persistent (machine));
  g_assert_cmpstr (vb_machine_get_owner (machine), ==, "bob");
  clients = vb_engine_list_autodestroy_clients (fixture->engine);
  g_assert_cmpuint (clients->len, ==, 1);
  vb_engine_client_gone (fixture->engine, ":1.7");
  fixture_wait_state (machine, VB_STATE_SHUTOFF, VB_REASON_DAEMON);
  g_assert_null (fixture_find (fixture, "a"));
  while (!vb_engine_is_idle (fixture->engine))
    g_main_context_iteration (NULL, TRUE);

  g_assert_nonnull (fixture_create (fixture, xml, &options, NULL));
  kill_while_away (fixture, SIGKILL);
  fixture_open (fixture);
  g_assert_null (fixture_find (fixture, "a"));
  fixture_assert_no_folder (fixture);
}

static void
test_hung (Fixture *fixture, gconstpointer data)
{
  g_autofree char *other = fixture_xml ("b", UUID_B, NULL, NULL);
  VbMachine *machine = fixture_start_small (fixture, NULL, NULL);
  int pid = vb_machine_get_pid (machine);

  fixture_define (fixture, other);
  fixture_close (fixture);
  g_assert_cmpint (kill (pid, SIGSTOP), ==, 0);
  fixture_open (fixture);
  machine = fixture_find (fixture, "a");
  fixture_assert_state (machine, VB_STATE_RUNNING, VB_REASON_UNKNOWN);
  g_assert_cmpint (vb_machine_get_id (machine), ==, 1);
  fixture_assert_ok (fixture_start (fixture, fixture_find (fixture, "b"), FALSE));
  g_assert_cmpint (kill (pid, SIGCONT), ==, 0);
  fixture_wait_state (machine, VB_STATE_RUNNING, VB_REASON_RECONNECTED);

  fixture_close (fixture);
  g_assert_cmpint (kill (pid, SIGSTOP), ==, 0);
  fixture_open (fixture);
  machine = fixture_find (fixture, "a");
  fixture_assert_ok (fixture_destroy (fixture, machine, 0));
  fixture_assert_state (machine, VB_STATE_SHUTOFF, VB_REASON_DESTROYED);
  fixture_assert_no_folder (fixture);
}

static void
test_autostart (Fixture *fixture, gconstpointer data)
{
  g_autofree char *broken =
      fixture_xml ("b", UUID_B, NULL, "<emulator>/nonexistent/qemu</emulator>");
  VbMachine *machine = fixture_define_small (fixture, NULL, NULL);
  VbMachine *broken_machine = fixture_define (fixture, broken);

  fixture_assert_ok (fixture_modify (fixture, machine, VB_OPERATION_SET_AUTOSTART, NULL, 1, 0));
  fixture_assert_ok (
      fixture_modify (fixture, broken_machine, VB_OPERATION_SET_AUTOSTART, NULL, 1, 0));
  fixture_close (fixture);
  fixture_open (fixture);
  machine = fixture_find (fixture, "a");
  broken_machine = fixture_find (fixture, "b");
  vb_engine_autostart (fixture->engine);
  fixture_wait_state (machine, VB_STATE_RUNNING, VB_REASON_BOOTED);
  fixture_wait_state (broken_machine, VB_STATE_SHUTOFF, VB_REASON_FAILED);
  g_assert_error (vb_machine_get_last_error (broken_machine), VB_QEMU_ERROR,
                  VB_QEMU_ERROR_HOST_RESOURCE);
}

/* A service of its own process, which is killed at a certain point. */

static gboolean
has_process (Fixture *fixture)
{
  g_autofree char *process = fixture_read (fixture, "run/" UUID_A "/process");
  const char *identity = process != NULL ? strchr (process, '\n') : NULL;

  return identity != NULL && strchr (identity + 1, '\n') != NULL;
}

static gboolean
is_running (Fixture *fixture)
{
  return vb_machine_get_state (fixture_find (fixture, "a")) == VB_STATE_RUNNING;
}

static gboolean
has_record (Fixture *fixture)
{
  g_autofree char *record = fixture_read (fixture, "run/" UUID_A "/record");

  return record != NULL;
}

static const struct
{
  const char *name;
  gboolean (*is_reached) (Fixture *fixture);
  VbState state; /* that the next service finds */
  VbStateReason reason;
} points[] = {
  { "record", has_record, VB_STATE_SHUTOFF, VB_REASON_FAILED },
  { "process", has_process, VB_STATE_SHUTOFF, VB_REASON_FAILED },
  { "running", is_running, VB_STATE_RUNNING, VB_REASON_RECONNECTED },
};

static void
run_service (const char *root, gsize point)
{
  static const VbStartOptions options = { 0 };
  Fixture fixture = { .root = (char *) root, .host = vb_host_new (NULL) };

  fixture_open (&fixture);
  vb_engine_start_async (fixture.engine, fixture_find (&fixture, "a"), &options, NULL, NULL, NULL);
  while (!points[point].is_reached (&fixture))
    g_main_context_iteration (NULL, TRUE);
  kill (getpid (), SIGKILL);
}

/* One that defines the same domain for ever. */
static void
run_definer (const char *root)
{
  Fixture fixture = { .root = (char *) root, .host = vb_host_new (NULL) };

  fixture_open (&fixture);
  for (guint i = 0;; i++)
    {
      g_autofree char *title = g_strdup_printf ("<title>%u</title>", i);

      fixture_define_small (&fixture, title, NULL);
    }
}

static GPid
spawn_service (Fixture *fixture, const char *task)
{
  const char *argv[] = { "/proc/self/exe", "--service", fixture->root, task, NULL };
  g_autoptr (GError) error = NULL;
  GPid pid = 0;

  g_assert_true (g_spawn_async (NULL, (char **) argv, NULL,
                                G_SPAWN_DO_NOT_REAP_CHILD | G_SPAWN_STDOUT_TO_DEV_NULL, NULL, NULL,
                                &pid, &error));
  return pid;
}

static void
wait_killed (GPid pid)
{
  int status = 0;

  while (waitpid (pid, &status, 0) < 0 && errno == EINTR)
    continue;
  g_assert_true (WIFSIGNALED (status));
  g_assert_cmpint (WTERMSIG (status), ==, SIGKILL);
}

static void
test_killed_service (Fixture *fixture, gconstpointer data)
{
  VbMachine *machine = fixture_define_small (fixture, NULL, NULL);

  for (gsize i = 0; i < G_N_ELEMENTS (points); i++)
    {
      g_autofree char *number = NULL;

      g_test_message ("killed at: %s", points[i].name);
      fixture_close (fixture);
      number = g_strdup_printf ("%zu", i);
      wait_killed (spawn_service (fixture, number));
      fixture_open (fixture);
      machine = fixture_find (fixture, "a");
      fixture_wait_state (machine, points[i].state, points[i].reason);
      if (points[i].reason != VB_REASON_FAILED)
        continue;
      g_assert_error (vb_machine_get_last_error (machine), VB_ENGINE_ERROR,
                      VB_ENGINE_ERROR_CANCELLED);
      g_assert_nonnull (strstr (vb_machine_get_last_error (machine)->message, "start it again"));
      fixture_assert_no_folder (fixture);
    }
  fixture_assert_ok (fixture_destroy (fixture, machine, 0));
  fixture_assert_ok (fixture_start (fixture, machine, FALSE));
}

/* Wherever it is killed, there is one whole definition. */
static void
test_killed_definer (Fixture *fixture, gconstpointer data)
{
  guint64 generation = 0;

  fixture_define_small (fixture, NULL, NULL);
  for (guint round = 0; round < 10; round++)
    {
      guint64 target = generation + 10 + round;
      g_autoptr (GDir) entries = NULL;
      g_autofree char *folder = fixture_path (fixture, "state/domains");
      GPid pid;

      fixture_close (fixture);
      pid = spawn_service (fixture, "define");
      while (generation < target)
        {
          g_autofree char *text = fixture_read (fixture, "state/domains/" UUID_A ".xml");
          g_autoptr (GError) error = NULL;
          g_autoptr (VbStored) stored = vb_stored_parse (text, strlen (text), &error);

          g_assert_no_error (error);
          g_assert_cmpuint (stored->generation, >=, generation);
          generation = stored->generation;
        }
      kill (pid, SIGKILL);
      wait_killed (pid);
      fixture_open (fixture);
      g_assert_cmpuint (vb_machine_get_generation (fixture_find (fixture, "a")), >=, generation);
      entries = g_dir_open (folder, 0, NULL);
      g_assert_cmpstr (g_dir_read_name (entries), ==, UUID_A ".xml");
      g_assert_null (g_dir_read_name (entries));
    }
}

static int
run (int argc, char **argv)
{
  fixture_init (&argc, &argv);
  if (argc == 4 && strcmp (argv[3], "define") == 0)
    run_definer (argv[2]);
  if (argc == 4)
    run_service (argv[2], (gsize) atoi (argv[3]));
  fixture_test ("/engine/adoption/running", test_running);
  fixture_test ("/engine/adoption/killed-when-adopted", test_killed_when_adopted);
  fixture_test ("/engine/adoption/paused-start", test_paused_start);
  fixture_test ("/engine/adoption/ended", test_ended);
  fixture_test ("/engine/adoption/powered-off", test_powered_off);
  fixture_test ("/engine/adoption/powered-off-restart", test_powered_off_restart);
  fixture_test ("/engine/adoption/transient", test_transient);
  fixture_test ("/engine/adoption/hung", test_hung);
  fixture_test ("/engine/adoption/autostart", test_autostart);
  fixture_test ("/engine/adoption/killed-service", test_killed_service);
  fixture_test ("/engine/adoption/killed-definer", test_killed_definer);
  return g_test_run ();
}

int
main (int argc, char **argv)
{
  /* A service is killed with its QEMU left, which the guard of the tests clears away. */
  if (argc == 4 && g_str_equal (argv[1], "--service"))
    return run (argc, argv);
  return guard_main (argc, argv, run);
}
