/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * What is kept of emulators: found again while nothing has changed that decides, and never believed
 * where it is damaged, foreign or old.
 */
#include "qemu/emulator-facts-private.h"
#include "qemu/facts-builder.h"
#include "qemu/facts-cache.h"
#include "qemu/module-folders.h"
#include "qemu/qemu-error.h"
#include "tests/fixtures/guard.h"

#include <fcntl.h>
#include <ftw.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/utsname.h>
#include <sys/wait.h>
#include <unistd.h>

#include <glib/gstdio.h>

#define HEADER_BYTES 40
#define MARK_BYTES 8
#define N_KILLS 40
#define SAVE_FOR_EVER "--save-for-ever"

typedef struct
{
  char *root;             /* (owned) */
  char *folder;           /* (owned): of the cache */
  char *path;             /* (owned): an emulator in a `bin` of its own */
  char *program;          /* (owned): another, that it may run */
  char *modules;          /* (owned): its folder of modules */
  VbEmulatorFacts *facts; /* (owned) */
} Fixture;

static const char replies[] =
    "{\"query-version\":{\"qemu\":{\"major\":7,\"minor\":2,\"micro\":0}},"
    "\"query-target\":{\"arch\":\"x86_64\"},\"query-machines\":[{\"name\":\"pc\"}],"
    "\"qom-list-types\":[{\"name\":\"device\"},{\"name\":\"e1000\",\"parent\":\"device\"}],"
    "\"query-qmp-schema\":[{\"name\":\"quit\",\"meta-type\":\"command\"}]}";

static void
write_text (const char *path, const char *text)
{
  g_autofree char *folder = g_path_get_dirname (path);
  g_autoptr (GError) error = NULL;

  g_assert_cmpint (g_mkdir_with_parents (folder, 0700), ==, 0);
  g_file_set_contents (path, text, -1, &error);
  g_assert_no_error (error);
}

static void
set_up (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GError) error = NULL;

  fixture->root = g_build_filename (guard_get_folder (), "XXXXXX", NULL);
  g_assert_nonnull (g_mkdtemp (fixture->root));
  fixture->folder = g_build_filename (fixture->root, "cache", "virtbus", NULL);
  fixture->path = g_build_filename (fixture->root, "bin", "qemu-system-x86_64", NULL);
  fixture->program = g_build_filename (fixture->root, "other", "bin", "qemu", NULL);
  fixture->modules = g_build_filename (fixture->root, "lib", "x86_64-linux-gnu", "qemu", NULL);
  write_text (fixture->path, "#!/bin/sh");
  write_text (fixture->program, "ELF");
  g_assert_cmpint (g_mkdir_with_parents (fixture->modules, 0700), ==, 0);
  fixture->facts = vb_emulator_facts_new_from_replies (replies, &error);
  g_assert_no_error (error);
}

static int
remove_entry (const char *path, const struct stat *status, int type, struct FTW *walk)
{
  return remove (path);
}

static void
tear_down (Fixture *fixture, gconstpointer data)
{
  nftw (fixture->root, remove_entry, 16, FTW_DEPTH | FTW_PHYS);
  g_free (fixture->root);
  g_free (fixture->folder);
  g_free (fixture->path);
  g_free (fixture->program);
  g_free (fixture->modules);
  vb_emulator_facts_unref (fixture->facts);
}

static void
on_saved (GObject *source, GAsyncResult *result, gpointer user_data)
{
  *(GAsyncResult **) user_data = g_object_ref (result);
}

static gboolean
save_as (
    Fixture *fixture, VbFactsKey *key, const char *program, VbEmulatorFacts *facts, GError **error)
{
  g_autoptr (GAsyncResult) result = NULL;

  vb_facts_cache_save_async (fixture->folder, key, program, facts, on_saved, &result);
  while (!result)
    g_main_context_iteration (NULL, TRUE);
  return vb_facts_cache_save_finish (result, error);
}

/* Of the emulator as it is now. @program: (nullable) */
static void
save (Fixture *fixture, const char *program)
{
  g_autoptr (VbFactsKey) key = vb_facts_key_new (fixture->path, FALSE);
  g_autoptr (GError) error = NULL;

  save_as (fixture, key, program, fixture->facts, &error);
  g_assert_no_error (error);
}

static VbEmulatorFacts *
load (Fixture *fixture, gboolean kvm_usable)
{
  g_autoptr (VbFactsKey) key = vb_facts_key_new (fixture->path, kvm_usable);

  return vb_facts_cache_load (fixture->folder, key, NULL);
}

static guint
count_files (Fixture *fixture)
{
  g_autoptr (GDir) folder = g_dir_open (fixture->folder, 0, NULL);
  guint n = 0;

  while (folder && g_dir_read_name (folder))
    n++;
  return n;
}

/* (transfer full): the one that is there */
static char *
find_file (Fixture *fixture)
{
  g_autoptr (GDir) folder = g_dir_open (fixture->folder, 0, NULL);

  return g_build_filename (fixture->folder, g_dir_read_name (folder), NULL);
}

static void
test_round_trip (Fixture *fixture, gconstpointer data)
{
  g_autoptr (VbFactsKey) key = vb_facts_key_new (fixture->path, FALSE);
  g_autoptr (VbEmulatorFacts) none = vb_facts_cache_load (fixture->folder, key, NULL);
  g_autoptr (VbEmulatorFacts) facts = NULL;
  g_autofree char *program = NULL;
  g_autofree char *file = NULL;
  GStatBuf status;

  g_assert_null (none);
  save (fixture, fixture->program);
  facts = vb_facts_cache_load (fixture->folder, key, &program);
  g_assert_true (vb_emulator_facts_equal (facts, fixture->facts));
  g_assert_cmpstr (program, ==, fixture->program);
  g_assert_cmpuint (count_files (fixture), ==, 1);
  file = find_file (fixture);
  g_assert_cmpint (g_stat (file, &status), ==, 0);
  g_assert_cmpint (status.st_mode & 07777, ==, 0600);
  g_assert_cmpint (g_stat (fixture->folder, &status), ==, 0);
  g_assert_cmpint (status.st_mode & 07777, ==, 0700);
}

static void
test_no_program (Fixture *fixture, gconstpointer data)
{
  const char *programs[] = { NULL, fixture->path };

  for (guint i = 0; i < G_N_ELEMENTS (programs); i++)
    {
      g_autoptr (VbFactsKey) key = vb_facts_key_new (fixture->path, TRUE);
      g_autoptr (VbEmulatorFacts) facts = NULL;
      g_autofree char *program = NULL;

      save_as (fixture, key, programs[i], fixture->facts, NULL);
      facts = vb_facts_cache_load (fixture->folder, key, &program);
      g_assert_nonnull (facts);
      g_assert_cmpstr (program, ==, programs[i]);
    }
}

static void
test_key (Fixture *fixture, gconstpointer data)
{
  g_autoptr (VbFactsKey) key = vb_facts_key_new (fixture->path, FALSE);
  struct utsname kernel;

  g_assert_cmpint (uname (&kernel), ==, 0);
  g_assert_nonnull (strstr (key->text, kernel.release));
  g_assert_nonnull (strstr (key->text, fixture->path));
  g_assert_nonnull (strstr (key->text, fixture->modules));
  g_assert_nonnull (strstr (key->text, "virtbus " VB_VERSION ", format "));
  g_assert_true (vb_facts_key_is_current (key));
}

/* What may change about an emulator */

static struct timespec
get_mtime (const char *path)
{
  struct stat status;

  g_assert_cmpint (stat (path, &status), ==, 0);
  return status.st_mtim;
}

static void
set_mtime (const char *path, struct timespec mtime)
{
  const struct timespec times[] = { { .tv_nsec = UTIME_OMIT }, mtime };

  g_assert_cmpint (utimensat (AT_FDCWD, path, times, 0), ==, 0);
}

static void
touch (const char *path)
{
  struct timespec mtime = get_mtime (path);

  mtime.tv_nsec = (mtime.tv_nsec + 1) % 1000000000;
  set_mtime (path, mtime);
}

static void
change_mtime (Fixture *fixture)
{
  touch (fixture->path);
}

static void
change_size (Fixture *fixture)
{
  struct timespec mtime = get_mtime (fixture->path);

  g_assert_cmpint (truncate (fixture->path, 1000), ==, 0);
  set_mtime (fixture->path, mtime);
}

/* Another file of the same size and time */
static void
change_inode (Fixture *fixture)
{
  struct timespec mtime = get_mtime (fixture->path);
  g_autofree char *other = g_strconcat (fixture->path, "-new", NULL);

  write_text (other, "#!/bin/sh");
  set_mtime (other, mtime);
  g_assert_cmpint (g_rename (other, fixture->path), ==, 0);
}

static void
remove_emulator (Fixture *fixture)
{
  g_unlink (fixture->path);
}

static void
add_module (Fixture *fixture)
{
  struct timespec mtime = get_mtime (fixture->modules);
  g_autofree char *module = g_build_filename (fixture->modules, "block-rbd.so", NULL);

  write_text (module, "");
  /* The clock of a file system may be coarse. */
  mtime.tv_sec++;
  set_mtime (fixture->modules, mtime);
}

static void
add_module_folder (Fixture *fixture)
{
  g_autofree char *folder = g_build_filename (fixture->root, "lib64", "qemu-kvm", NULL);

  g_assert_cmpint (g_mkdir_with_parents (folder, 0700), ==, 0);
}

static void
change_program (Fixture *fixture)
{
  touch (fixture->program);
}

static void
add_program_modules (Fixture *fixture)
{
  g_autofree char *folder = g_build_filename (fixture->root, "other", "lib", "qemu", NULL);

  g_assert_cmpint (g_mkdir_with_parents (folder, 0700), ==, 0);
}

static void
remove_program (Fixture *fixture)
{
  g_unlink (fixture->program);
}

static const struct
{
  const char *name;
  void (*change) (Fixture *fixture);
} changes[] = {
  { "mtime", change_mtime },
  { "size", change_size },
  { "inode", change_inode },
  { "removed", remove_emulator },
  { "module", add_module },
  { "module-folder", add_module_folder },
  { "program", change_program },
  { "program-modules", add_program_modules },
  { "program-removed", remove_program },
};

static void
test_change (Fixture *fixture, gconstpointer data)
{
  guint i = GPOINTER_TO_UINT (data);

  save (fixture, fixture->program);
  changes[i].change (fixture);
  g_assert_null (load (fixture, FALSE));
  g_assert_cmpuint (count_files (fixture), ==, 0);
}

static void
test_kvm (Fixture *fixture, gconstpointer data)
{
  save (fixture, NULL);
  g_assert_null (load (fixture, TRUE));
}

/* What the key cannot be made to say otherwise here: each line of it counts. */
static void
test_other_host (Fixture *fixture, gconstpointer data)
{
  g_autoptr (VbFactsKey) key = vb_facts_key_new (fixture->path, FALSE);
  g_auto (GStrv) lines = g_strsplit (key->text, "\n", -1);

  for (guint i = 0; *lines[i]; i++)
    {
      g_autofree char *line = g_steal_pointer (&lines[i]);

      save (fixture, NULL);
      lines[i] = g_strdup ("other");
      g_free (key->text);
      key->text = g_strjoinv ("\n", lines);
      g_assert_null (vb_facts_cache_load (fixture->folder, key, NULL));
      g_free (lines[i]);
      lines[i] = g_steal_pointer (&line);
    }
}

/* An emulator that was replaced while it was asked. */
static void
test_old_key (Fixture *fixture, gconstpointer data)
{
  g_autoptr (VbFactsKey) key = vb_facts_key_new (fixture->path, FALSE);

  touch (fixture->path);
  g_assert_true (save_as (fixture, key, NULL, fixture->facts, NULL));
  g_assert_cmpuint (count_files (fixture), ==, 0);
}

static void
test_program_gone (Fixture *fixture, gconstpointer data)
{
  save (fixture, "/none/qemu (deleted)");
  g_assert_cmpuint (count_files (fixture), ==, 0);
}

/* Damage. Each writes another file in the place of the good one. */

static void
put (const char *path, gconstpointer bytes, gsize length)
{
  g_autoptr (GError) error = NULL;

  g_unlink (path);
  g_file_set_contents_full (path, bytes, (gssize) length, G_FILE_SET_CONTENTS_NONE, 0600, &error);
  g_assert_no_error (error);
}

/* Whatever follows the mark, with a digest that is right. */
static void
put_sealed (const char *path, GVariant *content)
{
  g_autoptr (GByteArray) file = g_byte_array_new ();
  g_autoptr (GChecksum) checksum = g_checksum_new (G_CHECKSUM_SHA256);
  guint8 digest[HEADER_BYTES - MARK_BYTES];
  gsize n_digest = sizeof digest;

  g_checksum_update (checksum, g_variant_get_data (content), (gssize) g_variant_get_size (content));
  g_checksum_get_digest (checksum, digest, &n_digest);
  g_byte_array_append (file, (const guint8 *) "VbFacts\n", MARK_BYTES);
  g_byte_array_append (file, digest, sizeof digest);
  g_byte_array_append (file, g_variant_get_data (content), (guint) g_variant_get_size (content));
  put (path, file->data, file->len);
}

static void
put_content (Fixture *fixture, const char *path, GVariant *facts)
{
  g_autoptr (VbFactsKey) key = vb_facts_key_new (fixture->path, FALSE);
  g_autoptr (GVariant) content =
      g_variant_ref_sink (g_variant_new ("(sssv)", key->text, "", "", facts));

  put_sealed (path, content);
}

static void
assert_refused (Fixture *fixture)
{
  g_assert_null (load (fixture, FALSE));
  g_assert_cmpuint (count_files (fixture), ==, 0);
}

static void
test_damaged (Fixture *fixture, gconstpointer data)
{
  g_autofree char *path = NULL;
  g_autofree char *bytes = NULL;
  gsize length;

  save (fixture, NULL);
  path = find_file (fixture);
  g_assert_true (g_file_get_contents (path, &bytes, &length, NULL));
  for (gsize i = 0; i < length; i += i < 2 * HEADER_BYTES ? 1 : 17)
    {
      put (path, bytes, i);
      assert_refused (fixture);
      bytes[i] ^= 1;
      put (path, bytes, length);
      assert_refused (fixture);
      bytes[i] ^= 1;
    }
  bytes = g_realloc (bytes, length + 1);
  bytes[length] = 'x';
  put (path, bytes, length + 1);
  assert_refused (fixture);
}

static void
test_sealed_nonsense (Fixture *fixture, gconstpointer data)
{
  g_autofree char *path = NULL;
  g_autoptr (GVariant) noise = g_variant_ref_sink (g_variant_new_string ("what is this"));
  g_autoptr (GVariant) empty = g_variant_ref_sink (g_variant_new_tuple (NULL, 0));
  g_autoptr (VbEmulatorFacts) facts = NULL;

  save (fixture, NULL);
  path = find_file (fixture);
  put_sealed (path, noise);
  assert_refused (fixture);
  put_sealed (path, empty);
  assert_refused (fixture);
  put_content (fixture, path, g_variant_new_string ("no facts"));
  assert_refused (fixture);
  put_content (fixture, path, vb_emulator_facts_get_packed (fixture->facts));
  facts = load (fixture, FALSE);
  g_assert_true (vb_emulator_facts_equal (facts, fixture->facts));
}

static void
test_foreign (Fixture *fixture, gconstpointer data)
{
  g_autofree char *path = NULL;

  save (fixture, NULL);
  path = find_file (fixture);
  put (path, "hello", 5);
  assert_refused (fixture);

  put (path, "", 0);
  g_assert_cmpint (truncate (path, 100 * 1024 * 1024), ==, 0);
  assert_refused (fixture);

  g_assert_cmpint (mkfifo (path, 0600), ==, 0);
  assert_refused (fixture);

  g_assert_cmpint (symlink ("/dev/zero", path), ==, 0);
  assert_refused (fixture);

  g_assert_cmpint (g_mkdir (path, 0700), ==, 0);
  g_assert_null (load (fixture, FALSE));
}

static void
test_owner (Fixture *fixture, gconstpointer data)
{
  static const mode_t modes[] = { 0620, 0602 };
  g_autofree char *path = NULL;

  for (guint i = 0; i < G_N_ELEMENTS (modes); i++)
    {
      save (fixture, NULL);
      g_free (path);
      path = find_file (fixture);
      g_assert_cmpint (g_chmod (path, modes[i]), ==, 0);
      assert_refused (fixture);
    }
  if (geteuid () != 0)
    return;
  save (fixture, NULL);
  g_assert_cmpint (chown (path, 65534, 65534), ==, 0);
  assert_refused (fixture);
}

static void
test_too_much (Fixture *fixture, gconstpointer data)
{
  g_autofree char *text = g_strnfill (9 * 1024 * 1024, 'x');
  g_autoptr (VbFactsKey) key = vb_facts_key_new (fixture->path, FALSE);
  GVariantBuilder properties = G_VARIANT_BUILDER_INIT (G_VARIANT_TYPE (VB_FACTS_PROPERTIES));
  g_autoptr (VbEmulatorFacts) facts = NULL;

  g_variant_builder_add (&properties, "(sssmv)", "mac", "str", text, NULL);
  facts = vb_emulator_facts_with_properties (fixture->facts, "e1000",
                                             g_variant_builder_end (&properties));
  g_assert_true (save_as (fixture, key, NULL, facts, NULL));
  g_assert_cmpuint (count_files (fixture), ==, 0);
}

static void
test_no_folder (Fixture *fixture, gconstpointer data)
{
  g_autoptr (VbFactsKey) key = vb_facts_key_new (fixture->path, FALSE);
  g_autofree char *file = g_build_filename (fixture->root, "cache", NULL);
  g_autofree char *expected = NULL;
  g_autoptr (GError) error = NULL;

  write_text (file, "");
  g_assert_false (save_as (fixture, key, NULL, fixture->facts, &error));
  g_assert_error (error, VB_QEMU_ERROR, VB_QEMU_ERROR_HOST_RESOURCE);
  expected = g_strdup_printf (
      "cannot keep what emulator '%s' can do in %s: Not a directory; it is asked again after each "
      "start of the service; let the service's user write there",
      fixture->path, fixture->folder);
  g_assert_cmpstr (error->message, ==, expected);
}

/* What a service leaves that is killed before it has put a file in place. */
static void
test_leftover (Fixture *fixture, gconstpointer data)
{
  g_autofree char *path = NULL;
  g_autofree char *leftover = NULL;
  g_autoptr (VbEmulatorFacts) before = NULL;
  g_autoptr (VbEmulatorFacts) after = NULL;

  save (fixture, NULL);
  path = find_file (fixture);
  leftover = g_strconcat (path, ".new", NULL);
  put (leftover, "half a f", 8);
  before = load (fixture, FALSE);
  g_assert_nonnull (before);
  save (fixture, NULL);
  after = load (fixture, FALSE);
  g_assert_nonnull (after);
  g_assert_cmpuint (count_files (fixture), ==, 1);
}

/* Whenever who saves is killed, a whole file is there. */
static void
test_killed (Fixture *fixture, gconstpointer program)
{
  save (fixture, NULL);
  for (guint i = 0; i < N_KILLS; i++)
    {
      const char *argv[] = { program, SAVE_FOR_EVER, fixture->root, NULL };
      g_autoptr (VbEmulatorFacts) facts = NULL;
      g_autoptr (GError) error = NULL;
      int output;
      char byte;
      GPid pid;

      g_spawn_async_with_pipes (NULL, (char **) argv, NULL, G_SPAWN_DO_NOT_REAP_CHILD, NULL, NULL,
                                &pid, NULL, &output, NULL, &error);
      g_assert_no_error (error);
      g_assert_cmpint (read (output, &byte, 1), ==, 1);
      for (volatile guint turn = 0; turn < i * 40000; turn++)
        continue;
      kill (pid, SIGKILL);
      g_assert_cmpint (waitpid (pid, NULL, 0), ==, pid);
      close (output);
      facts = load (fixture, FALSE);
      g_assert_nonnull (facts);
    }
}

/* Writes a byte once it is at it. @root: of somebody's fixture */
static int
save_for_ever (const char *root)
{
  Fixture fixture = {
    .folder = g_build_filename (root, "cache", "virtbus", NULL),
    .path = g_build_filename (root, "bin", "qemu-system-x86_64", NULL),
    .facts = vb_emulator_facts_new_from_replies (replies, NULL),
  };

  save (&fixture, NULL);
  if (write (STDOUT_FILENO, "x", 1) != 1)
    return 1;
  while (TRUE)
    save (&fixture, NULL);
}

static void
test_module_folders (Fixture *fixture, gconstpointer data)
{
  g_autofree char *other = g_build_filename (fixture->root, "lib", "qemu", NULL);
  g_autofree char *no_folder = g_build_filename (fixture->root, "lib64", "qemu", NULL);
  g_auto (GStrv) folders = NULL;
  g_auto (GStrv) none = vb_module_folders_find ("/none/bin/qemu");

  write_text (no_folder, "");
  g_assert_cmpint (g_mkdir (other, 0700), ==, 0);
  folders = vb_module_folders_find (fixture->path);
  g_assert_cmpuint (g_strv_length (folders), ==, 2);
  g_assert_cmpstr (folders[0], ==, other);
  g_assert_cmpstr (folders[1], ==, fixture->modules);
  g_assert_cmpuint (g_strv_length (none), ==, 0);
}

/* Of this very program, which maps a file that could be one. */
static void
test_used_modules (Fixture *fixture, gconstpointer data)
{
  g_autofree char *module = g_build_filename (fixture->modules, "block-rbd.so", NULL);
  g_auto (GStrv) none = vb_module_folders_list_used (fixture->path, getpid ());
  g_auto (GStrv) used = NULL;
  g_autoptr (GMappedFile) mapped = NULL;

  g_assert_null (none);
  write_text (module, "ELF");
  mapped = g_mapped_file_new (module, FALSE, NULL);
  used = vb_module_folders_list_used (fixture->path, getpid ());
  g_assert_cmpuint (g_strv_length (used), ==, 1);
  g_assert_cmpstr (used[0], ==, "block-rbd.so");
  g_assert_null (vb_module_folders_list_used (fixture->path, 0));
}

static void
add_test (const char *path, gconstpointer data, void (*func) (Fixture *, gconstpointer))
{
  g_test_add (path, Fixture, data, set_up, func, tear_down);
}

static int
run (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  add_test ("/facts-cache/round-trip", NULL, test_round_trip);
  add_test ("/facts-cache/no-program", NULL, test_no_program);
  add_test ("/facts-cache/key", NULL, test_key);
  for (guint i = 0; i < G_N_ELEMENTS (changes); i++)
    {
      g_autofree char *path = g_strdup_printf ("/facts-cache/change/%s", changes[i].name);
      add_test (path, GUINT_TO_POINTER (i), test_change);
    }
  add_test ("/facts-cache/kvm", NULL, test_kvm);
  add_test ("/facts-cache/other-host", NULL, test_other_host);
  add_test ("/facts-cache/old-key", NULL, test_old_key);
  add_test ("/facts-cache/program-gone", NULL, test_program_gone);
  add_test ("/facts-cache/damaged", NULL, test_damaged);
  add_test ("/facts-cache/sealed-nonsense", NULL, test_sealed_nonsense);
  add_test ("/facts-cache/foreign", NULL, test_foreign);
  add_test ("/facts-cache/owner", NULL, test_owner);
  add_test ("/facts-cache/too-much", NULL, test_too_much);
  add_test ("/facts-cache/no-folder", NULL, test_no_folder);
  add_test ("/facts-cache/leftover", NULL, test_leftover);
  add_test ("/facts-cache/killed", argv[0], test_killed);
  add_test ("/facts-cache/module-folders", NULL, test_module_folders);
  add_test ("/facts-cache/used-modules", NULL, test_used_modules);
  return g_test_run ();
}

int
main (int argc, char **argv)
{
  if (argc == 3 && g_str_equal (argv[1], SAVE_FOR_EVER))
    return save_for_ever (argv[2]);
  return guard_main (argc, argv, run);
}
