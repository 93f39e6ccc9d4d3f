/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * What follows the ends of guests: another name, a dump of the memory, the clock of the next start.
 */
#include "fixture.h"
#include "tests/fixtures/guard.h"
#include "engine/core-dump.h"
#include "engine/restart.h"
#include "guest.h"

#include <fcntl.h>
#include <glib/gstdio.h>

#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define ELF_MAGIC "\177ELF"

static void
wait_id (VbMachine *machine, int id)
{
  while (vb_machine_get_id (machine) != id)
    g_main_context_iteration (NULL, TRUE);
}

static void
test_names (Fixture *fixture, gconstpointer data)
{
  static const struct
  {
    const char *name;
    const char *expected;
  } rows[] = {
    { "a", "a-2" },   { "a-1", "a-2" }, { "a-12", "a-2" },
    { "-1", "-1-2" }, { "7", "7-2" },   { "a1", "a1-2" },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_autofree char *name = vb_restart_make_name (rows[i].name, 2);

      g_assert_cmpstr (name, ==, rows[i].expected);
    }
}

typedef struct
{
  const char *path;
  GuestProgram guest;
  const char *action;
} EndCase;

static const EndCase renaming_cases[] = {
  { "/engine/ends/rename/poweroff", GUEST_POWERS_OFF, "<on_poweroff>rename-restart</on_poweroff>" },
  { "/engine/ends/rename/reboot", GUEST_RESETS, "<on_reboot>rename-restart</on_reboot>" },
  { "/engine/ends/rename/crash", GUEST_PANICS, "<on_crash>rename-restart</on_crash>" },
};

static void
test_rename (Fixture *fixture, gconstpointer data)
{
  const EndCase *test = data;
  g_autofree char *disk = guest_make_disk (fixture, test->guest);
  g_autofree char *other = fixture_xml ("a-1", UUID_B, NULL, NULL);
  g_autofree char *stored = NULL;
  VbMachine *machine;

  fixture_define (fixture, other);
  machine = fixture_define_small (fixture, test->action, disk);
  fixture_assert_ok (fixture_modify (fixture, machine, VB_OPERATION_SET_AUTOSTART, NULL, 1, 0));
  fixture_assert_ok (fixture_start (fixture, machine, FALSE));
  wait_id (machine, 2);
  g_assert_cmpstr (vb_machine_get_name (machine), ==, "a-2");
  g_assert_true (fixture_find (fixture, "a-2") == machine);
  g_assert_null (fixture_find (fixture, "a"));
  g_assert_true (vb_machine_get_autostart (machine));
  g_assert_cmpuint (vb_machine_get_generation (machine), ==, 2);
  stored = fixture_read (fixture, "state/domains/" UUID_A ".xml");
  g_assert_nonnull (strstr (stored, "<name>a-2</name>"));
  fixture_assert_ok (fixture_destroy (fixture, machine, 0));
  g_assert_cmpstr (vb_machine_get_definition (machine)->name, ==, vb_machine_get_name (machine));
}

static void
test_rename_transient (Fixture *fixture, gconstpointer data)
{
  g_autofree char *disk = guest_make_disk (fixture, GUEST_POWERS_OFF);
  g_autofree char *xml =
      fixture_xml ("a", UUID_A, "<on_poweroff>rename-restart</on_poweroff>", disk);
  VbStartOptions options = { .owner = "bob" };
  g_autoptr (VbMachine) machine = NULL;

  machine = g_object_ref (fixture_create (fixture, xml, &options, NULL));
  wait_id (machine, 2);
  g_assert_cmpstr (vb_machine_get_name (machine), ==, "a-1");
  g_assert_true (fixture_find (fixture, "a-1") == machine);
  fixture_assert_ok (fixture_destroy (fixture, machine, 0));
  g_assert_null (fixture_find (fixture, vb_machine_get_name (machine)));
}

/* A service that was killed before the new name was stored, and one after. */
static void
test_rename_resumed (Fixture *fixture, gconstpointer data)
{
  const char *new_name = data;
  g_autofree char *folder = fixture_path (fixture, "run/" UUID_A);
  VbMachine *machine =
      fixture_define_small (fixture, "<on_poweroff>rename-restart</on_poweroff>", NULL);

  if (new_name != NULL)
    fixture_assert_ok (fixture_modify (fixture, machine, VB_OPERATION_RENAME, new_name, 0, 0));
  fixture_close (fixture);
  g_assert_cmpint (g_mkdir (folder, 0700), ==, 0);
  fixture_write (fixture, "run/" UUID_A "/record",
                 "[record]\nid=3\nfinished=true\nrestarting=true\nrenaming=true\nnew-name=a-1\n"
                 "state=running\nreason=booted\n");
  fixture_open (fixture);
  machine = vb_registry_find_uuid (vb_engine_get_registry (fixture->engine), UUID_A);
  wait_id (machine, 4);
  g_assert_cmpstr (vb_machine_get_name (machine), ==, "a-1");
  g_assert_true (fixture_find (fixture, "a-1") == machine);
  g_assert_null (fixture_find (fixture, "a"));
}

/* (transfer full) (element-type utf8): of files in the folder of dumps */
static GPtrArray *
list_dumps (Fixture *fixture)
{
  GPtrArray *names = g_ptr_array_new_with_free_func (g_free);
  g_autofree char *path = fixture_path (fixture, "state/" VB_CORE_DUMP_FOLDER);
  g_autoptr (GDir) folder = g_dir_open (path, 0, NULL);
  const char *name;

  while (folder != NULL && (name = g_dir_read_name (folder)) != NULL)
    g_ptr_array_add (names, g_build_filename (path, name, NULL));
  return names;
}

static void
assert_dump (const char *path)
{
  g_autofree char *name = g_path_get_basename (path);
  GStatBuf info;
  char magic[4] = { 0 };
  FILE *file = fopen (path, "r");

  g_assert_true (g_str_has_prefix (name, "a-" UUID_A "-2"));
  g_assert_true (g_str_has_suffix (name, "Z.core"));
  g_assert_cmpint (g_stat (path, &info), ==, 0);
  g_assert_cmpint (info.st_mode & 07777, ==, 0600);
  /* It has 16 MiB of memory. */
  g_assert_cmpint (info.st_size, >, 16 << 20);
  g_assert_cmpuint (fread (magic, 1, sizeof magic, file), ==, sizeof magic);
  g_assert_cmpint (memcmp (magic, ELF_MAGIC, sizeof magic), ==, 0);
  fclose (file);
}

static void
test_coredump_destroy (Fixture *fixture, gconstpointer data)
{
  g_autofree char *disk = guest_make_disk (fixture, GUEST_PANICS);
  VbMachine *machine = fixture_start_small (fixture, "<on_crash>coredump-destroy</on_crash>", disk);
  g_autoptr (GPtrArray) dumps = NULL;

  fixture_wait_state (machine, VB_STATE_SHUTOFF, VB_REASON_GUEST_PANICKED);
  g_assert_null (vb_machine_get_last_error (machine));
  dumps = list_dumps (fixture);
  g_assert_cmpuint (dumps->len, ==, 1);
  assert_dump (dumps->pdata[0]);
  fixture_assert_no_folder (fixture);
}

static void
test_coredump_restart (Fixture *fixture, gconstpointer data)
{
  g_autofree char *disk = guest_make_disk (fixture, GUEST_PANICS);
  VbMachine *machine = fixture_start_small (fixture, "<on_crash>coredump-restart</on_crash>", disk);
  g_autoptr (GPtrArray) dumps = NULL;

  /* One more than are kept. */
  wait_id (machine, VB_CORE_DUMP_MAX_KEPT + 2);
  fixture_assert_ok (fixture_destroy (fixture, machine, 0));
  dumps = list_dumps (fixture);
  g_assert_cmpuint (dumps->len, <=, VB_CORE_DUMP_MAX_KEPT);
  for (guint i = 0; i < dumps->len; i++)
    assert_dump (dumps->pdata[i]);
}

static void
test_coredump_fails (Fixture *fixture, gconstpointer data)
{
  const char *action = data;
  g_autofree char *disk = guest_make_disk (fixture, GUEST_PANICS);
  g_autofree char *more = g_strdup_printf ("<on_crash>%s</on_crash>", action);
  const GError *error;
  VbMachine *machine;

  /* Something is in the way of the folder. */
  fixture_write (fixture, "state/" VB_CORE_DUMP_FOLDER, "");
  machine = fixture_start_small (fixture, more, disk);
  if (strcmp (action, "coredump-restart") == 0)
    wait_id (machine, 2);
  else
    fixture_wait_state (machine, VB_STATE_SHUTOFF, VB_REASON_GUEST_PANICKED);
  error = vb_machine_get_last_error (machine);
  g_assert_error (error, VB_ENGINE_ERROR, VB_ENGINE_ERROR_HOST_RESOURCE);
  g_assert_nonnull (strstr (error->message, VB_CORE_DUMP_FOLDER));
}

/* QEMU cannot go on, but lives. */
static VbMachine *
start_failing (Fixture *fixture, const char *action)
{
  g_autofree char *emulator = fixture_path (fixture, "qemu");
  g_autofree char *more = g_strdup_printf ("<on_crash>%s</on_crash>", action);
  g_autofree char *devices =
      g_strdup_printf ("<emulator>%s</emulator><memballoon model='none'/>", emulator);

  if (!g_file_test (emulator, G_FILE_TEST_EXISTS))
    g_assert_cmpint (symlink (FAKE_QEMU, emulator), ==, 0);
  fixture_write (fixture, "qemu.script", "cont fail\n");
  return fixture_start_small (fixture, more, devices);
}

static void
test_internal_error (Fixture *fixture, gconstpointer data)
{
  VbMachine *machine = start_failing (fixture, "destroy");
  const GError *error;

  fixture_wait_state (machine, VB_STATE_SHUTOFF, VB_REASON_CRASHED);
  error = vb_machine_get_last_error (machine);
  g_assert_error (error, VB_QEMU_ERROR, VB_QEMU_ERROR_EMULATOR);
  g_assert_nonnull (strstr (error->message, "could not go on after an internal error"));

  machine = start_failing (fixture, "preserve");
  fixture_wait_state (machine, VB_STATE_CRASHED, VB_REASON_FAILED);
  fixture_close (fixture);
  fixture_open (fixture);
  machine = fixture_find (fixture, "a");
  fixture_wait_state (machine, VB_STATE_CRASHED, VB_REASON_FAILED);
  fixture_assert_ok (fixture_destroy (fixture, machine, 0));
}

static void
note_kind (VbMachine *machine, const char *kind, GVariant *details, gpointer user_data)
{
  g_autofree char *text = g_variant_print (details, FALSE);

  g_string_append_printf (user_data, "%s %s\n", kind, text);
}

static void
test_watchdog_dump (Fixture *fixture, gconstpointer data)
{
  g_autofree char *disk = guest_make_disk (fixture, GUEST_HANGS);
  g_autofree char *devices = g_strconcat (disk, "<watchdog model='ib700' action='dump'/>", NULL);
  VbMachine *machine = fixture_define_small (fixture, NULL, devices);
  g_autoptr (GString) events = g_string_new (NULL);
  g_autoptr (GPtrArray) dumps = NULL;

  g_signal_connect (machine, "event", G_CALLBACK (note_kind), events);
  fixture_assert_ok (fixture_start (fixture, machine, FALSE));
  while (strstr (events->str, "core-dump {'path': <'") == NULL)
    g_main_context_iteration (NULL, TRUE);
  g_assert_nonnull (strstr (events->str, "watchdog {'action': <'dump'>}"));
  fixture_wait_state (machine, VB_STATE_RUNNING, VB_REASON_USER);
  g_assert_null (vb_machine_get_last_error (machine));
  g_signal_handlers_disconnect_by_data (machine, events);
  dumps = list_dumps (fixture);
  g_assert_cmpuint (dumps->len, ==, 1);
  assert_dump (dumps->pdata[0]);
}

static void
note_offset (VbMachine *machine, const char *kind, GVariant *details, gpointer user_data)
{
  if (strcmp (kind, "rtc-change") == 0)
    g_assert_true (g_variant_lookup (details, "offset", "x", user_data));
}

#define YEAR_S (365 * 24 * 3600)

/* Each run begins with the clock that the guest left in the run before. */
static void
test_clock (Fixture *fixture, gconstpointer data)
{
  g_autofree char *disk = guest_make_disk (fixture, GUEST_SETS_CLOCK);
  VbMachine *machine =
      fixture_define_small (fixture, "<clock offset='variable' adjustment='100'/>", disk);
  g_autofree char *stored = NULL;
  g_autofree char *expected = NULL;
  gint64 offset_s = 0;
  gint64 adjustment_s;

  g_signal_connect (machine, "event", G_CALLBACK (note_offset), &offset_s);
  fixture_assert_ok (fixture_start (fixture, machine, FALSE));
  fixture_wait_state (machine, VB_STATE_SHUTOFF, VB_REASON_SHUTDOWN);
  g_signal_handlers_disconnect_by_data (machine, &offset_s);
  adjustment_s = vb_machine_get_definition (machine)->clock.adjustment_s;
  g_assert_cmpint (ABS (offset_s), >, YEAR_S);
  g_assert_cmpint (adjustment_s, ==, offset_s + 100);
  g_assert_cmpuint (vb_machine_get_generation (machine), ==, 2);
  fixture_close (fixture);
  expected = g_strdup_printf ("adjustment='%" G_GINT64_FORMAT "'", adjustment_s);
  stored = fixture_read (fixture, "state/domains/" UUID_A ".xml");
  g_assert_nonnull (strstr (stored, expected));

  /* The guest's clock is in year fifty already. */
  fixture_open (fixture);
  machine = fixture_find (fixture, "a");
  fixture_assert_ok (fixture_start (fixture, machine, FALSE));
  fixture_wait_state (machine, VB_STATE_SHUTOFF, VB_REASON_SHUTDOWN);
  g_assert_cmpint (ABS (vb_machine_get_definition (machine)->clock.adjustment_s - adjustment_s), <,
                   YEAR_S);
}

/* The guest goes on, and the live domain follows, too. */
static void
test_clock_live (Fixture *fixture, gconstpointer data)
{
  g_autofree char *disk = guest_make_disk (fixture, GUEST_OBEYS_BUTTON);
  VbMachine *machine =
      fixture_start_small (fixture, "<clock offset='variable' adjustment='86400000'/>", disk);

  guest_wait_ready (machine);
  while (vb_machine_get_generation (machine) != 2)
    g_main_context_iteration (NULL, TRUE);
  g_assert_false (vb_machine_has_pending_changes (machine));
  g_assert_cmpint (vb_machine_get_live (machine)->clock.adjustment_s, ==,
                   vb_machine_get_definition (machine)->clock.adjustment_s);
  g_assert_cmpint (vb_machine_get_live (machine)->clock.adjustment_s, !=, 86400000);
}

/* A service that was killed before it had stored what the guest set. */
static void
test_clock_resumed (Fixture *fixture, gconstpointer data)
{
  g_autofree char *disk = guest_make_disk (fixture, GUEST_OBEYS_BUTTON);
  VbMachine *machine = fixture_start_small (fixture, "<clock offset='variable'/>", disk);

  guest_wait_ready (machine);
  fixture_close (fixture);
  fixture_open (fixture);
  machine = fixture_find (fixture, "a");
  fixture_wait_state (machine, VB_STATE_RUNNING, VB_REASON_RECONNECTED);
  fixture_assert_ok (fixture_destroy (fixture, machine, 0));
  g_assert_cmpuint (vb_machine_get_generation (machine), ==, 2);
}

static ino_t
get_inode (int fd)
{
  struct stat status;

  return fstat (fd, &status) == 0 ? status.st_ino : 0;
}

/* What a client opened is there for each run of the machine, and for none after it. */
static void
test_given (Fixture *fixture, gconstpointer data)
{
  g_autofree char *disk = guest_make_disk (fixture, GUEST_OBEYS_BUTTON);
  g_autofree char *path = fixture_path (fixture, "button.img");
  VbMachine *machine = fixture_define_small (fixture, NULL, disk);
  VbStartOptions options = { .given = vb_given_new () };
  int fd = open (path, O_RDWR | O_CLOEXEC);
  ino_t inode = get_inode (fd);

  g_assert_cmpint (g_unlink (path), ==, 0);
  vb_given_add (options.given, path, fd);
  fixture_assert_ok (fixture_start_with (fixture, machine, &options));
  guest_wait_ready (machine);
  fixture_assert_ok (fixture_operate (fixture, machine, VB_OPERATION_REBOOT));
  wait_id (machine, 2);
  guest_wait_ready (machine);
  g_assert_cmpuint (get_inode (fd), ==, inode);
  fixture_assert_ok (fixture_destroy (fixture, machine, 0));
  g_assert_cmpuint (get_inode (fd), !=, inode);
  fixture_assert_error (fixture_start (fixture, machine, FALSE), VB_QEMU_ERROR,
                        VB_QEMU_ERROR_HOST_RESOURCE);
}

static int
run (int argc, char **argv)
{
  fixture_init (&argc, &argv);
  fixture_test ("/engine/ends/names", test_names);
  for (gsize i = 0; i < G_N_ELEMENTS (renaming_cases); i++)
    g_test_add (renaming_cases[i].path, Fixture, &renaming_cases[i], fixture_set_up, test_rename,
                fixture_tear_down);
  fixture_test ("/engine/ends/rename/transient", test_rename_transient);
  g_test_add ("/engine/ends/rename/not-stored", Fixture, NULL, fixture_set_up, test_rename_resumed,
              fixture_tear_down);
  g_test_add ("/engine/ends/rename/stored", Fixture, "a-1", fixture_set_up, test_rename_resumed,
              fixture_tear_down);
  fixture_test ("/engine/ends/coredump/destroy", test_coredump_destroy);
  fixture_test ("/engine/ends/coredump/restart", test_coredump_restart);
  g_test_add ("/engine/ends/coredump/fails-destroy", Fixture, "coredump-destroy", fixture_set_up,
              test_coredump_fails, fixture_tear_down);
  g_test_add ("/engine/ends/coredump/fails-restart", Fixture, "coredump-restart", fixture_set_up,
              test_coredump_fails, fixture_tear_down);
  fixture_test ("/engine/ends/internal-error", test_internal_error);
  fixture_test ("/engine/ends/watchdog-dump", test_watchdog_dump);
  fixture_test ("/engine/ends/clock/stored", test_clock);
  fixture_test ("/engine/ends/clock/live", test_clock_live);
  fixture_test ("/engine/ends/clock/resumed", test_clock_resumed);
  fixture_test ("/engine/ends/given", test_given);
  return g_test_run ();
}

int
main (int argc, char **argv)
{
  return guard_main (argc, argv, run);
}
