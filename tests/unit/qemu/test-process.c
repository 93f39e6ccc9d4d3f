/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * A process that outlives the one that spawned it: whoever kills the service, at whatever instant,
 * leaves either no process or one that is on record.
 */
#include "qemu/process.h"
#include "qemu/record.h"
#include "tests/fixtures/guard.h"

#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <glib/gstdio.h>

#define RECORD_CHILD_FD 5
#define N_INSTANTS 60
#define OTHER_UID 65534

typedef struct
{
  char *dir;    /* (owned) */
  char *record; /* (owned) */
} Fixture;

static void
set_up (Fixture *fixture, gconstpointer data)
{
  fixture->dir = g_build_filename (guard_get_folder (), "XXXXXX", NULL);
  g_assert_nonnull (g_mkdtemp (fixture->dir));
  fixture->record = g_build_filename (fixture->dir, "process", NULL);
}

static void
tear_down (Fixture *fixture, gconstpointer data)
{
  g_unlink (fixture->record);
  g_rmdir (fixture->dir);
  g_free (fixture->dir);
  g_free (fixture->record);
}

/* @alive_fd: a pipe's end that the program inherits; @on_record: else it dies with the service */
static VbProcess *
spawn_cat (Fixture *fixture, int input_fd, int alive_fd, gboolean on_record, gint64 uid)
{
  g_autoptr (GError) error = NULL;
  char *argv[] = { (char *) "/bin/cat", (char *) "/dev/fd/6", NULL };
  char *environment[] = { NULL };
  int record_fd = open (fixture->record, O_WRONLY | O_CREAT | O_TRUNC | O_APPEND | O_CLOEXEC, 0600);
  int null_fd = open ("/dev/null", O_WRONLY | O_CLOEXEC);
  int source_fds[] = { record_fd, input_fd, alive_fd };
  int target_fds[] = { RECORD_CHILD_FD, 6, 7 };
  VbProcessSpec spec = { .argv = argv,
                         .environment = environment,
                         .output_fd = null_fd,
                         .source_fds = source_fds,
                         .target_fds = target_fds,
                         .n_fds = 3,
                         .record_fd = on_record ? RECORD_CHILD_FD : -1,
                         .uid = uid,
                         .gid = -1 };
  VbProcess *process;
  g_assert_true (vb_record_begin (record_fd, 0));
  process = vb_process_spawn (&spec, &error);
  g_assert_no_error (error);
  close (record_fd);
  close (null_fd);
  return process;
}

typedef struct
{
  gboolean ended;
  gboolean status_known;
  int wait_status;
} Ended;

static void
on_ended (gboolean status_known, int wait_status, gpointer user_data)
{
  *(Ended *) user_data = (Ended){ TRUE, status_known, wait_status };
}

static void
wait_for_end (Ended *ended)
{
  while (!ended->ended)
    g_main_context_iteration (NULL, TRUE);
}

static void
test_status (Fixture *fixture, gconstpointer data)
{
  Ended ended = { 0 };
  int input[2];
  VbProcess *process;

  g_assert_cmpint (pipe2 (input, O_CLOEXEC), ==, 0);
  process = spawn_cat (fixture, input[0], input[1], TRUE, -1);
  vb_process_watch (process, on_ended, &ended);
  vb_process_signal (process, SIGTERM);
  wait_for_end (&ended);
  g_assert_true (ended.status_known);
  g_assert_true (WIFSIGNALED (ended.wait_status));
  g_assert_cmpint (WTERMSIG (ended.wait_status), ==, SIGTERM);
  vb_process_signal (process, SIGTERM);
  vb_process_free (process);
  close (input[0]);
  close (input[1]);
}

static void
test_adopt (Fixture *fixture, gconstpointer data)
{
  g_autoptr (VbProcess) adopted = NULL;
  g_autoptr (VbProcess) wrong = NULL;
  Ended ended = { 0 };
  VbRecord record = { 0 };
  int input[2];
  int pid;
  VbProcess *process;

  g_assert_cmpint (pipe2 (input, O_CLOEXEC), ==, 0);
  process = spawn_cat (fixture, input[0], input[1], TRUE, -1);
  pid = vb_process_get_pid (process);
  vb_process_free (process);

  g_assert_true (vb_record_read (fixture->dir, &record));
  g_assert_cmpint (record.identity.pid, ==, pid);
  g_assert_false (record.released);
  vb_record_release (fixture->dir);
  g_assert_true (vb_record_read (fixture->dir, &record));
  g_assert_true (record.released);

  record.identity.start_time_ticks++;
  wrong = vb_process_adopt (&record.identity);
  g_assert_null (wrong);
  record.identity.start_time_ticks--;
  adopted = vb_process_adopt (&record.identity);
  g_assert_nonnull (adopted);
  vb_process_watch (adopted, on_ended, &ended);
  vb_process_signal (adopted, SIGKILL);
  wait_for_end (&ended);
  g_assert_null (vb_process_adopt (&record.identity));
  close (input[0]);
  close (input[1]);
}

/* Who spawns is killed after so many turns of a loop. The program holds the pipe's writing end: its
 * end of file says that nothing runs any more. */
static void
kill_at_instant (Fixture *fixture, guint n_turns)
{
  int input[2];
  int alive[2];
  pid_t service;
  VbRecord record = { 0 };
  g_autoptr (VbProcess) process = NULL;
  char byte;

  g_assert_cmpint (pipe2 (input, O_CLOEXEC), ==, 0);
  g_assert_cmpint (pipe2 (alive, O_CLOEXEC), ==, 0);
  service = fork ();
  if (service == 0)
    {
      VbProcess *child = spawn_cat (fixture, input[0], alive[1], TRUE, -1);
      vb_process_free (child);
      _exit (0);
    }
  for (volatile guint turn = 0; turn < n_turns; turn++)
    continue;
  kill (service, SIGKILL);
  g_assert_cmpint (waitpid (service, NULL, 0), ==, service);
  close (input[0]);
  close (alive[1]);

  if (vb_record_read (fixture->dir, &record))
    process = vb_process_adopt (&record.identity);
  if (process != NULL)
    vb_process_signal (process, SIGKILL);
  /* The writing end of its input stays open here: nothing but a signal ends it. */
  g_assert_cmpint (read (alive[0], &byte, 1), ==, 0);
  close (alive[0]);
  close (input[1]);
  g_unlink (fixture->record);
}

static void
test_killed_service (Fixture *fixture, gconstpointer data)
{
  for (guint i = 0; i < N_INSTANTS; i++)
    kill_at_instant (fixture, i * 40000);
}

/* @uid: -1: of this user */
static void
check_unrecorded (Fixture *fixture, gint64 uid)
{
  int input[2];
  int alive[2];
  pid_t service;
  char byte;

  g_assert_cmpint (pipe2 (input, O_CLOEXEC), ==, 0);
  g_assert_cmpint (pipe2 (alive, O_CLOEXEC), ==, 0);
  service = fork ();
  if (service == 0)
    {
      VbProcess *child = spawn_cat (fixture, input[0], alive[1], FALSE, uid);
      vb_process_free (child);
      _exit (0);
    }
  g_assert_cmpint (waitpid (service, NULL, 0), ==, service);
  close (alive[1]);
  /* The writing end of its input stays open here: nothing but a signal ends it. */
  g_assert_cmpint (read (alive[0], &byte, 1), ==, 0);
  close (alive[0]);
  close (input[0]);
  close (input[1]);
}

static void
test_unrecorded (Fixture *fixture, gconstpointer data)
{
  check_unrecorded (fixture, -1);
  if (geteuid () == 0)
    check_unrecorded (fixture, OTHER_UID);
}

static void
test_missing (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  char *argv[] = { (char *) "/none/none", NULL };
  char *environment[] = { NULL };
  VbProcessSpec spec = { .argv = argv,
                         .environment = environment,
                         .output_fd = STDERR_FILENO,
                         .record_fd = RECORD_CHILD_FD,
                         .uid = -1,
                         .gid = -1 };
  int record_fd = open (fixture->record, O_WRONLY | O_CREAT | O_CLOEXEC, 0600);
  int target_fd = RECORD_CHILD_FD;
  spec.source_fds = &record_fd;
  spec.target_fds = &target_fd;
  spec.n_fds = 1;
  g_assert_null (vb_process_spawn (&spec, &error));
  g_assert_error (error, G_SPAWN_ERROR, G_SPAWN_ERROR_NOENT);
  close (record_fd);
}

static int
run (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add ("/process/status", Fixture, NULL, set_up, test_status, tear_down);
  g_test_add ("/process/adopt", Fixture, NULL, set_up, test_adopt, tear_down);
  g_test_add ("/process/missing", Fixture, NULL, set_up, test_missing, tear_down);
  /* Orphans come to this process, to be seen ending. */
  prctl (PR_SET_CHILD_SUBREAPER, 1);
  g_test_add ("/process/unrecorded", Fixture, NULL, set_up, test_unrecorded, tear_down);
  g_test_add ("/process/killed-service", Fixture, NULL, set_up, test_killed_service, tear_down);
  return g_test_run ();
}

int
main (int argc, char **argv)
{
  return guard_main (argc, argv, run);
}
