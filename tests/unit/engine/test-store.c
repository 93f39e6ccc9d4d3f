/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * What the store writes, what it makes of what it finds, and what is left when writing fails.
 */
#include "engine/engine-error.h"
#include "engine/file.h"
#include "engine/run-record.h"
#include "engine/store.h"
#include "fixture.h"
#include "tests/fixtures/guard.h"

#include <glib/gstdio.h>

#include <fcntl.h>
#include <signal.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#define FILE_A "state/domains/" UUID_A ".xml"
#define FILE_B "state/domains/" UUID_B ".xml"

static VbDomain *
make_domain (const char *name, const char *uuid, const char *devices)
{
  g_autofree char *xml = fixture_xml (name, uuid, NULL, devices);
  g_autoptr (GError) error = NULL;
  VbDomain *domain = vb_domain_parse (xml, strlen (xml), FALSE, NULL, &error);

  g_assert_no_error (error);
  vb_domain_complete (domain, NULL, NULL);
  return domain;
}

static void
test_stored_text (void)
{
  g_auto (GStrv) retired = g_strsplit ("net0 serial1", " ", -1);
  g_autoptr (VbStored) stored = vb_stored_new (make_domain ("a", UUID_A, NULL), 3, TRUE,
                                               "al\"ice<?>&", g_steal_pointer (&retired));
  g_autofree char *text = vb_stored_format (stored);
  g_autoptr (GError) error = NULL;
  g_autoptr (VbStored) again = vb_stored_parse (text, strlen (text), &error);

  g_assert_no_error (error);
  g_assert_true (g_str_has_prefix (text, "<?virtbus generation=\"3\" autostart=\"yes\" owner="));
  g_assert_cmpuint (again->generation, ==, 3);
  g_assert_true (again->autostart);
  g_assert_cmpstr (again->owner, ==, "al\"ice<?>&");
  g_assert_cmpstr (again->retired[0], ==, "net0");
  g_assert_cmpstr (again->retired[1], ==, "serial1");
  g_assert_null (again->retired[2]);
  g_assert_true (vb_domain_equal (stored->definition, again->definition));
}

static void
test_stored_damaged (void)
{
  static const char *const texts[] = {
    "",
    "<domain/>",
    "<?virtbus",
    "<?virtbus?>",
    "<?virtbus generation=\"0\"?><domain/>",
    "<?virtbus generation=\"1\" autostart?><domain/>",
    "<?virtbus generation=\"1\"?>",
    "<?virtbus generation=\"1\"?><domain",
    "<?virtbus generation=\"1\"?>\377\376",
  };

  for (gsize i = 0; i < G_N_ELEMENTS (texts); i++)
    {
      g_autoptr (GError) error = NULL;

      g_assert_null (vb_stored_parse (texts[i], strlen (texts[i]), &error));
      g_assert_nonnull (error);
    }
}

static void
test_stored_succession (void)
{
  g_autoptr (VbStored) first = vb_stored_new (
      make_domain ("a", UUID_A,
                   "<interface type='user'><mac address='52:54:00:00:00:01'/></interface>"),
      1, FALSE, NULL, NULL);
  g_autoptr (VbStored) same = vb_stored_succeed (first, vb_domain_copy (first->definition));
  g_autoptr (VbStored) second = vb_stored_succeed (first, make_domain ("a", UUID_A, NULL));
  g_autoptr (VbStored) third = vb_stored_succeed (second, vb_domain_copy (first->definition));

  g_assert_true (same == first);
  g_assert_cmpuint (second->generation, ==, 2);
  g_assert_true (g_strv_contains ((const char *const *) second->retired, "net0"));
  g_assert_cmpuint (third->generation, ==, 3);
  g_assert_false (g_strv_contains ((const char *const *) third->retired, "net0"));
}

/* A file size limit is a full disk to the one who writes. */
static void
set_file_limit (rlim_t bytes)
{
  struct rlimit limit;

  signal (SIGXFSZ, SIG_IGN);
  g_assert_cmpint (getrlimit (RLIMIT_FSIZE, &limit), ==, 0);
  limit.rlim_cur = bytes;
  g_assert_cmpint (setrlimit (RLIMIT_FSIZE, &limit), ==, 0);
}

static void
test_full_disk (Fixture *fixture, gconstpointer data)
{
  g_autofree char *xml = fixture_xml ("a", UUID_A, NULL, NULL);
  g_autofree char *changed = fixture_xml ("a", UUID_A, "<description>new</description>", NULL);
  g_autofree char *other = fixture_xml ("b", UUID_B, NULL, NULL);
  g_autofree char *folder = fixture_path (fixture, "state/domains");
  g_autofree char *before = NULL;
  g_autofree char *after = NULL;
  g_autoptr (GDir) entries = NULL;
  g_autoptr (GError) error = NULL;

  fixture_define (fixture, xml);
  before = fixture_read (fixture, FILE_A);
  g_assert_nonnull (before);

  set_file_limit (100);
  error = fixture_try_define (fixture, changed, NULL);
  fixture_assert_error (fixture_try_define (fixture, other, NULL), VB_ENGINE_ERROR,
                        VB_ENGINE_ERROR_HOST_RESOURCE);
  set_file_limit (RLIM_INFINITY);

  g_assert_error (error, VB_ENGINE_ERROR, VB_ENGINE_ERROR_HOST_RESOURCE);
  g_assert_nonnull (strstr (error->message, FILE_A));
  after = fixture_read (fixture, FILE_A);
  g_assert_cmpstr (before, ==, after);
  g_assert_cmpuint (vb_machine_get_generation (fixture_find (fixture, "a")), ==, 1);
  g_assert_null (fixture_find (fixture, "b"));
  entries = g_dir_open (folder, 0, NULL);
  g_assert_cmpstr (g_dir_read_name (entries), ==, UUID_A ".xml");
  g_assert_null (g_dir_read_name (entries));

  /* Nothing is in the way of another try. */
  fixture_assert_ok (fixture_try_define (fixture, changed, NULL));
  fixture_assert_ok (fixture_try_define (fixture, other, NULL));
}

static void
test_file_mode (Fixture *fixture, gconstpointer data)
{
  g_autofree char *xml = fixture_xml ("a", UUID_A, NULL, NULL);
  g_autofree char *path = fixture_path (fixture, FILE_A);
  struct stat info;

  fixture_define (fixture, xml);
  g_assert_cmpint (stat (path, &info), ==, 0);
  g_assert_cmpint (info.st_mode & 0777, ==, 0600);
}

static void
test_replace_nothing (Fixture *fixture, gconstpointer data)
{
  g_autofree char *xml = fixture_xml ("a", UUID_A, NULL, NULL);
  g_autofree char *kept = NULL;
  g_autoptr (GError) error = NULL;

  /* A file that this service could not read is not its own to replace. */
  fixture_write (fixture, FILE_A, "precious");
  error = fixture_try_define (fixture, xml, NULL);
  g_assert_error (error, VB_ENGINE_ERROR, VB_ENGINE_ERROR_HOST_RESOURCE);
  kept = fixture_read (fixture, FILE_A);
  g_assert_cmpstr (kept, ==, "precious");
  g_assert_null (fixture_find (fixture, "a"));
}

static void
test_damaged_files (Fixture *fixture, gconstpointer data)
{
  g_autofree char *xml = fixture_xml ("a", UUID_A, NULL, NULL);
  g_autofree char *fifo = fixture_path (fixture, "state/domains/" UUID_B "0.xml");
  g_autofree char *stored = NULL;
  g_autofree char *damaged = NULL;
  g_autofree char *leftover = NULL;

  fixture_define (fixture, xml);
  stored = fixture_read (fixture, FILE_A);
  fixture_close (fixture);
  fixture_write (fixture, FILE_B, "<?virtbus generation=\"1\"?>\n<domain");
  fixture_write (fixture, "state/domains/" UUID_A ".xml.tmp", "half");
  fixture_write (fixture, "state/domains/notes.txt", "not ours");
  fixture_write (fixture, "state/domains/33333333-3333-4333-8333-333333333333.xml", stored);
  g_assert_cmpint (mkfifo (fifo, 0600), ==, 0);
  fixture_open (fixture);

  fixture_expect_warning (UUID_B ".xml is left as it is and not used");
  fixture_expect_warning ("33333333-3333-4333-8333-333333333333.xml is left as it is and not used: "
                          "its definition has the UUID " UUID_A);
  fixture_expect_warning (UUID_B "0.xml is left as it is");
  g_assert_cmpuint (vb_registry_get_n_machines (vb_engine_get_registry (fixture->engine)), ==, 1);
  damaged = fixture_read (fixture, FILE_B);
  g_assert_cmpstr (damaged, ==, "<?virtbus generation=\"1\"?>\n<domain");
  leftover = fixture_read (fixture, "state/domains/" UUID_A ".xml.tmp");
  g_assert_null (leftover);
}

static void
test_two_of_one_name (Fixture *fixture, gconstpointer data)
{
  g_autofree char *xml = fixture_xml ("a", UUID_A, NULL, NULL);
  g_autoptr (VbStored) twin = vb_stored_new (make_domain ("a", UUID_B, NULL), 1, FALSE, NULL, NULL);
  g_autofree char *text = vb_stored_format (twin);
  g_autofree char *kept = NULL;

  fixture_define (fixture, xml);
  fixture_close (fixture);
  fixture_write (fixture, FILE_B, text);
  fixture_open (fixture);

  fixture_expect_warning ("its domain has the name 'a', which the one in " UUID_A ".xml has");
  g_assert_cmpstr (vb_machine_get_uuid (fixture_find (fixture, "a")), ==, UUID_A);
  g_assert_cmpuint (vb_registry_get_n_machines (vb_engine_get_registry (fixture->engine)), ==, 1);
  kept = fixture_read (fixture, FILE_B);
  g_assert_cmpstr (kept, ==, text);
}

static void
test_lock (Fixture *fixture, gconstpointer data)
{
  Fixture second = { .root = fixture->root, .host = fixture->host };
  g_autoptr (GError) error = fixture_try_open (&second);

  g_assert_error (error, VB_ENGINE_ERROR, VB_ENGINE_ERROR_HOST_RESOURCE);
  g_assert_nonnull (strstr (error->message, "another service uses"));
  fixture_close (fixture);
  fixture_open (fixture);
}

static void
test_bad_folder (Fixture *fixture, gconstpointer data)
{
  g_autofree char *moved = fixture_path (fixture, "moved");
  g_autofree char *folder = fixture_path (fixture, "state/domains");
  g_autoptr (GError) error = NULL;

  fixture_close (fixture);
  g_assert_cmpint (g_rename (folder, moved), ==, 0);
  fixture_write (fixture, "state/domains", "a file");
  error = fixture_try_open (fixture);
  g_assert_error (error, VB_ENGINE_ERROR, VB_ENGINE_ERROR_HOST_RESOURCE);
  g_assert_nonnull (strstr (error->message, folder));
  g_assert_cmpint (g_unlink (folder), ==, 0);
  fixture_open (fixture);
}

static void
test_reload (Fixture *fixture, gconstpointer data)
{
  g_autofree char *xml = fixture_xml ("a", UUID_A, "<title>T</title>", NULL);
  VbMachine *machine = fixture_define (fixture, xml);
  g_autoptr (VbDomain) before = vb_domain_ref (vb_machine_get_definition (machine));

  fixture_assert_ok (fixture_modify (fixture, machine, VB_OPERATION_SET_AUTOSTART, NULL, 1, 0));
  fixture_close (fixture);
  fixture_open (fixture);

  machine = fixture_find (fixture, "a");
  g_assert_true (vb_domain_equal (before, vb_machine_get_definition (machine)));
  g_assert_true (vb_machine_get_autostart (machine));
  g_assert_cmpuint (vb_machine_get_generation (machine), ==, 1);
  g_assert_cmpstr (vb_machine_get_owner (machine), ==, "alice");
  fixture_assert_state (machine, VB_STATE_SHUTOFF, VB_REASON_UNKNOWN);
  fixture_assert_ok (fixture_modify (fixture, machine, VB_OPERATION_SET_AUTOSTART, NULL, 0, 0));
}

static void
test_record (Fixture *fixture, gconstpointer data)
{
  g_autofree char *runtime_dir = fixture_path (fixture, "run");
  g_autoptr (VbRunRecord) record = vb_run_record_new (runtime_dir, UUID_A);
  g_autoptr (VbDomain) domain = make_domain ("a", UUID_A, NULL);
  g_autoptr (GPtrArray) remnants = NULL;
  g_autoptr (GError) error = NULL;
  const VbRemnant *remnant;

  record->id = 7;
  record->owner = g_strdup ("alice");
  record->client = g_strdup (":1.9");
  g_assert_true (vb_run_record_begin (record, domain, &error));
  remnants = vb_run_record_load_all (runtime_dir);
  g_assert_cmpuint (remnants->len, ==, 1);
  remnant = remnants->pdata[0];
  g_assert_cmpint (remnant->record->id, ==, 7);
  g_assert_cmpstr (remnant->record->owner, ==, "alice");
  g_assert_cmpstr (remnant->record->client, ==, ":1.9");
  g_assert_false (remnant->record->finished);
  g_assert_cmpint (remnant->record->state, ==, VB_STATE_STARTING);
  g_assert_true (vb_domain_equal (remnant->definition, domain));
  g_assert_null (remnant->live);

  record->finished = TRUE;
  record->state = VB_STATE_PAUSED;
  record->reason = VB_REASON_IO_ERROR;
  record->since_us = 1234567890123;
  domain->id = 7;
  g_assert_true (vb_run_record_save_domains (record, domain, domain, &error));
  g_assert_true (vb_run_record_save (record, &error));
  g_clear_pointer (&remnants, g_ptr_array_unref);
  remnants = vb_run_record_load_all (runtime_dir);
  remnant = remnants->pdata[0];
  g_assert_true (remnant->record->finished);
  g_assert_cmpint (remnant->record->state, ==, VB_STATE_PAUSED);
  g_assert_cmpint (remnant->record->reason, ==, VB_REASON_IO_ERROR);
  g_assert_cmpint (remnant->record->since_us, ==, 1234567890123);
  g_assert_cmpint (remnant->live->id, ==, 7);

  vb_run_record_remove (record);
  g_clear_pointer (&remnants, g_ptr_array_unref);
  remnants = vb_run_record_load_all (runtime_dir);
  g_assert_cmpuint (remnants->len, ==, 0);
  g_assert_false (g_file_test (record->folder, G_FILE_TEST_EXISTS));
}

/* Killed between the making of the folder and the notes, or in the middle of removing it. */
static void
test_record_without_notes (Fixture *fixture, gconstpointer data)
{
  g_autofree char *folder = fixture_path (fixture, "run/" UUID_A);

  fixture_close (fixture);
  g_assert_cmpint (g_mkdir (folder, 0700), ==, 0);
  fixture_write (fixture, "run/" UUID_A "/definition.xml", "<domain/>");
  fixture_open (fixture);
  g_assert_false (g_file_test (folder, G_FILE_TEST_EXISTS));
}

static void
test_record_damaged (Fixture *fixture, gconstpointer data)
{
  g_autofree char *folder = fixture_path (fixture, "run/" UUID_A);
  g_autofree char *notes = fixture_path (fixture, "run/" UUID_A "/record");

  fixture_close (fixture);
  g_assert_cmpint (g_mkdir (folder, 0700), ==, 0);
  fixture_write (fixture, "run/" UUID_A "/record", "\1\2\3");
  fixture_open (fixture);
  fixture_expect_warning ("record is not used");
  fixture_expect_warning (UUID_A " is left as it is: nothing there tells which domain it is of");
  g_assert_true (g_file_test (notes, G_FILE_TEST_EXISTS));
}

static int
run (int argc, char **argv)
{
  fixture_init (&argc, &argv);
  g_test_add_func ("/engine/stored/text", test_stored_text);
  g_test_add_func ("/engine/stored/damaged", test_stored_damaged);
  g_test_add_func ("/engine/stored/succession", test_stored_succession);
  fixture_test ("/engine/store/full-disk", test_full_disk);
  fixture_test ("/engine/store/file-mode", test_file_mode);
  fixture_test ("/engine/store/replace-nothing", test_replace_nothing);
  fixture_test ("/engine/store/damaged-files", test_damaged_files);
  fixture_test ("/engine/store/two-of-one-name", test_two_of_one_name);
  fixture_test ("/engine/store/lock", test_lock);
  fixture_test ("/engine/store/bad-folder", test_bad_folder);
  fixture_test ("/engine/store/reload", test_reload);
  fixture_test ("/engine/record/round-trip", test_record);
  fixture_test ("/engine/record/without-notes", test_record_without_notes);
  fixture_test ("/engine/record/damaged", test_record_damaged);
  return g_test_run ();
}

int
main (int argc, char **argv)
{
  return guard_main (argc, argv, run);
}
