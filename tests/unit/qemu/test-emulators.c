/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Which emulators there are and when each is asked. They are scripts that count how often they were
 * run and then become a real QEMU, or do what no QEMU should.
 */
#include "qemu/emulators.h"
#include "tests/fixtures/guard.h"

#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include <glib/gstdio.h>

#define REAL_QEMU "/usr/bin/qemu-system-x86_64"
#define X86 "qemu-system-x86_64"
#define ARM "qemu-system-arm"
#define N_ASKERS 50
#define MAX_FOREIGN 64
/* A device whose properties are not asked for with all the rest. */
#define RARE_DEVICE "edu"

/* What a script does after it was counted. */
#define BECOMES_QEMU "exec " REAL_QEMU " \"$@\"\n"
#define CRASHES "echo 'it hurts' >&2; exit 3\n"
#define HANGS "exec sleep 10000\n"

static guint n_fixtures;

typedef struct
{
  char *root;  /* (owned) holds: */
  char *bin;   /* (owned) the first folder of the search path */
  char *other; /* (owned) the second */
  char *runs;  /* (owned) file that gets a byte for each run */
  VbEmulators *emulators;
  GPtrArray *changed; /* (owned) (element-type utf8): paths that were told */
} Fixture;

static void
note_change (VbEmulators *emulators, const char *path, GPtrArray *changed)
{
  g_ptr_array_add (changed, g_strdup (path));
}

static void
open_emulators (Fixture *fixture, gboolean keeps, guint retry_ms)
{
  g_autofree char *search_path = g_strconcat (fixture->bin, ":", fixture->other, NULL);
  g_autofree char *cache_dir = g_build_filename (fixture->root, "cache", NULL);
  VbEmulatorsConfig config = { .cache_dir = keeps ? cache_dir : NULL,
                               .search_path = search_path,
                               .uid = -1,
                               .gid = -1,
                               .timeout_ms = 60000,
                               .retry_ms = retry_ms };

  fixture->emulators = vb_emulators_new (&config);
  vb_emulators_load_cache (fixture->emulators);
  g_signal_connect (fixture->emulators, "changed", G_CALLBACK (note_change), fixture->changed);
}

static void
close_emulators (Fixture *fixture)
{
  g_signal_handlers_disconnect_by_data (fixture->emulators, fixture->changed);
  g_clear_object (&fixture->emulators);
  g_ptr_array_set_size (fixture->changed, 0);
}

static void
set_up (Fixture *fixture, gconstpointer data)
{
  g_autofree char *name = g_strdup_printf ("%u", ++n_fixtures);

  fixture->root = g_build_filename (guard_get_folder (), name, NULL);
  fixture->bin = g_build_filename (fixture->root, "bin", NULL);
  fixture->other = g_build_filename (fixture->root, "other", NULL);
  fixture->runs = g_build_filename (fixture->root, "runs", NULL);
  fixture->changed = g_ptr_array_new_with_free_func (g_free);
  g_assert_cmpint (g_mkdir_with_parents (fixture->bin, 0755), ==, 0);
  g_assert_cmpint (g_mkdir (fixture->other, 0755), ==, 0);
}

static void
tear_down (Fixture *fixture, gconstpointer data)
{
  close_emulators (fixture);
  g_ptr_array_unref (fixture->changed);
  g_free (fixture->runs);
  g_free (fixture->other);
  g_free (fixture->bin);
  g_free (fixture->root);
}

/* (transfer full): the whole script */
static char *
make_script (Fixture *fixture, const char *rest)
{
  return g_strdup_printf ("#!/bin/sh\nprintf x >>%s\n%s", fixture->runs, rest);
}

/* Puts a whole new file in the place of what is there. (transfer full): its path */
static char *
install_at (Fixture *fixture, const char *folder, const char *name, const char *rest)
{
  g_autofree char *script = make_script (fixture, rest);
  g_autofree char *new_path = g_build_filename (fixture->root, "new", NULL);
  char *path = g_build_filename (folder, name, NULL);
  g_autoptr (GError) error = NULL;

  g_file_set_contents_full (new_path, script, -1, G_FILE_SET_CONTENTS_NONE, 0755, &error);
  g_assert_no_error (error);
  g_assert_cmpint (g_rename (new_path, path), ==, 0);
  return path;
}

static char *
install (Fixture *fixture, const char *name, const char *rest)
{
  return install_at (fixture, fixture->bin, name, rest);
}

static guint
count_runs (Fixture *fixture)
{
  GStatBuf status;

  return g_stat (fixture->runs, &status) == 0 ? (guint) status.st_size : 0;
}

static void
wait_for_change (Fixture *fixture, const char *path)
{
  while (!g_ptr_array_find_with_equal_func (fixture->changed, path, g_str_equal, NULL))
    g_main_context_iteration (NULL, TRUE);
  g_ptr_array_set_size (fixture->changed, 0);
}

static gboolean
look_again (gpointer user_data)
{
  return G_SOURCE_CONTINUE;
}

/* Iterates the main context until @condition, of which nobody tells, holds. */
#define wait_until(condition)                                                                      \
  G_STMT_START                                                                                     \
  {                                                                                                \
    guint source = g_timeout_add (5, look_again, NULL);                                            \
    while (!(condition))                                                                           \
      g_main_context_iteration (NULL, TRUE);                                                       \
    g_source_remove (source);                                                                      \
  }                                                                                                \
  G_STMT_END

/* Whether the cache has a whole file. */
static gboolean
is_saved (Fixture *fixture)
{
  g_autofree char *folder = g_build_filename (fixture->root, "cache", NULL);
  g_autoptr (GDir) dir = g_dir_open (folder, 0, NULL);
  const char *name;

  while (dir != NULL && (name = g_dir_read_name (dir)) != NULL)
    if (g_str_has_suffix (name, ".facts"))
      return TRUE;
  return FALSE;
}

static void
store (GObject *source, GAsyncResult *result, gpointer user_data)
{
  *(GAsyncResult **) user_data = g_object_ref (result);
}

/* (transfer full): what comes for an earlier call */
static VbEmulatorFacts *
await (Fixture *fixture, GAsyncResult **result, GError **error)
{
  VbEmulatorFacts *facts;

  while (*result == NULL)
    g_main_context_iteration (NULL, TRUE);
  facts = vb_emulators_probe_finish (fixture->emulators, *result, error);
  g_clear_object (result);
  return facts;
}

/* (transfer full). @device: (nullable) */
static VbEmulatorFacts *
ask (Fixture *fixture, const char *path, const char *device)
{
  GAsyncResult *result = NULL;
  g_autoptr (GError) error = NULL;
  VbEmulatorFacts *facts;

  if (device != NULL)
    vb_emulators_describe_async (fixture->emulators, path, device, NULL, store, &result);
  else
    vb_emulators_probe_async (fixture->emulators, path, NULL, store, &result);
  facts = await (fixture, &result, &error);
  g_assert_no_error (error);
  return facts;
}

static void
assert_good (const VbEmulatorFacts *facts)
{
  g_assert_nonnull (facts);
  g_assert_cmpstr (vb_emulator_facts_get_error (facts), ==, NULL);
  g_assert_cmpstr (vb_emulator_facts_get_target (facts), ==, "x86_64");
}

/* The names without the folder, "other/" before those of the second */
static void
assert_listed (Fixture *fixture, const char *expected)
{
  g_autoptr (GPtrArray) paths = vb_emulators_list (fixture->emulators);
  g_autoptr (GString) text = g_string_new (NULL);

  for (guint i = 0; i < paths->len; i++)
    g_string_append_printf (text, "%s ",
                            (const char *) paths->pdata[i] + strlen (fixture->root) + 1);
  g_assert_cmpstr (text->str, ==, expected);
}

static void
test_list (Fixture *fixture, gconstpointer data)
{
  g_autofree char *x86 = install (fixture, X86, CRASHES);
  g_autofree char *second_x86 = install_at (fixture, fixture->other, X86, CRASHES);
  g_autofree char *arm = install_at (fixture, fixture->other, ARM, CRASHES);
  g_autofree char *variant = install (fixture, X86 "-microvm", CRASHES);
  g_autofree char *tool = install (fixture, "qemu-img", CRASHES);
  g_autofree char *plain = install (fixture, "qemu-system-ppc", CRASHES);
  g_autofree char *folder = g_build_filename (fixture->bin, "qemu-system-mips", NULL);
  g_autofree char *dead = g_build_filename (fixture->bin, "qemu-system-sparc", NULL);
  g_autofree char *other_name = g_build_filename (fixture->bin, "qemu-kvm", NULL);
  g_autofree char *kvm = install_at (fixture, fixture->other, "qemu-kvm", CRASHES);

  g_assert_cmpint (g_chmod (plain, 0644), ==, 0);
  g_assert_cmpint (g_mkdir (folder, 0755), ==, 0);
  g_assert_cmpint (symlink ("nowhere", dead), ==, 0);
  g_assert_cmpint (symlink (X86, other_name), ==, 0);
  open_emulators (fixture, FALSE, G_MAXUINT);
  assert_listed (fixture, "bin/" X86 " bin/" X86 "-microvm other/qemu-kvm other/" ARM " ");
  g_assert_true (vb_emulators_is_installed (fixture->emulators, arm));
  g_assert_false (vb_emulators_is_installed (fixture->emulators, second_x86));
  g_assert_false (vb_emulators_is_installed (fixture->emulators, tool));
  g_assert_null (vb_emulators_peek (fixture->emulators, x86));
  g_assert_cmpuint (count_runs (fixture), ==, 0);
}

static void
test_one_run_for_all (Fixture *fixture, gconstpointer data)
{
  g_autofree char *x86 = install (fixture, X86, BECOMES_QEMU);
  g_autofree char *crashing = install (fixture, ARM, CRASHES);
  GAsyncResult *results[N_ASKERS] = { NULL };
  VbEmulatorFacts *first;

  open_emulators (fixture, FALSE, G_MAXUINT);
  for (guint i = 0; i < N_ASKERS; i++)
    vb_emulators_probe_async (fixture->emulators, i % 2 == 0 ? x86 : crashing, NULL, store,
                              &results[i]);
  g_assert_true (vb_emulators_is_busy (fixture->emulators, x86));
  for (guint i = 0; i < N_ASKERS; i++)
    {
      g_autoptr (VbEmulatorFacts) facts = await (fixture, &results[i], NULL);

      if (i % 2 == 0)
        assert_good (facts);
      else
        g_assert_nonnull (strstr (vb_emulator_facts_get_error (facts), "it hurts"));
      g_assert_true (facts == vb_emulators_peek (fixture->emulators, i % 2 == 0 ? x86 : crashing));
    }
  g_assert_false (vb_emulators_is_busy (fixture->emulators, x86));
  g_assert_cmpuint (count_runs (fixture), ==, 2);
  /* Of each it was told that it is asked, and that it is known. */
  g_assert_cmpuint (fixture->changed->len, ==, 4);

  /* Known is known, and so is a failure. */
  first = vb_emulators_peek_current (fixture->emulators, x86);
  assert_good (first);
  g_autoptr (VbEmulatorFacts) again = ask (fixture, x86, NULL);
  g_autoptr (VbEmulatorFacts) failed = ask (fixture, crashing, NULL);
  g_assert_true (again == first);
  g_assert_nonnull (vb_emulator_facts_get_error (failed));
  g_assert_cmpuint (count_runs (fixture), ==, 2);
}

static void
test_hang_holds_nobody (Fixture *fixture, gconstpointer data)
{
  g_autofree char *x86 = install (fixture, X86, BECOMES_QEMU);
  g_autofree char *hanging = install (fixture, ARM, HANGS);
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  g_autoptr (VbEmulatorFacts) facts = NULL;
  g_autoptr (GError) error = NULL;
  GAsyncResult *result = NULL;

  open_emulators (fixture, FALSE, G_MAXUINT);
  vb_emulators_probe_async (fixture->emulators, hanging, cancellable, store, &result);
  facts = ask (fixture, x86, NULL);
  assert_good (facts);
  g_assert_true (vb_emulators_is_busy (fixture->emulators, hanging));
  g_assert_null (result);

  /* Who does not want to wait any longer leaves the others alone. */
  g_cancellable_cancel (cancellable);
  g_assert_null (await (fixture, &result, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
  g_assert_true (vb_emulators_is_busy (fixture->emulators, hanging));
}

static void
test_cancelled_beside_another (Fixture *fixture, gconstpointer data)
{
  g_autofree char *x86 = install (fixture, X86, BECOMES_QEMU);
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  g_autoptr (VbEmulatorFacts) facts = NULL;
  g_autoptr (GError) error = NULL;
  GAsyncResult *leaving = NULL;
  GAsyncResult *staying = NULL;

  open_emulators (fixture, FALSE, G_MAXUINT);
  vb_emulators_probe_async (fixture->emulators, x86, cancellable, store, &leaving);
  vb_emulators_probe_async (fixture->emulators, x86, NULL, store, &staying);
  g_cancellable_cancel (cancellable);
  g_assert_null (await (fixture, &leaving, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
  facts = await (fixture, &staying, NULL);
  assert_good (facts);
  g_assert_cmpuint (count_runs (fixture), ==, 1);
}

static void
test_replaced (Fixture *fixture, gconstpointer data)
{
  g_autofree char *x86 = install (fixture, X86, CRASHES);
  g_autoptr (VbEmulatorFacts) facts = NULL;

  open_emulators (fixture, FALSE, G_MAXUINT);
  facts = ask (fixture, x86, NULL);
  g_assert_nonnull (vb_emulator_facts_get_error (facts));
  g_ptr_array_set_size (fixture->changed, 0);
  g_free (install (fixture, X86, BECOMES_QEMU));
  g_assert_null (vb_emulators_peek_current (fixture->emulators, x86));
  wait_for_change (fixture, x86);
  assert_good (vb_emulators_peek (fixture->emulators, x86));
  assert_good (vb_emulators_peek_current (fixture->emulators, x86));
  g_assert_cmpuint (count_runs (fixture), ==, 2);
}

/* Who asks need not wait until the folder has told. */
static void
test_replaced_just_before (Fixture *fixture, gconstpointer data)
{
  g_autofree char *x86 = install (fixture, X86, CRASHES);
  g_autoptr (VbEmulatorFacts) before = NULL;
  g_autoptr (VbEmulatorFacts) after = NULL;

  open_emulators (fixture, FALSE, G_MAXUINT);
  before = ask (fixture, x86, NULL);
  g_free (install (fixture, X86, BECOMES_QEMU));
  after = ask (fixture, x86, NULL);
  assert_good (after);
}

/* Half a file cannot be run; the whole one is asked when it is there, by nobody's request. */
static void
test_rewritten_in_place (Fixture *fixture, gconstpointer data)
{
  g_autofree char *x86 = install (fixture, X86, BECOMES_QEMU);
  g_autofree char *script = make_script (fixture, BECOMES_QEMU);
  g_autoptr (VbEmulatorFacts) facts = NULL;
  gsize half = strlen (script) / 2;
  int fd;

  open_emulators (fixture, FALSE, G_MAXUINT);
  facts = ask (fixture, x86, NULL);
  assert_good (facts);
  g_ptr_array_set_size (fixture->changed, 0);
  fd = open (x86, O_WRONLY | O_TRUNC | O_CLOEXEC);
  g_assert_cmpint (write (fd, script, half), ==, (gssize) half);
  wait_for_change (fixture, x86);
  g_assert_nonnull (vb_emulator_facts_get_error (vb_emulators_peek (fixture->emulators, x86)));
  g_assert_cmpint (write (fd, script + half, strlen (script + half)), >, 0);
  close (fd);
  while (vb_emulator_facts_get_error (vb_emulators_peek (fixture->emulators, x86)) != NULL)
    wait_for_change (fixture, x86);
  assert_good (vb_emulators_peek (fixture->emulators, x86));
}

static void
test_come_and_go (Fixture *fixture, gconstpointer data)
{
  g_autofree char *x86 = install (fixture, X86, BECOMES_QEMU);
  g_autofree char *arm = NULL;
  g_autoptr (VbEmulatorFacts) facts = NULL;

  open_emulators (fixture, FALSE, G_MAXUINT);
  facts = ask (fixture, x86, NULL);
  arm = install (fixture, ARM, CRASHES);
  wait_for_change (fixture, arm);
  assert_listed (fixture, "bin/" ARM " bin/" X86 " ");

  g_assert_cmpint (g_unlink (x86), ==, 0);
  wait_for_change (fixture, x86);
  assert_listed (fixture, "bin/" ARM " ");
  g_assert_null (vb_emulators_peek (fixture->emulators, x86));
  g_assert_cmpuint (count_runs (fixture), ==, 1);
}

/* What a name leads to may be somewhere else. */
static void
test_replaced_behind_link (Fixture *fixture, gconstpointer data)
{
  g_autofree char *folder = g_build_filename (fixture->root, "deep", NULL);
  g_autofree char *link = g_build_filename (fixture->bin, X86, NULL);
  g_autofree char *target = NULL;
  g_autoptr (VbEmulatorFacts) facts = NULL;

  g_assert_cmpint (g_mkdir (folder, 0755), ==, 0);
  target = install_at (fixture, folder, "program", CRASHES);
  g_assert_cmpint (symlink (target, link), ==, 0);
  open_emulators (fixture, FALSE, G_MAXUINT);
  facts = ask (fixture, link, NULL);
  g_assert_nonnull (vb_emulator_facts_get_error (facts));
  g_ptr_array_set_size (fixture->changed, 0);
  g_free (install_at (fixture, folder, "program", BECOMES_QEMU));
  wait_for_change (fixture, link);
  assert_good (vb_emulators_peek (fixture->emulators, link));
}

static void
test_cache (Fixture *fixture, gconstpointer data)
{
  g_autofree char *x86 = install (fixture, X86, BECOMES_QEMU);
  g_autofree char *crashing = install (fixture, ARM, CRASHES);
  g_autoptr (VbEmulatorFacts) first = NULL;
  g_autoptr (VbEmulatorFacts) failed = NULL;
  g_autoptr (VbEmulatorFacts) again = NULL;

  open_emulators (fixture, TRUE, G_MAXUINT);
  first = ask (fixture, x86, NULL);
  failed = ask (fixture, crashing, NULL);
  wait_until (is_saved (fixture));
  close_emulators (fixture);

  open_emulators (fixture, TRUE, G_MAXUINT);
  assert_good (vb_emulators_peek_current (fixture->emulators, x86));
  g_assert_true (vb_emulator_facts_equal (vb_emulators_peek (fixture->emulators, x86), first));
  again = ask (fixture, x86, NULL);
  g_assert_true (again == vb_emulators_peek (fixture->emulators, x86));
  g_assert_cmpuint (count_runs (fixture), ==, 2);
  /* A failure is not kept. */
  g_assert_null (vb_emulators_peek (fixture->emulators, crashing));
  close_emulators (fixture);

  g_free (install (fixture, X86, BECOMES_QEMU));
  open_emulators (fixture, TRUE, G_MAXUINT);
  g_assert_null (vb_emulators_peek (fixture->emulators, x86));
}

/* What was asked without KVM says nothing about a host that has it. */
static void
test_kvm_comes (Fixture *fixture, gconstpointer data)
{
  g_autofree char *x86 = install (fixture, X86, BECOMES_QEMU);
  g_autoptr (VbEmulatorFacts) without = NULL;
  g_autoptr (VbEmulatorFacts) with = NULL;

  open_emulators (fixture, TRUE, G_MAXUINT);
  without = ask (fixture, x86, NULL);
  wait_until (is_saved (fixture));
  g_ptr_array_set_size (fixture->changed, 0);
  vb_emulators_set_kvm_usable (fixture->emulators, FALSE);
  g_assert_cmpuint (fixture->changed->len, ==, 0);
  vb_emulators_set_kvm_usable (fixture->emulators, TRUE);
  g_assert_cmpuint (fixture->changed->len, ==, 1);
  g_assert_null (vb_emulators_peek (fixture->emulators, x86));
  g_assert_cmpuint (count_runs (fixture), ==, 1);
  with = ask (fixture, x86, NULL);
  assert_good (with);
  g_assert_cmpuint (count_runs (fixture), ==, 2);
}

/* What is asked when KVM comes is asked once more. */
static void
test_kvm_while_asked (Fixture *fixture, gconstpointer data)
{
  g_autofree char *x86 = install (fixture, X86, BECOMES_QEMU);
  g_autoptr (VbEmulatorFacts) facts = NULL;
  GAsyncResult *result = NULL;

  open_emulators (fixture, FALSE, G_MAXUINT);
  vb_emulators_probe_async (fixture->emulators, x86, NULL, store, &result);
  vb_emulators_set_kvm_usable (fixture->emulators, TRUE);
  facts = await (fixture, &result, NULL);
  assert_good (facts);
  g_assert_cmpuint (count_runs (fixture), ==, 2);
}

static void
test_describe (Fixture *fixture, gconstpointer data)
{
  g_autofree char *x86 = install (fixture, X86, BECOMES_QEMU);
  g_autoptr (VbEmulatorFacts) first = NULL;
  g_autoptr (VbEmulatorFacts) second = NULL;
  g_autoptr (VbEmulatorFacts) unknown = NULL;
  GAsyncResult *results[2] = { NULL };

  open_emulators (fixture, FALSE, G_MAXUINT);
  for (guint i = 0; i < G_N_ELEMENTS (results); i++)
    vb_emulators_describe_async (fixture->emulators, x86, RARE_DEVICE, NULL, store, &results[i]);
  first = await (fixture, &results[0], NULL);
  second = await (fixture, &results[1], NULL);
  assert_good (first);
  g_assert_true (first == second);
  g_assert_true (vb_emulator_facts_knows_properties (first, RARE_DEVICE));
  g_assert_true (first == vb_emulators_peek (fixture->emulators, x86));
  /* One to know the device, one to describe it. */
  g_assert_cmpuint (count_runs (fixture), ==, 2);

  unknown = ask (fixture, x86, "no-such-device");
  g_assert_true (unknown == first);
  g_assert_cmpuint (count_runs (fixture), ==, 2);
}

static void
test_describe_broken (Fixture *fixture, gconstpointer data)
{
  g_autofree char *x86 = install (fixture, X86, CRASHES);
  g_autoptr (VbEmulatorFacts) facts = NULL;

  open_emulators (fixture, FALSE, G_MAXUINT);
  facts = ask (fixture, x86, RARE_DEVICE);
  g_assert_nonnull (vb_emulator_facts_get_error (facts));
  g_assert_cmpuint (count_runs (fixture), ==, 1);
}

static void
test_failure_passes (Fixture *fixture, gconstpointer data)
{
  g_autofree char *x86 = install (fixture, X86, CRASHES);
  g_autoptr (VbEmulatorFacts) first = NULL;
  g_autoptr (VbEmulatorFacts) second = NULL;

  open_emulators (fixture, FALSE, 0);
  first = ask (fixture, x86, NULL);
  second = ask (fixture, x86, NULL);
  g_assert_nonnull (vb_emulator_facts_get_error (second));
  g_assert_cmpuint (count_runs (fixture), ==, 2);
}

/* The emulator of a domain that is no installed one */
static void
test_foreign (Fixture *fixture, gconstpointer data)
{
  g_autofree char *foreign = install_at (fixture, fixture->root, "my-qemu", CRASHES);
  g_autoptr (VbEmulatorFacts) facts = NULL;

  open_emulators (fixture, FALSE, G_MAXUINT);
  facts = ask (fixture, foreign, NULL);
  g_assert_nonnull (vb_emulator_facts_get_error (facts));
  assert_listed (fixture, "");
  g_ptr_array_set_size (fixture->changed, 0);
  g_free (install_at (fixture, fixture->root, "my-qemu", BECOMES_QEMU));
  wait_for_change (fixture, foreign);
  assert_good (vb_emulators_peek (fixture->emulators, foreign));
  g_assert_cmpint (g_unlink (foreign), ==, 0);
  wait_for_change (fixture, foreign);
  g_assert_null (vb_emulators_peek (fixture->emulators, foreign));
}

static void
test_foreign_bound (Fixture *fixture, gconstpointer data)
{
  char *paths[MAX_FOREIGN + 1];

  for (guint i = 0; i < G_N_ELEMENTS (paths); i++)
    {
      g_autofree char *name = g_strdup_printf ("%u", i);

      paths[i] = install_at (fixture, fixture->root, name, CRASHES);
    }
  open_emulators (fixture, FALSE, G_MAXUINT);
  for (guint i = 0; i < G_N_ELEMENTS (paths); i++)
    {
      g_autoptr (VbEmulatorFacts) facts = ask (fixture, paths[i], NULL);

      g_assert_nonnull (vb_emulator_facts_get_error (facts));
    }
  g_assert_null (vb_emulators_peek (fixture->emulators, paths[0]));
  g_assert_nonnull (vb_emulators_peek (fixture->emulators, paths[1]));
  g_assert_nonnull (vb_emulators_peek (fixture->emulators, paths[MAX_FOREIGN]));
  for (guint i = 0; i < G_N_ELEMENTS (paths); i++)
    g_free (paths[i]);
}

/* An event at one file is no reason to ask about another that has failed. */
static void
test_failure_beside_event (Fixture *fixture, gconstpointer data)
{
  g_autofree char *x86 = install (fixture, X86, CRASHES);
  g_autofree char *arm = NULL;
  g_autoptr (VbEmulatorFacts) facts = NULL;

  open_emulators (fixture, FALSE, G_MAXUINT);
  facts = ask (fixture, x86, NULL);
  g_ptr_array_set_size (fixture->changed, 0);
  arm = install (fixture, ARM, CRASHES);
  wait_for_change (fixture, arm);
  g_assert_false (vb_emulators_is_busy (fixture->emulators, x86));
  g_assert_true (vb_emulators_peek_current (fixture->emulators, x86) == facts);
}

/* Nothing is left of what is asked by nobody's request. */
static void
test_gone_while_asked (Fixture *fixture, gconstpointer data)
{
  g_autofree char *x86 = install (fixture, X86, CRASHES);
  g_autoptr (VbEmulatorFacts) facts = NULL;

  open_emulators (fixture, FALSE, G_MAXUINT);
  facts = ask (fixture, x86, NULL);
  g_free (install (fixture, X86, HANGS));
  wait_until (count_runs (fixture) == 2);
  g_assert_true (vb_emulators_is_busy (fixture->emulators, x86));
}

#define add(path, test) g_test_add ("/emulators/" path, Fixture, NULL, set_up, test, tear_down)

static int
run (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  add ("list", test_list);
  add ("one-run-for-all", test_one_run_for_all);
  add ("hang-holds-nobody", test_hang_holds_nobody);
  add ("cancelled-beside-another", test_cancelled_beside_another);
  add ("replaced", test_replaced);
  add ("replaced-just-before", test_replaced_just_before);
  add ("rewritten-in-place", test_rewritten_in_place);
  add ("come-and-go", test_come_and_go);
  add ("replaced-behind-link", test_replaced_behind_link);
  add ("cache", test_cache);
  add ("kvm-comes", test_kvm_comes);
  add ("kvm-while-asked", test_kvm_while_asked);
  add ("describe", test_describe);
  add ("describe-broken", test_describe_broken);
  add ("failure-passes", test_failure_passes);
  add ("foreign", test_foreign);
  add ("foreign-bound", test_foreign_bound);
  add ("failure-beside-event", test_failure_beside_event);
  add ("gone-while-asked", test_gone_while_asked);
  return g_test_run ();
}

int
main (int argc, char **argv)
{
  return guard_main (argc, argv, run);
}
